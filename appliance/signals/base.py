"""What a signal is: a name, words for people, and a pure function from evidence to curves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from appliance.domain.curve import Curve, Missing
from appliance.signals.evidence import Evidence

# One curve, or a main curve followed by the finer ones that it is made of (their names begin with `name.`).
Measure = Callable[[Evidence], tuple[Curve, ...] | Missing]


@dataclass(frozen=True, slots=True)
class Signal:
    """One way to see where something happens. `label` is what people read beside its bar and its line in the plot.

    `measure` answers curves at 1 Hz whose values are robust local deviations, -1 to 6, where 0 is what is usual around
    there and NaN says that nothing is known; or Missing with the reason, when the evidence has nothing for it.
    `preset` names the chat preset that it belongs to; empty: it is always measured.
    """

    name: str
    label: str
    measure: Measure
    preset: str = ""


def lack(evidence: Evidence, kind: str, signal: str, why: str, hint: str = "") -> Missing:
    """Missing for `signal`: what the evidence itself says of the kind's absence, else `why` and `hint`."""
    known = evidence.lacks.get(kind)
    return Missing(signal, known.why, known.hint or hint) if known else Missing(signal, why, hint)
