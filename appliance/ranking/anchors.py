"""Where moments may be: a wanted stretch around every burst of chat and every summit of the other signals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from appliance.domain.span import Span
from appliance.ranking.bursts import bursts
from appliance.ranking.classic import peaks
from appliance.ranking.options import RankOptions
from appliance.ranking.payoffs import Payoff
from appliance.ranking.weights import WEIGHTS, Weight
from appliance.signals.evidence import Opinion
from appliance.signals.grid import Floats, smooth

_PER_HOUR = 30
_LEAST = 40
_BEFORE = 31.0  # chat reacts late: the event lies this long before the onset of the burst, or later
_STORY = 24.0  # seconds that usually lead to a reaction; sentences and pauses decide
_USUAL_SECONDS = 42.0
_LATE_SECONDS = 45.0  # chat says where, not when exactly: a little more room


@dataclass(frozen=True, slots=True)
class Anchor:
    """`core` has to be in the moment, `ideal` would be the moment if there were no sentences.

    `late` ones come from chat; `told` ones from a reaction that a story ends in.
    """

    core: Span
    ideal: Span
    peak: float
    strength: float
    late: bool = False
    told: bool = False


def weight_of(signal: str, options: RankOptions) -> Weight:
    """The shipped weight times what the person set for the signal, or for the signal that it is a part of."""
    shipped = WEIGHTS.get(signal, Weight(0.0))
    factor = options.weights.get(signal, options.weights.get(signal.partition(".")[0], 1.0))
    return Weight(shipped.value * factor, shipped.low, shipped.high, shipped.lead, shipped.tail)


def fused(curves: Mapping[str, Floats], options: RankOptions, length: int) -> Floats:
    """The weighted sum of all signals that happen at the time of the event: all but chat. What is not known counts 0."""
    total = np.zeros(length)
    for name, values in curves.items():
        weight = weight_of(name, options)
        if is_late(name) or weight.value == 0:
            continue
        total += weight.value * np.clip(np.nan_to_num(values), max(weight.low, -1.0), weight.high)
    return total


def is_late(name: str) -> bool:
    """Whether the signal tells of something that was before it: what people wrote."""
    return name.startswith(("chat", "kick-classic"))


def anchors(curves: Mapping[str, Floats], options: RankOptions, seconds: float) -> tuple[Anchor, ...]:
    """Up to thirty an hour (at least forty in all) from chat and as many from the other signals, strongest first."""
    length = len(next(iter(curves.values())))
    limit = max(_LEAST, int(_PER_HOUR * seconds / 3600))
    found: list[Anchor] = []
    if "chat" in curves and weight_of("chat", options).value > 0:
        found += _from_chat(curves["chat"], options, seconds)[:limit]
    if "kick-classic" in curves and weight_of("kick-classic", options).value > 0:
        found += _from_classic(curves["kick-classic"], options, seconds)[:limit]
    total = fused(curves, options, length)
    if float(np.ptp(total)) > 0:
        found += _from_sum(total, options, seconds)[:limit]
    return tuple(found)


def _from_chat(values: Floats, options: RankOptions, seconds: float) -> list[Anchor]:
    wanted = min(max(_LATE_SECONDS, options.min_seconds), options.max_seconds)
    out = []
    for burst in bursts(values):
        start = max(0.0, burst.onset - _BEFORE)
        end = min(seconds, start + wanted)
        core = Span(min(start + 5.0, end), max(min(start + 0.6 * wanted, end), min(start + 5.0, end)))
        out.append(Anchor(core, Span(start, end), burst.peak, burst.height, late=True))
    return out


def _from_classic(values: Floats, options: RankOptions, seconds: float) -> list[Anchor]:
    out = []
    for peak, span in peaks(values, options.max_seconds):
        ideal = Span(min(span.start, seconds), min(span.end, seconds))
        out.append(Anchor(Span(peak, peak).clamp(ideal), ideal, peak, float(values[int(peak)]), late=True))
    return out


def from_judge(opinions: Sequence[Opinion], options: RankOptions, seconds: float) -> tuple[Anchor, ...]:
    """The stretches that a judge scored, as they were: what it liked can then be chosen as it was shown."""
    whole = Span(0.0, seconds)
    out = []
    for opinion in sorted(opinions, key=lambda opinion: -opinion.score):
        ideal = Span(opinion.start, max(opinion.start, opinion.end)).clamp(whole)
        if options.min_seconds <= ideal.seconds <= options.max_seconds:
            middle = (ideal.start + ideal.end) / 2
            core = Span(min(ideal.start + 2.0, middle), max(ideal.end - 2.0, middle))
            out.append(Anchor(core, ideal, middle, opinion.score, late=True))
    return tuple(out)


def from_payoffs(found: Sequence[Payoff]) -> tuple[Anchor, ...]:
    """One moment for every reaction of an audience, strongest first: the story that leads to it, and the reaction itself."""
    return tuple(
        Anchor(
            Span(max(0.0, payoff.start - 3.0), payoff.end),
            Span(max(0.0, payoff.start - _STORY), payoff.end),
            payoff.start,
            payoff.height,
            told=True,
        )
        for payoff in sorted(found, key=lambda payoff: -payoff.height)
    )


def _from_sum(total: Floats, options: RankOptions, seconds: float) -> list[Anchor]:
    """The stretches of usual length with the highest mean, each around its highest second, none overlapping a better one."""
    wanted = round(min(max(_USUAL_SECONDS, options.min_seconds), options.max_seconds, max(seconds, 1.0)))
    wanted = max(1, min(wanted, len(total)))
    sums = np.concatenate(([0.0], np.cumsum(total)))
    means = (sums[wanted:] - sums[:-wanted]) / wanted
    soft = smooth(total, 2.0)
    out: list[Anchor] = []
    free = np.ones(len(means), dtype=np.bool_)
    for start in np.argsort(-means, kind="stable"):
        if not free[start]:
            continue
        free[max(0, start - wanted + 1) : start + wanted] = False
        peak = int(start) + int(np.argmax(soft[start : start + wanted]))
        end = min(float(start + wanted), seconds)
        core = Span(max(float(start), peak - 3.0), max(float(start), peak - 3.0, min(peak + 3.0, end)))
        out.append(Anchor(core, Span(float(start), max(end, float(start))), float(peak), float(means[start])))
    return out
