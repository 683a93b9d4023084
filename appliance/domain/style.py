"""How captions and titles look: one frozen value per preset. Sizes are shares of the canvas height, colours are #rrggbb."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Lit(StrEnum):
    """How the word that is being spoken stands out."""

    COLOUR = "colour"  # it takes the accent colour
    PILL = "pill"  # it gets a soft rounded field in the accent colour
    POP = "pop"  # it takes the accent colour and pops from 92 to 100 %
    ALONE = "alone"  # only it is on screen
    NONE = "none"  # all words stay calm


@dataclass(frozen=True, slots=True)
class CaptionStyle:
    """A caption preset."""

    name: str
    about: str
    font: str
    weight: str = ""
    size: float = 0.052  # font size; the cap height is about 0.7 of it
    colour: str = "#ffffff"
    accent: str = "#ffd23f"
    lit: Lit = Lit.POP
    lit_text: str = ""  # colour of the spoken word on a pill; empty: `colour`
    outline: float = 0.0042
    outline_colour: str = "#0b0b0f"
    shadow: float = 0.0022
    shadow_opacity: float = 0.55
    upper: bool = False
    words: int = 4  # at most this many on screen
    lines: int = 2
    centre: float = 0.69  # height of the block's centre, from the top
    strong_size: float = 1.0  # how much larger emphasised words are
    pop_from: float = 0.92
    pop_ms: int = 80
    fallback_fonts: tuple[str, ...] = ()
