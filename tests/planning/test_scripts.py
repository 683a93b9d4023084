from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from appliance.planning import scripts


def test_words_of_spaced_and_unspaced_scripts_are_told_apart() -> None:
    """Between Chinese words stands no space, between English ones and at the border there is one."""
    assert scripts.glued("今天", "很好")
    assert not scripts.glued("very", "good")
    assert not scripts.glued("今天", "good")


def test_a_right_to_left_line_is_laid_from_the_right() -> None:
    """The first Hebrew word stands rightmost, English words inside keep their own order."""
    assert scripts.visual_order(["שלום", "open", "source", "עולם"]) == (3, 1, 2, 0)
    assert scripts.visual_order(["hello", "שלום", "עולם", "world"]) == (0, 2, 1, 3)
    assert scripts.visual_order(["שלום", "2024", "עולם"]) == (2, 1, 0)


@given(st.lists(st.sampled_from(["a", "ש", "مرحبا", "12", "!", "漢"]), max_size=12))
def test_every_word_has_one_place_in_its_line(texts: list[str]) -> None:
    """Reordering loses and doubles nothing."""
    assert sorted(scripts.visual_order(texts)) == list(range(len(texts)))


def test_letters_with_marks_stay_whole() -> None:
    """Combining marks, emoji families, flags and skin tones are one character to a reader."""
    for one in ("é", "नि", "👨‍👩‍👧", "🇩🇪", "👍🏽", "กำ"):
        assert list(scripts.clusters(one)) == [one]


@given(st.text(max_size=40))
def test_clusters_add_up_to_the_text(text: str) -> None:
    """Nothing is lost when a text is divided into characters."""
    assert "".join(scripts.clusters(text)) == text


def test_line_breaks_and_control_characters_become_spaces() -> None:
    """Text is one line, whatever it held."""
    assert scripts.visible(" a\n\tb\u2028c\x00 ") == "a b c"
