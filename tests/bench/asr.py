"""`asr`: what our wrapper adds to faster-whisper, in CPU-seconds; the model is a tiny one, so that the wrapper is what shows."""

from __future__ import annotations

import tempfile
from pathlib import Path
from statistics import median

import numpy as np

from appliance.domain.span import Span
from appliance.media.whisper import RATE, SpeechModel, transcribe
from appliance.planning.from_cues import numbered
from appliance.planning.invented import Said, invented
from appliance.planning.sentences import sentences
from appliance.planning.words import Level
from tests.bench.figures import Bench, cpu_seconds
from tests.media.test_whisper import talk
from tests.media.tiny_whisper import build

_MINUTES = 10
_RUNS = 3


def measure() -> Bench:
    """The same ten minutes through faster-whisper alone and through our whole road, in turn."""
    bench = Bench("asr")
    with tempfile.TemporaryDirectory(prefix="clipper-bench-") as folder:
        model = SpeechModel("tiny", build(Path(folder)), language="en")
        sound = talk(Span(0.0, _MINUTES * 60.0))
        level = Level(np.full(_MINUTES * 60 * 50, -20, np.float32), 0.02)
        _bare(model, sound)
        pairs = [
            (cpu_seconds(lambda: _ours(model, sound, level))[0], cpu_seconds(lambda: _bare(model, sound))[0])
            for _ in range(_RUNS)
        ]
    added = median(ours - bare for ours, bare in pairs)
    allowed = 0.3 + 0.02 * _MINUTES
    bench.add("added_cpu_s_for_ten_minutes", added, at_most=allowed, goal=allowed / 2)
    bench.add("ours_over_bare", median(ours / bare for ours, bare in pairs))
    return bench


def _bare(model: SpeechModel, sound: np.ndarray) -> int:
    """What the library alone does, listened to the end."""
    from faster_whisper import BatchedInferencePipeline, WhisperModel

    engine = BatchedInferencePipeline(WhisperModel(str(model.folder), device="cpu", compute_type="int8"))
    segments, _ = engine.transcribe(
        sound, language="en", batch_size=4, word_timestamps=True, vad_filter=True, condition_on_previous_text=False
    )
    return sum(1 for segment in segments for _ in segment.words or ())


def _ours(model: SpeechModel, sound: np.ndarray, level: Level) -> int:
    """The same through our wrapper, with everything that comes after it."""
    _, heard = transcribe(
        model,
        [Span(0.0, len(sound) / RATE)],
        lambda span: sound[int(span.start * RATE) : int(span.end * RATE)],
        lambda *_: None,
    )
    said = [Said(h.text, Span(h.start, h.end), h.compression, h.log_probability, h.no_speech) for h in heard]
    invented(said, level)
    return len(sentences(numbered(word for segment in heard for word in segment.words)))
