"""The score of a stretch: one term per signal, added up in log-odds, shown as a chance."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from appliance.domain.span import Span
from appliance.ranking.anchors import weight_of
from appliance.ranking.options import RankOptions
from appliance.ranking.weights import BEYOND, INTERCEPT, KNEE, SLOPE, WEIGHTS, Weight
from appliance.signals.grid import Floats

_TOP = 12  # the strongest seconds that stand for a stretch
_TOP_LATE = 20  # a chat goes on writing for a while
_BEFORE = 25  # seconds of a moment in which its chat should still be quiet
_OPENING, _OPENING_SHARE = 400.0, 0.15  # seconds in which a chat says hello and waits


@dataclass(frozen=True, slots=True)
class Term:
    """What a signal adds, already in the log-odds that the chance is made of; `feature` is what it was made from."""

    signal: str
    weight: float
    feature: float


def terms(curves: Mapping[str, Floats], span: Span, options: RankOptions) -> tuple[Term, ...]:
    """The terms of a stretch, strongest first. A signal that knows nothing there adds nothing."""
    found = []
    for name, feature in _features(curves, span):
        weight = weight_of(name, options)
        if weight.value:
            found.append(Term(name, SLOPE * weight.value * min(max(feature, weight.low), weight.high), feature))
    return tuple(sorted(found, key=lambda term: -abs(term.weight)))


def _features(curves: Mapping[str, Floats], span: Span) -> Iterator[tuple[str, float]]:
    for name, values in curves.items():
        if name == "chat":
            yield from _chat(curves, span)
        elif name == "judge":
            yield from _judge(values, span)
        elif not name.startswith("chat."):
            weight = WEIGHTS.get(name, Weight(0.0))
            feature = strongest(values, span.start + weight.lead, span.end + weight.tail)
            if feature is not None:
                yield name, feature


def _chat(curves: Mapping[str, Floats], span: Span) -> Iterator[tuple[str, float]]:
    """The strongest seconds of the chat after the moment, how people wrote in those, and how busy they were before."""
    values, late = curves["chat"], WEIGHTS["chat"]  # a chat is known throughout, so none of this is NaN
    first = min(max(0, int(span.start + late.lead)), len(values) - 1)
    near = values[first : max(first + 1, math.ceil(span.end + late.tail))]
    places = first + np.argsort(near, kind="stable")[-_TOP_LATE:]
    yield "chat", float(values[places].mean())
    for name, part in curves.items():
        if name.startswith("chat."):
            yield name, float(part[places].mean())
    begin = min(max(0, int(span.start)), len(values) - 1)
    yield "chat.before", float(values[begin : begin + _BEFORE].mean())
    yield "chat.opening", max(0.0, 1.0 - span.start / min(_OPENING, _OPENING_SHARE * len(values)))


def _judge(values: Floats, span: Span) -> Iterator[tuple[str, float]]:
    """The mean of a judge's standing over the whole moment: what it was not shown speaks neither for nor against."""
    near = values[max(0, round(span.start)) : max(1, round(span.end))]
    if len(near) and np.isfinite(near).any():
        yield "judge", float(np.nan_to_num(near).mean())


def strongest(values: Floats, start: float, end: float) -> float | None:
    """The mean of the twelve strongest seconds of a stretch; None where nothing is known."""
    near = values[max(0, int(start)) : max(0, math.ceil(end))]
    near = near[np.isfinite(near)]
    if not len(near):
        return None
    return float(np.sort(near)[-_TOP:].mean())


def logit(found: tuple[Term, ...]) -> float:
    """All terms and the base together, held back above `KNEE`."""
    whole = INTERCEPT + sum(term.weight for term in found)
    return whole + held_back(whole)


def held_back(log_odds: float) -> float:
    """What is taken from a high sum, 0 or less: signals agree with one another more often than with people."""
    return min(0.0, (BEYOND - 1.0) * (log_odds - KNEE))


def chance(log_odds: float) -> float:
    """Log-odds as a chance, 0 to 1."""
    return 1.0 / (1.0 + math.exp(-max(min(log_odds, 30.0), -30.0)))
