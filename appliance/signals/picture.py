"""Cuts and motion: where the picture changes more than usual."""

from __future__ import annotations

import numpy as np

from appliance.domain.curve import Curve, Missing
from appliance.signals import grid
from appliance.signals.base import Signal, lack
from appliance.signals.evidence import Evidence

NAME = "picture"


def measure(evidence: Evidence) -> tuple[Curve, ...] | Missing:
    """The change between key frames, a cut counting half as much again, smoothed over 5 s, against the usual."""
    picture = evidence.picture
    if picture is None:
        return lack(evidence, "picture", NAME, "there is no picture")
    if len(picture.times) < 4:
        return Missing(NAME, "the picture has too few key frames to see motion in", "")
    change = picture.change.astype(np.float64) * (1.0 + 0.5 * picture.cut_score.astype(np.float64))
    if float(np.ptp(change)) < 1e-3:
        return Missing(NAME, "the picture hardly changes", "")
    seconds = np.arange(grid.cells(evidence.seconds)) + 0.5
    times = picture.times.astype(np.float64)
    values = np.interp(seconds, times, change)
    return (grid.curve(NAME, grid.deviation(values, 5.0, 0.02)),)


SIGNAL = Signal(NAME, "Cuts and motion", measure)
