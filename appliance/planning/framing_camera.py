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
    return _calmed(stands)


def keyed(stands: Sequence[Hold], reach: Reach) -> tuple[tuple[float, float, float], ...]:
    """Times and middles between which the camera moves evenly: still stands, and eased moves around their borders."""
    keys = [(stands[0].start, stands[0].x, stands[0].y)]
    for here, there in pairwise(stands):
        far = max(abs(there.x - here.x), abs(there.y - here.y)) / max(reach.width, 1e-6)
        length = min(max(0.8 * far + 0.35, _PAN[0]), _PAN[1], here.end - here.start, there.end - there.start)
        begin = here.end - length / 2
        keys.append((begin, here.x, here.y))
        keys += [
            (begin + part * length, here.x + (there.x - here.x) * way, here.y + (there.y - here.y) * way)
            for part, way in _EASE
        ]
        keys.append((begin + length, there.x, there.y))
    return tuple(keys)


def _calmed(stands: list[Hold]) -> tuple[Hold, ...]:
    """Short stands are given to the nearer neighbour, so that the camera never twitches."""
    calm = list(stands)
    while len(calm) > 1:
        short = min(range(len(calm)), key=lambda index: calm[index].end - calm[index].start)
        if calm[short].end - calm[short].start >= _SHORTEST:
            break
        sides = [index for index in (short - 1, short + 1) if 0 <= index < len(calm)]
        near = min(sides, key=lambda index: abs(calm[index].x - calm[short].x) + abs(calm[index].y - calm[short].y))
        one, two = sorted((short, near))
        calm[one : two + 1] = [Hold(calm[one].start, calm[two].end, calm[near].x, calm[near].y)]
    return tuple(calm)


def _spread(values: Floats) -> float:
    return float(values.max() - values.min()) if len(values) else 0.0


def _middle(values: Floats) -> float:
    low, high = np.percentile(values, [5, 95])
    return float(low + high) / 2
