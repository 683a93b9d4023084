"""What a clip will sound like, as samples, before anything is encoded: the measuring twin of the sound's filters.

One decode inside this process costs a third of what a child ffmpeg's threads cost, and the samples can be measured,
limited and measured again without decoding twice.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from appliance.domain.source import Source
from appliance.domain.timeline import Cover, Timeline
from appliance.media.graph import place
from appliance.media.probe import open_media
from appliance.media.soundtrack import BLEEP_HERTZ, BLEEP_LEVEL, RATE, Piece, fade_samples, goes_on, masks_of

if TYPE_CHECKING:
    from av.audio.frame import AudioFrame

Stereo = NDArray[np.float32]
_MICROSECONDS = 1_000_000
_JUMP = 0.02  # seconds: a smaller step between two frames' times is rounding, a larger one a gap
_PREROLL = 0.25


def mixed(timeline: Timeline, sources: Mapping[str, Source], paths: Mapping[str, Path]) -> Iterator[Stereo]:
    """The clip's sound as blocks (2, samples) at 48 kHz, before its level is set."""
    pieces = [spot.piece for spot in place(timeline, sources)]
    fades = [fade_samples(timeline, one, other) for one, other in pairwise(pieces)]
    tail = np.zeros((2, 0), np.float32)
    for number, (piece, before, after) in enumerate(zip(pieces, [0, *fades], [*fades, 0], strict=True)):
        sound = _piece(timeline, sources, paths, piece, before // 2, after - after // 2)
        if before:
            sound[:, :before] = _crossed(tail, sound[:, :before], even=goes_on(pieces[number - 1].cut, piece.cut))
        tail = sound[:, sound.shape[1] - after :]
        yield sound[:, : sound.shape[1] - after]


def _crossed(old: Stereo, new: Stereo, *, even: bool) -> Stereo:
    share = np.arange(old.shape[1], dtype=np.float32) / np.float32(old.shape[1])
    rise = share if even else np.sin(share * np.float32(np.pi / 2))
    fall = 1 - share if even else np.cos(share * np.float32(np.pi / 2))
    crossed: Stereo = old * fall + new * rise
    return crossed


def _piece(
    timeline: Timeline, sources: Mapping[str, Source], paths: Mapping[str, Path], piece: Piece, before: int, after: int
) -> Stereo:
    """A cut's sound with what the cross-fades need before and after it, its covered words covered."""
    length = piece.last - piece.first + before + after
    sound = np.zeros((2, length), np.float32)
    if piece.stream is None:
        return sound
    start = piece.cut.start - before / RATE
    _fill(sound, paths[piece.cut.source], sources[piece.cut.source].start_time + start, piece.stream)
    for mask in masks_of(timeline.sound.masked, piece, before):
        first, last = round(mask.start * RATE), min(round(mask.end * RATE), length)
        tone = np.sin(np.arange(last - first) * (2 * np.pi * BLEEP_HERTZ / RATE)) * BLEEP_LEVEL
        sound[:, first:last] = tone if mask.cover is Cover.BLEEP else 0.0
    return sound


def _fill(sound: Stereo, path: Path, begin: float, index: int) -> None:
    """Fill `sound` with what the stream plays from second `begin` of the container's clock on."""
    from av.audio.resampler import AudioResampler
    from av.error import FFmpegError
    from av.stream import Discard

    at = 0
    known = False
    with open_media(path, only_sound=True) as container:
        stream = next(stream for stream in container.streams.audio if stream.index == index)
        for other in container.streams:
            if other.index != index:
                other.discard = Discard.all  # not even read, where the container has an index
        container.seek(max(0, round((begin - _PREROLL) * _MICROSECONDS)), backward=True)
        resampler = AudioResampler("fltp", "stereo", RATE)
        packets = container.demux(stream)
        while at < sound.shape[1]:
            try:
                packet = next(packets, None)
                if packet is None:
                    return
                frames = packet.decode()
            except FFmpegError:
                continue
            for frame in frames:
                exact = at if frame.time is None else round((frame.time - begin) * RATE)
                if not known or abs(exact - at) > _JUMP * RATE:
                    at, known = exact, True
                ready = frame.format.name == "fltp" and frame.layout.name == "stereo" and frame.sample_rate == RATE
                for even in [frame] if ready else resampler.resample(frame):
                    at = _put(sound, even, at)


def _put(sound: Stereo, frame: AudioFrame, at: int) -> int:
    """Lay a frame at sample `at`, as far as it lies inside; where the next one goes."""
    end = at + frame.samples
    first, last = max(at, 0), min(end, sound.shape[1])
    if last > first:
        for channel, plane in enumerate(frame.planes):
            samples = np.frombuffer(memoryview(plane), np.float32, frame.samples)
            sound[channel, first:last] = samples[first - at : last - at]
    return end
