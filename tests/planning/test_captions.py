from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from appliance.domain.timeline import Canvas, Captions, CaptionWord, Cut, SourceFile, Timeline
from appliance.planning.captions import PageRules, pages
from appliance.planning.captions_words import spoken

RULES = PageRules()


def measure(text: str, strong: bool) -> float:  # noqa: FBT001
    """Every character is 4.5 % of the canvas wide, of a strong word 5 %."""
    return len(text) * (0.05 if strong else 0.045)


def timeline(words: list[CaptionWord] | str, cuts: tuple[tuple[float, float], ...] = ((0.0, 60.0),)) -> Timeline:
    if isinstance(words, str):
        words = [
            CaptionWord(number, text, number * 0.4, number * 0.4 + 0.35, sentence_end=text[-1] in ".!?")
            for number, text in enumerate(words.split())
        ]
    return Timeline(
        title="t",
        canvas=Canvas(1080, 1920, 30),
        sources=(SourceFile("a", "a.mp4"),),
        cuts=tuple(Cut("a", start, end) for start, end in cuts),
        captions=Captions("clean", "a", tuple(words)),
    )


def texts(line: Timeline, rules: PageRules = RULES) -> list[list[str]]:
    return [[" ".join(word.text for word in row) for row in page.lines] for page in pages(line, rules, measure)]


def test_words_stand_in_groups_that_read_well() -> None:
    """Two to four words share the screen, a sentence never shares it with the next one."""
    found = texts(timeline("I never thought that it would work. Then we sold the first one."))
    assert all(1 <= sum(len(row.split()) for row in page) <= 4 for page in found)
    assert any(page[-1].endswith("work.") for page in found)


def test_an_article_stays_with_its_noun() -> None:
    """Short words that lean on the next one do not end a page where another break is to be had."""
    found = texts(timeline("People always remember the story about a lonely king"))
    assert all(page[-1].split()[-1] not in {"the", "a"} for page in found)


def test_captions_stay_through_a_short_pause_and_go_in_a_long_one() -> None:
    """Half a second of silence keeps the page; a second of it clears the screen after a moment."""
    words = [
        CaptionWord(0, "one", 0.0, 0.4, sentence_end=True),
        CaptionWord(1, "two", 0.9, 1.3, sentence_end=True),
        CaptionWord(2, "three", 2.4, 2.8),
    ]
    found = pages(timeline(words), RULES, measure)
    assert [(page.start, round(page.end, 3)) for page in found] == [(0.0, 0.9), (0.9, 1.6), (2.4, 3.1)]


def test_two_lines_are_balanced() -> None:
    """A page that is too wide for one line is broken where the two halves are alike."""
    words = [
        CaptionWord(number, text, number * 0.3, number * 0.3 + 0.3)
        for number, text in enumerate("brave little houses here".split())
    ]
    found = pages(timeline(words), PageRules(words=4), measure)
    assert [[len(row) for row in page.lines] for page in found] == [[2, 2]]


def test_hidden_words_are_not_drawn() -> None:
    """A hidden word leaves no trace in the captions."""
    words = [
        CaptionWord(0, "well", 0, 0.3),
        CaptionWord(1, "damn", 0.3, 0.6, hidden=True),
        CaptionWord(2, "it", 0.6, 0.9),
    ]
    assert texts(timeline(words)) == [["well it"]]


def test_words_follow_the_cuts_into_the_finished_clip() -> None:
    """A word is placed where its cut stands in the clip; words that were cut out are gone."""
    words = [CaptionWord(number, f"w{number}", number * 1.0, number + 0.5) for number in range(10)]
    shown = spoken(timeline(words, ((2.0, 4.0), (7.0, 9.0))))
    assert [(word.text, word.start, word.end) for word in shown] == [
        ("w2", 0.0, 0.5),
        ("w3", 1.0, 1.5),
        ("w7", 2.0, 2.5),
        ("w8", 3.0, 3.5),
    ]


def test_a_word_over_the_edge_of_a_cut_ends_with_it() -> None:
    """Of a word that the cut divides, the larger part is shown and no longer than the cut."""
    shown = spoken(timeline([CaptionWord(0, "edge", 1.8, 2.3), CaptionWord(1, "rest", 2.9, 3.4)], ((2.0, 3.3),)))
    assert [(word.text, round(word.start, 3), round(word.end, 3)) for word in shown] == [
        ("edge", 0.0, 0.3),
        ("rest", 0.9, 1.3),
    ]


def test_cuts_that_go_on_where_the_last_one_ended_are_one() -> None:
    """A word that spans such a border is shown once, with its whole time."""
    shown = spoken(timeline([CaptionWord(0, "over", 1.5, 2.5)], ((1.0, 2.0), (2.0, 3.0))))
    assert [(word.start, word.end) for word in shown] == [(0.5, 1.5)]


def test_a_long_word_is_broken_into_pieces_that_share_its_time() -> None:
    """What no line can hold is divided, and each piece is lit for its part of the time."""
    found = pages(timeline([CaptionWord(0, "x" * 10_000, 0.0, 10.0)]), RULES, measure)
    assert sum(len(word.text) for page in found for word in page.words) == 10_000
    assert all(measure(word.text, strong=False) <= RULES.width for page in found for word in page.words)


def test_chinese_is_divided_between_characters_but_not_before_punctuation() -> None:
    """A sentence written without spaces becomes pieces; none begins with a closing sign."""
    found = pages(timeline([CaptionWord(0, "我们今天去北京，看一看那个新的博物馆。", 0.0, 5.0)]), RULES, measure)
    pieces = [word.text for page in found for word in page.words]
    assert len(pieces) > 3
    assert not any(piece[0] in "，。" for piece in pieces)
    assert all(word.glued for page in found for row in page.lines for word in row[1:])


_WORDS = st.lists(
    st.tuples(
        st.text(min_size=0, max_size=14),
        st.floats(0, 1.5, allow_nan=False),
        st.floats(0, 1.2, allow_nan=False),
        st.booleans(),
        st.booleans(),
    ),
    max_size=40,
)


@given(_WORDS, st.integers(1, 6))
def test_pages_never_overlap_and_lose_nothing(raw: list[tuple[str, float, float, bool, bool]], words: int) -> None:
    """Whatever the words: pages follow one another, lie inside the clip, keep every character, and fit the line."""
    at, made = 0.0, []
    for number, (text, gap, length, ends, hidden) in enumerate(raw):
        at += gap
        made.append(CaptionWord(number, text, at, at + length, sentence_end=ends, hidden=hidden))
        at += length
    line = timeline(made, ((0.0, 200.0),))
    found = pages(line, PageRules(words=words), measure)
    for one, two in pairwise(found):
        assert one.start < one.end <= two.start
    for page in found:
        assert 0 <= page.start < page.end <= line.seconds
        assert 1 <= len(page.lines) <= 2
        assert all(row for row in page.lines)
    shown = "".join(word.text for page in found for word in page.words)
    kept = {word.id for page in found for word in (one.word for one in page.words)}
    assert not any(made[number].hidden for number in kept)
    assert len(shown) <= sum(len(word.text) for word in made)
