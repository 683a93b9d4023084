"""A few large words on a still, on the side that the face leaves free."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from appliance.domain.errors import BadInput
from appliance.domain.timeline import Box

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageFont import FreeTypeFont

MOST_WORDS = 5
_MOST_LINES = 3
_LARGEST, _SMALLEST = 0.082, 0.03  # font size, of the height (of the width where that is less)
_SIDE = 0.07
_LINE = 1.04
_INK, _EDGE = (255, 255, 255), (11, 11, 15)


def write_title(image: Image, title: str, font: Path, face: Box | None = None) -> Image:
    """A copy of the image with at most five words of the title. BadInput where the font cannot be used."""
    from PIL import Image as Images
    from PIL import ImageDraw, ImageFilter

    words = title.split()[:MOST_WORDS]
    lines, type_ = _set(words, font, image.size)
    step = round(type_.size * _LINE)
    block = step * len(lines)
    top = _top(image.height, block, face)
    edge = max(2, round(type_.size * 0.07))
    centres = [(image.width / 2, top + step * (number + 0.5)) for number in range(len(lines))]
    shade = Images.new("L", image.size, 0)
    shadow = ImageDraw.Draw(shade)
    for line, (x, y) in zip(lines, centres, strict=True):
        shadow.text((x, y + edge), line, 150, type_, "mm", stroke_width=edge * 3)
    shade = shade.filter(ImageFilter.GaussianBlur(type_.size * 0.22))
    titled = Images.composite(Images.new("RGB", image.size, _EDGE), image.convert("RGB"), shade)
    draw = ImageDraw.Draw(titled)
    for line, (x, y) in zip(lines, centres, strict=True):
        draw.text((x, y), line, _INK, type_, "mm", stroke_width=edge, stroke_fill=_EDGE)
    return titled


def _top(height: int, block: int, face: Box | None) -> int:
    """Where the block begins: below a face in the upper part, above one in the lower, and clear of the edges."""
    low = round(height * 0.79) - block // 2
    if face is None or face.y + face.height / 2 <= 0.55:
        clear = 0 if face is None else round((face.y + face.height) * height + height * 0.02)
        return max(0, min(max(low, clear), round(height * 0.92) - block))
    return round(height * 0.1)


def _set(words: list[str], font: Path, size: tuple[int, int]) -> tuple[list[str], FreeTypeFont]:
    """The largest type in which the words fit, and their lines."""
    from PIL import ImageFont

    room = size[0] * (1 - 2 * _SIDE)
    least = min(size[0] * 1.4, size[1])
    pixels = round(least * _LARGEST)
    try:
        while True:
            type_ = ImageFont.truetype(str(font), pixels)
            lines = _lines(words, type_, room)
            if (lines and len(lines) <= _MOST_LINES) or pixels <= least * _SMALLEST:
                return lines or _cut(words, type_, room), type_
            pixels = round(pixels * 0.93)
    except OSError as error:
        raise BadInput(f"{font} is no font that can be used", "Choose another font file.") from error


def _lines(words: list[str], type_: FreeTypeFont, room: float) -> list[str]:
    """Words in lines of at most `room` pixels; none where a word alone is wider."""
    lines: list[str] = []
    for word in words:
        if type_.getlength(word) > room:
            return []
        if lines and type_.getlength(f"{lines[-1]} {word}") <= room:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines


def _cut(words: list[str], type_: FreeTypeFont, room: float) -> list[str]:
    """The beginning of words that fit in no way, with an ellipsis."""
    text = words[0]
    while len(text) > 1 and type_.getlength(f"{text}…") > room:
        text = text[: max(1, len(text) * 9 // 10)]
    return [f"{text}…"]
