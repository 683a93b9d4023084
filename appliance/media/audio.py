"""Sound out of a file: one streamed decode to 16 kHz mono, in blocks, on the source's own clock."""

from __future__ import annotations

import contextlib
import os
import threading
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
from appliance.media.mp4_aac import Adts, adts
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
    plain = adts(path, track.index) if span is None and track.codec == "aac" else None
    unheard = ""
    if plain is None:
        opening = [*ffmpeg.input(path, *seek), "-map", f"0:{track.index}"]
    else:
        opening = ["-itsoffset", f"{plain.start:.9f}", "-f", "aac", "-i", "pipe:0"]
        if plain.start < 0:  # the encoder's run-up, which a container tells its reader to leave out
            unheard = f"atrim=start_sample={round(-plain.start * track.sample_rate)},"
    argv = ffmpeg.argv(
        *("-copyts", *opening, "-vn", "-sn", "-dn"),
        *("-af", f"{unheard}aresample={rate}:async=1:first_pts={first}", "-ac", "1", "-f", "s16le", "pipe:1"),
    )
    left = round(span.seconds * rate) * 2 if span else None
    size = _BLOCK_SECONDS * rate * 2
    with _listening(argv, plain) as child:
        while left is None or left > 0:
            raw = child.out.read(size if left is None else min(size, left))
            if not raw:
                break
            left = None if left is None else left - len(raw)
            yield np.frombuffer(raw[: len(raw) // 2 * 2], "<i2").astype(np.float32) / np.float32(32768)


@contextlib.contextmanager
def _listening(argv: list[str], plain: Adts | None) -> Iterator[process.Child]:
    """The decoding child; a plain stream is written to it as fast as it reads."""
    if plain is None:
        with process.opened(argv) as child:
            yield child
        return
    end, begin = os.pipe()
    with os.fdopen(end, "rb", buffering=0) as reading, process.opened(argv, stdin=reading) as child:
        threading.Thread(target=_stream, args=(plain, begin), daemon=True).start()
        reading.close()
        yield child


def _stream(plain: Adts, number: int) -> None:
    """Write a track to a pipe and close it. Who reads may have ended, and the file may be cut off."""
    with os.fdopen(number, "wb", buffering=0) as pipe, contextlib.suppress(OSError, ValueError):
        pipe.writelines(plain.frames())


def _track(path: Path, source: Source, track: int | None) -> SoundTrack:
    sound = source.sound(track)
    if sound is None:
        there = len(source.sounds)
        raise BadInput(
            f"{path} has no sound" if not there else f"{path} has no sound track {track}: it has {there}",
            "Name a file with sound." if not there else f"Sound tracks count from 0: use 0 to {there - 1}.",
        )
    return sound
