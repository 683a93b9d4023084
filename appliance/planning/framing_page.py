"""Slides, screens and cards: flat ground with letters and drawings, of which a narrow crop would cut off a part."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from appliance.planning.framing_motion import Gist, window

_FLAT = 0.4  # of the picture has one grey: what cameras see stays below 0.2, slides and screens are above 0.5
_SPARSE = (
    0.12  # of the cells hold an edge: a picture without any motion that is so empty is a slide, whatever its ground
)
_TINY = 0.25  # of what is drawn: less than this moves, as a cursor does
_GAP = 0.025  # of the width: letters and drawings farther apart than this are separate
_CALM = 0.6  # grey levels a picture in the liveliest column: hands of a clock, a cursor, a video in a corner
_APART_CALM, _APART_LIVELY = 0.08, 0.3  # of the width: so much apart from what moves is too much to lose
_STRIP = 2.2  # so many times as wide as high: a line of text
_MARGIN = 0.03  # of the width, on either side of what is written

Marks = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Page:
    """From where to where something is written, drawn or moves, in shares; `cut` tells that a crop would lose some of it."""

    left: float
    right: float
    top: float
    bottom: float
    cut: bool

    @property
    def x(self) -> float:
        """The middle."""
        return (self.left + self.right) / 2

    def framed(self, least: float) -> tuple[float, float]:
        """Left end and width of all that is written, with margins, at least `least` wide."""
        width = min(1.0, max(self.right - self.left + 2 * _MARGIN, least))
        return min(max(self.x - width / 2, 0.0), 1.0 - width), width


def page(seen: Gist | None, width: float, ratio: float) -> Page | None:
    """What is on the page, for crops of `width`; None when the picture is none. `ratio` is the picture's width over its height.

    A page is flat, or stands still and is nearly empty. Its writing does not move, so what moves on it, be it a clock or
    a face in a corner, does not take the frame when there is much to read apart from it.
    """
    if seen is None or not seen.still.size or not _written(seen):
        return None
    count = len(seen.motion)
    rows = max(1, len(seen.detail_rows))
    still = seen.still * rows > 0.5
    moving = seen.motion > max(0.1 * seen.peak, 0.02) if seen.stirs else np.zeros(count, np.bool_)
    drawn = np.flatnonzero(still | moving)
    if not drawn.size:
        return None
    left, right = float(drawn[0]) / count, float(drawn[-1] + 1) / count
    top, bottom = _rows(seen)
    if right - left <= width:
        return Page(left, right, top, bottom, cut=False)
    if not seen.stirs:
        return Page(left, right, top, bottom, cut=True)
    apart = _apart(still, still | moving, window(seen.motion, width)) / count
    strip = (right - left) * ratio > _STRIP * (bottom - top)
    lost = apart >= (_APART_CALM if seen.peak < _CALM else _APART_LIVELY) or moving.sum() < _TINY * drawn.size
    return Page(left, right, top, bottom, cut=True) if strip or lost else None


def _written(seen: Gist) -> bool:
    """Whether the shot may be a page."""
    return seen.flat >= _FLAT or (not seen.stirs and float(seen.still.mean()) < _SPARSE)


def _apart(still: Marks, drawn: Marks, shown: tuple[int, int]) -> float:
    """How many columns of writing lie outside the shown ones and are not joined with them."""
    first, last = _joined(drawn, shown)
    return float(still[:first].sum() + still[last:].sum())


def _joined(drawn: Marks, shown: tuple[int, int]) -> tuple[int, int]:
    """The shown columns, widened as long as something is drawn without a gap."""
    first, last = shown[0], sum(shown)
    gap = max(2, round(_GAP * len(drawn)))
    while first > 0 and drawn[max(0, first - gap) : first].any():
        first -= 1
    while last < len(drawn) and drawn[last : last + gap].any():
        last += 1
    return first, last


def _rows(seen: Gist) -> tuple[float, float]:
    """From where to where the height is not empty."""
    filled = np.flatnonzero(seen.detail_rows > 0.02 * max(float(seen.detail_rows.max()), 1e-6))
    rows = len(seen.detail_rows)
    return (float(filled[0]) / rows, float(filled[-1] + 1) / rows) if filled.size else (0.0, 1.0)
