from __future__ import annotations

from appliance.domain.timeline import CaptionWord
from appliance.planning.emphasis import EmphasisOptions, emphasised


def words(text: str) -> list[CaptionWord]:
    return [
        CaptionWord(number, one, number * 0.4, number * 0.4 + 0.3, sentence_end=one[-1] in ".!?")
        for number, one in enumerate(text.split())
    ]


def strong(text: str) -> list[str]:
    return [word.text for word in emphasised(words(text)) if word.strong]


def test_numbers_are_emphasised_first() -> None:
    """A sentence with a number has the number strong."""
    assert strong("we made about 3,000 copies of that") == ["3,000"]


def test_names_are_emphasised_but_not_the_first_word() -> None:
    """A capital inside a sentence is a name, one at its beginning is not."""
    assert strong("Then we all went to Berlin by night train again") == ["Berlin"]


def test_german_nouns_are_not_taken_for_names() -> None:
    """Where many words inside sentences have capitals, capitals tell nothing."""
    assert len(strong("Der Hund und die Katze auf dem Sofa im Haus an der Wand")) <= 2


def test_few_words_are_strong_and_always_the_same() -> None:
    """At most one word in six, and the same ones every time."""
    text = "Everything that happened afterwards completely transformed my understanding of engineering forever."
    assert strong(text) == strong(text)
    assert 1 <= len(strong(text)) <= 2


def test_emoji_are_rare_and_only_where_wanted() -> None:
    """None without asking; with it one, and the next not before its time, and never the same twice."""
    text = words("the money is fire and money means love to them")
    assert not any(word.emoji for word in emphasised(text))
    found = [word for word in emphasised(text, EmphasisOptions(emoji_seconds=2.0)) if word.emoji]
    assert [word.text for word in found] == ["money", "love"]


def test_hidden_words_are_never_strong() -> None:
    """A word that is not drawn is not emphasised."""
    hidden = [
        CaptionWord(0, "we", 0, 0.2),
        CaptionWord(1, "lost", 0.3, 0.5),
        CaptionWord(2, "999", 0.6, 0.9, hidden=True),
    ]
    assert not any(word.strong for word in emphasised(hidden))
