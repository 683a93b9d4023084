"""An MP4's AAC as the plain stream that a pipe can carry, so that no other program builds an index of the file either."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from appliance.media.mp4_tables import Tables, Track, read_tables, spots

_RATES = 13  # sampling rates that a header of ADTS can name
_LC = 2
_LONGEST = 8191 - 7  # bytes of a frame
_FRAME = 1024  # samples
_JOINS, _JOINED = 4096, 8  # rows of a table of times that is still called even; frames, or lengths of one, at a join
_SLACK_SECONDS = 0.5
_READ_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Adts:
    """A track ready to be streamed. `start` is the time of its first sample on the container's clock, in seconds."""

    path: Path
    track: Track
    start: float
    head: int  # the frame header's 56 bits, without a length
    copies: Mapping[int, int]  # how often a frame is written where that is not once, by its number

    def frames(self) -> Iterator[bytes]:
        """All of the track, some hundred frames at once; it ends where the file does."""
        with self.path.open("rb") as file, self.path.open("rb") as tables:
            for number, places, sizes in spots(tables, self.track):
                first = 0
                while first < len(places):
                    # Neighbours that lie close are read at once.
                    reach = np.searchsorted(places[first:] + sizes[first:], places[first] + _READ_BYTES)
                    last = first + max(1, int(reach))
                    spot = places[first:last].tolist(), sizes[first:last].tolist()
                    yield self._block(file.fileno(), number + first, *spot)
                    first = last

    def _block(self, file: int, first: int, places: list[int], sizes: list[int]) -> bytes:
        begin = places[0]
        read = os.pread(file, max(map(int.__add__, places, sizes)) - begin, begin)
        out = bytearray()
        for number, (place, size) in enumerate(zip(places, sizes, strict=True), first):
            frame = read[place - begin : place - begin + size]
            if len(frame) < size:
                break
            head = (self.head | (size + 7) << 13).to_bytes(7, "big")
            out += (head + frame) * self.copies.get(number, 1)
        return bytes(out)


def adts(path: Path, index: int) -> Adts | None:
    """The sound stream `index` of a file; None unless it is evenly timed AAC-LC in an MP4 with at most one edit."""
    tables = read_tables(path)
    if tables is None or index >= len(tables.tracks):
        return None
    track = tables.tracks[index]
    start = _start(tables, track)
    specific = _specific(track.codec)
    if track.kind != b"soun" or track.samples == 0 or start is None or len(specific) < 2:
        return None
    copies = _copies(tables, track)
    kind, rate, channels = specific[0] >> 3, (specific[0] & 7) << 1 | specific[1] >> 7, specific[1] >> 3 & 15
    short = specific[1] >> 2 & 1
    if (
        kind != _LC
        or rate >= _RATES
        or not 1 <= channels <= 7
        or short
        or copies is None
        or _largest(tables, track) > _LONGEST
    ):
        return None
    return Adts(path, track, start, 0xFFF1 << 40 | (_LC - 1) << 38 | rate << 34 | channels << 30 | 0x7FF << 2, copies)


def _start(tables: Tables, track: Track) -> float | None:
    """When the first sample sounds; None where edits leave something out in the middle or at the end."""
    late = 0.0
    edits = track.edits
    if edits and edits[0][1] == -1:
        late, edits = edits[0][0] / tables.timescale, edits[1:]
    if len(edits) > 1 or any(begin < 0 for _, begin in edits):
        return None
    if not edits:
        return late
    length, begin = edits[0]
    with tables.path.open("rb") as file:
        whole = sum(int((rows[:, 0] * rows[:, 1]).sum()) for _, rows in track.durations.blocks(file))
    left = (whole - begin) / track.timescale - length / tables.timescale
    return late - begin / track.timescale if left < _SLACK_SECONDS else None


def _copies(tables: Tables, track: Track) -> dict[int, int] | None:
    """Frames to leave out or to repeat, so that sound stays within half a frame of its times where recordings were joined;
    None where times are uneven in any other way.
    """
    with tables.path.open("rb") as file:
        rows = track.durations.rows(file, 0, _JOINS)
    if track.durations.count > _JOINS:
        return None
    copies: dict[int, int] = {}
    number, late = 0, 0
    for count, length in rows.tolist():
        wrong = length - _FRAME
        if wrong and number + count < track.samples and (count > _JOINED or abs(wrong) > _JOINED * _FRAME):
            return None
        for one in range(number, number + count) if wrong and number + count < track.samples else ():
            late += wrong
            whole = round(late / _FRAME)
            copies[one] = max(0, 1 + whole)
            late -= (copies[one] - 1) * _FRAME
        number += count
    return copies


def _largest(tables: Tables, track: Track) -> int:
    if track.same_size:
        return track.same_size
    with tables.path.open("rb") as file:
        return max((int(rows.max()) for _, rows in track.sizes.blocks(file)), default=0)


def _specific(codec: bytes) -> bytes:
    """What the decoder has to know (ISO/IEC 14496-3, AudioSpecificConfig), out of an stsd box with plain AAC; or nothing."""
    entry = codec[16:]
    place = entry.find(b"esds")
    if entry[4:8] != b"mp4a" or place < 0:
        return b""
    body = entry[place + 8 :]
    body = _descriptor(body, 3)
    if len(body) < 4:
        return b""
    flags = body[2]
    body = body[3 + (2 if flags & 0x80 else 0) + (1 + body[3] if flags & 0x40 else 0) + (2 if flags & 0x20 else 0) :]
    body = _descriptor(body, 4)
    return _descriptor(body[13:], 5) if body[:1] == b"\x40" else b""


def _descriptor(body: bytes, tag: int) -> bytes:
    """The content of the descriptor at the beginning, if it has that tag."""
    if not body or body[0] != tag:
        return b""
    length, at = 0, 1
    while at < len(body) and at < 5:
        length = length << 7 | body[at] & 0x7F
        at += 1
        if not body[at - 1] & 0x80:
            break
    return body[at : at + length]
