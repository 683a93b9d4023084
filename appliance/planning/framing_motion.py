"""Where things happen in a shot, from motion and fine structure alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from appliance.planning.framing_footage import Floats, Look

_MOTION = 0.75  # how much motion counts against fine structure
_EVERYWHERE = 0.5  # of the mean: when the calmer columns move so much, the picture moves as a whole
_STIRS = 0.1  # grey levels a picture in the liveliest column: below this nothing moves
_TAILS = (0.03, 0.97)  # of all motion: what lies before and behind is not the subject
_HEADROOM = 0.22  # of the frame, above what moves: hair moves less than the face below it
_MOST = 0.6  # of all motion: what holds so much is the subject, whatever else moves a little


@dataclass(frozen=True, slots=True)
class Gist:
    """A shot's means over its looks: `motion`, `detail` and `still` from left to right, the rows from top to bottom, as in Look."""

    motion: Floats
    detail: Floats
    motion_rows: Floats
    detail_rows: Floats
    still: Floats
    flat: float

    @property
    def stirs(self) -> bool:
        """Whether anything moves."""
        return self.peak >= _STIRS

    @property
    def peak(self) -> float:
        """The motion of the liveliest column, in grey levels a picture."""
        return float(self.motion.max())

    @property
    def as_a_whole(self) -> bool:
        """Whether all of the picture moves: a game, a drive, a camera in the hand."""
        return self.stirs and bool(np.percentile(self.motion, 30) >= _EVERYWHERE * self.motion.mean())


@dataclass(frozen=True, slots=True)
class Attention:
    """The middle of what happens, and the share of it that a window of the asked width around `x` holds."""

    x: float
    y: float
    share: float


@dataclass(frozen=True, slots=True)
class Mover:
    """The part of the picture in which one thing moves, in shares of it."""

    left: float
    right: float
    top: float
    bottom: float


def gist(looks: Sequence[Look]) -> Gist | None:
    """The means of a shot; None when nothing but faces was looked for. A shot's first look knows of no motion: it counts
    only when it is alone.
    """
    seen = [look for look in looks if look.motion.size]
    seen = seen[1:] if len(seen) > 1 else seen
    if not seen:
        return None
    return Gist(
        motion=_mean([look.motion for look in seen]),
        detail=_mean([look.detail for look in seen]),
        motion_rows=_mean([look.motion_rows for look in seen]),
        detail_rows=_mean([look.detail_rows for look in seen]),
        still=_mean([look.still for look in seen]),
        flat=float(np.median([look.flat for look in seen])),
    )


def attention(seen: Gist | None, width: float) -> Attention:
    """Where a window of `width` (share of the picture) holds most. Without any motion or structure: the middle."""
    if seen is None:
        return Attention(0.5, 0.5, width)
    columns = _energy(seen.motion, seen.detail)
    if columns.sum() <= 0:
        return Attention(0.5, 0.5, width)
    best, span = window(columns, width)
    inside = columns[best : best + span]
    centre = best + _centre(inside)
    rows = seen.motion_rows + np.float32(0.3) * seen.detail_rows
    rows = np.clip(rows - np.median(rows), 0, None) if rows.size else rows
    down = _centre(rows) / len(rows) if rows.sum() > 0 else 0.5
    return Attention(centre / len(columns), down, float(inside.sum() / columns.sum()))


def mover(seen: Gist | None, width: float) -> Mover | None:
    """What moves, when it is mainly one thing that a window of `width` holds; None when nothing or all moves."""
    if seen is None or not seen.stirs or seen.as_a_whole or not seen.motion_rows.size:
        return None
    across, down = _above(seen.motion, 0.12), _above(seen.motion_rows, 0.06)
    if across.sum() <= 0 or down.sum() <= 0:
        return None
    best, span = window(across, width)
    if across[best : best + span].sum() < _MOST * across.sum():
        return None
    left, right = _tails(across[best : best + span])
    top, bottom = _tails(down)
    count = len(across)
    return Mover((best + left) / count, (best + right) / count, top / len(down), bottom / len(down))


def under(top: float, y: float, height: float) -> float:
    """The middle of a frame of `height` near `y`, yet so high that there is air above `top`: heads are not cut off."""
    return min(y, top + (0.5 - _HEADROOM) * height)


def window(columns: Floats, width: float) -> tuple[int, int]:
    """The first column and the number of columns of the window of `width` that holds most."""
    span = min(len(columns), max(1, round(width * len(columns))))
    return int(np.argmax(np.convolve(columns, np.ones(span), mode="valid"))), span


def _energy(motion: Floats, detail: Floats) -> Floats:
    """Motion and structure per column above their own floor, each scaled to a sum of one."""
    moving, fine = _share(motion), _share(detail)
    weight = _MOTION if moving.sum() > 0 else 0.0
    return np.asarray(weight * moving + (1 - weight) * fine, np.float32)


def _share(values: Floats) -> Floats:
    above = np.clip(values - np.percentile(values, 30), 0, None)
    total = float(above.sum())
    return np.asarray(above / total if total > 0.02 * len(values) else above * 0, np.float32)


def _above(values: Floats, part: float) -> Floats:
    """What rises above the floor by more than a part of the highest."""
    clear = values - np.percentile(values, 20)
    return np.asarray(np.where(clear > part * clear.max(), clear, 0), np.float32)


def _tails(values: Floats) -> tuple[float, float]:
    """Where all but a little of the sum begins and ends, in entries."""
    summed = np.cumsum(values) / values.sum()
    first, last = (int(np.searchsorted(summed, share)) for share in _TAILS)
    return float(first), float(min(last, len(values) - 1) + 1)


def _mean(values: Sequence[Floats]) -> Floats:
    return np.asarray(np.mean(values, axis=0), np.float32)


def _centre(values: Floats) -> float:
    return float((np.arange(len(values)) + 0.5) @ values) / max(float(values.sum()), 1e-9)
