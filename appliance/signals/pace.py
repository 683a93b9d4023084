"""Pauses and pace: time that the words do not account for.

A sentence that takes longer than its letters need was followed by a pause, a laugh or applause, or was spoken with
weight; with cue-timed subtitles this excess slot time is the best single sign of an audience's reaction.
"""

from __future__ import annotations

import numpy as np

from appliance.domain.curve import Curve, Missing
from appliance.domain.transcript import Transcript
from appliance.signals import grid
from appliance.signals.base import Signal, lack
from appliance.signals.evidence import Evidence

NAME = "pace"
_LONGEST_GAP = 6.0  # a gap longer than this is nobody speaking, no pause in a speech


def measure(evidence: Evidence) -> tuple[Curve, ...] | Missing:
    """Seconds of every second that words do not account for, smoothed over 3 s, against the usual."""
    transcript = evidence.transcript
    if transcript is None:
        return lack(evidence, "transcript", NAME, "nothing is known of the words", "Give subtitles or a Whisper model.")
    slack = excess(transcript, grid.cells(evidence.seconds))
    if slack is None:
        return Missing(NAME, "too few words to know the usual pace", "")
    return (grid.curve(NAME, grid.deviation(slack, 3.0, 0.05)),)


def excess(transcript: Transcript, length: int) -> grid.Floats | None:
    """For every second the share that the usual pace of this speaker does not need; NaN where nobody spoke. None below 20 words."""
    words = list(transcript.words)
    if len(words) < 20:
        return None
    starts = np.array([word.start for word in words])
    letters = np.array([len(word.text) + 1.0 for word in words])
    slots = np.diff(np.append(starts, words[-1].end))
    spoken = np.array([word.end - word.start for word in words])
    slots = np.where(slots > _LONGEST_GAP, spoken, np.maximum(slots, 0.0))
    usable = slots > 0
    if usable.sum() < 20:
        return None
    need = _seconds_per_letter(slots[usable], letters[usable])
    slack, known = np.zeros(length + 1), np.zeros(length + 1)
    for start, slot, spare in zip(starts, slots, slots - need * letters, strict=True):
        _spread(slack, known, start, slot, spare)
    return np.where(known[:length] > 0.2, slack[:length] / np.maximum(known[:length], 0.2), np.nan)


def _seconds_per_letter(slots: grid.Floats, letters: grid.Floats) -> float:
    """The usual pace: the median over runs of eight words, so that single short words do not rule."""
    runs = max(1, len(slots) // 8)
    taken = np.add.reduceat(slots, np.arange(0, len(slots), 8))[:runs]
    written = np.add.reduceat(letters, np.arange(0, len(letters), 8))[:runs]
    return float(np.median(taken / written))


def _spread(slack: grid.Floats, known: grid.Floats, start: float, slot: float, spare: float) -> None:
    """Lay a slot's spare time evenly over its seconds."""
    if slot <= 0:
        return
    first, last = int(start), int(start + slot)
    for second in range(max(first, 0), min(last, len(slack) - 1) + 1):
        inside = min(start + slot, second + 1) - max(start, second)
        if inside > 0:
            slack[second] += spare * inside / slot
            known[second] += inside


SIGNAL = Signal(NAME, "Pauses and pace", measure)
