"""Onset: where the sound suddenly rises, as at a shout, a crash or a cheer."""

from __future__ import annotations

import numpy as np

from appliance.domain.curve import Curve, Missing
from appliance.signals import grid
from appliance.signals.base import Signal, lack
from appliance.signals.evidence import Evidence

NAME = "onset"
_RISE_DB = 6.0  # half of this within a second is everyday speech


def measure(evidence: Evidence) -> tuple[Curve, ...] | Missing:
    """The rise of the level over the four seconds before, and of the spectrum, smoothed over 2 s."""
    sound = evidence.sound
    if sound is None:
        return lack(evidence, "sound", NAME, "there is no sound", "Choose a file with a sound track.")
    level = np.maximum(sound.rms_db.astype(np.float64), -60.0)
    if not len(level) or float(level.max()) <= -60.0:
        return Missing(NAME, "the sound is silent throughout", "Check that the right sound track was chosen.")
    # The level against the mean of the four seconds before it; the first second has no before.
    sums = np.concatenate(([0.0], np.cumsum(level)))
    at = np.arange(len(level))
    begin = np.maximum(at - 4, 0)
    before = np.where(at > 0, (sums[at] - sums[begin]) / np.maximum(at - begin, 1), level)
    rise = np.maximum(level - before, 0.0) / _RISE_DB
    flux = sound.flux.astype(np.float64)
    scale = float(np.median(flux)) if len(flux) else 0.0
    if scale > 0:
        rise = rise[: len(flux)] + 0.5 * np.maximum(flux[: len(rise)] / scale - 1.0, 0.0)
    return (grid.curve(NAME, grid.deviation(grid.fit(rise, grid.cells(evidence.seconds)), 2.0, 0.25)),)


SIGNAL = Signal(NAME, "Sudden sounds", measure)
