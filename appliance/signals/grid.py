"""Arithmetic on the one-second grid that all signals share."""

from __future__ import annotations

import math
from array import array

import numpy as np
from numpy.typing import NDArray

from appliance.domain.curve import Curve

Floats = NDArray[np.float64]

LOWEST, HIGHEST = -1.0, 6.0
BASELINE_SECONDS = 1200  # what is usual is judged over twenty minutes: long streams change their mood
_BASELINE_STEP = 30


def cells(seconds: float) -> int:
    """How many one-second cells a source of that length has (at least one)."""
    return max(1, math.ceil(seconds - 1e-6))


def curve(signal: str, values: Floats) -> Curve:
    """The values as a Curve at 1 Hz."""
    return Curve(signal, 1.0, array("f", np.asarray(values, dtype=np.float32).tobytes()))


def floats(source: Curve) -> Floats:
    """A curve's values as float64."""
    return np.frombuffer(source.values, dtype=np.float32).astype(np.float64)


def fit(values: Floats | NDArray[np.float32], length: int) -> Floats:
    """The values on a grid of `length` cells: cut, or filled up with NaN."""
    out = np.full(length, np.nan)
    kept = min(length, len(values))
    out[:kept] = values[:kept]
    return out


def smooth(values: Floats, sigma: float) -> Floats:
    """Gaussian smoothing (`sigma` in seconds) that ignores NaN and does not fade at the ends."""
    reach = int(np.ceil(3 * sigma))
    taps = np.exp(-0.5 * (np.arange(-reach, reach + 1) / max(sigma, 1e-6)) ** 2)
    known = np.isfinite(values)
    total = np.convolve(np.where(known, values, 0.0), taps)[reach : reach + len(values)]
    share = np.convolve(known.astype(np.float64), taps)[reach : reach + len(values)]
    out = np.full(len(values), np.nan)
    np.divide(total, share, out=out, where=known & (share > 0))
    return out


def baseline(values: Floats, window: float = BASELINE_SECONDS) -> tuple[Floats, Floats]:
    """What is usual around every second: rolling median and scaled median absolute deviation, NaN ignored.

    Both are taken every 30 s over `window` seconds and joined by straight lines. An all-NaN neighbourhood takes the
    whole curve's.
    """
    known = values[np.isfinite(values)]
    if not len(known):
        return np.zeros(len(values)), np.ones(len(values))
    middle, spread = _median(known), 0.0
    spread = _deviation(known, middle)
    centres = np.arange(0, len(values) + _BASELINE_STEP, _BASELINE_STEP)
    medians, spreads = np.empty(len(centres)), np.empty(len(centres))
    for at, centre in enumerate(centres):
        # A window at the edge keeps its length: the first minutes are judged by the first twenty.
        begin = int(min(max(0, centre - window / 2), max(0, len(values) - window)))
        near = values[begin : begin + int(window)]
        near = near[np.isfinite(near)]
        if len(near) < min(60, len(known)):
            medians[at], spreads[at] = middle, spread
        else:
            medians[at] = _median(near)
            spreads[at] = _deviation(near, medians[at])
    seconds = np.arange(len(values))
    return np.interp(seconds, centres, medians), np.interp(seconds, centres, spreads)


def deviation(values: Floats, sigma: float, floor: float = 0.0, window: float = BASELINE_SECONDS) -> Floats:
    """Smoothed values as robust local deviations, cut to -1..6. `floor` is the smallest spread that counts as one.

    Method: rolling median and MAD. The spread is never taken below a quarter of the whole curve's standard deviation, so
    that a curve which is flat nearly everywhere does not turn its first stir into a summit.
    """
    soft = smooth(values, sigma) if sigma > 0 else values
    known = soft[np.isfinite(soft)]
    if not len(known):
        return soft
    middle, spread = baseline(soft, window)
    least = max(floor, 0.25 * float(known.std()), 1e-9)
    return np.clip((soft - middle) / np.maximum(spread, least), LOWEST, HIGHEST)


def _median(values: Floats) -> float:
    return float(np.median(values))


def _deviation(values: Floats, middle: float) -> float:
    return 1.4826 * float(np.median(np.abs(values - middle)))
