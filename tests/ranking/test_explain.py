from __future__ import annotations

from dataclasses import replace

import pytest

from appliance.domain.source import Chapter
from appliance.domain.span import Span
from appliance.domain.transcript import Noise
from appliance.ranking.explain import reasons
from appliance.ranking.score import Term
from appliance.ranking.seen import times_words
from appliance.ranking.weights import WEIGHTS
from appliance.signals.evidence import Comment, Evidence, Heat
from tests.signals import material

SPAN = Span(100.0, 140.0)


def told(signal: str, feature: float, evidence: Evidence | None = None, weight: float = 1.0) -> str:
    """The text of a single term."""
    return reasons((Term(signal, weight, feature),), evidence or Evidence(600.0), SPAN)[0].text


@pytest.mark.parametrize(
    ("ratio", "words"), [(1.4, "one and a half times"), (2.2, "twice"), (3.0, "three times"), (25.4, "25 times")]
)
def test_ratios_are_said_as_people_say_them(ratio: float, words: str) -> None:
    """Twice, three times, 25 times."""
    assert times_words(ratio) == words


def test_numbers_are_shown_where_there_are_any() -> None:
    """Comments are counted, the heatmap is a share, chapters have their title, loudness is in decibels."""
    comments = (Comment("1:50 wow"), Comment("2:00 and 2:10"), Comment("9:00 later"))
    assert told("comments", 2.0, Evidence(600.0, comments=comments)) == "2 comments point here"
    heatmap = (Heat(90.0, 120.0, 0.8), Heat(300.0, 330.0, 1.0))
    assert "80 % as often as the most" in told("heatmap", 2.0, Evidence(600.0, heatmap=heatmap))
    assert told("heatmap", 2.0, Evidence(600.0, heatmap=heatmap[:1])) == "most replayed part"
    assert "The accident" in told("chapters", 1.0, Evidence(600.0, chapters=(Chapter(110.0, 200.0, "The accident"),)))
    assert " dB louder" in told("loudness", 2.0, Evidence(600.0, sound=material.sound(600, loud=(110, 120))))


def test_a_strong_line_is_quoted() -> None:
    """The wording's reason quotes the line that it comes from."""
    spoken = material.transcript(
        [(100.0, 110.0, "We looked at the road for a while."), (110.0, 114.0, "Nobody was there!")]
    )
    assert "“Nobody was there!”" in told("wording", 2.0, Evidence(600.0, transcript=spoken))


def test_laughter_is_called_by_its_name() -> None:
    """Where the transcript names what the audience does, so does the reason."""
    spoken = material.transcript([(100.0, 110.0, "We looked at the road for a while.")])
    laughter, applause = Noise(110.0, 113.0, "[laughter]"), Noise(130.0, 134.0, "[Applause]")
    assert told("reaction", 2.0, Evidence(600.0, transcript=replace(spoken, noises=(laughter,)))) == "people laugh"
    both = Evidence(600.0, transcript=replace(spoken, noises=(laughter, applause)))
    assert told("reaction", 2.0, both) == "people laugh and clap"
    assert told("reaction", 2.0, Evidence(600.0, transcript=spoken)) == "people laugh or clap"


def test_reasons_are_short() -> None:
    """No signal needs more than fifty characters to say what was seen, whatever its strength."""
    for signal in WEIGHTS:
        for feature in (4.0, 2.0, 0.6, -0.6):
            text = told(signal, feature)
            assert 4 <= len(text) <= 50
            assert "around there" not in text


def test_strength_is_told_in_degrees() -> None:
    """A strong reaction sounds stronger than a weak one."""
    assert len({told("reaction", feature) for feature in (4.0, 2.0, 0.6)}) == 3


def test_what_is_as_usual_is_no_reason_of_its_own() -> None:
    """Small terms are put together, so that the list stays short and still adds up; what speaks against it comes last."""
    terms = (
        Term("loudness", 0.02, 0.1),
        Term("onset", 0.03, 0.2),
        Term("chat.before", -0.5, 1.5),
        Term("reaction", 0.9, 2.0),
    )
    found = reasons(terms, Evidence(600.0), SPAN)
    assert [reason.signal for reason in found] == ["reaction", "chat.before", "rest", "base"]
    assert found[2].weight == pytest.approx(0.05)
