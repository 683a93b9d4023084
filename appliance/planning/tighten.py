"""Taking out what nobody misses: long pauses, and words like um. The result is a list of stretches to keep.

A beat stays where a pause was, laughter and applause are no pauses, and the last seconds, where the point lands, are left
alone. Nothing is lost: the stretches are cuts of the timeline, and putting the whole span back undoes them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from appliance.domain.span import Span, merge
from appliance.domain.transcript import Word
from appliance.planning.words import Level

FILLERS = re.compile(
    r"^(?:u+h*m+|u+h+|e+r+m*|a+h+m+|h+m+m+|mm+|ä+h*m*|ö+h*m*|e+u+h+|e+h+m*|э+м*|えー?と|あのー?|那个|嗯+)$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class TightenOptions:
    """Pauses longer than `pause` seconds become `beat` seconds; the last `payoff` seconds stay as they are."""

    silences: bool = True
    fillers: bool = True
    pause: float = 0.7
    beat: float = 0.4
    payoff: float = 3.0
    shortest: float = 0.25


def tighten(span: Span, words: Sequence[Word], level: Level | None, options: TightenOptions) -> tuple[Span, ...]:
    """The stretches of `span` to keep, in order. Without words there is nothing to go by, and all of it is kept."""
    if not words:
        return (span,)
    until = span.end - options.payoff
    removed = merge(
        cut.clamp(span)
        for cut in (
            *(_pauses(words, level, options) if options.silences else ()),
            *(_fillers(words) if options.fillers else ()),
        )
        if cut.end < until and cut.start > span.start
    )
    kept: list[Span] = []
    at = span.start
    for cut in removed:
        if cut.seconds >= 0.12 and cut.start - at >= options.shortest:
            kept.append(Span(at, cut.start))
            at = cut.end
    kept.append(Span(at, span.end))
    return tuple(kept)


def _pauses(words: Sequence[Word], level: Level | None, options: TightenOptions) -> Iterator[Span]:
    """The middle of every long pause in which it is quiet."""
    for before, after in pairwise(words):
        gap = after.start - before.end
        if gap > options.pause and (level is None or _quiet(Span(before.end, after.start), level)):
            yield Span(before.end + options.beat * 0.6, after.start - options.beat * 0.4)


def _fillers(words: Sequence[Word]) -> Iterator[Span]:
    """Every filler word, up to the word after it."""
    for number, word in enumerate(words):
        if FILLERS.match(word.text.strip(" ,.…-–—?!")):
            following = words[number + 1].start if number + 1 < len(words) else word.end
            before = words[number - 1].end if number else word.start
            yield Span(max(word.start - 0.02, before), max(min(following - 0.03, word.end + 0.15), word.end))


def _quiet(gap: Span, level: Level) -> bool:
    """Whether the pause is silent: mostly far below what is usual, so no laughter, music or applause."""
    first, last = int(gap.start / level.hop), int(gap.end / level.hop)
    near = level.db[max(0, first - int(20 / level.hop)) : last + int(20 / level.hop)]
    piece = level.db[first:last]
    if not len(piece) or not len(near):
        return True
    bound = float(np.percentile(near, 80)) - 18.0
    return bool((piece < bound).mean() > 0.7)
