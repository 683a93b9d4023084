from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from appliance.domain.timeline import Sound
from appliance.media.loudness import MOST_GAIN_DB, Level, measure, settle

RATE = 48_000


def tone(level: float, seconds: float = 8, hertz: float = 997) -> NDArray[np.float32]:
    """A stereo sine whose peak is `level`."""
    wave = level * np.sin(np.arange(round(seconds * RATE)) * 2 * np.pi * hertz / RATE)
    return np.stack([wave, wave]).astype(np.float32)


def settled(sound: NDArray[np.float32], wish: Sound | None = None) -> Level:
    """The level found for it."""
    return settle([sound], measure([sound]), wish or Sound())


def test_a_reference_tone_measures_what_it_should() -> None:
    """A stereo sine of 997 Hz at -20 dBFS is -20 LUFS (EBU Tech 3341: -23 dBFS is -23 LUFS)."""
    found = measure([tone(10 ** (-20 / 20))])
    assert found.lufs == pytest.approx(-20, abs=0.1)
    assert found.peak_db == pytest.approx(-20, abs=0.05)


def test_a_gain_is_enough_where_no_peak_goes_over() -> None:
    """A steady tone is raised without a limiter, to the target exactly."""
    found = settled(tone(0.05))
    assert "alimiter" not in found.filters
    assert found.after is not None
    assert found.after.lufs == pytest.approx(-14, abs=0.05)
    assert found.notes == ()


def test_peaks_are_limited_and_the_target_is_still_met() -> None:
    """Speech-like bursts over a low level: the limiter holds the peaks and the gain makes up for it."""
    sound = tone(0.12, 12)
    for start in range(0, 12, 2):
        sound[:, start * RATE : start * RATE + 4000] = tone(0.95, 4000 / RATE)
    found = settled(sound)
    assert "alimiter" in found.filters
    assert found.after is not None
    assert found.after.lufs == pytest.approx(-14, abs=0.5)
    assert found.after.peak_db <= -1.5


def test_silence_is_left_alone() -> None:
    """Nothing is done to silence, and a note says so."""
    found = settled(np.zeros((2, 4 * RATE), np.float32))
    assert found.filters == ""
    assert any("silent" in note for note in found.notes)


def test_a_whisper_is_raised_only_so_far() -> None:
    """Very quiet sound is not raised without end, and a note says so."""
    found = settled(tone(10 ** (-50 / 20)))
    assert found.after is not None
    assert found.after.lufs == pytest.approx(-50 + MOST_GAIN_DB, abs=0.3)
    assert any("very quiet" in note for note in found.notes)


def test_no_target_means_no_change() -> None:
    """Without a target nothing is measured up or down."""
    assert settled(tone(0.05), Sound(target_lufs=None)).filters == ""
