"""Judge: what a language model thought of the stretches it was shown."""

from __future__ import annotations

import numpy as np

from appliance.domain.curve import Curve, Missing
from appliance.signals import grid
from appliance.signals.base import Signal, lack
from appliance.signals.evidence import Evidence

NAME = "judge"


def measure(evidence: Evidence) -> tuple[Curve, ...] | Missing:
    """Scores around their own median in spreads of the scores, NaN where the judge was shown nothing.

    Only the order of a judge's scores means much, so they are taken relative to one another.
    """
    if not evidence.opinions:
        return lack(
            evidence, "opinions", NAME, "no language model was asked", "Name an endpoint in [llm] of clipper.toml."
        )
    scores = np.array([opinion.score for opinion in evidence.opinions], dtype=np.float64)
    middle, spread = float(np.median(scores)), max(float(scores.std()), 8.0)
    values = np.full(grid.cells(evidence.seconds), np.nan)
    for opinion, score in zip(evidence.opinions, scores, strict=True):
        begin, end = int(max(opinion.start, 0.0)), int(np.ceil(max(opinion.end, 0.0)))
        standing = float(np.clip((score - middle) / spread, -3.0, 3.0))
        values[begin:end] = np.fmax(values[begin:end], standing)
    return (grid.curve(NAME, values),)


SIGNAL = Signal(NAME, "The language model", measure)
