"""A long MP4 as a short one: the same file, but its index names only the samples that somebody wants to see."""

from __future__ import annotations

import io
import os
import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

import numpy as np

from appliance.media.mp4_tables import CONTAINERS, Box, Tables, Track, Whole, at_samples, boxes, key_samples, spots

if TYPE_CHECKING:
    from collections.abc import Mapping

    from _typeshed import WriteableBuffer

_TABLES = frozenset((b"stts", b"ctts", b"stsz", b"stsc", b"stco", b"co64", b"stss", b"stps", b"sdtp", b"sbgp", b"sgpd"))
_NOTHING = np.zeros(0, np.int64)


class Sketch(io.RawIOBase):
    """A file to read: a header of our own, and behind it, inside one box, the real file."""

    def __init__(self, tables: Tables, wanted: Mapping[int, Whole]) -> None:
        """`wanted`: for the numbers of tracks (from 0) the numbers of the samples to keep, rising; other tracks are empty."""
        with tables.path.open("rb") as file:
            self._length = file.seek(0, io.SEEK_END)
            kept = [_kept(file, track, wanted.get(i, _NOTHING)) for i, track in enumerate(tables.tracks)]
            ahead = len(_head(file, tables, kept, 0))
            self._head = _head(file, tables, kept, ahead + 16) + struct.pack(">I4sQ", 1, b"mdat", self._length + 16)
        self._at = 0
        # A bare number: who reads through us need not know that there is something to close.
        self._number = os.open(tables.path, os.O_RDONLY)

    def readable(self) -> bool:
        """It is."""
        return True

    def seekable(self) -> bool:
        """It is."""
        return True

    def tell(self) -> int:
        """Where the next byte is read."""
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        """Go to a byte."""
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: len(self._head) + self._length}[whence]
        self._at = max(0, base + offset)
        return self._at

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        """Fill a buffer, from the header or from the file."""
        view = memoryview(buffer).cast("B")
        if self._at < len(self._head):
            piece = self._head[self._at : self._at + len(view)]
            view[: len(piece)] = piece
            count = len(piece)
        else:
            count = os.preadv(self._number, [view], self._at - len(self._head))
        self._at += count
        return count

    def close(self) -> None:
        """Close the real file too."""
        if not self.closed:
            os.close(self._number)
        super().close()


def first_samples(tables: Tables, count: int) -> Sketch | None:
    """The first samples of every track: enough to learn what it is. None where the tables contradict themselves."""
    return _sketch(tables, {i: np.arange(min(count, track.samples)) for i, track in enumerate(tables.tracks)})


def key_frames(tables: Tables, number: int, apart: float) -> Sketch | None:
    """The key frames of one track that are at least `apart` seconds from the one before, and its very first sample. None
    where the tables contradict themselves.
    """
    track = tables.tracks[number]
    with tables.path.open("rb") as file:
        keys = key_samples(file, track)
        times = at_samples(file, track.durations, keys)[1] / track.timescale
    kept: list[int] = [0]
    last = -np.inf
    for key, time in zip(keys.tolist(), times.tolist(), strict=True):
        if time - last >= apart:
            kept += [key] if key else []
            last = time
    return _sketch(tables, {number: np.array(kept, np.int64)})


def _sketch(tables: Tables, wanted: Mapping[int, Whole]) -> Sketch | None:
    try:
        return Sketch(tables, wanted)
    except (ValueError, IndexError, struct.error, OverflowError):
        return None


@dataclass(frozen=True, slots=True)
class _Kept:
    """The samples of a track that are kept: places and sizes in the file, ticks to the next, offsets, which are keys."""

    track: Track
    places: Whole
    sizes: Whole
    steps: Whole
    offsets: Whole
    keys: Whole


def _kept(file: BinaryIO, track: Track, wanted: Whole) -> _Kept:
    places, sizes = np.zeros(len(wanted), np.int64), np.zeros(len(wanted), np.int64)
    done = 0
    if len(wanted):
        for first, block, lengths in spots(file, track):
            high = int(np.searchsorted(wanted, first + len(block)))
            places[done:high], sizes[done:high] = block[wanted[done:high] - first], lengths[wanted[done:high] - first]
            done = high
            if done == len(wanted):
                break
        wanted, places, sizes = wanted[:done], places[:done], sizes[:done]
    own, times = at_samples(file, track.durations, wanted)
    steps = np.append(np.diff(times), own[-1:])
    offsets = at_samples(file, track.offsets, wanted)[0]
    keys = np.flatnonzero(np.isin(wanted, key_samples(file, track))) if not track.all_keys else np.arange(len(wanted))
    return _Kept(track, places, sizes, steps, offsets, keys)


def _head(file: BinaryIO, tables: Tables, kept: list[_Kept], shift: int) -> bytes:
    """The file type and the header, with places moved by `shift` bytes."""
    tracks = {item.track.box.at: item for item in kept}
    return _copy(file, tables.ftyp) + _rewritten(file, tables.moov, tracks, None, shift)


def _rewritten(file: BinaryIO, box: Box, tracks: Mapping[int, _Kept], kept: _Kept | None, shift: int) -> bytes:
    """A box with everything in it as it was, but for the tables of samples."""
    kept = tracks.get(box.at, kept)
    content = b""
    for inner in boxes(file, box.inner, box.end):
        if inner.kind in CONTAINERS or inner.kind == b"stbl":
            content += _rewritten(file, inner, tracks, kept, shift)
        elif inner.kind not in _TABLES:
            content += _copy(file, inner)
    if box.kind == b"stbl" and kept is not None:
        content += _sample_tables(kept, shift)
    return _box(box.kind, content)


def _sample_tables(kept: _Kept, shift: int) -> bytes:
    count = len(kept.places)
    written = _full(b"stts", _runs(kept.steps))
    if kept.track.offsets.count:
        written += _full(b"ctts", _runs(kept.offsets))
    written += _box(b"stsz", struct.pack(">III", 0, 0, count) + kept.sizes.astype(">u4").tobytes())
    written += _full(b"stsc", np.array([[1, 1, 1]] if count else []).reshape(-1, 3))
    written += _full(b"co64", (kept.places + shift).reshape(-1, 1), ">u8")
    if not kept.track.all_keys:
        written += _full(b"stss", (kept.keys + 1).reshape(-1, 1))
    return written


def _runs(values: Whole) -> Whole:
    """Equal neighbours as rows of count and value."""
    if not len(values):
        return np.zeros((0, 2), np.int64)
    starts = np.flatnonzero(np.append(True, values[1:] != values[:-1]))
    return np.stack((np.diff(np.append(starts, len(values))), values[starts]), axis=1)


def _full(kind: bytes, rows: Whole, form: str = ">u4") -> bytes:
    return _box(kind, struct.pack(">II", 0, len(rows)) + rows.astype(form).tobytes())


def _box(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I4s", len(content) + 8, kind) + content


def _copy(file: BinaryIO, box: Box) -> bytes:
    file.seek(box.at)
    return file.read(box.end - box.at)
