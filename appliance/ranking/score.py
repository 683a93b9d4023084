"""The score of a stretch: one term per signal, added up in log-odds, shown as a chance."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from appliance.domain.span import Span
from appliance.ranking.anchors import weight_of
from appliance.ranking.options import RankOptions
from appliance.ranking.weights import INTERCEPT, SLOPE
from appliance.signals.grid import Floats

_TOP = 8  # the strongest seconds that stand for a stretch


@dataclass(frozen=True, slots=True)
class Term:
    """What a signal adds, already in the log-odds that the chance is made of; `feature` is what it was made from."""

    signal: str
    weight: float
    feature: float


def terms(curves: Mapping[str, Floats], span: Span, options: RankOptions) -> tuple[Term, ...]:
    """The terms of a stretch, strongest first. A signal that knows nothing there adds nothing."""
    found = []
    for name, values in curves.items():
        weight = weight_of(name, options)
        if weight.value == 0:
            continue
        feature = strongest(values, span.start + weight.lead, span.end + weight.tail)
        if feature is None:
            continue
        found.append(Term(name, SLOPE * weight.value * min(max(feature, weight.low), weight.high), feature))
    return tuple(sorted(found, key=lambda term: -abs(term.weight)))


def strongest(values: Floats, start: float, end: float) -> float | None:
    """The mean of the eight strongest seconds of a stretch; None where nothing is known."""
    near = values[max(0, int(start)) : max(0, math.ceil(end))]
    near = near[np.isfinite(near)]
    if not len(near):
        return None
    return float(np.sort(near)[-_TOP:].mean())


def logit(found: tuple[Term, ...]) -> float:
    """All terms and the base together."""
    return INTERCEPT + sum(term.weight for term in found)


def chance(log_odds: float) -> float:
    """Log-odds as a chance, 0 to 1."""
    return 1.0 / (1.0 + math.exp(-max(min(log_odds, 30.0), -30.0)))
