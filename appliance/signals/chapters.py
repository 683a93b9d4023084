"""Chapters: where the maker of the video says that something new begins."""

from __future__ import annotations

import numpy as np

from appliance.domain.curve import Curve, Missing
from appliance.signals import grid
from appliance.signals.base import Signal, lack
from appliance.signals.evidence import Evidence

NAME = "chapters"
_FRESH = 45.0  # the beginning of a chapter says what it is about


def measure(evidence: Evidence) -> tuple[Curve, ...] | Missing:
    """1 just after a chapter begins, falling to 0 within 45 s. The first chapter begins with the video and does not count."""
    if not evidence.chapters or len(evidence.chapters) < 2:
        return lack(evidence, "chapters", NAME, "the video has no chapters")
    seconds = np.arange(grid.cells(evidence.seconds), dtype=np.float64)
    values = np.zeros(len(seconds))
    for chapter in sorted(evidence.chapters, key=lambda chapter: chapter.start)[1:]:
        since = seconds - chapter.start
        values = np.maximum(values, np.where(since >= 0, 1.0 - since / _FRESH, 0.0))
    return (grid.curve(NAME, values),)


SIGNAL = Signal(NAME, "Chapters", measure)
