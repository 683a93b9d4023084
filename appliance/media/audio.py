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
# A shift of one microsecond keeps ffmpeg from moving a transport stream's zero to the first sound when only sound is read.
UNMOVED = ("-itsoffset", "0.000001")

Floats = NDArray[np.float32]


def scan_sound(
    ffmpeg: Ffmpeg, path: Path, source: Source, track: int | None = None, on_progress: OnProgress = unwatched
) -> SoundScan:
    """Everything that is measured of the sound, from one decode; memory does not grow with the length but for the results.

    `track` counts sound tracks from 0 (None: the default one). BadInput where there is no such track or no sound in it.
    """
    sound = _track(path, source, track)
    meter = SoundMeter(RATE)
    for block in blocks(ffmpeg, path, sound.index, RATE):
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
    for block in blocks(ffmpeg, path, sound.index, rate, span):
        part = block[: wanted - filled]
        samples[filled : filled + len(part)] = part
        filled += len(part)
    return samples


def blocks(ffmpeg: Ffmpeg, path: Path, stream: int, rate: int = RATE, span: Span | None = None) -> Iterator[Floats]:
    """Stream number `stream` as float32 blocks of up to 16 s, mono at `rate`; gaps in it are filled with silence.

    Ends early without an error where the file is cut off: what could be read was given.
    """
    before = ("-ss", f"{span.start:.6f}", "-t", f"{span.seconds:.6f}") if span else UNMOVED
    argv = ffmpeg.argv(
        *ffmpeg.input(path, *before),
        *("-map", f"0:{stream}", "-vn", "-sn", "-dn"),
        *("-af", f"aresample={rate}:async=1:first_pts=0", "-ac", "1", "-f", "s16le", "pipe:1"),
    )
    size = _BLOCK_SECONDS * rate * 2
    with process.opened(argv) as child:
        while raw := child.out.read(size):
            whole = len(raw) // 2 * 2
            yield np.frombuffer(raw[:whole], "<i2").astype(np.float32) / np.float32(32768)
        child.wait()


def _track(path: Path, source: Source, track: int | None) -> SoundTrack:
    sound = source.sound(track)
    if sound is None:
        there = len(source.sounds)
        raise BadInput(
            f"{path} has no sound" if not there else f"{path} has no sound track {track}: it has {there}",
            "Name a file with sound." if not there else f"Sound tracks count from 0: use 0 to {there - 1}.",
        )
    return sound
