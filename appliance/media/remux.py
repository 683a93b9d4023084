"""Stretches of files that cannot be sought exactly, copied without loss into MP4s that can."""

from __future__ import annotations

import errno
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from appliance.domain.errors import BadInput, NeedsPerson
from appliance.domain.source import Source
from appliance.domain.span import Span, merge
from appliance.media.probe import open_media

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.stream import Stream

EXACT = frozenset(("mov", "mp4", "matroska", "webm", "wav", "flac"))
_BEFORE, _AFTER = 12.0, 2.0  # seconds: room for the key frame before a stretch, and for sound that is written late
_FURTHER = (0.0, 60.0, float("inf"))
_FORMS = ("mp4", "matroska")  # what MP4 cannot hold, Matroska can, if only to the millisecond
_FINE = {"movie_timescale": "90000"}  # an MP4 notes to the millisecond otherwise how much later a track begins
_ROUNDING = 0.0005
_NEAR = 30.0  # stretches closer than this are copied as one
_MICROSECONDS = 1_000_000


@dataclass(frozen=True, slots=True)
class Copy:
    """A stretch of a source as a file of its own. Its second `time - zero` shows the source's second `time`."""

    path: Path
    span: Span
    zero: float


def seeks_exactly(source: Source) -> bool:
    """Whether ffmpeg finds any frame of such a container by its time alone."""
    return bool(EXACT & set(source.container.split(",")))


def copies(path: Path, source: Source, spans: Iterable[Span], folder: Path, stem: str) -> tuple[Copy, ...]:
    """Copy the stretches around `spans` (seconds on the source's clock) into `folder`. BadInput if nothing can be read."""
    whole = Span(0.0, source.seconds)
    stretches = merge((span.clamp(whole) for span in spans), gap=_NEAR)
    return tuple(_copy(path, source, span, folder / f"{stem}-{number}.mp4") for number, span in enumerate(stretches))


def _copy(path: Path, source: Source, span: Span, out: Path) -> Copy:
    from av.error import FFmpegError

    fault = "it has no key frame before that"
    for form in _FORMS:
        try:
            for further in _FURTHER:
                begin = max(0.0, span.start - _BEFORE - further)
                copy = _copied(path, source, Span(begin, span.end), out, form)
                if copy is not None and (copy.zero <= span.start or begin <= 0):
                    return copy
        except FFmpegError as error:
            if error.errno == errno.ENOSPC:
                raise NeedsPerson(f"the disk is full: {out.parent} cannot be written", "Free some space.") from error
            fault = error.strerror or str(error)
    raise BadInput(
        f"{path} cannot be cut at {span.start:.1f} s: {fault}", "Convert it to MP4 first (`clipper convert`)."
    )


def _copied(path: Path, source: Source, span: Span, out: Path, form: str) -> Copy | None:
    """Packets from the first key frame at or after `span.start` on; None when there is none. A copy from the very start of
    the source keeps its zero, so that what sounds before the first picture stays.
    """
    import av

    with open_media(path) as container:
        streams = _wanted(container, source)
        first = next((stream for stream in streams if stream.type == "video"), streams[0])
        zero = 0.0 if span.start <= 0 else None
        seen = False
        if span.start > 0:  # a stream that was just opened stands at its very first packet
            container.seek(round((source.start_time + span.start) * _MICROSECONDS), backward=True)
        with av.open(f"file:{out.absolute()}", "w", format=form, options=_FINE if form == "mp4" else {}) as copy:
            outs = {stream.index: copy.add_stream_from_template(stream) for stream in streams}
            for packet in container.demux(streams):
                if packet.dts is None or packet.pts is None or packet.time_base is None:
                    continue
                time = float(packet.pts * packet.time_base) - source.start_time
                if packet.stream is first and not seen:
                    if not packet.is_keyframe:
                        continue
                    seen = True
                    zero = time if zero is None else zero
                if zero is None or time < zero - _ROUNDING:
                    continue
                if float(packet.dts * packet.time_base) - source.start_time > span.end + _AFTER:
                    break
                shift = round((zero + source.start_time) / packet.time_base)
                packet.pts, packet.dts = packet.pts - shift, packet.dts - shift
                packet.stream = outs[packet.stream.index]
                copy.mux(packet)
    if zero is None or not seen:
        return None
    with open_media(out) as copied:  # ffmpeg counts from a file's first picture or sound
        return Copy(out, span, zero + (copied.start_time or 0) / _MICROSECONDS)


def in_copy(source: Source) -> Source:
    """The source's facts with the numbers that its streams have in a copy."""
    indexes = [*(track.index for track in source.sounds), *([source.picture.index] if source.picture else [])]
    numbers = {index: number for number, index in enumerate(sorted(indexes))}
    return replace(
        source,
        picture=None if source.picture is None else replace(source.picture, index=numbers[source.picture.index]),
        sounds=tuple(replace(track, index=numbers[track.index]) for track in source.sounds),
    )


def _wanted(container: InputContainer, source: Source) -> list[Stream]:
    indexes = {track.index for track in source.sounds}
    if source.picture is not None:
        indexes.add(source.picture.index)
    return [stream for stream in container.streams if stream.index in indexes]
