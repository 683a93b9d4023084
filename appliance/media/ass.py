"""Everything that is drawn over the picture, as one ASS script for libass: captions, title, watermark, author, progress."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from appliance.domain.span import Span
from appliance.domain.style import CaptionStyle, Lit
from appliance.domain.timeline import Canvas, Timeline
from appliance.media.ass_overlays import overlays, title_frames
from appliance.media.ass_script import Event, LineStyle, alpha, colour, document, frame, number, rounded
from appliance.media.fonts import FontShelf
from appliance.media.typeset import SetText, Typesetter, along, typesetter
from appliance.planning.captions import Page, PageRules, drawn, pages
from appliance.planning.captions_area import (
    SEAM_CAPTIONS,
    SEAM_CAPTIONS_BELOW_TITLE,
    Areas,
    areas,
    is_shared,
    shared_stretches,
)

_SHADE, _PILL, _WORD = 10, 11, 12  # layers; overlays lie below
# A pill reaches so far, in ems, beside its word, above its capitals and below the baseline, where g and y hang.
_BESIDE, _ABOVE, _BELOW = 0.17, 0.17, 0.25
_PILL_PITCH = 0.12  # what lines of such a preset stand further apart


def draw(timeline: Timeline, style: CaptionStyle, fonts: FontShelf) -> str:
    """The script for the whole clip; its size is the canvas. Times are rounded to the nearest frame.

    Raises BadInput when a font of the preset is missing or no font can draw a character.
    """
    setter = typesetter(style, fonts)
    canvas = timeline.canvas
    line = LineStyle(
        setter.main.name,
        style.size * canvas.height * setter.main.line,
        style.colour,
        style.outline_colour,
        style.outline * canvas.height,
    )
    events = [*overlays(timeline, style, setter), *_captions(timeline, style, setter)]
    return document(canvas, line, events)


@dataclass(frozen=True, slots=True)
class _Placed:
    """A word at its place: the middle of its line box, and its baseline; `start` to `end` are the frames it is lit."""

    text: SetText
    x: float
    y: float
    baseline: float
    start: int
    end: int
    strong: bool


@dataclass(frozen=True, slots=True)
class _Desk:
    """What a page is laid out with. `em` is the size of a calm word in pixels."""

    style: CaptionStyle
    setter: Typesetter
    canvas: Canvas
    area: Areas
    em: float

    def set(self, text: str, *, strong: bool) -> SetText:
        """Set a word in its size."""
        return self.setter.set(text, self.em * (self.style.strong_size if strong else 1.0))

    def measure(self, text: str, strong: bool) -> float:  # noqa: FBT001 - the planner's Measure
        """The width of a text as a share of the canvas."""
        return (self.space if text == " " else self.set(text, strong=strong).width) / self.canvas.width

    @property
    def space(self) -> float:
        """Between two words: a little more than the font's own, as outlines eat into it."""
        roomy = 0.05 * self.em if self.style.lit is Lit.PILL else 0.0
        return self.setter.main.width(" ") * self.em + self.style.outline * self.canvas.height + roomy


def _captions(timeline: Timeline, style: CaptionStyle, setter: Typesetter) -> Iterator[Event]:
    area = areas(timeline.canvas)
    desk = _Desk(style, setter, timeline.canvas, area, style.size * area.scale * timeline.canvas.height)
    margin = 2 * (style.outline + style.shadow) * timeline.canvas.height / timeline.canvas.width
    beside = 2 * _BESIDE * desk.em if style.lit is Lit.PILL else 0.0
    rules = PageRules(
        words=1 if style.lit is Lit.ALONE else style.words,
        lines=style.lines,
        width=area.captions.width - margin - beside / timeline.canvas.width,
    )
    fps = timeline.canvas.fps
    shared, titles = shared_stretches(timeline), title_frames(timeline)
    for page in pages(timeline, rules, desk.measure):
        start, end = frame(page.start, fps), frame(page.end, fps)
        middle = style.centre + area.shift
        if is_shared(shared, Span(page.start, page.end)):
            titled = any(start < until and end > begin for begin, until in titles)
            middle = SEAM_CAPTIONS_BELOW_TITLE if titled else SEAM_CAPTIONS
        for word in _placed(page, desk, start, end, middle):
            yield from _word(word, desk, start, end)


def _placed(page: Page, desk: _Desk, start: int, end: int, middle: float) -> Iterator[_Placed]:
    """Every word of a page at its place, the block around `middle` (share of the height).

    A word is lit until the next one is spoken, the last one until the page goes.
    """
    lines = [[desk.set(drawn(word), strong=word.word.strong) for word in line] for line in page.lines]
    pitches = [desk.setter.pitch(line, _PILL_PITCH if desk.style.lit is Lit.PILL else 0.0) for line in lines]
    fps = desk.canvas.fps
    begins = [min(max(frame(word.start, fps), start), end) for word in page.words]
    lit = iter([*pairwise([*begins, end])])
    for number_, (words, sets) in enumerate(zip(page.lines, lines, strict=True)):
        baseline = _first_baseline(lines, pitches, desk, middle) + sum(pitches[1 : number_ + 1])
        gaps = [0.0 if word.glued else desk.space for word in words]
        middles = along(sets, gaps, _centre(desk))
        for word, text, x in zip(words, sets, middles, strict=True):
            yield _Placed(text, x, text.middle(baseline), baseline, *next(lit), word.word.strong)


def _centre(desk: _Desk) -> float:
    return (desk.area.captions.x + desk.area.captions.width / 2) * desk.canvas.width


def _first_baseline(lines: list[list[SetText]], pitches: list[float], desk: _Desk, middle: float) -> float:
    """So that the block's middle is where it is wanted, and the whole block inside its area."""
    height = desk.canvas.height
    cap = desk.setter.main.cap_height * max(text.em for text in lines[0])
    below = 0.28 * max(text.em for text in lines[-1]) + 2 * desk.style.outline * height
    block = sum(pitches[1:])
    lowest = (desk.area.captions.y + desk.area.captions.height) * height - below - block
    highest = desk.area.captions.y * height + cap + 2 * desk.style.outline * height
    return max(min(middle * height + (cap - block) / 2, lowest), highest)


def _word(word: _Placed, desk: _Desk, start: int, end: int) -> Iterator[Event]:
    style = desk.style
    body = word.text.body()
    at = f"\\pos({number(word.x)},{number(word.y)})"
    if style.lit is Lit.PILL:
        yield from _shade(word, desk, start, word.start, body)
        yield from _shade(word, desk, word.end, end, body)
    else:
        yield from _shade(word, desk, start, end, body)
    if style.lit in {Lit.NONE, Lit.ALONE}:
        accent = f"\\1c{colour(style.accent)}" if word.strong and style.lit is Lit.NONE else ""
        pop = _pop(style) if style.lit is Lit.ALONE else ""
        yield Event(_WORD, start, end, f"{{{at}{accent}{pop}}}{body}")
        return
    yield Event(_WORD, start, word.start, f"{{{at}}}{body}")
    yield Event(_WORD, word.end, end, f"{{{at}}}{body}")
    if style.lit is Lit.PILL:
        yield from _pill(word, desk)
        text = colour(style.lit_text or style.colour)
        yield Event(_WORD, word.start, word.end, f"{{{at}\\1c{text}\\bord0}}{body}")
    else:
        pop = _pop(style) if style.lit is Lit.POP else ""
        yield Event(_WORD, word.start, word.end, f"{{{at}\\1c{colour(style.accent)}{pop}}}{body}")


def _pop(style: CaptionStyle) -> str:
    """From a little small to full size, about the word's middle, so that its neighbours stay where they are."""
    small = number(style.pop_from * 100)
    return f"\\fscx{small}\\fscy{small}\\t(0,{style.pop_ms},\\fscx100\\fscy100)"


def _shade(word: _Placed, desk: _Desk, start: int, end: int, body: str) -> Iterator[Event]:
    """The soft shadow: the word once more, black, blurred and a little lower, below all words of the page."""
    style = desk.style
    if style.shadow <= 0 or style.shadow_opacity <= 0:
        return
    drop = style.shadow * desk.canvas.height
    tags = (
        f"\\pos({number(word.x)},{number(word.y + drop)})\\bord{number(style.outline * desk.canvas.height + drop * 0.5)}"
        f"\\blur{number(drop * 1.4)}\\1c&H000000&\\3c&H000000&\\alpha{alpha(style.shadow_opacity)}"
    )
    yield Event(_SHADE, start, end, f"{{{tags}}}{body}")


def _pill(word: _Placed, desk: _Desk) -> Iterator[Event]:
    """The soft field behind a word, with a breath of shadow."""
    em, height = word.text.em, desk.canvas.height
    cap = max((face.cap_height for face, _ in word.text.runs), default=0.0) * em
    shape = rounded(word.text.width + 2 * _BESIDE * em, cap + (_ABOVE + _BELOW) * em, 0.27 * em)
    middle = word.baseline - cap / 2 + (_BELOW - _ABOVE) / 2 * em
    pop = _pop(desk.style)
    shade = f"\\1c&H000000&\\1a{alpha(0.6)}\\blur{number(0.003 * height)}"
    for layer, drop, look in (
        (_SHADE, 0.0018 * height, shade),
        (_PILL, 0.0, f"\\1c{colour(desk.style.accent)}\\blur0.6"),
    ):
        place = f"\\pos({number(word.x)},{number(middle + drop)})"
        yield Event(layer, word.start, word.end, f"{{{place}{look}\\bord0{pop}\\p1}}{shape}")
