"""Where things happen in a shot, from motion and fine structure alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from appliance.planning.framing_footage import Floats, Look

_MOTION = 0.75  # how much motion counts against fine structure


@dataclass(frozen=True, slots=True)
class Attention:
    """The middle of what happens, the share of it that a window of the asked width around `x` holds, and how lively the whole
    picture is, in grey levels a picture.
    """

    x: float
    y: float
    share: float
    lively: float = 0.0


def attention(looks: Sequence[Look], width: float) -> Attention:
    """Where a window of `width` (share of the picture) holds most. Without any motion or structure: the middle."""
    seen = [look for look in looks if look.motion.size]
    if not seen:
        return Attention(0.5, 0.5, width)
    columns = _energy([look.motion for look in seen], [look.detail for look in seen])
    lively = float(np.median([look.motion.mean() for look in seen]))
    if columns.sum() <= 0:
        return Attention(0.5, 0.5, width, lively)
    span = max(1, round(width * len(columns)))
    sums = np.convolve(columns, np.ones(span), mode="valid")
    best = int(np.argmax(sums))
    inside = columns[best : best + span]
    centre = best + float((np.arange(span) + 0.5) @ inside) / max(float(inside.sum()), 1e-9)
    rows = np.mean([look.rows for look in seen], axis=0)
    rows = np.clip(rows - np.median(rows), 0, None)
    down = float((np.arange(len(rows)) + 0.5) @ rows) / float(rows.sum()) / len(rows) if rows.sum() > 0 else 0.5
    return Attention(centre / len(columns), down, float(sums[best] / columns.sum()), lively)


def _energy(motion: Sequence[Floats], detail: Sequence[Floats]) -> Floats:
    """Motion and structure per column above their own floor, each scaled to a sum of one."""
    moving = _share(np.mean(motion, axis=0))
    fine = _share(np.mean(detail, axis=0))
    weight = _MOTION if moving.sum() > 0 else 0.0
    return np.asarray(weight * moving + (1 - weight) * fine, np.float32)


def _share(values: Floats) -> Floats:
    above = np.clip(values - np.percentile(values, 30), 0, None)
    total = float(above.sum())
    return np.asarray(above / total if total > 0.02 * len(values) else above * 0, np.float32)
