"""The plot of a video as shapes: the hype as an area, one thin line per signal, the moments as numbered bands.

Shapes only, so that the same drawing becomes an SVG and a PNG. The unit is one pixel at a width of 1200.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from appliance.domain.curve import Curve
from appliance.domain.moment import Ranking

Floats = NDArray[np.float64]

WIDTH = 1200
_LEFT, _RIGHT, _TOP = 116, 24, 64
_HYPE, _LANE, _GAP, _AXIS = 200, 40, 14, 44
_POINTS = 560  # more would lie closer than two pixels

# One colour a signal, the same in every face; readable on dark and on light.
COLOURS = {
    "chat": "#4f9dff",
    "kick-classic": "#4f9dff",
    "loudness": "#e0894a",
    "onset": "#d9b23c",
    "reaction": "#e2607e",
    "pace": "#3fae8f",
    "wording": "#9a7bf0",
    "heatmap": "#e5533d",
    "comments": "#48a9c5",
    "chapters": "#8a94a6",
    "picture": "#6fa84f",
    "judge": "#c068d6",
    "query": "#c9a227",
    "keywords": "#c9a227",
}
_OTHER = "#8a94a6"


@dataclass(frozen=True, slots=True)
class Area:
    """A filled shape under a line."""

    points: tuple[tuple[float, float], ...]
    colour: str
    opacity: float = 1.0


@dataclass(frozen=True, slots=True)
class Stroke:
    """A line through points."""

    points: tuple[tuple[float, float], ...]
    colour: str
    width: float = 1.5


@dataclass(frozen=True, slots=True)
class Band:
    """An upright rectangle."""

    x: float
    y: float
    width: float
    height: float
    colour: str
    opacity: float


@dataclass(frozen=True, slots=True)
class Label:
    """A text; `anchor` is start, middle or end; the baseline is at `y`."""

    x: float
    y: float
    text: str
    size: float
    colour: str
    anchor: str = "start"
    bold: bool = False


Shape = Area | Stroke | Band | Label


@dataclass(frozen=True, slots=True)
class Drawing:
    """Shapes back to front. Colours "ink", "faint" and "accent" are the theme's own; all others are as given."""

    width: float
    height: float
    shapes: tuple[Shape, ...]


def drawing(curves: Sequence[Curve], ranking: Ranking, title: str) -> Drawing:
    """The plot of one video. Finer curves (`name.part`) are left out; gaps in a curve stay gaps."""
    lanes = [curve for curve in curves if "." not in curve.signal and np.isfinite(np.asarray(curve.values)).any()]
    height = _TOP + _HYPE + _GAP + len(lanes) * _LANE + _AXIS
    seconds = max(ranking.seconds, 1.0)
    return Drawing(
        WIDTH,
        height,
        (
            Label(_LEFT, 34, title[:80], 20, "ink", bold=True),
            *_bands(ranking, seconds, height),
            *_hype(lanes, seconds),
            *(shape for row, curve in enumerate(lanes) for shape in _lane(curve, row, seconds)),
            *_axis(seconds, height),
        ),
    )


def hype(curves: Sequence[Curve], seconds: float) -> Floats:
    """How much happens, second by second: what all signals show above their usual, summed; 0 to 1."""
    total = np.zeros(max(1, int(np.ceil(seconds))))
    for curve in curves:
        values = np.nan_to_num(np.asarray(curve.values, dtype=np.float64), nan=0.0)[: len(total)]
        total[: len(values)] += np.clip(values, 0, 4)
    width = max(1, min(9, len(total) // 40))
    smooth = np.convolve(total, np.ones(width) / width, mode="same")
    return smooth / smooth.max() if smooth.max() > 0 else smooth


def _x(second: float, seconds: float) -> float:
    return _LEFT + (WIDTH - _LEFT - _RIGHT) * second / seconds


def _bands(ranking: Ranking, seconds: float, height: float) -> Iterator[Shape]:
    for rank, moment in enumerate(ranking.moments, 1):
        left, right = _x(moment.start, seconds), _x(moment.end, seconds)
        yield Band(left, _TOP - 8, max(right - left, 3), height - _TOP - _AXIS + 8, "accent", 0.16)
        yield Label((left + right) / 2, _TOP - 14, str(rank), 17, "accent", "middle", bold=True)


def _hype(lanes: Sequence[Curve], seconds: float) -> Iterator[Shape]:
    values = _thinned(hype(lanes, seconds))
    base = _TOP + _HYPE
    line = tuple((_x(at, seconds), base - value * (_HYPE - 12)) for at, value in values)
    if line:
        yield Area(((line[0][0], base), *line, (line[-1][0], base)), "accent", 0.35)
        yield Stroke(line, "accent", 2.0)
    yield Label(_LEFT - 12, base - 6, "all together", 14, "ink", "end")


def _lane(curve: Curve, row: int, seconds: float) -> Iterator[Shape]:
    base = _TOP + _HYPE + _GAP + (row + 1) * _LANE - 6
    colour = COLOURS.get(curve.signal, _OTHER)
    yield Stroke(((_LEFT, base), (WIDTH - _RIGHT, base)), "faint", 1.0)
    yield Label(_LEFT - 12, base - 6, curve.signal, 14, colour, "end")
    run: list[tuple[float, float]] = []
    for at, value in _thinned(np.asarray(curve.values, dtype=np.float64)):
        if np.isfinite(value):
            run.append((_x(at * curve.hop, seconds), base - min(max(value, -1.0), 6.0) / 6.0 * (_LANE - 8)))
        elif len(run) > 1:
            yield Stroke(tuple(run), colour)
            run = []
        else:
            run = []
    if len(run) > 1:
        yield Stroke(tuple(run), colour)


def _thinned(values: Floats) -> list[tuple[float, float]]:
    """At most as many points as can be told apart: the highest of each group keeps its place, so that no peak is lost."""
    if len(values) <= _POINTS:
        return [(at + 0.5, float(value)) for at, value in enumerate(values)]
    edges = np.linspace(0, len(values), _POINTS + 1).astype(int)
    points = []
    for first, last in pairwise(edges):
        group = values[first:last]
        known = np.isfinite(group)
        best = int(np.where(known, group, -np.inf).argmax()) if known.any() else 0
        points.append((first + best + 0.5, float(group[best])))
    return points


def _axis(seconds: float, height: float) -> Iterator[Shape]:
    step = next(
        step
        for step in (10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400)
        if seconds / step <= 9 or step == 14400
    )
    base = height - _AXIS
    for tick in range(0, int(seconds) + 1, step):
        x = _x(tick, seconds)
        yield Stroke(((x, base), (x, base + 6)), "faint", 1.0)
        yield Label(x, base + 26, _clock(tick), 15, "ink", "middle")


def _clock(second: int) -> str:
    return f"{second // 3600}:{second // 60 % 60:02}:{second % 60:02}"
