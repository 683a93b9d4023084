"""A steady camera: it stands still, and moves only when what it shows has really gone elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from appliance.planning.framing_footage import Floats

_SHORTEST = 1.2  # seconds that a hold lasts at least
_PAN = (0.5, 1.1)  # the shortest and the longest move, in seconds
_EASE = (
    (0.25, 0.156),
    (0.5, 0.5),
    (0.75, 0.844),
)  # smoothstep: how far a move is after a quarter, a half, three quarters


@dataclass(frozen=True, slots=True)
class Reach:
    """How far the target may stray from the middle before the camera follows, and the width it sees, in shares of the picture."""

    x: float
    y: float
    width: float


@dataclass(frozen=True, slots=True)
class Hold:
    """The camera stands with its middle at `x`, `y` from `start` to `end` seconds."""

    start: float
    end: float
    x: float
    y: float


def settled(values: Sequence[float], width: int = 5) -> Floats:
    """A running median: with five looks, three have to agree before anything moves."""
    padded = np.pad(np.asarray(values, np.float32), width // 2, mode="edge")
    return np.median(np.lib.stride_tricks.sliding_window_view(padded, width), axis=1).astype(np.float32)


def holds(times: Sequence[float], xs: Floats, ys: Floats, reach: Reach, end: float) -> tuple[Hold, ...]:
    """The fewest stands, taken greedily, from each of which the target stays within reach. `times[0]` is where they begin."""
    found: list[tuple[int, int]] = []
    begin = 0
    for number in range(1, len(times) + 1):
        ends = number == len(times)
        if ends or _spread(xs[begin : number + 1]) > 2 * reach.x or _spread(ys[begin : number + 1]) > 2 * reach.y:
            found.append((begin, number))
            begin = number
    until = [times[first] for first, _ in found[1:]] + [end]
    stands = [
        Hold(times[first], last_time, _middle(xs[first:last]), _middle(ys[first:last]))
        for (first, last), last_time in zip(found, until, strict=True)
    ]
    return tuple(stands)


def keyed(stands: Sequence[Hold], reach: Reach) -> tuple[tuple[float, float, float], ...]:
    """Times and middles between which the camera moves evenly: still stands, eased moves around their borders, and a moving
    camera through stands too short to be one.
    """
    knots = _knots(_steady(stands, reach))
    keys = [knots[0]]
    for (left, here_x, here_y), (reached, there_x, there_y) in pairwise(knots):
        if reached > left or (here_x, here_y) == (there_x, there_y):
            keys.append((reached, there_x, there_y))
            continue
        # Stands that touch leave no time to move: half of it is taken from each.
        far = max(abs(there_x - here_x), abs(there_y - here_y)) / max(reach.width, 1e-6)
        length = min(max(0.8 * far + 0.35, _PAN[0]), _PAN[1])
        keys[-1] = (left - length / 2, here_x, here_y)
        keys += [
            (left + (part - 0.5) * length, here_x + (there_x - here_x) * way, here_y + (there_y - here_y) * way)
            for part, way in _EASE
        ]
        keys.append((left + length / 2, there_x, there_y))
    return tuple(key for key, after in zip(keys, [*keys[1:], None], strict=True) if after is None or after[0] > key[0])


def _steady(stands: Sequence[Hold], reach: Reach) -> list[Hold]:
    """Without excursions: where the target soon comes back, the camera stays."""
    calm: list[Hold] = list(stands)
    number = 1
    while number < len(calm) - 1:
        before, here, after = calm[number - 1 : number + 2]
        back = abs(before.x - after.x) < reach.x and abs(before.y - after.y) < reach.y
        if back and here.end - here.start < _SHORTEST:
            x, y = (before.x + after.x) / 2, (before.y + after.y) / 2
            calm[number - 1 : number + 2] = [Hold(before.start, after.end, x, y)]
            number = max(1, number - 1)
        else:
            number += 1
    return calm


def _knots(stands: Sequence[Hold]) -> list[tuple[float, float, float]]:
    """A stand has two knots, its beginning and its end; one too short has one in its middle, or at the end of the shot."""
    knots: list[tuple[float, float, float]] = []
    for number, stand in enumerate(stands):
        if stand.end - stand.start >= _SHORTEST or len(stands) == 1:
            knots += [(stand.start, stand.x, stand.y), (stand.end, stand.x, stand.y)]
        elif number == 0:
            knots.append((stand.start, stand.x, stand.y))
        elif number == len(stands) - 1:
            knots.append((stand.end, stand.x, stand.y))
        else:
            knots.append(((stand.start + stand.end) / 2, stand.x, stand.y))
    return knots


def _spread(values: Floats) -> float:
    return float(values.max() - values.min()) if len(values) else 0.0


def _middle(values: Floats) -> float:
    low, high = np.percentile(values, [5, 95])
    return float(low + high) / 2
