"""The hook title, the watermark, the author's name and the progress bar as ASS events."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from appliance.domain.span import Span
from appliance.domain.style import CaptionStyle
from appliance.domain.timeline import Box, Canvas, Overlay, OverlayKind, Timeline
from appliance.media.ass_script import Event, alpha, colour, frame, number, rounded
from appliance.media.typeset import Typesetter
from appliance.planning import scripts
from appliance.planning.captions_area import SEAM_TITLE, Areas, areas, is_shared, shared_stretches
from appliance.planning.captions_title import fitted

TITLE_SECONDS = 3.5
LEAVE_MS = 200
_TITLE_SIZES = (0.034, 0.032, 0.030, 0.028, 0.026, 0.024)
_TITLE_OPACITY = 0.96
_INK, _PAPER = "#0b0b0f", "#ffffff"
_WATERMARK_SIZE, _WATERMARK_OPACITY = 0.0165, 0.62
_AUTHOR_SIZE = 0.019
_PROGRESS_SIZE = 0.0042
_CAPTIONS_HALF = 0.07  # of the canvas height: two lines of captions, from their middle to their upper edge


@dataclass(frozen=True, slots=True)
class _Sheet:
    """What overlays are laid out with; `seconds` is the clip's length, `titles` the frames during which a title stands."""

    canvas: Canvas
    area: Areas
    style: CaptionStyle
    setter: Typesetter
    seconds: float
    titles: tuple[tuple[int, int], ...]
    shared: tuple[Span, ...]
    progress: bool

    def frames(self, overlay: Overlay, seconds: float | None = None) -> tuple[int, int]:
        """From when to when, inside the clip."""
        longest = self.seconds if seconds is None else overlay.start + seconds
        until = longest if overlay.end is None else overlay.end
        fps = self.canvas.fps
        return frame(max(overlay.start, 0.0), fps), frame(min(until, self.seconds), fps)


def overlays(timeline: Timeline, style: CaptionStyle, setter: Typesetter) -> Iterator[Event]:
    """The events of every overlay made of words or shapes. Pictures (logo, avatar) are not ASS and are left to the render."""
    kinds = {overlay.kind for overlay in timeline.overlays}
    sheet = _Sheet(
        timeline.canvas,
        areas(timeline.canvas),
        style,
        setter,
        timeline.seconds,
        title_frames(timeline),
        shared_stretches(timeline),
        OverlayKind.PROGRESS in kinds,
    )
    for overlay in timeline.overlays:
        words = scripts.visible(overlay.text)
        if overlay.kind is OverlayKind.TITLE and words:
            yield from _title(overlay, words, sheet)
        elif overlay.kind is OverlayKind.WATERMARK and words:
            size = overlay.size or _WATERMARK_SIZE
            yield from _corner(overlay, words, sheet, size, overlay.opacity * _WATERMARK_OPACITY)
        elif overlay.kind is OverlayKind.AUTHOR and words:
            yield from _corner(overlay, words, sheet, overlay.size or _AUTHOR_SIZE, overlay.opacity)
        elif overlay.kind is OverlayKind.PROGRESS:
            yield from _progress(overlay, sheet)


def title_frames(timeline: Timeline) -> tuple[tuple[int, int], ...]:
    """From which frame to which a title stands."""
    fps = timeline.canvas.fps
    return tuple(
        (
            frame(max(overlay.start, 0.0), fps),
            frame(min(overlay.start + TITLE_SECONDS if overlay.end is None else overlay.end, timeline.seconds), fps),
        )
        for overlay in timeline.overlays
        if overlay.kind is OverlayKind.TITLE and scripts.visible(overlay.text)
    )


def _title(overlay: Overlay, words: str, sheet: _Sheet) -> Iterator[Event]:
    """Dark words on a light card in the title's area: there from the first frame, gone in a fifth of a second."""
    start, end = sheet.frames(overlay, TITLE_SECONDS)
    height, box = sheet.canvas.height, sheet.area.title
    if is_shared(sheet.shared, Span(start / sheet.canvas.fps, max(start, end) / sheet.canvas.fps)):
        box = replace(box, y=SEAM_TITLE)
    sizes = (overlay.size,) if overlay.size else _TITLE_SIZES
    shape = sheet.area.scale
    beside, above = 0.020 * height * shape, 0.0145 * height * shape
    size, lines = fitted(
        words,
        lambda line: sheet.setter.set(line, shape * height).width,
        box.width * sheet.canvas.width - 2 * beside,
        sizes,
    )
    em = size * shape * height
    sets = [sheet.setter.set(line, em) for line in lines]
    cap = sheet.setter.main.cap_height * em
    pitch = sheet.setter.pitch(sets)
    width = max(text.width for text in sets) + 2 * beside
    tall = min(cap + pitch * (len(sets) - 1) + 2 * above + 0.12 * em, box.height * height)
    middle_x = (box.x + box.width / 2) * sheet.canvas.width
    middle = _middle(overlay, sheet, box, tall)
    fade = f"\\fad(0,{LEAVE_MS})"
    card = rounded(width, tall, 0.011 * height * shape)
    place = f"\\pos({number(middle_x)},{number(middle)})\\bord0{fade}"
    shade = f"\\pos({number(middle_x)},{number(middle + 0.003 * height)})\\bord0\\blur{number(0.006 * height)}{fade}"
    yield Event(2, start, end, f"{{{shade}\\1c&H000000&\\1a{alpha(0.35)}\\p1}}{card}")
    yield Event(
        3, start, end, f"{{{place}\\1c{colour(_PAPER)}\\1a{alpha(_TITLE_OPACITY * overlay.opacity)}\\p1}}{card}"
    )
    first = middle + (cap - pitch * (len(sets) - 1)) / 2
    for number_, text in enumerate(sets):
        y = text.middle(first + number_ * pitch)
        ink = f"\\pos({number(middle_x)},{number(y)})\\bord0\\1c{colour(_INK)}{fade}"
        yield Event(4, start, end, f"{{{ink}}}{text.body()}")


def _middle(overlay: Overlay, sheet: _Sheet, box: Box, tall: float) -> float:
    """The pixel row of the card's middle, for a card of height `tall`: where it is set by hand, inside the free area, as long
    as no captions stand there; else as high as its box allows, clear of the face below, and at the seam as low as it allows.
    """
    height, area = sheet.canvas.height, sheet.area
    if overlay.centre:
        middle = max(area.top * height + tall / 2, min(overlay.centre * height, area.bottom * height - tall / 2))
        captions = (sheet.style.centre + area.shift) * height
        if abs(middle - captions) >= tall / 2 + _CAPTIONS_HALF * area.scale * height:
            return middle
    return box.y * height + (tall / 2 if box.y < SEAM_TITLE else box.height * height - tall / 2)


def _corner(overlay: Overlay, words: str, sheet: _Sheet, size: float, opacity: float) -> Iterator[Event]:
    """Words in a corner, as they are written, inside the free area: above a bar, and in an upper corner after the title."""
    canvas, area = sheet.canvas, sheet.area
    setter = replace(sheet.setter, upper=False)
    em = size * area.scale * canvas.height
    upper, left = overlay.corner.startswith("top"), overlay.corner.endswith("left")
    right = (area.right_above if upper else area.right_below) * canvas.width
    width = (right - area.left * canvas.width) * 0.6
    _, lines = fitted(words, lambda line: setter.set(line, em).width, width, (1.0,), lines=1)
    text = setter.set(lines[0], em)
    edge = 0.002 * canvas.height
    x = area.left * canvas.width + edge + text.width / 2 if left else right - edge - text.width / 2
    cap = setter.main.cap_height * em
    floor = area.bottom * canvas.height - (3 * _PROGRESS_SIZE * canvas.height if sheet.progress else 0.0)
    baseline = area.top * canvas.height + edge + 0.3 * em + cap if upper else floor - edge - 0.3 * em
    tags = (
        f"\\pos({number(x)},{number(text.middle(baseline))})\\1c{colour(_PAPER)}\\3c&H000000&"
        f"\\1a{alpha(opacity)}\\3a{alpha(opacity * 0.5)}\\bord{number(0.0012 * canvas.height)}"
    )
    start, end = sheet.frames(overlay)
    for begin, until in _without(start, end, sheet.titles if upper else ()):
        yield Event(1, begin, until, f"{{{tags}}}{text.body()}")


def _without(start: int, end: int, taken: tuple[tuple[int, int], ...]) -> Iterator[tuple[int, int]]:
    for begin, until in sorted(taken):
        if start < begin:
            yield start, min(begin, end)
        start = max(start, until)
    if start < end:
        yield start, end


def _progress(overlay: Overlay, sheet: _Sheet) -> Iterator[Event]:
    """A thin bar at the lower end of the free area: a faint track, and the accent colour that grows along it."""
    canvas, area = sheet.canvas, sheet.area
    start, end = sheet.frames(overlay)
    thick = max(2.0, (overlay.size or _PROGRESS_SIZE) * canvas.height)
    left = (1 - area.right_below) * canvas.width if area.right_below < area.right_above else area.left * canvas.width
    width = area.right_below * canvas.width - left
    y = area.bottom * canvas.height - thick
    bar = f"m 0 0 l {number(width)} 0 l {number(width)} {number(thick)} l 0 {number(thick)}"
    place = f"\\an7\\pos({number(left)},{number(y)})\\bord0"
    length = round((end - start) / canvas.fps * 1000)
    yield Event(1, start, end, f"{{{place}\\1c{colour(_PAPER)}\\1a{alpha(0.28 * overlay.opacity)}\\p1}}{bar}")
    grow = f"\\fscx0\\t(0,{length},\\fscx100)"
    filled = f"\\1c{colour(sheet.style.accent)}\\1a{alpha(0.95 * overlay.opacity)}"
    yield Event(1, start, end, f"{{{place}{filled}{grow}\\p1}}{bar}")
