"""Bursts of chat: where a crowd begins to write, and so when the thing it writes about was.

The rise of a burst lies closer to the event than its summit, and closer to the same distance from stream to stream; so the
edges hang on the onset and no lag has to be known. Method: walk back from the peak to a share of its height.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from appliance.signals.grid import Floats

ONSET_SHARE = 0.6
_FURTHEST = 45  # seconds; a longer climb is a mood, not a burst
_APART = 12


@dataclass(frozen=True, slots=True)
class Burst:
    """Seconds on the source's clock, and the height in local deviations."""

    onset: float
    peak: float
    end: float
    height: float


def bursts(values: Floats, least: float = 0.5) -> tuple[Burst, ...]:
    """The bursts of a chat curve, highest first, at least 12 s apart."""
    known = np.nan_to_num(values, nan=-1.0)
    inner = np.flatnonzero((known[1:-1] >= known[:-2]) & (known[1:-1] > known[2:])) + 1
    order = inner[np.argsort(-known[inner], kind="stable")]
    taken: list[Burst] = []
    used = np.zeros(len(known), dtype=np.bool_)
    for peak in order:
        if known[peak] < least:
            break
        if used[peak]:
            continue
        used[max(0, peak - _APART) : peak + _APART + 1] = True
        taken.append(_burst(known, int(peak)))
    return tuple(taken)


def _burst(values: Floats, peak: int) -> Burst:
    share = ONSET_SHARE * values[peak]
    onset = peak
    while onset > max(0, peak - _FURTHEST) and values[onset - 1] > share:
        onset -= 1
    end = peak
    while end < min(len(values) - 1, peak + _FURTHEST) and values[end + 1] > share:
        end += 1
    return Burst(float(onset), float(peak), float(end), float(values[peak]))
