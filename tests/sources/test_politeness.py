from __future__ import annotations

import multiprocessing
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.domain.errors import NeedsPerson, NotYet, Permanent, Transient
from appliance.sources.politeness import LONGEST_PAUSE, Manners, Pace, turn

moments = st.floats(0, 2e9)
steps = st.lists(st.tuples(st.sampled_from(["begun", "worse", "better"]), st.floats(-1e6, 1e6)), max_size=40)


@given(moments, steps, st.floats(0, 100))
def test_no_wait_is_longer_than_the_pause_whatever_the_clock_does(
    now: float, taken: list[tuple[str, float]], distance: float
) -> None:
    """A clock that jumps back never makes a host wait for years."""
    pace = Pace()
    for name, passed in taken:
        now = max(now + passed, 0.0)
        pace = {"begun": pace.begun(now), "worse": pace.worse(now), "better": pace.better()}[name]
        assert 0 <= pace.wait(now, distance) <= max(distance, pace.pause) <= max(distance, LONGEST_PAUSE)


def test_a_pause_doubles_up_to_an_hour_and_ends_with_an_answer() -> None:
    """60, 120, 240 ... 3600 seconds, then nothing but the usual distance."""
    pace, pauses = Pace(), []
    for _ in range(8):
        pace = pace.worse(1000.0)
        pauses.append(pace.pause)
    assert pauses == [60, 120, 240, 480, 960, 1920, 3600, 3600]
    assert pace.wait(1000.0, 5.0) == 3600
    assert pace.better().wait(1001.0, 5.0) == 4.0


def test_a_host_that_names_a_longer_pause_gets_it() -> None:
    """What the host says counts, up to an hour."""
    assert Pace().worse(0.0, 900.0).pause == 900
    assert Pace().worse(0.0, 1e9).pause == 3600


def test_a_refusal_is_remembered_for_the_next_process(tmp_path: Path) -> None:
    """After a 429 the next question has to wait, and the wait is named; another host need not."""
    with pytest.raises(Transient), turn(str(tmp_path), "Site.example", Manners()):
        raise Transient("x: HTTP Error 429: Too Many Requests", "", 300)
    with pytest.raises(NotYet) as caught, turn(str(tmp_path), "site.example", Manners()):
        pytest.fail("asked while the host wants a pause")
    assert caught.value.retry_after == pytest.approx(300, abs=5)
    with turn(str(tmp_path), "other.example", Manners()):
        pass


def test_a_bot_check_slows_down_and_a_missing_video_does_not(tmp_path: Path) -> None:
    """Only what presses the host counts."""
    with pytest.raises(Permanent), turn(str(tmp_path), "a.example", Manners(distance=0)):
        raise Permanent("x: Video unavailable")
    with turn(str(tmp_path), "a.example", Manners(distance=0)):
        pass
    with pytest.raises(NeedsPerson), turn(str(tmp_path), "a.example", Manners(distance=0)):
        raise NeedsPerson("x: Sign in to confirm you're not a bot")
    with pytest.raises(NotYet), turn(str(tmp_path), "a.example", Manners(distance=0)):
        pytest.fail("asked while the host wants a pause")


def test_questions_keep_their_distance(tmp_path: Path) -> None:
    """The second question waits for what is left of the distance."""
    begun = time.monotonic()
    for _ in range(3):
        with turn(str(tmp_path), "a.example", Manners(distance=0.1)):
            pass
    assert time.monotonic() - begun >= 0.19


def _hold(folder: str, held: multiprocessing.synchronize.Event, over: multiprocessing.synchronize.Event) -> None:
    with turn(folder, "a.example", Manners(distance=0, alone=True)):
        held.set()
        over.wait(20)


def test_a_host_for_one_is_not_asked_by_two_processes(tmp_path: Path) -> None:
    """The second is told when to come back; when the first has ended, or died, it is its turn."""
    spawn = multiprocessing.get_context("spawn")
    held, over = spawn.Event(), spawn.Event()
    other = spawn.Process(target=_hold, args=(str(tmp_path), held, over))
    other.start()
    try:
        assert held.wait(20)
        with pytest.raises(NotYet, match="in use"), turn(str(tmp_path), "a.example", Manners(distance=0, alone=True)):
            pytest.fail("two at a time")
        other.kill()
        other.join(10)
        with turn(str(tmp_path), "a.example", Manners(distance=0, alone=True)):
            pass
    finally:
        other.kill()
        other.join(10)


def test_a_broken_memory_is_no_memory(tmp_path: Path) -> None:
    """A file that is no pace, or a host that is no file name, stops nothing."""
    (tmp_path / "a.example.json").write_text("{")
    with turn(str(tmp_path), "a.example", Manners(distance=0)):
        pass
    with turn(str(tmp_path), "../../etc/passwd", Manners(distance=0)):
        pass
    assert all(path.parent == tmp_path for path in tmp_path.rglob("*"))


def test_without_a_folder_nothing_is_waited_for() -> None:
    """The command line asks at once."""
    with (
        turn("", "a.example", Manners(distance=1000, alone=True)),
        turn("", "a.example", Manners(distance=1000, alone=True)),
    ):
        pass


def test_who_is_in_a_hurry_still_keeps_the_pauses(tmp_path: Path) -> None:
    """Several at once without distance, but a host that asked for a pause gets it."""
    hurried = Manners(distance=1000, alone=True, site="a").hurried(hurry=True)
    with turn(str(tmp_path), "x.example", hurried), turn(str(tmp_path), "y.example", hurried):
        pass
    with pytest.raises(Transient), turn(str(tmp_path), "x.example", hurried):
        raise Transient("x: HTTP Error 429: Too Many Requests")
    with pytest.raises(NotYet), turn(str(tmp_path), "y.example", hurried):
        pytest.fail("asked while the host wants a pause")
    assert Manners(distance=3).hurried(hurry=False) == Manners(distance=3)
