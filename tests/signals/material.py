"""Small made-up evidence for the tests of signals and ranking."""

from __future__ import annotations

from array import array
from collections.abc import Sequence

import numpy as np

from appliance.domain.chat import Chat
from appliance.domain.span import Span
from appliance.domain.transcript import Origin, Sentence, Transcript, Word
from appliance.signals.evidence import SoundScan


def sound(seconds: int, *, loud: tuple[int, int] | None = None, level: float = -30.0, seed: int = 1) -> SoundScan:
    """Speech-like level with a little scatter; in the stretch `loud` 15 dB more, noise-like and without pitch."""
    rng = np.random.default_rng(seed)
    rms = np.full(seconds, level, dtype=np.float32) + rng.normal(0, 1.5, seconds).astype(np.float32)
    flat = np.full(seconds, 0.05, dtype=np.float32)
    pitched = np.full(seconds, 0.6, dtype=np.float32)
    if loud:
        rms[loud[0] : loud[1]] += 15
        flat[loud[0] : loud[1]] = 0.5
        pitched[loud[0] : loud[1]] = 0.05
    steady = np.ones(seconds, dtype=np.float32)
    return SoundScan(
        rms_db=rms,
        peak_db=rms + 9,
        flux=0.2 * steady,
        flatness=flat,
        centroid_hz=1500 * steady,
        voice_share=0.7 * steady,
        zero_crossings=1000 * steady + 20000 * flat,
        harmonic=pitched,
        fine_db=np.repeat(rms, 50),
    )


def chat(messages: Sequence[tuple[float, int, str]]) -> Chat:
    """(time, user, text) rows as a Chat."""
    rows = sorted(messages)
    texts: dict[str, int] = {}
    return Chat(
        array("d", [row[0] for row in rows]),
        array("i", [row[1] for row in rows]),
        array("i", [texts.setdefault(row[2], len(texts)) for row in rows]),
        tuple(texts),
    )


def calm_chat(seconds: float, bursts: Sequence[float] = (), seed: int = 3) -> Chat:
    """A message every three seconds from forty people who talk; at each burst sixty more people cheer for fifteen seconds."""
    rng = np.random.default_rng(seed)
    lines = [
        "what game is this",
        "how long are you live today",
        "LUL",
        "hello everybody",
        "nice",
        "I had pasta for lunch",
    ]
    rows = [
        (float(time), int(rng.integers(0, 40)), lines[int(rng.integers(0, len(lines)))])
        for time in rng.uniform(0, seconds, int(seconds / 3))
    ]
    for burst in bursts:
        cheers = ["LUL", "PogChamp", "OMG", "nice", "LUL LUL"]
        rows += [(burst + float(rng.uniform(0, 15)), 100 + number, cheers[number % 5]) for number in range(60)]
    return chat([row for row in rows if row[0] < seconds])


def transcript(lines: Sequence[tuple[float, float, str]], *, exact: bool = True) -> Transcript:
    """(start, end, text) lines as sentences with words spread evenly over them."""
    sentences = []
    number = 0
    for start, end, text in lines:
        parts = text.split()
        step = (end - start) / len(parts)
        words = tuple(
            Word(number + place, part, start + place * step, start + (place + 1) * step, exact=exact)
            for place, part in enumerate(parts)
        )
        number += len(words)
        sentences.append(Sentence(start, end, words))
    return Transcript("en", Origin.SIDECAR, tuple(sentences), (Span(0.0, lines[-1][1] if lines else 0.0),))


def speech(seconds: float, every: float = 6.0, gap: float = 0.5) -> Transcript:
    """Sentences of nine words one after another, a pause of `gap` seconds between them."""
    lines: list[tuple[float, float, str]] = []
    at = 1.0
    while at + every - gap < seconds - 1.0:
        lines.append((at, at + every - gap, f"Sentence number {len(lines)} says something plain about the weather."))
        at += every
    return transcript(lines)
