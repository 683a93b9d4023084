"""The shipped weights: few, without units, set by hand. docs/ranking.md tells where each comes from.

A term is `weight * clip(feature, low, high)`, in log-odds; the feature is a mean of robust local deviations, so that one
weight serves a quiet channel and a loud one.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Weight:
    """`lead` and `tail` move the window in which the signal is looked at against the moment (seconds): chat comes late."""

    value: float
    low: float = 0.0
    high: float = 4.0
    lead: float = 0.0
    tail: float = 0.0


_LATE = {"lead": 12.0, "tail": 12.0}
_MANNER = {"low": -3.0, "high": 6.0, **_LATE}

WEIGHTS: dict[str, Weight] = {
    # What people wrote. Counting people carries most; how they wrote says whether it was about the moment.
    "chat": Weight(0.45, -1.0, 6.0, **_LATE),
    "chat.before": Weight(-0.30, -1.0, 6.0),
    "chat.subject": Weight(-0.60, **_MANNER),
    "chat.emotes": Weight(0.30, **_MANNER),
    "chat.capitals": Weight(0.25, **_MANNER),
    "chat.brevity": Weight(0.10, **_MANNER),
    "chat.laughs": Weight(0.10, **_MANNER),
    "chat.copies": Weight(-0.10, **_MANNER),
    "chat.opening": Weight(-1.00),
    "kick-classic": Weight(0.45, -1.0, 6.0),
    # What is heard. A reaction of an audience is the best sign there is of something worth seeing.
    "reaction": Weight(0.45, tail=2.0),
    "pace": Weight(0.45, tail=1.0),
    "loudness": Weight(0.20),
    "onset": Weight(0.15),
    "wording": Weight(0.20),
    # What viewers did. Direct evidence, but coarse in time.
    "heatmap": Weight(0.50),
    "comments": Weight(0.40, lead=-5.0),
    "chapters": Weight(0.15),
    "picture": Weight(0.08),
    # A judge knows what is said; it is one voice among the others, and only the order of its scores counts.
    "judge": Weight(0.60, -3.0, 3.0),
    "query": Weight(1.20),
    "keywords": Weight(0.60),
}

# Chance shown = 1 / (1 + exp(-(INTERCEPT + SLOPE * sum of terms))). What goes beyond KNEE (a chance of 73 %) counts a quarter:
# in labelled chats sums of 1 to 3 were kept alike often, about three times in four.
INTERCEPT = -1.35
SLOPE = 1.0
KNEE = 1.0
BEYOND = 0.25
