"""Words set in the real fonts: how wide they are, and where on the canvas their middle comes to stand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from appliance.domain.style import CaptionStyle
from appliance.media.ass_script import escaped, number
from appliance.media.fonts import Face, FontShelf
from appliance.planning import scripts


@dataclass(frozen=True, slots=True)
class SetText:
    """A text set in one size: stretches of one face each; pixels. `em` is the size of the letters."""

    runs: tuple[tuple[Face, str], ...]
    em: float
    width: float

    @property
    def ascent(self) -> float:
        """From the baseline up to the top of the line box that libass makes of it."""
        return max((face.ascent for face, _ in self.runs), default=0.0) * self.em

    @property
    def descent(self) -> float:
        """From the baseline down to the bottom of that box."""
        return max((face.descent for face, _ in self.runs), default=0.0) * self.em

    def middle(self, baseline: float) -> float:
        """The height of the line box's middle, where an event stands, when the letters stand on `baseline`."""
        return baseline + (self.descent - self.ascent) / 2

    def body(self) -> str:
        """The text with its font tags. libass takes a size to be ascent plus descent, so each face gets its own."""
        return "".join(
            f"{{\\fn{face.name}\\fs{number(self.em * face.line)}}}{escaped(text)}" for face, text in self.runs
        )


@dataclass(frozen=True, slots=True)
class Typesetter:
    """A preset's fonts at hand."""

    shelf: FontShelf
    faces: tuple[Face, ...]
    upper: bool = False

    @property
    def main(self) -> Face:
        """The preset's own face."""
        return self.faces[0]

    def cased(self, text: str) -> str:
        """In the preset's case."""
        return text.upper() if self.upper else text

    def set(self, text: str, em: float) -> SetText:
        """SetText a text; BadInput when no font can draw it."""
        runs = self.shelf.runs(self.cased(text), self.faces)
        return SetText(runs, em, sum(face.width(part) for face, part in runs) * em)

    def pitch(self, sets: Sequence[SetText], more: float = 0.0) -> float:
        """From baseline to baseline: close for capitals, wider for scripts with marks above and below; `more` ems on top."""
        em = max(one.em for one in sets)
        own = self.main.cap_height + (0.36 if self.upper else 0.44) + more
        other = (0.8 * face.line for one in sets for face, _ in one.runs if face not in self.faces)
        return em * max(own, *other, 0.0)


def typesetter(style: CaptionStyle, shelf: FontShelf) -> Typesetter:
    """The typesetter of a preset; BadInput when one of its fonts is not on the shelf."""
    first = shelf.face(style.font, style.weight)
    return Typesetter(shelf, (first, *(shelf.face(name) for name in style.fallback_fonts)), style.upper)


def along(sets: Sequence[SetText], gaps: Sequence[float], centre: float) -> tuple[float, ...]:
    """The middles of the words of one line, in the order of reading. `gaps[i]` is the space before word `i`.

    The line is laid from left to right in the order that the eye meets the words, whatever the script's direction.
    """
    order = scripts.visual_order(["".join(text for _, text in one.runs) for one in sets])
    total = sum(one.width for one in sets) + sum(gaps[1:])
    at = centre - total / 2
    middles = [0.0] * len(sets)
    for place, index in enumerate(order):
        if place:
            at += gaps[max(index, order[place - 1])]
        middles[index] = at + sets[index].width / 2
        at += sets[index].width
    return tuple(middles)
