"""Comment times: where viewers' comments point to, as in "12:34 killed me"."""

from __future__ import annotations

import math
import re

import numpy as np

from appliance.domain.curve import Curve, Missing
from appliance.signals import grid
from appliance.signals.base import Signal, lack
from appliance.signals.evidence import Evidence

NAME = "comments"
_TIME = re.compile(r"(?<![\d:.])(?:(\d{1,2}):)?([0-5]?\d):([0-5]\d)(?![\d:])")
_LIST = 4  # a comment with more times than this is a table of contents: each counts less


def measure(evidence: Evidence) -> tuple[Curve, ...] | Missing:
    """Each named time counts log(1 + likes) + 0.5, spread over the seconds around it."""
    if not evidence.comments:
        return lack(evidence, "comments", NAME, "there are no comments", "Fetch the video with its comments.")
    length = grid.cells(evidence.seconds)
    weight = np.zeros(length)
    for comment in evidence.comments:
        times = [time for time in named_times(comment.text) if time < evidence.seconds]
        share = (math.log1p(max(comment.likes, 0)) + 0.5) / max(1.0, len(times) / _LIST)
        for time in times:
            weight[int(time)] += share
    if not weight.any():
        return Missing(NAME, "no comment names a time", "")
    # People name the time where a thing begins, rarely more than a few seconds off.
    near = grid.smooth(weight, 5.0)
    return (grid.curve(NAME, np.clip(6.0 * near / max(float(near.max()), 0.1), 0.0, 6.0)),)


def named_times(text: str) -> list[float]:
    """The times a text names as m:ss or h:mm:ss, in seconds, in order."""
    return [int(found[1] or 0) * 3600.0 + int(found[2]) * 60.0 + int(found[3]) for found in _TIME.finditer(text)]


SIGNAL = Signal(NAME, "Times named in comments", measure)
