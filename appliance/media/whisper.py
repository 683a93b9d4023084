"""Listening: faster-whisper on pieces of sound, word by word.

The model is loaded once for all pieces and let go at the end. Long sound comes in pieces of at most half an hour, so that
memory does not grow with the length of the video.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from appliance.domain.errors import NeedsPerson, Permanent
from appliance.domain.progress import OnProgress
from appliance.domain.span import Span
from appliance.domain.transcript import Word

RATE = 16_000
LONGEST_PIECE = 1800.0
_QUIET_WITHIN = 20.0  # a piece may end this much earlier, where it is quietest
_FILES = ("model.bin", "config.json", "tokenizer.json")

Listen = Callable[[Span], NDArray[np.float32]]  # the sound of a stretch, float32 mono at RATE


@dataclass(frozen=True, slots=True)
class SpeechModel:
    """Which model listens, and how. `folder` holds its files; `device` is cpu or cuda; `language` empty: found out."""

    name: str
    folder: Path
    device: str = "cpu"
    compute_type: str = "int8"
    batch_size: int = 4
    language: str = ""


@dataclass(frozen=True, slots=True)
class Heard:
    """One segment as the model gave it, with what tells sense from invention."""

    text: str
    start: float
    end: float
    words: tuple[Word, ...]
    compression: float
    log_probability: float
    no_speech: float


def check_model(folder: Path) -> None:
    """NeedsPerson, naming the file, when a model's folder is not whole (faster-whisper would ask the network instead)."""
    if not folder.is_dir():
        raise NeedsPerson(
            f"{folder}: there is no speech model there",
            "`clipper models list` shows models, `clipper models pull` fetches one.",
        )
    for name in _FILES:
        if not (folder / name).is_file():
            raise NeedsPerson(f"{folder}: the speech model has no {name}", "Fetch it again with `clipper models pull`.")
    if not any(folder.glob("vocabulary.*")):
        raise NeedsPerson(f"{folder}: the speech model has no vocabulary", "Fetch it again with `clipper models pull`.")


def pieces(
    windows: Sequence[Span], levels: NDArray[np.float32], hop: float, longest: float = LONGEST_PIECE
) -> Iterator[Span]:
    """The windows in pieces of at most `longest` seconds, parted where `levels` (dBFS every `hop` seconds) is lowest."""
    for window in windows:
        edges = [window.start]
        while window.end - edges[-1] > longest:
            latest = edges[-1] + longest
            first, last = int((latest - _QUIET_WITHIN) / hop), int(latest / hop)
            near = levels[first:last]
            edges.append((first + int(near.argmin())) * hop if len(near) else latest)
        yield from (Span(a, b) for a, b in pairwise([*edges, window.end]))


def transcribe(
    model: SpeechModel, windows: Sequence[Span], listen: Listen, tell: OnProgress
) -> tuple[str, list[Heard]]:
    """The language and everything heard in the windows, in order of time. Progress is the sound listened to so far.

    NeedsPerson when the model's folder is not whole, Permanent when it cannot be run.
    """
    check_model(model.folder)
    engine = _engine(model)
    whole = sum(window.seconds for window in windows) or 1.0
    heard: list[Heard] = []
    language, before = model.language, 0.0
    for window in windows:
        sound = listen(window)
        if len(sound) < RATE // 10:
            before += window.seconds
            continue
        segments, found = engine.transcribe(
            sound,
            language=language or None,
            batch_size=model.batch_size,
            word_timestamps=True,
            vad_filter=True,
            condition_on_previous_text=False,
        )
        language = language or str(found.language)
        for segment in segments:
            heard.append(_heard(segment, window.start))
            tell(min((before + float(segment.end)) / whole, 1.0), "listening")
        before += window.seconds
        tell(min(before / whole, 1.0), "listening")
    return language, heard


def _engine(model: SpeechModel) -> Any:
    """The batched pipeline on a loaded model."""
    from faster_whisper import BatchedInferencePipeline, WhisperModel

    try:
        loaded = WhisperModel(
            str(model.folder), device=model.device, compute_type=model.compute_type, local_files_only=True
        )
    except (RuntimeError, ValueError, OSError) as error:
        hint = (
            '[asr] device = "cpu" works without a GPU.'
            if model.device == "cuda"
            else "Fetch it again with `clipper models pull`."
        )
        raise Permanent(f"the speech model {model.name} cannot be run on {model.device}: {error}", hint) from error
    return BatchedInferencePipeline(model=loaded)


def _heard(segment: Any, offset: float) -> Heard:
    """A segment of faster-whisper with times on the source's clock (its numbers may be NumPy's: they become Python's)."""
    words = tuple(
        Word(
            0,
            str(word.word).strip(),
            offset + float(word.start),
            offset + max(float(word.end), float(word.start) + 0.01),
            float(word.probability),
        )
        for word in segment.words or ()
        if str(word.word).strip()
    )
    return Heard(
        text=str(segment.text).strip(),
        start=offset + float(segment.start),
        end=offset + float(segment.end),
        words=words,
        compression=float(segment.compression_ratio),
        log_probability=float(segment.avg_logprob),
        no_speech=float(segment.no_speech_prob),
    )
