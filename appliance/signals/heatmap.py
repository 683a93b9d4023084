"""Heatmap: what viewers played again."""

from __future__ import annotations

import numpy as np

from appliance.domain.curve import Curve, Missing
from appliance.signals import grid
from appliance.signals.base import Signal, lack
from appliance.signals.evidence import Evidence

NAME = "heatmap"


def measure(evidence: Evidence) -> tuple[Curve, ...] | Missing:
    """The most-replayed value of every second, against the usual.

    Everybody sees the beginning, so the first bucket says nothing and takes the value of the second.
    """
    buckets = sorted(evidence.heatmap or (), key=lambda bucket: bucket.start)
    if len(buckets) < 2:
        return lack(evidence, "heatmap", NAME, "the platform shows no most-replayed curve for this video")
    length = grid.cells(evidence.seconds)
    values = np.full(length, np.nan)
    for place, bucket in enumerate(buckets):
        value = buckets[1].value if place == 0 else bucket.value
        begin, end = int(max(bucket.start, 0.0)), int(np.ceil(min(bucket.end, length)))
        values[begin:end] = value
    known = values[np.isfinite(values)]
    if not len(known) or float(np.ptp(known)) < 1e-6:
        return Missing(NAME, "the most-replayed curve is flat", "")
    # Buckets are wide; a baseline of twenty minutes would hold only a few of them, so the whole video is the measure.
    return (grid.curve(NAME, grid.deviation(values, 2.0, 0.05, window=max(length, 1))),)


SIGNAL = Signal(NAME, "Most replayed", measure)
