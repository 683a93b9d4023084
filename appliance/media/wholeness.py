"""Whether all of a file is there: how many of its seconds can be read."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.stream import Stream

_MICROSECONDS = 1_000_000
# A container's stated length and its last packet differ by a few frames, and by a second or two where sound and
# picture end apart; more is missing.
_SLACK_SECONDS = 2.0
_SLACK_SHARE = 0.02
_TAIL_SECONDS = 4.0


def readable_seconds(container: InputContainer, start: float, size_bytes: int) -> tuple[float, str]:
    """The seconds that can be read, counted from `start` (seconds on the container's clock), and a warning if some are missing.

    Cheap for a whole file: an index is compared with the file's size, or the last seconds are read; only a file without a
    stated length, or one that is cut off, is read through (without decoding). The reading position is left at the start.
    """
    stated = container.duration / _MICROSECONDS if container.duration else 0.0
    streams = [stream for stream in container.streams if stream.type in ("video", "audio")]
    present = _by_index(container, streams, start, size_bytes)
    if present is None:
        present = _by_reading(container, streams, start, stated)
    container.seek(0 if start == 0 else round(start * _MICROSECONDS), backward=True)
    if stated <= 0:
        return present, ""
    if present < stated - max(_SLACK_SECONDS, stated * _SLACK_SHARE):
        return present, f"the file is cut off: {present:.1f} of {stated:.1f} s can be read"
    return stated, ""


def _by_index(container: InputContainer, streams: list[Stream], start: float, size_bytes: int) -> float | None:
    """By an MP4's index: the first sample that lies behind the end of the file. None where the index is not complete."""
    if "mp4" not in container.format.name.split(",") or not container.duration:
        return None
    missing_from: list[float] = []
    ends: list[float] = []
    for stream in streams:
        entries, base = stream.index_entries, float(stream.time_base or 0)
        if not len(entries):
            continue
        ends.append(entries[len(entries) - 1].timestamp * base - start)
        if entries[len(entries) - 1].pos + entries[len(entries) - 1].size > size_bytes:
            missing_from.append(_first_beyond(stream, size_bytes) * base - start)
    stated = container.duration / _MICROSECONDS
    if not ends or max(ends) < stated - max(_SLACK_SECONDS, stated * _SLACK_SHARE):
        return None  # a fragmented file: its index grows while it is read
    return max(0.0, min(missing_from)) if missing_from else stated


def _first_beyond(stream: Stream, size_bytes: int) -> int:
    """The time of the first sample that is not wholly there; samples lie in the file in order of time."""
    entries = stream.index_entries
    low, high = 0, len(entries) - 1
    while low < high:
        middle = (low + high) // 2
        if entries[middle].pos + entries[middle].size > size_bytes:
            high = middle
        else:
            low = middle + 1
    return entries[low].timestamp


def _by_reading(container: InputContainer, streams: list[Stream], start: float, stated: float) -> float:
    """By the packets themselves: the last seconds first, and all of them where those are not there."""
    if stated > _TAIL_SECONDS:
        last = _last_packet(container, streams, start, stated - _TAIL_SECONDS)
        if last >= stated - max(_SLACK_SECONDS, stated * _SLACK_SHARE):
            return last
    return _last_packet(container, streams, start, 0.0)


def _last_packet(container: InputContainer, streams: list[Stream], start: float, since: float) -> float:
    from av.error import FFmpegError

    last = 0.0
    try:
        container.seek(round((start + since) * _MICROSECONDS), backward=True)
        for packet in container.demux(streams):
            if packet.pts is not None and packet.time_base:
                last = max(last, float((packet.pts + (packet.duration or 0)) * packet.time_base) - start)
    except FFmpegError:
        pass  # the broken end: what came before it counts
    return last
