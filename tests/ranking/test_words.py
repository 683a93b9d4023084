from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.planning.terms import folded, stem, terms_of
from appliance.ranking import headline, search
from appliance.ranking.search import found, subject
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
    """The most telling sentence, without a limp beginning, at most 70 characters, cut between words only where it must be."""
    text = "So yeah. And then I realised that nobody had ever checked the brakes! It was fine otherwise, I guess, more or less."
    assert headline(text) == "I realised that nobody had ever checked the brakes!"
    long = headline(
        "This is one endless sentence that goes on and on about many things without ever coming to a proper end or stop anywhere"
    )
    assert len(long) <= 70
    assert long.endswith("…")
    assert headline("") == ""
    assert headline("   \n ") == ""


def test_a_headline_is_a_whole_clause() -> None:
    """A short form ends no sentence, and of a long sentence a clause that can stand alone is taken."""
    letters = (
        "The first books were printed in black letter, i.e. the letter which was a Gothic development of the Roman one."
    )
    assert headline(letters) == "The first books were printed in black letter"
    watch = "When my grandmother died, she left me a watch that had never worked in all the years that anybody could remember."
    assert not headline(watch).endswith(("died", ",", "the"))
    assert headline("(Music) Nobody -- -- told us why.") == "Nobody – told us why"


def test_a_piece_of_a_sentence_is_no_headline() -> None:
    """Interrupted beginnings, lists and clauses that hang on others are not taken while anything else is there."""
    text = (
        "Printing, then, for our purpose, may be considered as the art of making books by means of movable types, in Basle, "
        "Paris, Lubeck, and other cities, especially as no more time is occupied. The page was a work of art."
    )
    assert headline(text) == "The page was a work of art"
    assert headline(text.partition(" The page")[0]).startswith("Printing, then, for our purpose, may be considered")


def test_a_headline_prefers_questions_and_what_is_near_the_peak() -> None:
    """A question beats a plain sentence, and of like ones the nearest to the strongest place is taken."""
    assert headline("We walked along the road. Why did they leave? It rained all day.") == "Why did they leave?"
    text = "The old bridge fell in spring. Then came summer and rain. The new bridge fell in autumn."
    assert headline(text, 0.0) == "The old bridge fell in spring"
    assert headline(text, 1.0) == "The new bridge fell in autumn"


def test_scripts_without_spaces_have_headlines() -> None:
    """Chinese and Japanese sentences are told apart by their own full stops."""
    assert headline("昨日は雨でした。なぜ誰も来なかったのか？そして帰りました。") == "なぜ誰も来なかったのか？"
    assert headline("你好。这个故事发生在一九九八年。") == "这个故事发生在一九九八年"


@given(st.text(max_size=400), st.none() | st.floats(0.0, 1.0))
def test_a_headline_survives_anything(text: str, peak: float | None) -> None:
    """Whatever is said: one line of at most 70 characters without angle brackets."""
    line = headline(text, peak)
    assert len(line) <= 70
    assert not set("<>\n\x00") & set(line)


def test_endless_texts_have_headlines() -> None:
    """Ten thousand characters, one endless word, marks alone."""
    for text in ("a" * 10_000, "word " * 3000, "...", "?!", "“”", "你好。" * 200, "and, " * 2000):
        assert len(headline(text)) <= 70
