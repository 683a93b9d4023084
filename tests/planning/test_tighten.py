from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.domain.span import Span
from appliance.domain.transcript import Word
from appliance.planning.profanity import heard, masked, swear_words
from appliance.planning.tighten import TightenOptions, tighten
from appliance.planning.words import Level
from config import presets

HOP = 0.02


def said(*times: tuple[str, float, float]) -> list[Word]:
    """Words with times."""
    return [Word(number, text, start, end) for number, (text, start, end) in enumerate(times)]


def silent(seconds: float, *loud: tuple[float, float]) -> Level:
    """A quiet level with loud stretches."""
    db = np.full(round(seconds / HOP), -60, np.float32)
    for start, end in loud:
        db[round(start / HOP) : round(end / HOP)] = -20
    return Level(db, HOP)


TALK = said(
    ("One", 0.5, 1.0),
    ("two", 1.1, 1.5),
    ("three", 4.0, 4.5),
    ("um,", 4.6, 5.0),
    ("four", 5.1, 9.0),
    ("five", 9.1, 12.0),
)


def test_a_long_pause_becomes_a_beat() -> None:
    """Of 2.5 s of silence 0.4 s stay, and every word is still heard."""
    quiet = silent(13, (0.5, 1.5), (4.0, 12.0))
    kept = tighten(Span(0.2, 12.8), TALK, quiet, TightenOptions(fillers=False))
    assert len(kept) == 2
    assert sum(part.seconds for part in kept) == pytest.approx(12.6 - 2.1, abs=0.01)
    assert all(any(part.start <= word.start and word.end <= part.end for part in kept) for word in TALK)


def test_laughter_is_no_pause() -> None:
    """Where it is loud without words, nothing is taken out."""
    laughing = silent(13, (0.5, 12.0))
    assert tighten(Span(0.2, 12.8), TALK, laughing, TightenOptions()) != (Span(0.2, 12.8),)
    assert tighten(Span(0.2, 12.8), TALK, laughing, TightenOptions(fillers=False)) == (Span(0.2, 12.8),)


def test_a_filler_goes_and_its_neighbours_stay() -> None:
    """Um is not heard any more."""
    kept = tighten(Span(0.2, 12.8), TALK, None, TightenOptions(silences=False))
    assert not any(part.start < 4.8 < part.end for part in kept)
    assert any(part.start <= 4.0 and part.end >= 4.5 for part in kept)
    assert any(part.start <= 5.1 for part in kept[1:])


def test_the_payoff_is_left_alone() -> None:
    """In the last seconds even a long silence stays."""
    words = said(("set-up", 0.5, 6.0), ("punch", 8.5, 9.5))
    assert tighten(Span(0, 10), words, None, TightenOptions()) == (Span(0, 10),)


@given(st.lists(st.tuples(st.sampled_from(["word", "um", "uh"]), st.floats(0.05, 1), st.floats(0, 3)), max_size=30))
def test_what_is_kept_is_in_order_and_inside(spoken: list[tuple[str, float, float]]) -> None:
    """Stretches never overlap, never leave the span, and both its edges stay."""
    words, at = [], 1.0
    for number, (text, length, gap) in enumerate(spoken):
        words.append(Word(number, text, at, at + length))
        at += length + gap
    span = Span(0.5, at + 1)
    kept = tighten(span, words, None, TightenOptions())
    assert kept[0].start == span.start
    assert kept[-1].end == span.end
    assert all(one.end < other.start for one, other in itertools.pairwise(kept))


LIST = swear_words(["# a comment", "", "damn", "fuck*"])


def test_swear_words_are_found_in_every_form() -> None:
    """Case, punctuation and the endings of starred words do not matter; other words that hold one do."""
    assert all(map(LIST.holds, ("Damn!", "FUCKING", "fuck", '"damn,"')))
    assert not any(map(LIST.holds, ("damnation", "condamn", "", "…", "duck")))


def test_they_are_covered_with_a_little_air_but_not_their_neighbours() -> None:
    """The cover ends where the next word begins."""
    words = said(("oh", 0.0, 0.3), ("damn", 0.31, 0.6), ("it", 0.62, 0.8))
    (cover,) = heard(words, LIST)
    assert cover.start == pytest.approx(0.3)
    assert cover.end == pytest.approx(0.62)
    assert masked("Fucking!") == "F******!"


def test_the_shipped_lists_can_be_read() -> None:
    """Every language has words, and plain ones are not among them."""
    for name in presets.names("profanity", ".txt"):
        words = swear_words(presets.text("profanity", name).splitlines())
        assert words.whole
        assert not any(map(words.holds, ("hello", "class", "assess", "Scunthorpe", "cocktail", "dickens", "analyse")))


def test_an_empty_list_holds_nothing() -> None:
    """No list, no cover."""
    assert heard(said(("damn", 0, 1)), swear_words([])) == ()
