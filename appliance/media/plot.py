"""A drawing as a file: SVG that follows the reader's light or dark, or PNG."""

from __future__ import annotations

from pathlib import Path
from xml.sax.saxutils import escape

from appliance.domain.errors import NeedsPerson
from appliance.planning.drawing import Area, Band, Drawing, Label, Shape, Stroke

_DARK = {"paper": "#101418", "ink": "#d7dde4", "faint": "#39424d", "accent": "#ffb938"}
_LIGHT = {"paper": "#ffffff", "ink": "#27303a", "faint": "#d5dbe1", "accent": "#d07a00"}
_OVERSIZE = 2


def plot(drawing: Drawing, path: Path, font: Path) -> None:
    """Write the drawing as .svg or .png, by the name. NeedsPerson when it cannot be written."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.suffix.lower() == ".svg":
            path.write_text(svg(drawing), encoding="utf-8")
        else:
            _png(drawing, path, font)
    except OSError as error:
        raise NeedsPerson(f"{path}: the plot cannot be written: {error.strerror}", "Choose another place.") from error


def svg(drawing: Drawing) -> str:
    """The drawing as SVG; theme colours are CSS variables, dark where the reader prefers dark."""
    shapes = "\n".join(_svg_shape(shape) for shape in drawing.shapes)
    light, dark = (";".join(f"--{name}:{colour}" for name, colour in theme.items()) for theme in (_LIGHT, _DARK))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {drawing.width:.0f} {drawing.height:.0f}" '
        f'font-family="system-ui, sans-serif" role="img">\n<style>svg{{{light}}}'
        f"@media (prefers-color-scheme: dark){{svg{{{dark}}}}}</style>\n"
        f'<rect width="100%" height="100%" style="fill:var(--paper)"/>\n{shapes}\n</svg>\n'
    )


def _svg_shape(shape: Shape) -> str:
    match shape:
        case Area():
            return (
                f'<polygon points="{_points(shape.points)}" style="fill:{_css(shape.colour)};opacity:{shape.opacity}"/>'
            )
        case Stroke():
            style = f"fill:none;stroke:{_css(shape.colour)};stroke-width:{shape.width};stroke-linejoin:round"
            return f'<polyline points="{_points(shape.points)}" style="{style}"/>'
        case Band():
            return (
                f'<rect x="{shape.x:.1f}" y="{shape.y:.1f}" width="{shape.width:.1f}" height="{shape.height:.1f}" rx="4" '
                f'style="fill:{_css(shape.colour)};opacity:{shape.opacity}"/>'
            )
        case Label():
            weight = "700" if shape.bold else "400"
            return (
                f'<text x="{shape.x:.1f}" y="{shape.y:.1f}" font-size="{shape.size}" font-weight="{weight}" '
                f'text-anchor="{shape.anchor}" style="fill:{_css(shape.colour)}">{escape(_printable(shape.text))}</text>'
            )


def _printable(text: str) -> str:
    """Without the control characters that XML forbids."""
    return "".join(max(sign, " ") for sign in text)


def _points(points: tuple[tuple[float, float], ...]) -> str:
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in points)


def _css(colour: str) -> str:
    return colour if colour.startswith("#") else f"var(--{colour})"


def _png(drawing: Drawing, path: Path, font: Path) -> None:
    """The same shapes with Pillow, drawn larger and shrunk for smooth edges."""
    from PIL import Image, ImageDraw, ImageFont

    size = (round(drawing.width * _OVERSIZE), round(drawing.height * _OVERSIZE))
    picture = Image.new("RGB", size, _DARK["paper"])
    for shape in drawing.shapes:
        if isinstance(shape, Label):
            draw = ImageDraw.Draw(picture)
            face = ImageFont.truetype(str(font), round(shape.size * _OVERSIZE))
            anchor = {"start": "ls", "middle": "ms", "end": "rs"}[shape.anchor]
            place = (shape.x * _OVERSIZE, shape.y * _OVERSIZE)
            draw.text(place, _printable(shape.text), font=face, fill=_rgb(shape.colour), anchor=anchor)
            continue
        mask = Image.new("L", size, 0)
        draw = ImageDraw.Draw(mask)
        match shape:
            case Area():
                draw.polygon([(x * _OVERSIZE, y * _OVERSIZE) for x, y in shape.points], fill=round(255 * shape.opacity))
            case Stroke():
                line = [(x * _OVERSIZE, y * _OVERSIZE) for x, y in shape.points]
                draw.line(line, fill=255, width=round(shape.width * _OVERSIZE), joint="curve")
            case Band():
                box = (shape.x, shape.y, shape.x + shape.width, shape.y + shape.height)
                draw.rounded_rectangle([value * _OVERSIZE for value in box], 8, fill=round(255 * shape.opacity))
        picture.paste(Image.new("RGB", size, _rgb(shape.colour)), mask=mask)
    picture.resize((round(drawing.width), round(drawing.height)), Image.Resampling.LANCZOS).save(path, optimize=True)


def _rgb(colour: str) -> str:
    return colour if colour.startswith("#") else _DARK[colour]
