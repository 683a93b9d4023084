from __future__ import annotations

from itertools import combinations, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.domain.moment import Moment
from appliance.domain.span import Span
from appliance.domain.transcript import Origin, Sentence, Transcript, Word, join
from appliance.planning.phrases import lines_of, phrases, shortened, width
from appliance.planning.terms import terms_of
from appliance.planning.titles import TitleOptions, suggest, suggest_video

STORY = (
    "When my grandmother died, she left me a watch that had never worked.",
    "For twenty years I refused to open the watch.",
    "Do you know what I found inside?",
    "There was nothing broken at all, and so I asked my mother Beatrix about it.",
    "She had stopped it herself, at the minute that I was born!",
)
DULL = tuple(f"Plain sentence number {number} is about the road to the next village." for number in range(20))


def spoken(lines: tuple[str, ...]) -> Transcript:
    """Sentences of five seconds, one after another."""
    sentences = []
    for number, line in enumerate(lines):
        parts = line.split()
        step = 4.5 / len(parts)
        words = tuple(
            Word(100 * number + at, part, 5.0 * number + at * step, 5.0 * number + (at + 1) * step)
            for at, part in enumerate(parts)
        )
        sentences.append(Sentence(words[0].start, words[-1].end, words))
    return Transcript("en", Origin.SIDECAR, tuple(sentences), (Span(0.0, 5.0 * len(lines)),))


def moment(transcript: Transcript, start: float, end: float, peak: float = 0.0, title: str = "") -> Moment:
    """A moment with its words."""
    text = join([word.text for word in transcript.within(Span(start, end))])
    return Moment(start, end, 60.0, title, (), peak or (start + end) / 2, text)


TALK = spoken((*DULL, *STORY, *DULL))
WATCH = moment(TALK, 100.0, 125.0, peak=122.0)


def test_titles_are_different_and_said() -> None:
    """Up to twelve titles, no two alike, every word of them from the moment."""
    found = suggest(WATCH, TALK, "An evening about clocks")
    assert 4 <= len(found.titles) <= 12
    said = set(terms_of(WATCH.text, common=True))
    for title in found.titles:
        assert set(terms_of(title, common=True)) <= said
        assert not title.endswith((",", "…", ".", ";"))
    for one, two in combinations(found.titles, 2):
        assert len(set(terms_of(one)) & set(terms_of(two))) < len(set(terms_of(one)) | set(terms_of(two)))
    assert "Do you know what I found inside?" in found.titles[:2]


def test_the_moment_s_own_title_comes_first() -> None:
    """What the ranking or a language model called it leads the list."""
    named = moment(TALK, 100.0, 125.0, title="The watch that waited")
    assert suggest(named, TALK, "").titles[0] == "The watch that waited"


def test_a_description_is_a_few_whole_sentences_in_order() -> None:
    """One to three sentences that are said, in the order in which they are said."""
    found = suggest(WATCH, TALK, "")
    lines = lines_of(found.description)
    assert 1 <= len(lines) <= 3
    places = [next(at for at, said in enumerate(STORY) if line.lower() in said.lower()) for line in lines]
    assert all(one < two for one, two in pairwise(places))


def test_hashtags_are_what_it_is_about() -> None:
    """The story's own words and names, none that every part of the video has, no stop words."""
    found = suggest(WATCH, TALK, "").hashtags
    assert 3 <= len(found) <= 8
    assert {"#watch", "#Beatrix", "#grandmother"} <= set(found)
    assert not {"#village", "#road", "#sentence", "#when", "#that", "#never"} & {tag.lower() for tag in found}
    assert all(tag[0] == "#" and tag[1:].isalnum() for tag in found)


def test_a_word_of_the_video_s_title_weighs_more() -> None:
    """What the video is called says what it is about."""
    plain, titled = (suggest(WATCH, TALK, title, TitleOptions(hashtags=20)).hashtags for title in ("", "My mother"))
    assert titled.index("#mother") < plain.index("#mother")


def test_without_words_the_video_s_title_and_the_time_are_used() -> None:
    """A clip of a silent video is called by the video and when it begins, and claims nothing."""
    found = suggest(Moment(65.0, 90.0, 40.0, "", ()), None, "Storm <over> the bay\x07")
    assert found.titles == ("Storm over the bay – 1:05",)
    assert found.description == ""
    assert found.hashtags == ()
    assert suggest(Moment(3665.0, 3690.0, 40.0, "", ()), None, "").titles == ("1:01:05",)


def test_a_whole_video_is_told_by_its_moments() -> None:
    """The video's own title first, then its moments' best lines; the description has at most three sentences."""
    found = suggest_video(TALK, (WATCH, moment(TALK, 0.0, 30.0)), "An evening about clocks")
    assert found.titles[0] == "An evening about clocks"
    assert any("found inside" in title for title in found.titles)
    assert 1 <= len(lines_of(found.description)) <= 3
    assert found.hashtags
    silent = suggest_video(None, (), "Silence")
    assert (silent.titles, silent.description, silent.hashtags) == (("Silence",), "", ())


def test_other_scripts_have_titles_and_hashtags() -> None:
    """Chinese sentences become titles; Katakana names become hashtags; Hindi marks stay on their letters."""
    text = "昨日は雨でした。なぜ誰も来なかったのか？コンピュータが壊れました。"
    found = suggest(Moment(0.0, 30.0, 50.0, "", (), 15.0, text), None, "")
    assert "なぜ誰も来なかったのか？" in found.titles
    assert "#コンピュータ" in found.hashtags
    hindi = suggest(Moment(0.0, 30.0, 50.0, "", (), 15.0, "यह हिन्दी कहानी है।"), None, "")
    assert "#हिन्दी" in hindi.hashtags


@pytest.mark.parametrize(
    "options", [TitleOptions(), TitleOptions(titles=3, title_length=30, description_length=80, hashtags=2)]
)
@given(text=st.text(max_size=300), title=st.text(max_size=120), name=st.text(max_size=120))
def test_limits_hold_whatever_is_said(options: TitleOptions, text: str, title: str, name: str) -> None:
    """Titles, description and hashtags keep to their lengths and counts, on one line, without angle brackets."""
    found = suggest(Moment(0.0, 30.0, 50.0, title, (), 15.0, text), None, name, options)
    assert len(found.titles) <= options.titles
    assert all(0 < len(line) <= options.title_length for line in found.titles)
    assert len(found.description) <= options.description_length
    assert len(found.hashtags) <= options.hashtags
    for line in (*found.titles, found.description, *found.hashtags):
        assert not set("<>\n\r\x00") & set(line)
    assert all(" " not in tag for tag in found.hashtags)


@given(st.text(max_size=400))
def test_phrases_are_no_wider_than_asked(text: str) -> None:
    """No phrase, and no shortened text, is wider than its limit."""
    assert all(width(phrase.text) <= 60 and 0.0 <= phrase.place <= 1.0 for phrase in phrases(text, 60))
    assert width(shortened(text, 60)) <= 62
