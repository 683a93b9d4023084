"""The words of a timeline in the finished clip's own time, cut into pieces where one is too long for a line."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from appliance.domain.timeline import CaptionWord, Cut, Timeline
from appliance.domain.writing import unspaced
from appliance.planning import scripts

# The width of a text in the style at hand, as a share of the canvas width; `strong` words may be drawn larger.
Measure = Callable[[str, bool], float]

_UNSPACED_PIECE = 4  # characters of an unspaced script that are lit at once


@dataclass(frozen=True, slots=True)
class Shown:
    """A word, or a piece of one, in seconds of the finished clip. `glued`: no space stands before it."""

    word: CaptionWord
    text: str
    start: float
    end: float
    glued: bool = False
    last: bool = True  # whether the word ends with this piece


def spoken(timeline: Timeline) -> tuple[Shown, ...]:
    """The words that are to be drawn, in order of time: of every cut those whose middle lies inside it.

    A source that is shown twice has its words twice. A word that runs over a cut's edge ends there.
    """
    captions = timeline.captions
    if captions is None:
        return ()
    words = sorted(
        ((word, scripts.visible(word.text)) for word in captions.words if not word.hidden), key=lambda one: one[0].start
    )
    shown: list[Shown] = []
    for begin, cut in _joined(timeline):
        if cut.source == captions.source:
            shown += [
                Shown(word, text, begin + max(word.start, cut.start) - cut.start, begin + end - cut.start)
                for word, text in words
                if text and cut.span.holds((word.start + max(word.start, word.end)) / 2)
                for end in [max(min(word.end, cut.end), word.start, cut.start)]
            ]
    return tuple(shown)


def pieces(shown: Sequence[Shown], width: float, measure: Measure) -> tuple[Shown, ...]:
    """The same words with those too wide for a line, and long ones of unspaced scripts, in pieces that share their time."""
    cut = [piece for word in shown for piece in _split(word, width, measure)]
    glued = [False, *(not one.last or scripts.glued(one.text, two.text) for one, two in pairwise(cut))]
    return tuple(replace(piece, glued=joined) for piece, joined in zip(cut, glued, strict=False))


def _joined(timeline: Timeline) -> Iterator[tuple[float, Cut]]:
    """The cuts with their beginnings; cuts that go on where the one before ended are one."""
    open_: tuple[float, Cut] | None = None
    for begin, cut in timeline.offsets():
        if open_ and open_[1].source == cut.source and abs(open_[1].end - cut.start) < 1e-6:
            open_ = (open_[0], replace(open_[1], end=cut.end))
            continue
        if open_:
            yield open_
        open_ = (begin, cut)
    if open_:
        yield open_


def _split(shown: Shown, width: float, measure: Measure) -> Iterator[Shown]:
    parts = tuple(_parts(shown.text, width, lambda text: measure(text, shown.word.strong)))
    if len(parts) == 1:
        yield shown
        return
    each = (shown.end - shown.start) / sum(len(part) for part in parts)
    at = shown.start
    for number, part in enumerate(parts):
        end = at + each * len(part)
        yield replace(shown, text=part, start=at, end=end, last=number == len(parts) - 1)
        at = end


def _parts(text: str, width: float, measure: Callable[[str], float]) -> Iterator[str]:
    """Where an unspaced script allows it every few characters; anywhere between characters once a line is full."""
    part, count, before = "", 0, ""
    long_ = sum(unspaced(sign) for sign in text) > _UNSPACED_PIECE + 1
    for cluster in scripts.clusters(text):
        may = bool(before) and scripts.breakable(before, cluster)
        due = long_ and may and count >= _UNSPACED_PIECE
        if part and (due or measure(part + cluster) > width):
            yield part
            part, count = "", 0
        part += cluster
        count += 1
        before = cluster
    if part:
        yield part
