from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from appliance.domain.transcript import Cue, Origin, Word
from appliance.planning.from_cues import numbered, transcript
from appliance.planning.sentences import ends_sentence, sentences


def words(text: str, pace: float = 0.3, gap: float = 0.05) -> list[Word]:
    """Words spoken evenly; a | is a pause of 1.5 s, a / one of 0.7 s."""
    made: list[Word] = []
    at = 0.0
    for token in text.split():
        if token in {"|", "/"}:
            at += {"|": 1.5, "/": 0.7}[token]
            continue
        made.append(Word(len(made), token, at, at + pace))
        at += pace + gap
    return made


def test_sentences_end_at_full_stops_and_long_pauses() -> None:
    """Short forms, initials and numbers do not end one."""
    made = sentences(words("Mr. J. Smith paid 3.50 for it. Then he left | and nobody knew why. Really?"))
    assert [sentence.text for sentence in made] == [
        "Mr. J. Smith paid 3.50 for it.",
        "Then he left",
        "and nobody knew why.",
        "Really?",
    ]


def test_unpunctuated_speech_is_parted_at_its_pauses() -> None:
    """Automatic captions have no full stops; shorter pauses count then."""
    made = sentences(words("so we went there / and it was closed / so we went home"))
    assert len(made) == 3


def test_full_stops_of_every_script_count() -> None:
    """Chinese, Hindi, Arabic and quoted ends."""
    assert all(map(ends_sentence, ("好。", "है।", "لماذا؟", "done.”", "what?!")))
    assert not any(map(ends_sentence, ("Dr.", "e.g.", "U.S.", "word", "3.5")))


@given(st.lists(st.tuples(st.sampled_from(["a", "b.", "C?", "d,"]), st.floats(0.05, 3)), max_size=40))
def test_no_word_is_lost(spoken: list[tuple[str, float]]) -> None:
    """The sentences hold every word once, in order."""
    at, given_words = 0.0, []
    for number, (text, gap) in enumerate(spoken):
        given_words.append(Word(number, text, at, at + 0.2))
        at += 0.2 + gap
    made = sentences(given_words)
    assert [word for sentence in made for word in sentence.words] == given_words
    assert all(sentence.start == sentence.words[0].start for sentence in made)


def test_ids_come_from_times_and_are_never_shared() -> None:
    """Two words at one time still have two ids."""
    made = list(numbered([Word(0, "a", 1.0, 1.0), Word(0, "b", 1.0, 1.2), Word(0, "c", 2.5, 2.6)]))
    assert [word.id for word in made] == [1000, 1001, 2500]


def test_a_sentence_may_run_over_several_cues() -> None:
    """Subtitles break lines anywhere; sentences do not care."""
    cues = [Cue(0, 2, "This is one"), Cue(2, 4, "long sentence. And"), Cue(4, 5, "another.")]
    made = transcript(cues, 10.0, level=None, language="en", origin=Origin.SIDECAR)
    assert [sentence.text for sentence in made.sentences] == ["This is one long sentence.", "And another."]


def test_noises_are_kept_apart_from_words() -> None:
    """Laughter in brackets is no word, but it is known where it was."""
    made = transcript(
        [Cue(0, 1, "Hi."), Cue(2, 4, "", noise="laughter")], 10.0, level=None, language="", origin=Origin.FILE
    )
    assert [word.text for word in made.words] == ["Hi."]
    assert [(noise.start, noise.text) for noise in made.noises] == [(2, "laughter")]


def test_scripts_without_spaces_are_parted_where_a_line_may_break() -> None:
    """Han characters are words of their own, and punctuation stays with the one before."""
    made = transcript([Cue(0, 4, "今天很好。")], 10.0, level=None, language="zh", origin=Origin.FILE)
    assert [word.text for word in made.words] == ["今", "天", "很", "好。"]
    assert made.sentences[0].text == "今天很好。"
