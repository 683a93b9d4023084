from __future__ import annotations

import numpy as np
import pytest

from appliance.ranking import RankOptions, measure, rank
from appliance.ranking.edges import edges
from appliance.ranking.payoffs import payoffs
from appliance.signals.evidence import Evidence, SoundScan
from tests.signals import material

# Two stories, each after a pause of two seconds and with a laugh of three at its end, and small talk between and after them.
LAUGHS = ((58.0, 61.0), (118.0, 121.0))
TURNS = (31.0, 91.0)


def talk() -> Evidence:
    """Two and a half minutes of five-second sentences, quiet in the pauses, loud where the audience laughs."""
    lines: list[tuple[float, float, str]] = []
    at = 1.0
    while at < 145.0:
        laugh = next((laugh for laugh in LAUGHS if laugh[0] - 5.0 < at + 4.5 <= laugh[0] + 0.1), None)
        turn = next((turn for turn in TURNS if at < turn < at + 6.0), None)
        end = laugh[0] if laugh else turn - 2.0 if turn else at + 4.5
        lines.append((at, end, f"Sentence {len(lines)} says something plain of the {len(lines) * 7} roads."))
        at = laugh[1] + 0.5 if laugh else turn or end + 0.5
    return Evidence(150.0, sound=heard(), transcript=material.transcript(lines))


def heard() -> SoundScan:
    """A level of -30 dB, -60 in the long pauses, and laughter that is noise-like and dies away."""
    scan = material.sound(150)
    for first, last in ((29, 31), (89, 91), (146, 150)):
        scan.rms_db[first:last] = -60.0
        scan.fine_db[first * 50 : last * 50] = -60.0
    for start, end in LAUGHS:
        seconds = slice(int(start), int(end))
        scan.rms_db[seconds] = -20.0
        scan.flatness[seconds], scan.harmonic[seconds] = 0.5, 0.05
        scan.fine_db[int(start * 50) : int(end * 50)] = -20.0
        scan.fine_db[int((end - 1.0) * 50) : int((end + 0.5) * 50)] = -55.0
    return scan


def test_a_reaction_ends_when_it_has_died_away() -> None:
    """Two laughs are found between the sentences; each ends 0.8 s after its sound, before the next word."""
    evidence = talk()
    curves, _ = measure(evidence)
    reaction = next(np.asarray(curve.values) for curve in curves if curve.signal == "reaction")
    found = payoffs(evidence, reaction)
    assert [one.start for one in found] == [start for start, _ in LAUGHS]
    for one, (_, end) in zip(found, LAUGHS, strict=True):
        assert one.end == pytest.approx(end - 0.2, abs=0.05)
        assert one.height >= 1.0


def test_without_words_or_sound_there_is_no_reaction_to_wait_for() -> None:
    """What lies between sentences needs sentences, and what is heard needs sound."""
    evidence = talk()
    assert payoffs(Evidence(150.0, sound=evidence.sound), np.ones(150)) == ()
    assert payoffs(Evidence(150.0, transcript=evidence.transcript), np.ones(150)) == ()
    assert payoffs(evidence, None) == ()


def test_a_story_begins_after_the_pause_and_ends_after_its_laugh() -> None:
    """Each laugh gets a moment of its own, from where its story begins to where the laugh ends, without the next subject."""
    evidence = talk()
    moments = sorted(rank(evidence, *measure(evidence), RankOptions(top_n=2, floor=2)).moments, key=lambda m: m.start)
    assert len(moments) == 2
    for moment, turn, (_, end) in zip(moments, TURNS, LAUGHS, strict=True):
        assert moment.start == pytest.approx(turn - 0.25, abs=0.05)
        assert moment.end == pytest.approx(end - 0.2, abs=0.1)


def test_it_is_worth_more_to_begin_on_a_new_subject() -> None:
    """After a long quiet pause a start is worth more than after a usual one, and stories are told to end there."""
    points = edges(talk())
    worth = dict(zip(points.starts.round(2).tolist(), points.start_worth.tolist(), strict=True))
    assert worth[30.75] > worth[0.75]
    assert points.turns.tolist() == [pytest.approx(turn - 0.25) for turn in TURNS]
