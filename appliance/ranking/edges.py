"""Where a clip may begin and end: sentences first, else silences, cuts, or anywhere outside a word."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from appliance.domain.transcript import Sentence, Transcript, Word
from appliance.signals.evidence import Evidence, SoundScan
from appliance.signals.grid import Floats

AIR_BEFORE, AIR_AFTER = 0.25, 0.40
_GAP = 8.0  # with nobody speaking for this long, other edges serve too
_STEP = 1.0
_HANGING = re.compile(
    r"^(?:and|but|so|because|or|which|that|then|he|she|it|they|him|her|them|this|those|these|und|aber|oder|weil|er|sie|es|y|pero|que|et|mais|"
    r"qui|e|ma|che)\b",
    re.IGNORECASE,
)
_CLOSED = re.compile(r"[.!?…。！？؟।]['\"”’»)\]]*$")

SENTENCE, PAUSE, SILENCE, CUT, ANYWHERE = 0.0, -2.5, -1.2, -1.4, -1.8


@dataclass(frozen=True, slots=True)
class Edges:
    """Times in rising order, and what each is worth in log-odds (0 for a plain sentence edge, less for anything worse)."""

    starts: Floats
    start_worth: Floats
    ends: Floats
    end_worth: Floats


def edges(evidence: Evidence) -> Edges:
    """All edges of a source."""
    starts: list[tuple[float, float]] = []
    ends: list[tuple[float, float]] = []
    words: list[Word] = []
    if evidence.transcript is not None:
        words = list(evidence.transcript.words)
        _sentence_edges(evidence.transcript, evidence.seconds, starts, ends)
    silent = silences(evidence.sound) if evidence.sound is not None else np.zeros(0)
    cuts = _cuts(evidence)
    grid = np.arange(0.0, evidence.seconds + _STEP / 2, _STEP)
    for times, worth in ((silent, SILENCE), (cuts, CUT), (grid, ANYWHERE)):
        free = [
            (float(time), worth)
            for time in times[_wordless(times, words, evidence.seconds)]
            if time <= evidence.seconds
        ]
        starts += free
        ends += free
    if not words or evidence.seconds - words[-1].end >= _GAP:
        ends.append((evidence.seconds, SILENCE))
    first, second = _columns(starts), _columns(ends)
    return Edges(first[0], first[1], second[0], second[1])


def _columns(pairs: list[tuple[float, float]]) -> tuple[Floats, Floats]:
    pairs.sort()
    table = np.array(pairs, dtype=np.float64).reshape(-1, 2)
    return table[:, 0], table[:, 1]


def _sentence_edges(
    transcript: Transcript, seconds: float, starts: list[tuple[float, float]], ends: list[tuple[float, float]]
) -> None:
    """Edges with air around every sentence, and worse ones at pauses inside long sentences."""
    said = [sentence for sentence in transcript.sentences if sentence.words]
    for place, sentence in enumerate(said):
        before = said[place - 1].end if place else 0.0
        after = said[place + 1].start if place + 1 < len(said) else seconds
        starts.append((_air_before(sentence.start, before), _start_worth(sentence, sentence.start - before)))
        ends.append((min(_air_after(sentence.end, after), seconds), _end_worth(sentence, after - sentence.end)))
        for one, two in zip(sentence.words, sentence.words[1:], strict=False):
            gap = two.start - one.end
            clause = one.text.endswith((",", ";", ":", "，", "、", "—", "-"))
            if gap >= 0.25 or clause or sentence.end - sentence.start > 20.0:
                worth = PAUSE + 0.4 * clause + min(gap, 0.6)
                starts.append((_air_before(two.start, one.end), worth))
                ends.append((_air_after(one.end, two.start), worth))


def _air_before(start: float, before: float) -> float:
    """A quarter of a second earlier, but never inside the word before."""
    return max(0.0, min(start, max(start - AIR_BEFORE, before + 0.02)))


def _air_after(end: float, after: float) -> float:
    """0.4 s later, but never inside the word after."""
    return max(end, min(end + AIR_AFTER, after - 0.02))


def _start_worth(sentence: Sentence, gap: float) -> float:
    worth = SENTENCE + 0.25 * sentence.paragraph + 0.3 * min(max(gap, 0.0), 1.0)
    return worth - 0.35 * bool(_HANGING.match(sentence.words[0].text))


def _end_worth(sentence: Sentence, gap: float) -> float:
    return SENTENCE + 0.3 * min(max(gap, 0.0), 1.0) - 0.3 * (not _CLOSED.search(sentence.words[-1].text))


def silences(sound: SoundScan) -> Floats:
    """The middles of silences of a quarter of a second or more: 12 dB under the usual level around there, or below -50 dB."""
    level = sound.fine_db.astype(np.float64)
    if not len(level):
        return np.zeros(0)
    block = max(1, round(1.0 / sound.fine_hop))
    usual = np.repeat(sound.rms_db.astype(np.float64), block)[: len(level)]
    usual = np.pad(usual, (0, len(level) - len(usual)), mode="edge") if len(usual) else np.full(len(level), -30.0)
    quiet = level < np.maximum(usual - 12.0, -50.0)
    turns = np.flatnonzero(np.diff(np.concatenate(([0], quiet.astype(np.int8), [0]))))
    begins, finishes = turns[::2], turns[1::2]
    long = (finishes - begins) * sound.fine_hop >= 0.25
    return np.asarray((begins[long] + finishes[long]) * 0.5 * sound.fine_hop, dtype=np.float64)


def _cuts(evidence: Evidence) -> Floats:
    picture = evidence.picture
    if picture is None:
        return np.zeros(0)
    return picture.times[picture.cut_score >= 0.5].astype(np.float64)


def _wordless(times: Floats, words: Sequence[Word], seconds: float) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Which times lie further than the gap's share from any word: there, sentence edges do not serve."""
    if not words:
        return np.ones(len(times), dtype=np.bool_)
    starts = np.array([word.start for word in words])
    ends = np.maximum.accumulate(np.array([word.end for word in words]))
    place = np.searchsorted(starts, times, side="right")
    before = np.where(place > 0, ends[np.maximum(place - 1, 0)], -np.inf)
    after = np.where(place < len(starts), starts[np.minimum(place, len(starts) - 1)], np.inf)
    gap = np.minimum(after, seconds) - np.maximum(before, 0.0)
    return np.asarray((times - before > 0.4) & (after - times > 0.25) & (gap >= _GAP))
