"""Pages of captions: what stands on screen together, on which line, and from when to when."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from appliance.domain.timeline import Timeline
from appliance.planning.captions_words import Measure, Shown, pieces, spoken

_CANNOT = 1e6
_FULL_STOPS = ".!?…。！？؟।"
_COMMAS = ",;:،、，；：–—"


@dataclass(frozen=True, slots=True)
class Page:
    """What is on screen from `start` to `end` seconds of the finished clip: lines of words."""

    start: float
    end: float
    lines: tuple[tuple[Shown, ...], ...]

    @property
    def words(self) -> Iterator[Shown]:
        """Every word in order of time."""
        return (word for line in self.lines for word in line)


@dataclass(frozen=True, slots=True)
class PageRules:
    """How much fits on a page. `width` is in shares of the canvas width, times are in seconds."""

    words: int = 4
    lines: int = 2
    width: float = 0.72
    pause: float = 0.6  # captions stay through shorter ones
    linger: float = 0.3  # how long the last word stays when a longer one comes


def pages(timeline: Timeline, rules: PageRules, measure: Measure) -> tuple[Page, ...]:
    """The pages of the timeline's captions in order of time, never two at once. Hidden words are left out."""
    shown = pieces(spoken(timeline), rules.width, measure)
    made = [
        Page(group[0].start, group[-1].end, _lines(group, rules, measure)[1])
        for stretch in _stretches(shown, rules.pause)
        for group in _groups(stretch, rules, measure)
    ]
    return tuple(_timed(made, rules, timeline.seconds))


def _stretches(shown: Sequence[Shown], pause: float) -> Iterator[Sequence[Shown]]:
    """Words that follow one another without a long pause and within one sentence."""
    begin = 0
    for number, (word, after) in enumerate(pairwise(shown), 1):
        if after.start - word.end >= pause or (word.last and word.word.sentence_end):
            yield shown[begin:number]
            begin = number
    if shown:
        yield shown[begin:]


def _groups(words: Sequence[Shown], rules: PageRules, measure: Measure) -> Iterator[Sequence[Shown]]:
    """The cheapest division into pages, by dynamic programming over the places where one may end."""
    best: list[tuple[float, int]] = [(0.0, 0)]
    for end in range(1, len(words) + 1):
        options = []
        for begin in range(end - 1, -1, -1):
            if _size(words[begin:end]) > rules.words and end - begin > 1:
                break
            options.append((best[begin][0] + _page_cost(words, begin, end, rules, measure), begin))
        best.append(min(options))
    ends = [len(words)]
    while ends[-1] > 0:
        ends.append(best[ends[-1]][1])
    for end, begin in pairwise(ends[::-1]):
        yield words[end:begin]


def _size(words: Sequence[Shown]) -> int:
    """How many words that is to a reader: glued pieces of an unspaced script count half."""
    return round(sum(0.5 if word.glued else 1.0 for word in words))


def _page_cost(words: Sequence[Shown], begin: int, end: int, rules: PageRules, measure: Measure) -> float:
    """How bad one page is: too few or too many words, a tear inside a phrase, too short a look, ugly lines."""
    group = words[begin:end]
    ideal = max(1.0, rules.words * 0.75)
    cost = 0.25 * (_size(group) - ideal) ** 2 + 0.6 * _lines(group, rules, measure)[0]
    if end < len(words):
        cost += tear(group[-1], words[end])
        cost += 1.0 if words[end].start - group[0].start < 0.5 else 0.0
    if len(group) == 1 and rules.words > 1 and len(words) > 1:
        cost += 0.8
    return cost


def tear(word: Shown, after: Shown) -> float:
    """How much it hurts to part two words: negative after punctuation or a breath, high inside a phrase.

    Language-light: a word of up to three letters without punctuation (an article, a preposition) leans on the next one,
    and so does a number on what it counts; capital letters in a row are a name.
    """
    text = word.text
    if not word.last:
        return 0.6
    if text[-1] in _FULL_STOPS:
        return -1.2
    cost = -0.7 if text[-1] in _COMMAS else 0.0
    cost -= min(max(after.start - word.end, 0.0), 0.5)
    if text[-1].isalpha() and len(text) <= 3:
        cost += 0.9
    if text[-1].isdigit():
        cost += 1.3
    if text[:1].isupper() and text[-1].isalpha() and after.text[:1].isupper():
        cost += 0.6
    if after.glued:
        cost += 0.1
    return cost


def _lines(words: Sequence[Shown], rules: PageRules, measure: Measure) -> tuple[float, tuple[tuple[Shown, ...], ...]]:
    """The best division into lines, with its cost: one line where it fits, else two of like width."""
    if _width(words, measure) <= rules.width or len(words) == 1 or rules.lines == 1:
        over = _CANNOT if _width(words, measure) > rules.width and len(words) > 1 else 0.0
        return over, (tuple(words),)
    best = (_CANNOT, 1)
    for cut in range(1, len(words)):
        first, second = _width(words[:cut], measure), _width(words[cut:], measure)
        if max(first, second) <= rules.width:
            ragged = abs(first - second) / rules.width
            best = min(best, (ragged + 0.35 * tear(words[cut - 1], words[cut]) + 0.2, cut))
    return best[0], (tuple(words[: best[1]]), tuple(words[best[1] :]))


def _width(words: Sequence[Shown], measure: Measure) -> float:
    strong = False
    gap = measure(" ", strong)
    return sum(measure(drawn(word), word.word.strong) for word in words) + gap * sum(
        not word.glued for word in words[1:]
    )


def drawn(word: Shown) -> str:
    """The text of a word with its emoji."""
    return f"{word.text} {word.word.emoji}" if word.word.emoji and word.last else word.text


def _timed(made: Sequence[Page], rules: PageRules, seconds: float) -> Iterator[Page]:
    """Pages that stay until the next one, or for a moment when a pause comes."""
    for number, page in enumerate(made):
        start = min(max(page.start, 0.0), seconds)
        until = seconds if number + 1 == len(made) else min(made[number + 1].start, seconds)
        end = (
            until if until - page.end < rules.pause and number + 1 < len(made) else min(page.end + rules.linger, until)
        )
        if end > start:
            yield replace(page, start=start, end=end)
