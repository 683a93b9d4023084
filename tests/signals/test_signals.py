from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.domain.curve import Curve, Missing
from appliance.domain.source import Chapter
from appliance.signals import SIGNALS, Signal, grid
from appliance.signals.comments import named_times
from appliance.signals.evidence import Comment, Evidence, Heat, Lack, Opinion, PictureScan
from tests.signals import material


def of(name: str) -> Signal:
    return next(signal for signal in SIGNALS if signal.name == name)


def main(name: str, evidence: Evidence) -> np.ndarray:
    """The main curve of a signal that has to be there."""
    found = of(name).measure(evidence)
    assert isinstance(found, tuple), found
    assert found[0].signal == name
    return grid.floats(found[0])


def test_names_are_unique_and_labelled() -> None:
    """Every signal has a name of its own and words for people."""
    assert len({signal.name for signal in SIGNALS}) == len(SIGNALS)
    assert all(signal.label for signal in SIGNALS)


@pytest.mark.parametrize("signal", SIGNALS, ids=lambda signal: signal.name)
def test_nothing_known_is_said_in_words(signal: Signal) -> None:
    """Without evidence a signal answers why it has nothing, and never raises."""
    found = signal.measure(Evidence(60.0))
    assert isinstance(found, Missing)
    assert found.signal == signal.name
    assert len(found.why) > 10


def test_the_evidence_s_own_reason_is_told() -> None:
    """When the evidence says why something is missing, that is what people read."""
    evidence = Evidence(60.0, lacks={"sound": Lack("the file has no sound track", "Choose another file.")})
    found = of("loudness").measure(evidence)
    assert found == Missing("loudness", "the file has no sound track", "Choose another file.")


@pytest.mark.parametrize("name", ["loudness", "onset", "reaction"])
def test_silence_is_no_signal(name: str) -> None:
    """A sound track that is silent throughout says so instead of ranking noise."""
    scan = material.sound(120, level=-125.0)
    assert isinstance(of(name).measure(Evidence(120.0, sound=scan)), Missing)


@pytest.mark.parametrize("name", ["loudness", "reaction"])
def test_a_loud_noisy_stretch_stands_out(name: str) -> None:
    """Where it is loud and noise-like the curves are high, elsewhere they stay at the usual."""
    curve = main(name, Evidence(600.0, sound=material.sound(600, loud=(300, 312))))
    assert curve[302:310].min() > 2.0
    assert np.abs(curve[:280]).mean() < 1.0


def test_onset_marks_the_rise_and_not_the_level() -> None:
    """The beginning of a loud stretch is an onset, its middle is not."""
    curve = main("onset", Evidence(600.0, sound=material.sound(600, loud=(300, 360))))
    assert curve[299:304].max() > 3.0
    assert curve[330:350].max() < 1.0


def test_words_make_noise_less_of_a_reaction() -> None:
    """The same noise counts less where exactly timed words cover it."""
    scan = material.sound(600, loud=(300, 312))
    spoken = material.transcript([(float(at), at + 1.0, "word") for at in range(290, 320)])
    bare = main("reaction", Evidence(600.0, sound=scan))[302:310].mean()
    assert main("reaction", Evidence(600.0, sound=scan, transcript=spoken))[302:310].mean() < 0.6 * bare


def test_a_laugh_with_a_pitch_is_heard_between_words() -> None:
    """Loud seconds without words, between sentences, are a reaction even when they are not noise-like."""
    scan = material.sound(600)
    lines = [
        (3.0 * number, 3.0 * number + 3.0, "some words are spoken here")
        for number in range(200)
        if number not in (100, 101)
    ]
    curve = main("reaction", Evidence(600.0, sound=scan, transcript=material.transcript(lines)))
    assert curve[301:305].mean() > 1.0
    assert np.abs(curve[:280]).mean() < 0.5


def test_time_without_words_shows_in_the_pace() -> None:
    """A cue that lasts longer than its letters need is a pause or a laugh."""
    lines = [(5.0 * number, 5.0 * number + 5.0, "these are eight words of the usual length") for number in range(40)]
    lines[20] = (100.0, 105.0, "short line")
    curve = main("pace", Evidence(200.0, transcript=material.transcript(lines, exact=False)))
    assert curve[100:105].mean() > 1.5
    assert np.nanmean(curve[:90]) < 0.5


def test_short_sharp_sentences_are_hooks() -> None:
    """A short surprising sentence rises above long plain ones."""
    plain = "the committee then moved on to the next item which concerned the maintenance of several roads in the area"
    lines = [(6.0 * number, 6.0 * number + 6.0, plain) for number in range(30)]
    lines[15] = (90.0, 96.0, "Nobody believed me! Why?")
    curve = main("wording", Evidence(180.0, transcript=material.transcript(lines)))
    assert curve[91:95].min() > 1.0


def test_the_first_bucket_of_the_heatmap_is_repaired() -> None:
    """Everybody sees the beginning, so the first bucket takes the value of the second."""
    buckets = [Heat(10.0 * number, 10.0 * number + 10.0, 0.2) for number in range(60)]
    buckets[0] = Heat(0.0, 10.0, 1.0)
    buckets[30] = Heat(300.0, 310.0, 0.9)
    curve = main("heatmap", Evidence(600.0, heatmap=tuple(buckets)))
    assert curve[:10].max() < 0.5
    assert curve[302:308].min() > 2.0


def test_a_flat_heatmap_says_nothing() -> None:
    """A most-replayed curve without any height is missing, in words."""
    buckets = tuple(Heat(10.0 * number, 10.0 * number + 10.0, 0.5) for number in range(10))
    assert isinstance(of("heatmap").measure(Evidence(100.0, heatmap=buckets)), Missing)


def test_times_in_comments_are_found() -> None:
    """m:ss and h:mm:ss are times; scores, versions and other numbers are not."""
    assert named_times("12:34 killed me, and 1:02:03 too") == [754.0, 3723.0]
    assert named_times("we won 3:2, version 1.2:30, 4:75") == []


def test_liked_comments_weigh_more() -> None:
    """The time that a liked comment names is higher than that of one nobody liked."""
    comments = (Comment("3:20 what a line", 500), Comment("6:40", 0), Comment("no time here", 10_000))
    curve = main("comments", Evidence(600.0, comments=comments))
    assert curve[200] > 2 * curve[400] > 0
    assert curve[100] == 0


def test_chapters_begin_high_and_the_first_does_not_count() -> None:
    """A chapter's first seconds are high; the one that begins with the video is no news."""
    chapters = (Chapter(0.0, 100.0, "Intro"), Chapter(100.0, 300.0, "The accident"))
    curve = main("chapters", Evidence(300.0, chapters=chapters))
    assert curve[0] == 0
    assert curve[100] == pytest.approx(1.0)
    assert curve[160] == 0


def test_motion_rises_above_a_still_picture() -> None:
    """A stretch with much change between key frames stands out."""
    times = np.arange(0, 600, 2, dtype=np.float32)
    change = np.full(300, 0.03, dtype=np.float32)
    change[150:165] = 0.4
    scan = PictureScan(times, change, np.full(300, 0.5, dtype=np.float32), np.zeros(300, dtype=np.float32))
    curve = main("picture", Evidence(600.0, picture=scan))
    assert curve[305:325].min() > 2.0
    assert curve[:250].max() < 1.0


def test_a_judge_s_scores_count_relative_to_one_another() -> None:
    """The best of three opinions is above the middle, the worst below, and what was not judged is unknown."""
    opinions = (Opinion(0.0, 30.0, 80.0), Opinion(50.0, 80.0, 90.0), Opinion(100.0, 130.0, 70.0))
    curve = main("judge", Evidence(200.0, opinions=opinions))
    assert curve[10] == 0
    assert curve[60] > 0 > curve[110]
    assert np.isnan(curve[150])


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.floats(-120, 0, width=32), min_size=1, max_size=300),
    st.floats(0.5, 400.0),
)
def test_curves_fit_the_source_whatever_the_sound(levels: list[float], seconds: float) -> None:
    """A curve has one cell a second of the source and stays between -1 and 6 where it is known."""
    scan = material.sound(len(levels))
    scan.rms_db[:] = levels
    for name in ("loudness", "onset", "reaction"):
        found = of(name).measure(Evidence(seconds, sound=scan))
        for curve in found if isinstance(found, tuple) else ():
            assert isinstance(curve, Curve)
            values = grid.floats(curve)
            assert len(values) == grid.cells(seconds)
            known = values[np.isfinite(values)]
            assert known.size == 0 or (known.min() >= -1.0 and known.max() <= 6.0)


def test_a_slow_change_of_mood_is_no_event() -> None:
    """The usual is judged over twenty minutes: a louder second half of a long stream does not win as a whole."""
    scan = material.sound(7200)
    scan.rms_db[3600:] += 12
    curve = main("loudness", Evidence(7200.0, sound=scan))
    assert abs(float(np.median(curve[5000:]))) < 0.5
