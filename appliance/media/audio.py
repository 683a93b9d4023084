"""Sound out of a file: one streamed decode to 16 kHz mono, in blocks, on the source's own clock."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from appliance import process
from appliance.domain.errors import BadInput
from appliance.domain.progress import OnProgress, unwatched
from appliance.domain.source import SoundTrack, Source
from appliance.domain.span import Span
from appliance.media.ffmpeg import Ffmpeg
from appliance.media.sound_scan import SoundMeter
from appliance.signals.evidence import SoundScan

RATE = 16_000
_BLOCK_SECONDS = 16

Floats = NDArray[np.float32]


def scan_sound(
    ffmpeg: Ffmpeg, path: Path, source: Source, track: int | None = None, on_progress: OnProgress = unwatched
) -> SoundScan:
    """Everything that is measured of the sound, from one decode; memory does not grow with the length but for the results.

    `track` counts sound tracks from 0 (None: the default one). BadInput where there is no such track or no sound in it.
    """
    sound = _track(path, source, track)
    meter = SoundMeter(RATE)
    for block in blocks(ffmpeg, path, source, sound):
        meter.add(block)
        on_progress(min(1.0, meter.seconds / max(source.seconds, 1.0)), "listening")
    if meter.seconds == 0:
        raise BadInput(f"{path}: its sound cannot be decoded", "Convert it to MP4 (H.264, AAC) first.")
    on_progress(1.0, "listening")
    return meter.scan()


def read_sound(ffmpeg: Ffmpeg, path: Path, source: Source, track: int | None, span: Span, rate: int = RATE) -> Floats:
    """The samples of a stretch, mono, -1 to 1: exactly `span.seconds * rate` of them, silence where the track has none.

    Raises BadInput where there is no such track.
    """
    sound = _track(path, source, track)
    wanted = round(span.seconds * rate)
    samples = np.zeros(wanted, np.float32)
    filled = 0
    for block in blocks(ffmpeg, path, source, sound, rate, span):
        part = block[: wanted - filled]
        samples[filled : filled + len(part)] = part
        filled += len(part)
    return samples


def blocks(
    ffmpeg: Ffmpeg, path: Path, source: Source, track: SoundTrack, rate: int = RATE, span: Span | None = None
) -> Iterator[Floats]:
    """A track as float32 blocks of up to 16 s, mono at `rate`; gaps in it are filled with silence.

    Ends early without an error where the file is cut off: what could be read was given.
    """
    # The container's own clock (-copyts), because ffmpeg otherwise counts a transport stream from the first sound when
    # only sound is read, and from the first picture when both are.
    begin = source.start_time + (span.start if span else 0.0)
    first = round(begin * (track.sample_rate or 48_000))  # in samples as they come in
    seek = ("-ss", f"{span.start:.6f}") if span and span.start > 0 else ()
    argv = ffmpeg.argv(
        "-copyts",
        *ffmpeg.input(path, *seek),
        *("-map", f"0:{track.index}", "-vn", "-sn", "-dn"),
        *("-af", f"aresample={rate}:async=1:first_pts={first}", "-ac", "1", "-f", "s16le", "pipe:1"),
    )
    left = round(span.seconds * rate) * 2 if span else None
    size = _BLOCK_SECONDS * rate * 2
    with process.opened(argv) as child:
        while left is None or left > 0:
            raw = child.out.read(size if left is None else min(size, left))
            if not raw:
                break
            left = None if left is None else left - len(raw)
            yield np.frombuffer(raw[: len(raw) // 2 * 2], "<i2").astype(np.float32) / np.float32(32768)


def _track(path: Path, source: Source, track: int | None) -> SoundTrack:
    sound = source.sound(track)
    if sound is None:
        there = len(source.sounds)
        raise BadInput(
            f"{path} has no sound" if not there else f"{path} has no sound track {track}: it has {there}",
            "Name a file with sound." if not there else f"Sound tracks count from 0: use 0 to {there - 1}.",
        )
    return sound
