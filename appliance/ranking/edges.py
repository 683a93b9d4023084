"""Where a clip may begin and end: sentences first, else silences, cuts, or anywhere outside a word."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from appliance.domain.transcript import Sentence, Word
from appliance.ranking.payoffs import Payoff
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
_REACTION = 0.25  # log-odds a deviation of the reaction that a sentence ends in
_BREAK = 0.5  # what it is worth to begin where a new subject does
_BREAK_SECONDS, _BREAK_TIMES = 0.9, 2.0  # a pause this long, and this many times the usual one, parts two subjects


@dataclass(frozen=True, slots=True)
class Edges:
    """Times in rising order, and what each is worth in log-odds (0 for a plain sentence edge, less for anything worse).

    `turns` are the times between which one story is told, as far as pauses and reactions tell.
    """

    starts: Floats
    start_worth: Floats
    ends: Floats
    end_worth: Floats
    turns: Floats = field(default_factory=lambda: np.zeros(0))


def edges(evidence: Evidence, reactions: Sequence[Payoff] = ()) -> Edges:
    """All edges of a source. A sentence that an audience reacts to ends after the reaction."""
    turns: list[float] = []
    starts: list[tuple[float, float]] = []
    ends: list[tuple[float, float]] = []
    words: list[Word] = []
    if evidence.transcript is not None:
        words = list(evidence.transcript.words)
        said = [sentence for sentence in evidence.transcript.sentences if sentence.words]
        subjects = _subjects(said, reactions, evidence.sound)
        turns = sorted([*subjects, *(found.end for found in reactions)])
        _sentence_edges(said, evidence.seconds, starts, ends, {found.start: found for found in reactions})
        starts = [(time, worth + _BREAK * (time in subjects)) for time, worth in starts]
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
    return Edges(first[0], first[1], second[0], second[1], np.array(turns))


def _columns(pairs: list[tuple[float, float]]) -> tuple[Floats, Floats]:
    pairs.sort()
    table = np.array(pairs, dtype=np.float64).reshape(-1, 2)
    return table[:, 0], table[:, 1]


def _subjects(said: Sequence[Sentence], reactions: Sequence[Payoff], sound: SoundScan | None) -> list[float]:
    """Where clips may begin on a new subject: after pauses that are clearly longer than usual, and quiet."""
    filled = {found.start for found in reactions}
    gaps = [(one.end, two.start) for one, two in pairwise(said) if one.end not in filled]
    if not gaps:
        return []
    long = max(_BREAK_SECONDS, _BREAK_TIMES * float(np.median([after - before for before, after in gaps])))
    long_gaps = [gap for gap in gaps if gap[1] - gap[0] > long]
    return [_air_before(after, before) for before, after in long_gaps if sound is None or _quiet(sound, before, after)]


def _quiet(sound: SoundScan, start: float, end: float) -> bool:
    """Whether it is mostly 10 dB or more below the usual level between two times: a pause, and no laughter or music."""
    near = sound.fine_db[int(start / sound.fine_hop) : int(end / sound.fine_hop)]
    return not len(near) or float(np.median(near)) < float(np.median(sound.rms_db)) - 10.0


def _sentence_edges(
    said: Sequence[Sentence],
    seconds: float,
    starts: list[tuple[float, float]],
    ends: list[tuple[float, float]],
    reactions: Mapping[float, Payoff],
) -> None:
    """Edges with air around every sentence, and worse ones at pauses inside long sentences."""
    for place, sentence in enumerate(said):
        before = said[place - 1].end if place else 0.0
        after = said[place + 1].start if place + 1 < len(said) else seconds
        starts.append((_air_before(sentence.start, before), _start_worth(sentence, sentence.start - before)))
        reaction = reactions.get(sentence.end)
        if reaction is None:
            ends.append((min(_air_after(sentence.end, after), seconds), _end_worth(sentence, after - sentence.end)))
        else:
            worth = _end_worth(sentence, after - sentence.end) + _REACTION * min(reaction.height, 4.0)
            ends.append((reaction.end, worth))
        for one, two in pairwise(sentence.words):
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
