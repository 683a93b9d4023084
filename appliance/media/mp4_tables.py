"""An MP4's own tables, read a piece at a time: where every sample lies and when it plays, without an index in memory.

libavformat keeps some 60 bytes for every packet of an MP4; for eight hours that is over a hundred megabytes. Here the tables
stay in the file (ISO/IEC 14496-12, 8.5 to 8.7) and are passed through in blocks.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

Whole = NDArray[np.int64]

CONTAINERS = frozenset((b"moov", b"trak", b"mdia", b"minf"))
# Marks of files whose samples these tables do not tell: fragments, compressed headers, encryption, several tables of codecs.
_UNKNOWN = frozenset((b"mvex", b"moof", b"cmov", b"sinf", b"stz2"))
_ROWS = 16_384  # of a table at once
_CHUNKS = 2_048  # whose samples are looked at at once
_MOST_SAMPLES = 100_000_000


@dataclass(frozen=True, slots=True)
class Box:
    """A box in the file: its kind, where it begins, where its content begins, and where it ends (bytes)."""

    kind: bytes
    at: int
    inner: int
    end: int


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of whole numbers in the file."""

    at: int = 0
    count: int = 0
    width: int = 1
    form: str = ">u4"

    def rows(self, file: BinaryIO, first: int, count: int) -> Whole:
        """Rows from `first` on, (count, width); fewer at the end."""
        size = np.dtype(self.form).itemsize * self.width
        file.seek(self.at + first * size)
        read = file.read(max(0, min(count, self.count - first)) * size)
        return np.frombuffer(read[: len(read) // size * size], self.form).astype(np.int64).reshape(-1, self.width)

    def blocks(self, file: BinaryIO) -> Iterator[tuple[int, Whole]]:
        """All rows in order, with the number of each block's first."""
        for first in range(0, self.count, _ROWS):
            yield first, self.rows(file, first, _ROWS)


@dataclass(frozen=True, slots=True)
class Track:
    """One track: `kind` (vide, soun ...), its box, ticks a second, and its tables. `same_size` is 0 where sizes are listed."""

    kind: bytes
    box: Box
    timescale: int
    samples: int
    same_size: int
    codec: bytes  # the stsd box
    edits: tuple[tuple[int, int], ...]  # length in the movie's ticks, begin in the track's (-1: nothing is shown)
    durations: Table
    offsets: Table  # from the time of decoding to that of showing
    sizes: Table
    runs: Table  # of chunks with as many samples
    chunks: Table
    keys: Table
    all_keys: bool


@dataclass(frozen=True, slots=True)
class Tables:
    """A whole MP4: its tracks in order, the movie's ticks a second, and its header and file type boxes."""

    path: Path
    moov: Box
    ftyp: Box
    timescale: int
    tracks: tuple[Track, ...]
    cut_off: bool


def read_tables(path: Path) -> Tables | None:
    """The tables of an MP4; None for any other file, and for one that they do not describe completely."""
    try:
        with path.open("rb") as file:
            return _tables(path, file)
    except (OSError, struct.error, ValueError):
        return None


def boxes(file: BinaryIO, begin: int, end: int) -> Iterator[Box]:
    """The boxes that lie between two places. ValueError where they do not fit."""
    while begin + 8 <= end:
        file.seek(begin)
        size, kind = struct.unpack(">I4s", file.read(8))
        inner = begin + 8
        if size == 1:
            size, inner = struct.unpack(">Q", file.read(8))[0], begin + 16
        elif size == 0:
            size = end - begin
        if size < inner - begin:
            raise ValueError("a box ends before it begins")
        yield Box(kind, begin, inner, begin + size)
        begin += size


def spots(file: BinaryIO, track: Track) -> Iterator[tuple[int, Whole, Whole]]:
    """Where all samples lie: the number of a block's first sample, their places in the file and their sizes (bytes)."""
    sample = 0
    for first, runs in track.runs.blocks(file):
        after = track.runs.rows(file, first + len(runs), 1)
        last = int(after[0, 0]) - 1 if len(after) else track.chunks.count
        for chunk in range(int(runs[0, 0]) - 1, last, _CHUNKS):
            starts = track.chunks.rows(file, chunk, min(_CHUNKS, last - chunk))[:, 0]
            numbers = np.arange(chunk + 1, chunk + 1 + len(starts))
            held = runs[np.searchsorted(runs[:, 0], numbers, "right") - 1, 1]
            held = np.diff(np.minimum(np.cumsum(held), track.samples - sample), prepend=0)
            count = int(held.sum())
            sizes = _sizes(file, track, sample, count)
            before = np.concatenate(([0], np.cumsum(sizes)))
            places = np.repeat(starts - before[np.cumsum(held) - held], held) + before[:-1]
            yield sample, places, sizes
            sample += count
            if sample >= track.samples:
                return


def at_samples(file: BinaryIO, table: Table, wanted: Whole) -> tuple[Whole, Whole]:
    """For samples (numbers, rising) in a table of runs (count, value): their values, and the sums of all values before them."""
    values, sums = np.zeros(len(wanted), np.int64), np.zeros(len(wanted), np.int64)
    sample, total = 0, 0
    for _, rows in table.blocks(file):
        if not len(rows):
            break
        ends, reached = sample + np.cumsum(rows[:, 0]), total + np.cumsum(rows[:, 0] * rows[:, 1])
        low, high = np.searchsorted(wanted, (sample, ends[-1]))
        run = np.searchsorted(ends, wanted[low:high], "right")
        values[low:high] = rows[run, 1]
        sums[low:high] = reached[run] - (ends[run] - wanted[low:high]) * rows[run, 1]
        sample, total = int(ends[-1]), int(reached[-1])
    return values, sums


def key_samples(file: BinaryIO, track: Track) -> Whole:
    """The numbers, from 0, of the samples that can be decoded by themselves."""
    if track.all_keys:
        return np.arange(track.samples)
    found = track.keys.rows(file, 0, track.keys.count)[:, 0] - 1
    return found[(found >= 0) & (found < track.samples)]


def track_seconds(tables: Tables, track: Track, file: BinaryIO) -> float:
    """When a track ends on the container's clock."""
    if track.edits:
        return sum(length for length, _ in track.edits) / tables.timescale
    return _ticks(track, file) / track.timescale


def average_rate(tables: Tables, number: int) -> Fraction | None:
    """Samples a second over the whole of a track; None where it has none."""
    with tables.path.open("rb") as file:
        ticks = _ticks(tables.tracks[number], file) if number < len(tables.tracks) else 0
    return Fraction(tables.tracks[number].samples * tables.tracks[number].timescale, ticks) if ticks else None


def _ticks(track: Track, file: BinaryIO) -> int:
    return sum(int((rows[:, 0] * rows[:, 1]).sum()) for _, rows in track.durations.blocks(file))


def _sizes(file: BinaryIO, track: Track, first: int, count: int) -> Whole:
    if track.same_size:
        return np.full(count, track.same_size, np.int64)
    return track.sizes.rows(file, first, count)[:, 0]


def _tables(path: Path, file: BinaryIO) -> Tables | None:
    length = file.seek(0, io.SEEK_END)
    top: dict[bytes, Box] = {}
    cut_off = False
    for box in boxes(file, 0, length):
        if box.kind in _UNKNOWN or (not top and box.kind != b"ftyp"):
            return None
        top.setdefault(box.kind, box)
        cut_off = box.end > length
    if not {b"ftyp", b"moov", b"mdat"} <= set(top) or top[b"moov"].end > length:
        return None
    moov = top[b"moov"]
    inside = list(boxes(file, moov.inner, moov.end))
    if any(box.kind in _UNKNOWN for box in inside):
        return None
    head = next(box for box in inside if box.kind == b"mvhd") if any(b.kind == b"mvhd" for b in inside) else None
    tracks = [_track(file, box) for box in inside if box.kind == b"trak"]
    if head is None or any(track is None for track in tracks):
        return None
    told = tuple(track for track in tracks if track is not None)
    if not any(track.samples for track in told if track.kind in (b"vide", b"soun")):
        return None
    return Tables(path, moov, top[b"ftyp"], _timescale(file, head), told, cut_off)


def _track(file: BinaryIO, trak: Box) -> Track | None:
    found: dict[bytes, Box] = {}
    _collect(file, trak, found)
    wanted = (b"mdhd", b"hdlr", b"stsd", b"stts", b"stsz", b"stsc")
    if any(kind not in found for kind in wanted) or not {b"stco", b"co64"} & set(found):
        return None
    file.seek(found[b"stsz"].inner + 4)
    same_size, samples = struct.unpack(">II", file.read(8))
    file.seek(found[b"stsd"].at)
    codec = file.read(found[b"stsd"].end - found[b"stsd"].at)
    file.seek(found[b"hdlr"].inner + 8)
    kind = file.read(4)
    if samples > _MOST_SAMPLES or struct.unpack(">I", codec[12:16])[0] != 1 or codec[20:24] in (b"encv", b"enca"):
        return None
    wide = b"co64" in found
    return Track(
        kind=kind,
        box=trak,
        timescale=_timescale(file, found[b"mdhd"]),
        samples=samples,
        same_size=same_size,
        codec=codec,
        edits=_edits(file, found.get(b"elst")),
        durations=_table(file, found[b"stts"], 2),
        offsets=_table(file, found.get(b"ctts"), 2, ">i4"),
        sizes=Table(found[b"stsz"].inner + 12, 0 if same_size else samples),
        runs=_table(file, found[b"stsc"], 3),
        chunks=_table(file, found[b"co64" if wide else b"stco"], 1, ">u8" if wide else ">u4"),
        keys=_table(file, found.get(b"stss"), 1),
        all_keys=b"stss" not in found,
    )


def _collect(file: BinaryIO, box: Box, found: dict[bytes, Box]) -> None:
    for inner in boxes(file, box.inner, box.end):
        if inner.kind in CONTAINERS or inner.kind in (b"edts", b"stbl"):
            _collect(file, inner, found)
        else:
            found.setdefault(inner.kind, inner)


def _table(file: BinaryIO, box: Box | None, width: int, form: str = ">u4") -> Table:
    if box is None:
        return Table()
    file.seek(box.inner + 4)
    count = struct.unpack(">I", file.read(4))[0]
    if box.inner + 8 + count * width * np.dtype(form).itemsize > box.end:
        raise ValueError("a table is longer than its box")
    return Table(box.inner + 8, count, width, form)


def _timescale(file: BinaryIO, head: Box) -> int:
    file.seek(head.inner)
    version = file.read(1)[0]
    file.seek(head.inner + (20 if version else 12))
    return max(1, int(struct.unpack(">I", file.read(4))[0]))


def _edits(file: BinaryIO, box: Box | None) -> tuple[tuple[int, int], ...]:
    if box is None:
        return ()
    file.seek(box.inner)
    version, count = struct.unpack(">B3xI", file.read(8))
    form = ">QqI" if version else ">IiI"
    rows = struct.iter_unpack(form, file.read(min(count, _ROWS) * struct.calcsize(form)))
    return tuple((length, begin) for length, begin, _ in rows)
