"""Whether all of a file is there: how many of its seconds can be read."""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO

import numpy as np

from appliance.media.mp4_tables import at_samples, spots, track_seconds

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.stream import Stream

    from appliance.media.mp4_tables import Tables, Track

_MICROSECONDS = 1_000_000
# A container's stated length and its last packet differ by a few frames, and by a second or two where sound and
# picture end apart; more is missing.
_SLACK_SECONDS = 2.0
_SLACK_SHARE = 0.02
_TAIL_SECONDS = 4.0


def readable_seconds(container: InputContainer, start: float) -> tuple[float, str]:
    """The seconds that can be read, counted from `start` (seconds on the container's clock), and a warning if some are missing.

    Cheap for a whole file, of which the last seconds are read; only a file without a
    stated length, or one that is cut off, is read through (without decoding). The reading position is left at the start.
    """
    stated = container.duration / _MICROSECONDS if container.duration else 0.0
    streams = [stream for stream in container.streams if stream.type in ("video", "audio")]
    present = _by_reading(container, streams, start, stated)
    container.seek(0 if start == 0 else round(start * _MICROSECONDS), backward=True)
    return _told(present, stated)


def _told(present: float, stated: float) -> tuple[float, str]:
    if stated <= 0:
        return present, ""
    if present < stated - max(_SLACK_SECONDS, stated * _SLACK_SHARE):
        return present, f"the file is cut off: {present:.1f} of {stated:.1f} s can be read"
    return stated, ""


def seconds_by_tables(tables: Tables, start: float, size_bytes: int) -> tuple[float, str]:
    """The same for an MP4, by its tables: where its first sample lies behind the end of the file. Nothing is read."""
    tracks = [track for track in tables.tracks if track.kind in (b"vide", b"soun") and track.samples]
    with tables.path.open("rb") as file:
        stated = max((track_seconds(tables, track, file) for track in tracks), default=0.0) - start
        present = stated
        for track in tracks if tables.cut_off else ():
            present = min(present, max(0.0, _whole_until(track, size_bytes, file)))
    return _told(present, stated)


def _whole_until(track: Track, size_bytes: int, file: BinaryIO) -> float:
    """When the first sample that is not wholly there would be decoded."""
    for first, places, sizes in spots(file, track):
        missing = np.flatnonzero(places + sizes > size_bytes)
        if len(missing):
            return float(at_samples(file, track.durations, first + missing[:1])[1][0]) / track.timescale
    return float("inf")


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
