"""How loud a clip is, and what brings it to its target: a gain, and a limiter where peaks would go over.

Loudness is that of EBU R 128 (ITU-R BS.1770-4). The clip is measured as it will be heard, before it is rendered.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from appliance.domain.source import Source
from appliance.domain.timeline import Sound, Timeline
from appliance.media.mix import mixed
from appliance.media.soundtrack import RATE
from appliance.media.views import number

if TYPE_CHECKING:
    from av.audio.frame import AudioFrame
    from av.filter.graph import Graph

Stereo = NDArray[np.float32]

# AAC gives peaks back up to a decibel higher than it got them, and a limiter looks at samples, not between them.
HEADROOM_DB = 1.0
SILENT_LUFS = -60.0
MOST_GAIN_DB = 24.0
MOST_LIMITING_DB = 15.0
_CLOSE_DB = 0.2
_PLACES, _PLACE_SECONDS = 6, 0.3
_CODED_MARGIN_DB = 0.3  # an encoder does not do quite the same in other surroundings
_BIT_RATE = 192_000
_TRIES = 4
_BLOCK = RATE


@dataclass(frozen=True, slots=True)
class Loudness:
    """Integrated loudness in LUFS (-70 and less: silence) and the highest sample in dBFS."""

    lufs: float
    peak_db: float


@dataclass(frozen=True, slots=True)
class Level:
    """What a clip measured, the filters that set its level (empty: none needed), what they make of it, and remarks."""

    before: Loudness | None
    filters: str = ""
    after: Loudness | None = None
    notes: tuple[str, ...] = ()


def level(timeline: Timeline, sources: Mapping[str, Source], paths: Mapping[str, Path]) -> Level:
    """Measure the clip's sound and find the filters that bring it to the Timeline's target (without one: neither)."""
    if timeline.sound.target_lufs is None:
        return Level(None)
    blocks = [block for block in mixed(timeline, sources, paths) if block.size]
    before = measure(blocks)
    return settle(blocks, before, timeline.sound)


def settle(blocks: list[Stereo], before: Loudness, sound: Sound) -> Level:
    """The gain, and if its peaks go over the limiter, for sound (blocks of (2, samples) at 48 kHz) that measured `before`.

    A limiter makes what it holds down quieter, so with one the gain is found by trying it on the sound itself.
    """
    if sound.target_lufs is None:
        return Level(before, after=before)
    if before.lufs < SILENT_LUFS:
        return Level(before, after=before, notes=("the clip is silent: its level was left alone",))
    found = _settled(blocks, before, sound, sound.peak_dbtp - HEADROOM_DB)
    for _ in range(_TRIES):
        if found.ceiling is None:
            break
        limited = list(_through(blocks, found.gain, found.ceiling))
        over = coded_peak(limited) - (sound.peak_dbtp - _CODED_MARGIN_DB)
        if over <= 0:
            break
        found = _settled(blocks, before, sound, found.ceiling - over)
    return found.level


@dataclass(frozen=True, slots=True)
class _Settled:
    """A level, with its numbers."""

    level: Level
    gain: float
    ceiling: float | None  # of the limiter, in dBFS; None without one


def _settled(blocks: list[Stereo], before: Loudness, sound: Sound, ceiling: float) -> _Settled:
    """The gain and limiter for peaks of at most `ceiling` dBFS."""
    assert sound.target_lufs is not None
    gain = sound.target_lufs - before.lufs
    notes: list[str] = []
    if gain > MOST_GAIN_DB:
        gain = MOST_GAIN_DB
        notes.append(f"the clip is very quiet ({before.lufs:.1f} LUFS): it was raised by {gain:.0f} dB and no more")
    if before.peak_db + gain <= ceiling:
        after = Loudness(before.lufs + gain, before.peak_db + gain)
        return _Settled(Level(before, _gain(gain), after, tuple(notes)), gain, None)
    most = max(gain, ceiling - before.peak_db + MOST_LIMITING_DB)
    wanted = before.lufs + gain
    after = before
    for _ in range(_TRIES):
        filters = f"{_gain(gain)},{_limiter(ceiling)}"
        after = measure(list(_through(blocks, gain, ceiling)))
        short = wanted - after.lufs
        if abs(short) <= _CLOSE_DB or (short > 0 and gain >= most):
            break
        gain = min(gain + short * 1.2, most) if short > 0 else gain + short
    if abs(wanted - after.lufs) > 0.5:
        notes.append(f"its peaks stand so high over the rest that it reaches {after.lufs:.1f} LUFS without distortion")
    return _Settled(Level(before, filters, after, tuple(notes)), gain, ceiling)


def coded_peak(blocks: list[Stereo]) -> float:
    """The true peak in dBTP that the loudest places have once they went through AAC: only these are tried."""
    whole = np.concatenate(blocks, axis=1)
    tops = np.abs(whole).max(0)
    half = round(_PLACE_SECONDS * RATE / 2)
    places = []
    for _ in range(_PLACES):
        top = int(tops.argmax())
        if tops[top] <= 0:
            break
        places.append(whole[:, max(0, top - half) : top + half])
        tops[max(0, top - 2 * half) : top + 2 * half] = 0
    return _true_peak(_coded(places)) if places else -120.0


def _coded(places: list[Stereo]) -> list[Stereo]:
    """What a decoder makes of them after AAC at the clip's rate."""
    import av

    encoder = av.AudioCodecContext.create("aac", "w")
    encoder.sample_rate, encoder.layout, encoder.format, encoder.bit_rate = RATE, "stereo", "fltp", _BIT_RATE
    encoder.time_base = Fraction(1, RATE)
    encoder.open()
    sound = np.concatenate(places, axis=1)
    size = encoder.frame_size
    packets = [
        packet
        for first in range(0, sound.shape[1] - size + 1, size)
        for frame in _frames([sound[:, first : first + size]], first)
        for packet in encoder.encode(frame)
    ]
    packets += encoder.encode(None)
    decoder = av.AudioCodecContext.create("aac", "r")
    decoder.extradata = encoder.extradata
    return [_planes(frame) for packet in packets for frame in decoder.decode(packet)]


def _true_peak(blocks: list[Stereo]) -> float:
    """The highest point between samples, by four times as many of them (ITU-R BS.1770-4, annex 2), in dBTP."""
    graph = _chain(("aresample", str(4 * RATE)), ("aformat", "sample_fmts=fltp"))
    peak = 0.0
    for frame in [*_frames(blocks), None]:
        graph.push(frame)
        for finer in _pulled(graph):
            peak = max(peak, float(np.abs(_planes(finer)).max(initial=0.0)))
    return 20 * math.log10(max(peak, 1e-6))


def measure(blocks: Sequence[Stereo]) -> Loudness:
    """The loudness of blocks of (2, samples) at 48 kHz, by libavfilter's ebur128."""
    graph = _chain(("ebur128", "metadata=1:framelog=quiet"))
    peak, lufs = 0.0, -70.0
    for block in blocks:
        peak = max(peak, float(block.max(initial=0.0)), -float(block.min(initial=0.0)))
    for frame in _frames(blocks):
        graph.push(frame)
        for measured in _pulled(graph):
            lufs = float(measured.metadata.get("lavfi.r128.I", lufs))
    return Loudness(lufs if math.isfinite(lufs) else -70.0, 20 * math.log10(max(peak, 1e-6)))


def _through(blocks: Iterable[Stereo], gain: float, ceiling: float) -> Iterator[Stereo]:
    """The sound behind a gain and the limiter."""
    graph = _chain(("volume", f"{number(gain)}dB:precision=float"), ("alimiter", _limits(ceiling)))
    for frame in _frames(blocks):
        graph.push(frame)
        for limited in _pulled(graph):
            yield _planes(limited)
    graph.push(None)
    for limited in _pulled(graph):
        yield _planes(limited)


def _chain(*filters: tuple[str, str]) -> Graph:
    """A graph that sound is pushed through."""
    from av.filter import Graph

    graph = Graph()
    nodes = [graph.add_abuffer(sample_rate=RATE, format="fltp", layout="stereo", time_base=Fraction(1, RATE))]
    nodes += [graph.add(name, args) for name, args in filters]
    graph.link_nodes(*nodes, graph.add("abuffersink")).configure()
    return graph


def _frames(blocks: Iterable[Stereo], time: int = 0) -> Iterator[AudioFrame]:
    """The sound as frames of up to a second; what is short of libav's frames is never cut off."""
    from av.audio.frame import AudioFrame

    for block in blocks:
        for first in range(0, block.shape[1], _BLOCK):
            part = np.ascontiguousarray(block[:, first : first + _BLOCK])
            frame = AudioFrame.from_ndarray(part, format="fltp", layout="stereo")
            frame.sample_rate, frame.pts, frame.time_base = RATE, time, Fraction(1, RATE)
            time += part.shape[1]
            yield frame


def _pulled(graph: Graph) -> Iterator[AudioFrame]:
    """What is ready at the end of the graph."""
    from av.audio.frame import AudioFrame
    from av.error import BlockingIOError as NothingYet
    from av.error import EOFError as Ended

    while True:
        try:
            frame = graph.pull()
        except (NothingYet, Ended):
            return
        if isinstance(frame, AudioFrame):
            yield frame


def _planes(frame: AudioFrame) -> Stereo:
    """Samples (2, n), whether the filter gave them planar or interleaved, float or double."""
    samples = frame.to_ndarray().astype(np.float32)
    return samples if samples.shape[0] == 2 else np.ascontiguousarray(samples.reshape(-1, 2).T)


def _gain(gain: float) -> str:
    return f"volume={number(round(gain, 3))}dB:precision=float"


def _limiter(ceiling_db: float) -> str:
    return f"alimiter={_limits(ceiling_db)}"


def _limits(ceiling_db: float) -> str:
    return f"limit={number(10 ** (ceiling_db / 20))}:attack=4:release=60:level=0:latency=1"
