"""Whether the clock of a transport stream jumps, as it does where recordings were joined end to end.

Its clock samples (PCR, ISO/IEC 13818-1, 2.4.3.4: at least ten a second) are read at places spread over the file, so that a
long file costs no more than a short one. A jump back is seen between two places; a jump ahead is narrowed down by halving.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from av.container import InputContainer

_SYNC = 0x47
_SIZES = (188, 192, 204)  # plain, with a time stamp (M2TS), with error correction
_ALIKE = 5  # packets in a row that begin with the sync byte
_WINDOW_BYTES = 1 << 17
_LARGEST_WINDOW_BYTES = 1 << 21
_PLACES = 256
_WRAP = 1 << 33  # ticks of 90 kHz after which the clock begins again, every 26.5 hours
_TICKS = 90_000
_AHEAD_SECONDS = 60.0  # a shorter hole is one that the recording has
_STEP_SECONDS = 10.0  # packets of one stream are never farther apart than this
_Clock = tuple[int, int]  # where in the file, and the ticks there


def clock_jumps(path: Path) -> bool:
    """Whether `path` is a transport stream whose clock goes back, or ahead by more than a minute. OSError if unreadable."""
    size = path.stat().st_size
    with path.open("rb") as file:
        first = _clock(file, 0, None)
        if first is None:
            return False
        pid, clock = first
        step = max(_WINDOW_BYTES, size // _PLACES)
        clocks = [clock]
        for at in (*range(step, size, step), max(0, size - _WINDOW_BYTES)):
            found = _clock(file, at, pid)
            if found is not None and found[1][0] > clocks[-1][0]:
                clocks.append(found[1])
        if any(_ahead(one, two) < 0 for one, two in pairwise(clocks)):
            return True
        return _leaps(file, pid, clocks)


def walked_seconds(container: InputContainer) -> float:
    """The seconds of the longest stream, counted packet by packet without the jumps. The reading position moves."""
    seconds: dict[int, float] = {}
    last: dict[int, float] = {}
    for packet in container.demux([stream for stream in container.streams if stream.type in ("video", "audio")]):
        if packet.dts is None or packet.time_base is None:
            continue
        index, time = packet.stream_index, float(packet.dts * packet.time_base)
        own = float((packet.duration or 0) * packet.time_base)
        step = time - last.get(index, time - own)
        seconds[index] = seconds.get(index, 0.0) + (step if 0 <= step <= _STEP_SECONDS else own)
        last[index] = time
    return max(seconds.values(), default=0.0)


def _ahead(one: _Clock, two: _Clock) -> float:
    """Seconds from one to the other, below zero when the clock went back."""
    ticks = (two[1] - one[1]) % _WRAP
    return (ticks - _WRAP if ticks >= _WRAP // 2 else ticks) / _TICKS


def _leaps(file: BinaryIO, pid: int, clocks: Sequence[_Clock]) -> bool:
    """Whether the longest way between two neighbours is one leap: halved until both are in one window."""
    if len(clocks) < 2:
        return False
    one, two = max(pairwise(clocks), key=lambda pair: _ahead(*pair))
    while _ahead(one, two) > _AHEAD_SECONDS:
        if two[0] - one[0] <= _WINDOW_BYTES:
            return True
        found = _clock(file, (one[0] + two[0]) // 2, pid)
        if found is None or not one[0] < found[1][0] < two[0]:
            return True
        one, two = max(((one, found[1]), (found[1], two)), key=lambda pair: _ahead(*pair))
    return False


def _clock(file: BinaryIO, at: int, pid: int | None) -> tuple[int, _Clock] | None:
    """The first clock sample of that stream (of any, for None) at or after a place, with its stream's number."""
    window = _WINDOW_BYTES
    while window <= _LARGEST_WINDOW_BYTES:
        file.seek(at)
        block = file.read(window)
        begin, size = _packets(block)
        if size == 0:
            return None
        for place in range(begin, len(block) - size + 1, size):
            found = _sample(block[place : place + 12])
            if found is not None and pid in (None, found[0]):
                return found[0], (at + place, found[1])
        window *= 4
    return None


def _packets(block: bytes) -> tuple[int, int]:
    """Where the first packet begins and how long packets are; zeros where there are none."""
    for size in _SIZES:
        for begin in range(size):
            if len(block) >= begin + _ALIKE * size and all(block[begin + n * size] == _SYNC for n in range(_ALIKE)):
                return begin, size
    return 0, 0


def _sample(head: bytes) -> tuple[int, int] | None:
    """The stream's number and the 33-bit base of the clock in a packet's first 12 bytes, if it has one."""
    if head[0] != _SYNC or not head[3] & 0x20 or head[4] < 7 or not head[5] & 0x10:
        return None
    pid = (head[1] & 0x1F) << 8 | head[2]
    return pid, int.from_bytes(head[6:10], "big") << 1 | head[10] >> 7
