from __future__ import annotations

from dataclasses import replace

import pytest

from appliance.domain.moment import Moment
from appliance.domain.span import Span
from appliance.domain.timeline import Aspect, Box, Cover, Key, Layout, OverlayKind, Scene, View
from appliance.domain.transcript import Origin, Sentence, Transcript, Word
from appliance.planning.compose import ComposeOptions, Material, compose
from appliance.planning.profanity import swear_words
from appliance.planning.subtitles import srt, vtt
from appliance.planning.tighten import TightenOptions

WORDS = tuple(
    Word(number, text, 10 + number * 1.0, 10.8 + number * 1.0)
    for number, text in enumerate("It was a damn good day, and <nobody> & none knew it. The end of it.".split())
)
TRANSCRIPT = Transcript("en", Origin.FILE, (Sentence(10, 22, WORDS[:12]), Sentence(22, 26, WORDS[12:])), (Span(0, 60),))
MOMENT = Moment(9.5, 26.5, 80, "A good day", ())
VIEW = View((Key(9.5, Box(0, 0, 0.3, 1)),))
SCENES = (Scene(9.5, 15.0, Layout.CROP, (VIEW,)), Scene(15.0, 26.5, Layout.FIT, (VIEW,)))
MATERIAL = Material("/talk.mp4", "abc", 60.0, 25.0, TRANSCRIPT, None, SCENES)


def test_a_moment_becomes_one_cut_with_its_words_and_scenes() -> None:
    """The span, the frame rate of the source, every spoken word, and the title as hook."""
    timeline = compose(MOMENT, MATERIAL, ComposeOptions(style="mint"))
    assert [(cut.start, cut.end) for cut in timeline.cuts] == [(9.5, 26.5)]
    assert timeline.cuts[0].scenes == SCENES
    assert timeline.canvas.fps == 25.0
    assert timeline.captions is not None
    assert [word.text for word in timeline.captions.words] == [word.text for word in WORDS]
    assert [overlay.kind for overlay in timeline.overlays] == [OverlayKind.TITLE]


@pytest.mark.parametrize("aspect", list(Aspect))
def test_the_canvas_is_the_wanted_shape(aspect: Aspect) -> None:
    """One moment, any aspect."""
    canvas = compose(MOMENT, MATERIAL, ComposeOptions(aspect=aspect)).canvas
    assert (canvas.width, canvas.height) == aspect.size


def test_swear_words_are_covered_and_masked() -> None:
    """The sound has a cover, and the caption shows only the first letter."""
    options = ComposeOptions(cover=Cover.BLEEP, swears=swear_words(["damn"]))
    timeline = compose(MOMENT, MATERIAL, options)
    assert [mask.cover for mask in timeline.sound.masked] == [Cover.BLEEP]
    assert timeline.captions is not None
    assert timeline.captions.words[3].text == "d***"


def test_inner_cuts_keep_the_framing_without_gaps() -> None:
    """When pauses go, each cut has its own part of the scenes."""
    gapped = tuple(word if word.id < 6 else replace(word, start=word.start + 3, end=word.end + 3) for word in WORDS)
    talk = replace(TRANSCRIPT, sentences=(Sentence(10, 29, gapped),))
    timeline = compose(
        replace(MOMENT, end=29.5),
        replace(MATERIAL, transcript=talk, scenes=(SCENES[0], replace(SCENES[1], end=29.5))),
        ComposeOptions(tighten=TightenOptions()),
    )
    assert len(timeline.cuts) == 2
    for cut in timeline.cuts:
        assert (cut.scenes[0].start, cut.scenes[-1].end) == (cut.start, cut.end)
        assert all(one.end == other.start for one, other in zip(cut.scenes, cut.scenes[1:], strict=False))


def test_a_moment_beyond_the_end_is_cut_to_the_source() -> None:
    """Nothing is asked of the source that it does not have."""
    timeline = compose(replace(MOMENT, start=50, end=70), MATERIAL, ComposeOptions())
    assert timeline.cuts[0].end == 60.0
    assert timeline.captions is None


def test_subtitles_are_in_the_time_of_the_clip() -> None:
    """They begin near zero, break at sentences, and are escaped as each format wants."""
    timeline = compose(MOMENT, MATERIAL, ComposeOptions())
    assert srt(timeline).startswith("1\n00:00:00,500 --> ")
    assert "<nobody> & none" in srt(timeline).replace("\n", " ")
    assert vtt(timeline).startswith("WEBVTT\n\n00:00:00.500 --> ")
    assert "&lt;nobody&gt; &amp; none" in vtt(timeline).replace("\n", " ")
    assert "The end of it." in srt(timeline)


def test_without_words_there_are_no_captions() -> None:
    """Silent films are fine."""
    timeline = compose(MOMENT, replace(MATERIAL, transcript=None), ComposeOptions())
    assert timeline.captions is None
    assert srt(timeline) == ""
