from __future__ import annotations

import itertools
import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.domain.moment import Ranking
from appliance.domain.source import Chapter
from appliance.domain.span import Span
from appliance.domain.transcript import Transcript
from appliance.ranking import RankOptions, candidates, measure, promising, rank
from appliance.signals.evidence import Evidence, Opinion
from tests.signals import material


def ranked(evidence: Evidence, options: RankOptions | None = None, shots: tuple[float, ...] = ()) -> Ranking:
    """Measured and ranked."""
    options = options or RankOptions()
    return rank(evidence, *measure(evidence, options), options, shots)


def inside_a_word(time: float, transcript: Transcript) -> bool:
    return any(word.start + 1e-6 < time < word.end - 1e-6 for word in transcript.words)


def test_a_burst_of_chat_is_found_before_it_happened() -> None:
    """Chat alone: the best moment lies around the seconds before the crowd began to write."""
    found = ranked(Evidence(1800.0, chat=material.calm_chat(1800.0, [900.0])))
    best = found.moments[0]
    assert best.start < 885.0 < best.end
    assert best.start > 840.0
    assert best.score > 50.0


def test_a_loud_reaction_is_found_by_sound_alone() -> None:
    """Sound alone: laughter-like noise is inside the best moment."""
    best = ranked(Evidence(1800.0, sound=material.sound(1800, loud=(1000, 1015)))).moments[0]
    assert best.start <= 1000
    assert best.end >= 1015


def test_all_kinds_of_evidence_together() -> None:
    """With sound, words and chat the moment that all agree on is first, with a reason for each of them."""
    evidence = Evidence(
        1800.0,
        sound=material.sound(1800, loud=(900, 912)),
        transcript=material.speech(1800.0),
        chat=material.calm_chat(1800.0, [915.0]),
    )
    best = ranked(evidence).moments[0]
    assert best.start < 900 < best.end
    assert {"chat", "reaction"} <= {reason.signal for reason in best.reasons}


def test_the_reasons_add_up_to_the_score() -> None:
    """The score is exactly the chance whose log-odds are the sum of the reasons."""
    evidence = Evidence(1800.0, sound=material.sound(1800, loud=(900, 912)), chat=material.calm_chat(1800.0, [915.0]))
    for moment in ranked(evidence).moments:
        odds = sum(reason.weight for reason in moment.reasons)
        assert moment.score == pytest.approx(100 / (1 + math.exp(-odds)), abs=0.051)
        assert all(reason.text for reason in moment.reasons)


def test_reasons_name_what_was_seen() -> None:
    """The chat's reason says how many times the usual pace and how many people."""
    best = ranked(Evidence(1800.0, chat=material.calm_chat(1800.0, [900.0]))).moments[0]
    text = next(reason.text for reason in best.reasons if reason.signal == "chat")
    assert "times the usual chat" in text
    assert "people" in text


def test_clips_keep_to_sentences_with_air() -> None:
    """Every clip starts 150 to 350 ms before a sentence and ends 300 to 450 ms after one, where the pauses allow it."""
    spoken = material.speech(1800.0, gap=1.0)
    seconds = spoken.sentences[-1].end + 0.5
    evidence = Evidence(seconds, sound=material.sound(1800, loud=(900, 912)), transcript=spoken)
    moments = ranked(evidence, RankOptions(top_n=10)).moments
    assert len(moments) >= 4
    starts = np.array([sentence.start for sentence in spoken.sentences])
    ends = np.array([sentence.end for sentence in spoken.sentences])
    for moment in moments:
        before = starts[starts >= moment.start][0] - moment.start
        after = moment.end - ends[ends <= moment.end][-1]
        assert 0.15 <= before <= 0.35
        assert 0.3 <= after <= 0.45


def test_without_pauses_no_word_is_cut() -> None:
    """Words that follow one another without any pause: edges lie between them, never inside."""
    spoken = material.speech(900.0, gap=0.0)
    found = ranked(Evidence(900.0, transcript=spoken), RankOptions(top_n=8))
    assert found.moments
    for moment in found.moments:
        assert not inside_a_word(moment.start, spoken)
        assert not inside_a_word(moment.end, spoken)


def test_an_endless_sentence_is_cut_between_words() -> None:
    """A sentence longer than the longest clip is cut between words, not inside one."""
    line = " ".join(f"word{number}" for number in range(600))
    spoken = material.transcript([(0.0, 300.0, line)])
    moments = ranked(Evidence(300.0, transcript=spoken)).moments
    assert moments
    for moment in moments:
        assert 15.0 <= moment.end - moment.start <= 60.0
        assert not inside_a_word(moment.start, spoken)
        assert not inside_a_word(moment.end, spoken)


def test_a_cue_longer_than_a_clip_is_left_alone() -> None:
    """One cue of two minutes cannot be cut; the moments lie elsewhere."""
    lines = [(6.0 * number, 6.0 * number + 5.5, "a plain sentence about nothing much.") for number in range(30)]
    lines += [(180.0, 300.0, "(Music)")]
    lines += [(300.0 + 6 * number, 305.5 + 6 * number, "more plain words about nothing much.") for number in range(30)]
    spoken = material.transcript(lines)
    moments = ranked(Evidence(480.0, transcript=spoken)).moments
    assert moments
    assert all(moment.end <= 180.4 or moment.start >= 299.6 for moment in moments)


def test_exact_cuts_take_the_flash_off() -> None:
    """An exact cut just inside an edge becomes the edge, so that no other shot flashes up."""
    evidence = Evidence(1800.0, chat=material.calm_chat(1800.0, [900.0]))
    plain = ranked(evidence).moments[0]
    cut = ranked(evidence, shots=(plain.start + 0.2, plain.end - 0.1)).moments[0]
    assert (cut.start, cut.end) == (plain.start + 0.2, plain.end - 0.1)


def test_the_whole_length_is_covered() -> None:
    """In ten hours with a like burst every half hour the chosen moments come from the whole length."""
    bursts = [1800.0 * number + 900.0 for number in range(20)]
    found = ranked(Evidence(36000.0, chat=material.calm_chat(36000.0, bursts)), RankOptions(top_n=10))
    hours = {int(moment.start // 6000) for moment in found.moments}
    assert len(found.moments) == 10
    assert len(hours) >= 5


def test_the_same_story_is_told_once() -> None:
    """Of two stretches with the same words only one is chosen while there are others."""
    joke = "The penguin walked into the igloo and asked the walrus about frozen herring prices!"
    lines = [
        (8.0 * number, 8.0 * number + 5.0, f"Item {number} was about topic {number * 7} and city {number * 3}.")
        for number in range(120)
    ]
    for place in (20, 21, 22, 80, 81, 82):
        lines[place] = (8.0 * place, 8.0 * place + 5.0, joke)
    opinions = (
        Opinion(160, 184, 95.0),
        Opinion(640, 664, 94.0),
        *(Opinion(at, at + 24, 20.0) for at in (8, 80, 240, 400)),
    )
    evidence = Evidence(960.0, transcript=material.transcript(lines), opinions=opinions)
    moments = ranked(evidence, RankOptions(top_n=3, max_seconds=30)).moments
    assert sum("penguin" in moment.text for moment in moments) == 1


def test_a_floor_of_four_and_a_strict_score() -> None:
    """Weak moments fill the floor of four; a score that was asked for is kept to, with the reason when nothing reaches it."""
    evidence = Evidence(1800.0, sound=material.sound(1800))
    assert len(ranked(evidence).moments) >= 4
    strict = ranked(evidence, RankOptions(min_score=99.0))
    assert strict.moments == ()
    assert "99" in strict.why_empty
    assert strict.hint


def test_four_clips_where_there_is_room_for_them() -> None:
    """Four minutes of talk give at least four clips of fifteen seconds or more, and half a minute gives what it holds."""
    moments = ranked(Evidence(233.0, transcript=material.speech(233.0))).moments
    assert len(moments) >= 4
    assert all(moment.span.seconds >= 15 for moment in moments)
    assert len(ranked(Evidence(31.0, transcript=material.speech(31.0))).moments) >= 1


def test_high_sums_are_held_back() -> None:
    """What every signal agrees on is shown with some doubt, and the doubt is one of the terms."""
    evidence = Evidence(
        1800.0,
        sound=material.sound(1800, loud=(900, 912)),
        transcript=material.speech(1800.0),
        chat=material.calm_chat(1800.0, [915.0]),
    )
    best = ranked(evidence).moments[0]
    doubt = next(reason for reason in best.reasons if reason.signal == "caution")
    assert doubt.weight < 0
    assert 73.0 < best.score < 90.0


@pytest.mark.parametrize("seconds", [1.0, 4.0, 14.0, 61.0, 600.0, 43200.0])
def test_with_no_signal_at_all_windows_are_spread_evenly(seconds: float) -> None:
    """Nothing known: at least one moment, inside the source, with a low score that says so."""
    found = ranked(Evidence(seconds))
    assert found.moments
    assert len(found.missing) >= 10
    for moment in found.moments:
        assert 0 <= moment.start < moment.end <= seconds
        assert moment.score < 30
        assert "nothing is known" in moment.reasons[-1].text
    if seconds >= 600:
        assert len(found.moments) == 6
        assert found.moments[-1].start > 0.7 * seconds or any(moment.start > 0.7 * seconds for moment in found.moments)


def test_less_than_a_second_is_no_clip() -> None:
    """Half a second of video gives no moment, and why."""
    found = ranked(Evidence(0.5))
    assert found.moments == ()
    assert found.why_empty
    assert found.hint


def test_a_short_video_is_taken_whole() -> None:
    """A video shorter than the shortest clip becomes one moment of its whole length."""
    moments = ranked(Evidence(9.0, chat=material.calm_chat(9.0, [4.0]))).moments
    assert [(moment.start, moment.end) for moment in moments] == [(0.0, 9.0)]


def test_a_query_finds_the_part_about_it() -> None:
    """`the part about X` puts the stretch where X is spoken of first."""
    lines = [
        (6.0 * number, 6.0 * number + 5.5, f"Plain talk about road number {number} and its repairs.")
        for number in range(200)
    ]
    for place in (150, 151, 153):
        lines[place] = (6.0 * place, 6.0 * place + 5.5, "My grandmother kept seven Siamese cats in the café.")
    evidence = Evidence(1200.0, transcript=material.transcript(lines))
    best = ranked(evidence, RankOptions(query="find the part about the Siamese cat in the CAFE")).moments[0]
    assert best.start < 906 < best.end
    nothing = ranked(evidence, RankOptions(query="submarines"))
    assert nothing.moments == ()
    assert "submarines" in nothing.why_empty


def test_keywords_raise_their_sentences() -> None:
    """A keyword of the channel lifts the moment in which it is said."""
    lines = [
        (6.0 * number, 6.0 * number + 5.5, f"Plain talk about road number {number} and its repairs.")
        for number in range(200)
    ]
    lines[120] = (720.0, 725.5, "Then the giveaway starts for everybody.")
    evidence = Evidence(1200.0, transcript=material.transcript(lines))
    best = ranked(evidence, RankOptions(keywords=("giveaway",))).moments[0]
    assert best.start < 722 < best.end


def test_a_judge_s_word_counts() -> None:
    """Between like stretches the one that the language model preferred is first, with its words as the reason."""
    evidence = Evidence(1200.0, transcript=material.speech(1200.0))
    opinions = (
        Opinion(301.0, 331.0, 92.0, "The storm", "a complete story", (), "Sentence number 51"),
        Opinion(601.0, 631.0, 40.0),
        Opinion(901.0, 931.0, 50.0),
    )
    best = ranked(replace(evidence, opinions=opinions)).moments[0]
    assert best.start < 303
    assert best.end > 329
    assert best.title == "The storm"
    assert best.quote == "Sentence number 51"
    assert any("92 of 100: a complete story" in reason.text for reason in best.reasons)


def test_a_weight_of_nothing_turns_a_signal_off() -> None:
    """With the chat's weight at 0 no reason names it and its burst is not found."""
    evidence = Evidence(1800.0, sound=material.sound(1800, loud=(300, 312)), chat=material.calm_chat(1800.0, [900.0]))
    moments = ranked(evidence, RankOptions(weights={"chat": 0.0})).moments
    assert moments[0].start < 306 < moments[0].end
    assert not any(reason.signal.startswith("chat") for moment in moments for reason in moment.reasons)


def test_the_preset_kick_classic_takes_the_chat_s_place() -> None:
    """The preset finds the burst by its own rule, and the usual chat signal is not measured."""
    evidence = Evidence(1800.0, chat=material.calm_chat(1800.0, [900.0]))
    options = RankOptions(chat_preset="kick-classic", min_seconds=10.0)
    curves, _ = measure(evidence, options)
    assert [curve.signal for curve in curves] == ["kick-classic"]
    best = ranked(evidence, options).moments[0]
    assert best.start < 908 < best.end


def test_chapters_are_named_in_the_reason() -> None:
    """A chapter that begins in a moment is told by its title."""
    chapters = (Chapter(0.0, 600.0, "Intro"), Chapter(600.0, 1200.0, "The accident"))
    moments = ranked(Evidence(1200.0, chapters=chapters)).moments
    assert any("The accident" in reason.text for moment in moments for reason in moment.reasons)


def test_a_judge_gets_up_to_25_that_do_not_overlap() -> None:
    """The candidates for a judge carry their text, do not overlap, and are at most 25."""
    evidence = Evidence(7200.0, sound=material.sound(7200), transcript=material.speech(7200.0))
    curves, _ = measure(evidence)
    found = candidates(evidence, curves)
    assert len(found) == 25
    assert all(moment.text for moment in found)
    spans = sorted(moment.span for moment in found)
    assert all(one.end <= two.start + 1e-6 for one, two in itertools.pairwise(spans))


def test_promising_windows_cover_the_whole_length() -> None:
    """A third of three hours: the burst is in it, every sixth of the source is, and no more than the share."""
    evidence = Evidence(10800.0, chat=material.calm_chat(10800.0, [3000.0, 9000.0]))
    curves, _ = measure(evidence)
    found = promising(evidence, curves, 0.34)
    assert any(span.start <= 2980 <= span.end for span in found)
    assert any(span.start <= 8980 <= span.end for span in found)
    assert {int(6 * (span.start + span.end) / 2 / 10800) for span in found} == set(range(6))
    assert 0.2 * 10800 < sum(span.seconds for span in found) <= 0.34 * 10800
    assert promising(evidence, curves, 1.0) == (Span(0.0, 10800.0),)


def test_ranking_twice_gives_the_same() -> None:
    """The same evidence gives the same moments."""
    evidence = Evidence(1800.0, sound=material.sound(1800, loud=(900, 912)), chat=material.calm_chat(1800.0, [915.0]))
    assert ranked(evidence) == ranked(evidence)


@settings(max_examples=40, deadline=None)
@given(
    st.floats(1.0, 900.0),
    st.integers(1, 8),
    st.floats(1.0, 40.0),
    st.floats(0.0, 60.0),
    st.lists(st.floats(0.0, 880.0), max_size=3),
    st.sampled_from(["words", "nothing"]),
)
def test_moments_keep_to_what_was_asked(
    seconds: float, top: int, shortest: float, more: float, bursts: list[float], said: str
) -> None:
    """At most top_n moments, inside the source, not overlapping, not too long, best first, never inside a word."""
    words = material.speech(seconds) if said == "words" and seconds > 20 else None
    evidence = Evidence(seconds, transcript=words, chat=material.calm_chat(seconds, bursts) if seconds > 60 else None)
    options = RankOptions(top_n=top, min_seconds=shortest, max_seconds=shortest + more, floor=min(4, top))
    moments = ranked(evidence, options).moments
    assert len(moments) <= top
    assert [moment.score for moment in moments] == sorted((moment.score for moment in moments), reverse=True)
    spans = sorted(moment.span for moment in moments)
    assert all(one.end <= two.start + 1e-6 for one, two in itertools.pairwise(spans))
    for span in spans:
        assert 0 <= span.start < span.end <= seconds + 1e-6
        assert span.seconds <= shortest + more + 1e-6
