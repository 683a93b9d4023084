"""Running the signals over the evidence."""

from __future__ import annotations

from appliance.domain.curve import Curve, Missing
from appliance.ranking.options import RankOptions
from appliance.signals import SIGNALS
from appliance.signals.evidence import Evidence


def measure(evidence: Evidence, options: RankOptions | None = None) -> tuple[tuple[Curve, ...], tuple[Missing, ...]]:
    """Every signal's curves, and what is missing with its reason. A chat preset takes the place of the usual chat signal."""
    preset = options.chat_preset if options else ""
    curves: list[Curve] = []
    missing: list[Missing] = []
    for signal in SIGNALS:
        if signal.preset != preset and (signal.preset or (signal.name == "chat" and preset)):
            continue
        found = signal.measure(evidence)
        if isinstance(found, Missing):
            missing.append(found)
        else:
            curves.extend(found)
    return tuple(curves), tuple(missing)
