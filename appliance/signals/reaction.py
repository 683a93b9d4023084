"""Non-speech excess: sound like laughter, applause or cheering - loud, noise-like, and not covered by words."""

from __future__ import annotations

import numpy as np

from appliance.domain.curve import Curve, Missing
from appliance.domain.transcript import Transcript
from appliance.signals import grid
from appliance.signals.base import Signal, lack
from appliance.signals.evidence import Evidence, SoundScan

NAME = "reaction"


def measure(evidence: Evidence) -> tuple[Curve, ...] | Missing:
    """How much of each second is loud, noise-like and wordless, smoothed over 2 s, against the usual."""
    sound = evidence.sound
    if sound is None:
        return lack(evidence, "sound", NAME, "there is no sound to hear laughter or applause in")
    if not len(sound.rms_db) or float(sound.rms_db.max()) < -90.0:
        return Missing(NAME, "the sound is silent throughout", "Check that the right sound track was chosen.")
    length = grid.cells(evidence.seconds)
    excess = grid.fit(noise(sound), length)
    if evidence.transcript is not None:
        words = worded(evidence.transcript, length)
        excess = np.maximum(excess * (1.0 - 0.8 * words), _wordless(sound, words, length))
    return (grid.curve(NAME, grid.deviation(excess, 2.0, 0.05)),)


def noise(sound: SoundScan) -> grid.Floats:
    """How noise-like and loud every second is, 0..1: spectrum flat or hissing, no clear pitch, level near the usual speech or above.

    Laughter and applause last: a second counts by the weaker of its own and its neighbourhood's value, so that a
    single consonant or click does not.
    """
    level = sound.rms_db.astype(np.float64)
    heard = level[level > -60.0]
    usual = float(np.median(heard)) if len(heard) else -30.0
    loud = np.clip((level - usual + 9.0) / 9.0, 0.0, 1.5)
    flat = _above_usual(sound.flatness.astype(np.float64), heard_at=level > -60.0)
    hiss = _above_usual(sound.zero_crossings.astype(np.float64), heard_at=level > -60.0)
    unpitched = np.clip(1.0 - sound.harmonic.astype(np.float64), 0.0, 1.0)
    own = loud * (0.4 * flat + 0.3 * hiss + 0.3 * unpitched)
    return np.minimum(own, 1.25 * grid.smooth(own, 1.0))


def _wordless(sound: SoundScan, words: grid.Floats, length: int) -> grid.Floats:
    """Loud seconds between words in which none is spoken: a laugh may have a pitch like a voice, but it has no words.

    Only where somebody speaks around there; a long stretch without words is music or play.
    """
    level = sound.rms_db.astype(np.float64)
    spoken = level[: len(words)][words[: len(level)] > 0.5]
    if not len(spoken):
        return np.zeros(length)
    loud = np.clip((level - float(np.median(spoken)) + 6.0) / 6.0, 0.0, 1.5)
    own = grid.fit(loud * (1.0 - 0.5 * sound.harmonic.astype(np.float64)), length)
    return np.where(grid.smooth(words, 8.0) > 0.15, 0.6 * own * (1.0 - words), 0.0)


def worded(transcript: Transcript, length: int) -> grid.Floats:
    """The share of every second that exactly timed words cover."""
    edges = np.zeros(length + 1)
    for word in transcript.words:
        if not word.exact:
            continue  # a spread word reaches over the laughter in its cue
        first, last = int(word.start), min(int(word.end), length - 1)
        for second in range(max(first, 0), last + 1):
            edges[second] += max(0.0, min(word.end, second + 1) - max(word.start, second))
    return np.clip(edges[:length], 0.0, 1.0)


def _above_usual(values: grid.Floats, heard_at: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> grid.Floats:
    """0 at the usual value, 1 at three deviations above it."""
    heard = values[heard_at] if heard_at.any() else values
    middle = float(np.median(heard))
    spread = 1.4826 * float(np.median(np.abs(heard - middle)))
    return np.clip((values - middle) / (3.0 * max(spread, 0.1 * abs(middle), 1e-6)), 0.0, 1.0)


SIGNAL = Signal(NAME, "Laughter and applause", measure)
