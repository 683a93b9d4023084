"""The moments of the preset `kick-classic`: peaks above mean + 1.5 deviations, highest first, edges where the slope turns."""

from __future__ import annotations

import numpy as np

from appliance.domain.span import Span
from appliance.signals.grid import Floats, smooth
from appliance.signals.kick_classic import K

_LEVEL = 0.02  # deviations a second; a slope less steep than this has turned


def peaks(values: Floats, longest: float) -> tuple[tuple[float, Span], ...]:
    """The peaks with their stretches, highest first; none lies in the stretch of a higher one."""
    curve = smooth(np.nan_to_num(values), 2.0)
    order = np.argsort(-curve, kind="stable")
    free = np.ones(len(curve), dtype=np.bool_)
    found = []
    for peak in order:
        if curve[peak] < K:
            break
        if not free[peak]:
            continue
        start, end = _walk(curve, int(peak), -1, longest / 2), _walk(curve, int(peak), 1, longest / 2)
        free[start : end + 1] = False
        found.append((float(peak), Span(float(start), float(end))))
    return tuple(found)


def _walk(curve: Floats, peak: int, step: int, furthest: float) -> int:
    """From the peak downhill to where the curve no longer falls."""
    at = peak
    while 0 <= at + step < len(curve) and abs(at + step - peak) <= furthest and curve[at] - curve[at + step] > -_LEVEL:
        at += step
        if curve[at] < 0:
            break
    return at
