"""Words with times, from cues that have only their own: spread by syllables, and laid on what can be heard.

Speech is not even: people pause. So the level of the sound decides which parts of a cue are spoken at all, a short
dynamic programme lays whole words on these stretches so that the pace stays even, and inside a stretch every word gets
time by its syllables.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from appliance.domain.span import Span

Levels = NDArray[np.float32]

_PAUSE = 0.16  # a dip in level shorter than this lies inside a word (a stop consonant)
_SHORTEST_RUN = 0.06
_VOWELS = re.compile(r"[aeiouyàáâãäåæèéêëìíîïòóôõöøùúûüýÿœаеёиоуыэюяіїєαεηιοωυ]+", re.IGNORECASE)
_FULL_STOP = re.compile(r"[.!?…。！？؟।]['\"”’»)\]]*$")
_COMMA = re.compile(r"[,;:、，；：–—-]['\"”’»)\]]*$")


@dataclass(frozen=True, slots=True)
class Level:
    """The level of the sound: `db[i]` (float32, dBFS) at `i * hop` seconds of the source."""

    db: Levels
    hop: float


def spread(texts: Sequence[str], span: Span, level: Level | None) -> tuple[Span, ...]:
    """A time for each text inside `span`, in order and without overlap, on what can be heard where `level` is given."""
    if not texts:
        return ()
    weights = np.array([weight(text) for text in texts])
    runs = heard(span, level) if level is not None else (span,)
    shares = _laid_on(weights, runs, [_ends(text) for text in texts])
    placed: list[Span] = []
    at = 0
    for run, count in zip(runs, shares, strict=True):
        placed += _even(weights[at : at + count], run)
        at += count
    return tuple(placed)


def weight(text: str) -> float:
    """How long a word takes to say, in syllables: vowel groups, or characters where each is one; at least a little."""
    letters = "".join(c for c in text if c.isalnum() or unicodedata.category(c).startswith("M"))
    if not letters:
        return 0.3
    dense = sum(1 for c in letters if ord(c) >= 0x2E80)
    if dense:
        return float(dense) + 0.3
    digits = sum(c.isdigit() for c in letters)
    groups = len(_VOWELS.findall(letters))
    if groups > 1 and letters.lower().endswith("e") and not letters.lower().endswith(("le", "ee")):
        groups -= 1  # a silent e
    if not groups and not digits:
        groups = max(1, len(letters) // 3)  # a script without vowel letters
    # Long syllables take longer: consonants count a little as well.
    return max(1, groups) * 0.75 + 0.09 * (len(letters) - digits) + 1.1 * digits


def heard(span: Span, level: Level) -> tuple[Span, ...]:
    """The stretches of `span` where somebody seems to speak; the whole of it when that cannot be told."""
    first, last = int(span.start / level.hop), max(int(np.ceil(span.end / level.hop)), int(span.start / level.hop) + 1)
    piece = level.db[first:last]
    if len(piece) < 5:
        return (span,)
    low, high = np.percentile(piece, [8, 90])
    if high - low < 9:  # even sound: music under it, or noise; pauses do not show
        return (span,)
    loud = piece > low + 0.38 * (high - low)
    edges = np.flatnonzero(np.diff(np.concatenate(([0], loud.view(np.int8), [0]))))
    runs = [Span(float(first + a) * level.hop, float(first + b) * level.hop) for a, b in edges.reshape(-1, 2)]
    joined: list[Span] = []
    for run in (run.clamp(span) for run in runs):
        if joined and run.start - joined[-1].end < _PAUSE:
            joined[-1] = Span(joined[-1].start, run.end)
        elif run.seconds > 0:
            joined.append(run)
    kept = tuple(run for run in joined if run.seconds >= _SHORTEST_RUN)
    return kept or (span,)


def _ends(text: str) -> float:
    """How likely a pause follows: 1 after a full stop, half after a comma, else 0."""
    return 1.0 if _FULL_STOP.search(text) else 0.5 if _COMMA.search(text) else 0.0


def _laid_on(weights: NDArray[np.float64], runs: Sequence[Span], ends: Sequence[float]) -> list[int]:
    """How many words each stretch gets: even pace, pauses after punctuation. A dynamic programme over words and stretches."""
    if len(runs) == 1:
        return [len(weights)]
    spoken = sum(run.seconds for run in runs)
    pace = spoken / weights.sum()  # seconds a syllable
    total = np.concatenate(([0.0], np.cumsum(weights)))
    words = len(weights)
    best = np.full((len(runs) + 1, words + 1), np.inf)
    came = np.zeros((len(runs) + 1, words + 1), dtype=int)
    best[0, 0] = 0.0
    for number, run in enumerate(runs, 1):
        lengths = total[None, :] - total[:, None]  # [from, to]
        with np.errstate(divide="ignore", invalid="ignore"):
            misfit = (lengths * pace - run.seconds) ** 2 / (run.seconds + 0.15)
        # A stretch without a word may be a breath or a click: the shorter the likelier.
        misfit[np.arange(words + 1), np.arange(words + 1)] = 2.0 * run.seconds
        misfit[np.tril_indices(words + 1, -1)] = np.inf
        gap = runs[number].start - run.end if number < len(runs) else 0.0
        unsaid = np.array([0.0, *((1 - end) * min(gap, 0.6) * 0.5 for end in ends)]) if gap else np.zeros(words + 1)
        cost = best[number - 1][:, None] + misfit + unsaid[None, :]
        came[number] = cost.argmin(axis=0)
        best[number] = cost.min(axis=0)
    counts: list[int] = []
    at = words
    for number in range(len(runs), 0, -1):
        counts.append(at - int(came[number, at]))
        at = int(came[number, at])
    return counts[::-1]


def _even(weights: NDArray[np.float64], run: Span) -> list[Span]:
    """Times inside one stretch, in proportion to the weights."""
    if not len(weights):
        return []
    edges = run.start + run.seconds * np.concatenate(([0.0], np.cumsum(weights))) / weights.sum()
    edges[-1] = run.end
    return [Span(float(a), float(b)) for a, b in pairwise(edges)]
