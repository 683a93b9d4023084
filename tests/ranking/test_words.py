from __future__ import annotations

import numpy as np
import pytest

from appliance.ranking import headline, search
from appliance.ranking.search import found, subject
from appliance.ranking.words import folded, stem, terms_of
from tests.signals import material


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("the part about the dog", "the dog"),
        ("Find me the moment where he talks about taxes", "taxes"),
        ("die Stelle über Bäume", "baume"),
        ("dogs", "dogs"),
        ("the part", "the part"),
    ],
)
def test_a_query_is_asked_in_words(query: str, wanted: str) -> None:
    """What surrounds the subject of a query is taken off."""
    assert subject(query) == wanted


def test_accents_case_and_endings_do_not_matter() -> None:
    """Forms of a word meet in one term, in several languages."""
    assert folded("CAFÉ Straße ﬁn 한글") == "cafe strasse fin 한글"
    assert stem("walking") == stem("walked") == stem("walks")
    assert terms_of("perros") == terms_of("perro")
    assert terms_of("Häuser") == terms_of("hauser")


def test_scripts_without_spaces_are_searched_by_pairs() -> None:
    """A word inside an unbroken line of Japanese is found."""
    spoken = material.transcript([(0.0, 5.0, "今日は天気がいいですね"), (5.0, 10.0, "猫が好きです")])
    values = search(spoken, None, "天気", 10.0)
    assert values[2] > values[8]


def test_rare_words_weigh_more() -> None:
    """A sentence with the rare word of the query beats those with its common one."""
    lines = [(5.0 * number, 5.0 * number + 5.0, "the road was closed for repairs") for number in range(20)]
    lines[7] = (35.0, 40.0, "the volcano near the sea")
    values = search(material.transcript(lines), None, "volcano road", 100.0)
    assert int(np.argmax(values)) in range(33, 42)
    assert found(values, 3.9)[0].holds(37.0)


def test_chat_is_searched_too() -> None:
    """What only viewers wrote is found, a little before they wrote it."""
    rows = [(float(at), at % 9, "hello there") for at in range(0, 300, 3)] + [
        (150.0 + at, 50 + at, "volcano!!") for at in range(5)
    ]
    values = search(None, material.chat(rows), "the volcano", 300.0)
    assert 125 < int(np.argmax(values)) < 150


def test_nothing_found_is_nothing() -> None:
    """A query that fits nothing, and an empty one, give zeros."""
    spoken = material.speech(60.0)
    assert not search(spoken, None, "submarine", 60.0).any()
    assert not search(spoken, None, "  ", 60.0).any()


def test_a_headline_is_short_and_whole() -> None:
    """The most telling sentence, without a limp beginning, at most 70 characters, cut between words."""
    text = "So yeah. And then I realised that nobody had ever checked the brakes! It was fine otherwise, I guess, more or less."
    assert headline(text) == "I realised that nobody had ever checked the brakes!"
    long = headline(
        "This is one endless sentence that goes on and on about many things without ever coming to a proper end or stop anywhere"
    )
    assert len(long) <= 70
    assert long.endswith("…")
    assert headline("") == ""
    assert headline("   \n ") == ""


def test_a_headline_survives_anything() -> None:
    """Ten thousand characters, one endless word, marks alone: still a line of at most 70 characters."""
    for text in ("a" * 10_000, "word " * 3000, "...", "?!", "“”", "你好。" * 200):
        assert len(headline(text)) <= 70
