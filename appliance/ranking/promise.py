"""Which stretches to listen to first, where a machine is too slow to transcribe everything."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from appliance.domain.curve import Curve
from appliance.domain.span import Span, merge
from appliance.ranking.anchors import Anchor, anchors
from appliance.ranking.options import RankOptions
from appliance.signals.evidence import Evidence
from appliance.signals.grid import cells, fit, floats

_CONTEXT = 20.0  # seconds on either side, so that the sentences around an edge are known
_PARTS = 6


def promising(
    evidence: Evidence, curves: Sequence[Curve], share: float, options: RankOptions | None = None
) -> tuple[Span, ...]:
    """Stretches in order of time that hold the strongest anchors, together about `share` (0..1) of the source.

    Anchors are taken in turn from each sixth of the source, the strongest first, so that none of it is deaf. Without any
    signal the share is spread evenly. A share of 1, or a source of two minutes or less, gives all of it.
    """
    options = options or RankOptions()
    whole = (Span(0.0, evidence.seconds),)
    if share >= 1.0 or evidence.seconds <= 120.0:
        return whole
    budget = max(share, 0.0) * evidence.seconds
    grid = {curve.signal: fit(floats(curve), cells(evidence.seconds)) for curve in curves}
    found = anchors(grid, options, evidence.seconds) if grid else ()
    wanted = [anchor.ideal.pad(_CONTEXT, _CONTEXT).clamp(whole[0]) for anchor in _in_turn(found, evidence.seconds)]
    # What is left over when the anchors are used up goes evenly over the rest.
    wanted += [
        Span(float(start), min(float(start) + 60.0, evidence.seconds))
        for start in np.linspace(0.0, evidence.seconds - 60.0, max(1, int(budget // 60.0)))
    ]
    taken: tuple[Span, ...] = ()
    for span in wanted:
        grown = merge((*taken, span), gap=10.0)
        if sum(one.seconds for one in grown) > budget and taken:
            break
        taken = grown
    return taken


def _in_turn(found: Sequence[Anchor], seconds: float) -> list[Anchor]:
    """The strongest of every part, then the second strongest of every part, and so on."""
    parts: dict[int, list[Anchor]] = {}
    for anchor in sorted(found, key=lambda anchor: -anchor.strength):
        parts.setdefault(int(_PARTS * anchor.peak / seconds), []).append(anchor)
    order = [(turn, -anchor.strength, anchor) for part in parts.values() for turn, anchor in enumerate(part)]
    return [anchor for _, _, anchor in sorted(order, key=lambda entry: entry[:2])]
