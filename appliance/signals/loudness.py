"""Loudness: where it is louder than usual around there."""

from __future__ import annotations

import numpy as np

from appliance.domain.curve import Curve, Missing
from appliance.signals import grid
from appliance.signals.base import Signal, lack
from appliance.signals.evidence import Evidence

NAME = "loudness"
_SILENCE_DB = -90.0
_QUIET_DB = -60.0  # below this differences say nothing about the speaker
_SPREAD_DB = 3.0  # a level that moves less than this is steady


def measure(evidence: Evidence) -> tuple[Curve, ...] | Missing:
    """Level in dB, smoothed over 2 s, against the usual level."""
    if evidence.sound is None:
        return lack(evidence, "sound", NAME, "there is no sound", "Choose a file with a sound track.")
    level = evidence.sound.rms_db.astype(np.float64)
    if not len(level) or float(np.max(level)) < _SILENCE_DB:
        return Missing(NAME, "the sound is silent throughout", "Check that the right sound track was chosen.")
    level = grid.fit(np.maximum(level, _QUIET_DB), grid.cells(evidence.seconds))
    return (grid.curve(NAME, grid.deviation(level, 2.0, _SPREAD_DB)),)


SIGNAL = Signal(NAME, "Loudness", measure)
