"""Non-speech excess: sound like laughter, applause or cheering - loud, noise-like, and not covered by words."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from appliance.domain.curve import Curve, Missing
from appliance.domain.transcript import Transcript
from appliance.signals import grid
from appliance.signals.base import Signal, lack
from appliance.signals.evidence import Evidence, SoundScan

NAME = "reaction"
_SPEECH = 0.25


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
    # Hissing consonants alone reach about 0.25; what lies below is speech.
    return (grid.curve(NAME, grid.deviation(np.maximum(excess - _SPEECH, 0.0), 2.0, 0.06)),)


def noise(sound: SoundScan) -> grid.Floats:
    """How noise-like and audible every second is, 0..1.2: the spectrum flat, no clear pitch, hissing, not far below the usual level.

    Laughter and applause last: a second counts by the weaker of its own and its neighbourhood's value, so that a single
    consonant or click does not.
    """
    level = sound.rms_db.astype(np.float64)
    heard = level > -60.0
    usual = float(np.median(level[heard])) if heard.any() else -30.0
    # An audience is often recorded 6 to 10 dB below the speaker.
    loud = np.clip((level - usual + 16.0) / 12.0, 0.0, 1.2)
    flatness = np.maximum(sound.flatness.astype(np.float64), 1e-6)
    # Voices stay below 0.01, laughter lies about 0.05, applause at 0.1 and more; a noisy recording starts higher.
    floor = max(0.01, 2.0 * float(np.median(flatness[heard])) if heard.any() else 0.01)
    flat = np.clip(np.log10(flatness / floor), 0.0, 1.0)
    hiss = _above_usual(sound.zero_crossings.astype(np.float64), heard)
    unpitched = np.clip(1.0 - sound.harmonic.astype(np.float64), 0.0, 1.0)
    own = loud * (0.55 * flat + 0.2 * hiss + 0.25 * unpitched)
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


def _above_usual(values: grid.Floats, heard: NDArray[np.bool_]) -> grid.Floats:
    """0 at the usual value, 1 at three deviations above it."""
    known = values[heard] if heard.any() else values
    middle = float(np.median(known))
    spread = 1.4826 * float(np.median(np.abs(known - middle)))
    return np.clip((values - middle) / (3.0 * max(spread, 0.1 * abs(middle), 1e-6)), 0.0, 1.0)


SIGNAL = Signal(NAME, "Laughter and applause", measure)
