from __future__ import annotations

import itertools
import json
from pathlib import Path
from statistics import median

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.domain.source import Source
from appliance.domain.span import Span
from appliance.domain.transcript import Cue, Origin
from appliance.media.audio import scan_sound
from appliance.media.ffmpeg import Ffmpeg
from appliance.media.probe import probe
from appliance.planning.from_cues import transcript
from appliance.planning.words import Level, heard, spread, weight

HOP = 0.02


def level(*parts: tuple[float, float]) -> Level:
    """A level from (seconds, dB) stretches."""
    return Level(np.concatenate([np.full(round(seconds / HOP), db, np.float32) for seconds, db in parts]), HOP)


@given(st.lists(st.text(min_size=1, max_size=12), max_size=20), st.floats(0, 100), st.floats(0.1, 30))
def test_spread_words_are_in_order_and_inside(texts: list[str], start: float, seconds: float) -> None:
    """Whatever the words, each gets a time of its own inside the cue."""
    placed = spread(texts, Span(start, start + seconds), None)
    assert len(placed) == len(texts)
    assert all(one.end <= other.start + 1e-6 for one, other in itertools.pairwise(placed))
    assert all(start - 1e-6 <= span.start < span.end <= start + seconds + 1e-6 for span in placed)


def test_longer_words_take_longer() -> None:
    """Time goes by syllables."""
    short, long = spread(["a", "unbelievably"], Span(0, 2), None)
    assert long.seconds > 2.5 * short.seconds
    assert weight("extraordinary") > weight("dog") > weight("…")


def test_nothing_is_said_in_a_pause() -> None:
    """Words lie on what can be heard, and the pause stands where the comma is."""
    sound = level((1.0, -20), (1.0, -60), (2.0, -20))
    placed = spread("Well now, this goes on much longer".split(), Span(0, 4), sound)
    assert [run.seconds for run in heard(Span(0, 4), sound)] == pytest.approx([1.0, 2.0])
    assert placed[1].end == pytest.approx(1.0, abs=0.05)
    assert placed[2].start == pytest.approx(2.0, abs=0.05)


def test_even_noise_tells_nothing_about_pauses() -> None:
    """Under music the whole cue counts as heard."""
    assert heard(Span(0, 3), level((3.0, -22))) == (Span(0, 3),)


@pytest.mark.shared
def test_spread_words_stand_near_their_true_times(shared: Path, ffmpeg: Ffmpeg) -> None:
    """On a real recording the median word is at most 150 ms from where it was heard."""
    path = shared / "media" / "speech" / "jfk.flac"
    truth = json.loads((path.parent / "word_alignment_pocketsphinx.json").read_text())["jfk.flac"]
    source: Source = probe(path)
    sound = scan_sound(ffmpeg, path, source)
    said = (
        "And so, my fellow Americans, ask not what your country can do for you, ask what you can do for your country."
    )
    made = transcript(
        [Cue(0.0, source.seconds, said)],
        source.seconds,
        level=Level(sound.fine_db, sound.fine_hop),
        language="en",
        origin=Origin.FILE,
    )
    errors = [abs(word.start - start) for word, (_, start, _) in zip(made.words, truth, strict=True)]
    assert median(errors[1:]) <= 0.15
