"""The ASS format itself: text that nobody can break out of, times on frame edges, colours, shapes, the whole document."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from appliance.domain.timeline import Canvas

# The format: http://www.tcax.org/docs/ass-specs.htm and libass's own parser, which takes numbers with fractions.
_HEADER = """[Script Info]
ScriptType: v4.00+
PlayResX: {width}
PlayResY: {height}
LayoutResX: {width}
LayoutResY: {height}
WrapStyle: 2
ScaledBorderAndShadow: yes
Kerning: yes
YCbCr Matrix: None

[V4+ Styles]
Format: Name, Fontname, Fontsize, PrimaryColour, SecondaryColour, OutlineColour, BackColour, Bold, Italic, Underline, \
StrikeOut, ScaleX, ScaleY, Spacing, Angle, BorderStyle, Outline, Shadow, Alignment, MarginL, MarginR, MarginV, Encoding
{styles}

[Events]
Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
{events}
"""
_KAPPA = 0.5523  # how far a Bézier's handles reach for a quarter of a circle


@dataclass(frozen=True, slots=True)
class Event:
    """Something drawn on `layer` from frame `start` up to, not including, frame `end`."""

    layer: int
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class LineStyle:
    """The one style of a script: what its events begin from."""

    font: str
    size: float
    colour: str
    outline_colour: str
    outline: float


def document(canvas: Canvas, style: LineStyle, events: Iterable[Event]) -> str:
    """The whole file. Encoding -1 lets libass find each event's own direction of writing."""
    drawn = "\n".join(
        f"Dialogue: {event.layer},{stamp(event.start, canvas.fps)},{stamp(event.end, canvas.fps)},W,,0,0,0,,{event.text}"
        for event in events
        if event.end > event.start
    )
    line = (
        f"Style: W,{style.font},{number(style.size)},{_full(style.colour)},{_full(style.colour)},"
        f"{_full(style.outline_colour)},&H00000000,0,0,0,0,100,100,0,0,1,{number(style.outline)},0,5,0,0,0,-1"
    )
    return _HEADER.format(width=canvas.width, height=canvas.height, styles=line, events=drawn)


def escaped(text: str) -> str:
    """The text so that libass draws it as it is: braces open no override block, backslashes begin no command."""
    drawn = []
    for character, after in zip(text, [*text[1:], ""], strict=True):
        if character in "{}":
            drawn.append("\\" + character)
        elif character == "\\" and after in "Nnh":
            drawn.append("\\\u2060")  # a word joiner parts the two signs and is drawn as nothing
        elif character in "\r\n":
            drawn.append(" ")
        else:
            drawn.append(character)
    return "".join(drawn)


def frame(seconds: float, fps: float) -> int:
    """The frame nearest to a time."""
    return max(0, math.floor(seconds * fps + 0.5))


def stamp(at: int, fps: float) -> str:
    """The time of a frame, `h:mm:ss.cc`: a little before it, so that rounding never hides the frame itself."""
    early = 0.002 if fps < 80 else 0.0
    hundredths = max(0, math.floor((at / fps - early) * 100))
    minutes, rest = divmod(hundredths, 6000)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest // 100:02d}.{rest % 100:02d}"


def colour(rgb: str) -> str:
    """`#rrggbb` as ASS writes it, blue first."""
    return f"&H{rgb[5:7]}{rgb[3:5]}{rgb[1:3]}&".upper()


def alpha(opacity: float) -> str:
    """ASS counts transparency: 00 is solid, FF is nothing."""
    return f"&H{round(255 * (1 - min(max(opacity, 0.0), 1.0))):02X}&"


def number(value: float) -> str:
    """A short decimal."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


def rounded(width: float, height: float, radius: float) -> str:
    """A rectangle with round corners as a vector drawing, from its top left at 0 0."""
    r = min(radius, width / 2, height / 2)
    k = r * (1 - _KAPPA)
    w, h = width, height
    path = [
        f"m {number(r)} 0 l {number(w - r)} 0",
        f"b {number(w - k)} 0 {number(w)} {number(k)} {number(w)} {number(r)}",
        f"l {number(w)} {number(h - r)}",
        f"b {number(w)} {number(h - k)} {number(w - k)} {number(h)} {number(w - r)} {number(h)}",
        f"l {number(r)} {number(h)}",
        f"b {number(k)} {number(h)} 0 {number(h - k)} 0 {number(h - r)}",
        f"l 0 {number(r)}",
        f"b 0 {number(k)} {number(k)} 0 {number(r)} 0",
    ]
    return " ".join(path)


def _full(rgb: str) -> str:
    return f"&H00{rgb[5:7]}{rgb[3:5]}{rgb[1:3]}".upper()
