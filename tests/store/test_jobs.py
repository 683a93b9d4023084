from __future__ import annotations

import threading
from datetime import timedelta
from pathlib import Path

import pytest

from appliance.domain.job import Job, Lane, NewJob
from appliance.domain.states import IllegalMove, JobState
from appliance.domain.trouble import Fault, Trouble
from appliance.jobs.works import LEASE, Works
from appliance.store import jobs
from appliance.store.change import change
from appliance.store.models import database as tables
from tests.boxes import Clock, heard, standing


def add(box: Works, **fields: object) -> Job:
    with change(box.now()) as made:
        return jobs.add(made, NewJob("tidy", Lane.CPU, **fields), box.bounds())  # type: ignore[arg-type]


def claim(box: Works, lane: Lane = Lane.CPU) -> Job | None:
    with change(box.now()) as made:
        return jobs.claim(made, lane, box.boot, LEASE)


def test_of_two_jobs_with_one_key_only_one_is_under_way(tmp_path: Path) -> None:
    """The second is the first, until that is over."""
    with standing(tmp_path) as box:
        first = add(box, unique="k")
        assert add(box, unique="k").id == first.id
        with change(box.now()) as made:
            jobs.move(made, first.id, JobState.CANCELLED)
        second = add(box, unique="k")
        assert second.id != first.id
        with pytest.raises(IllegalMove, match="already under way"), change(box.now()) as made:
            jobs.move(made, first.id, JobState.AVAILABLE)


def test_the_most_urgent_job_is_taken_first(tmp_path: Path) -> None:
    """By priority, then by number; other lanes do not count."""
    clock = Clock()
    with standing(tmp_path, clock) as box:
        plain, also = add(box), add(box)
        clock.on(seconds=1)
        urgent = add(box, priority=5)
        taken = [found.id for found in (claim(box), claim(box), claim(box)) if found]
        assert taken == [urgent.id, plain.id, also.id]
        assert claim(box) is None
        assert claim(box, Lane.NET) is None


def test_no_job_is_taken_twice(tmp_path: Path) -> None:
    """Eight workers that reach out at once get eight different jobs of eight."""
    with standing(tmp_path) as box:
        for _ in range(8):
            add(box)
        taken: list[int] = []
        gate = threading.Barrier(8)

        def reach() -> None:
            gate.wait()
            found = claim(box)
            assert found is not None
            taken.append(found.id)
            tables.close()

        workers = [threading.Thread(target=reach) for _ in range(8)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        assert len(set(taken)) == 8


def test_a_job_that_is_due_later_is_rung_for_when_it_is_due(tmp_path: Path) -> None:
    """Not before, and once."""
    clock = Clock()
    with standing(tmp_path, clock) as box, heard() as bells:
        later = add(box, due=clock() + timedelta(minutes=5))
        assert later.state is JobState.SCHEDULED
        assert bells.rings == []
        assert jobs.next_due() == later.due
        for minutes, due in ((4, 0), (2, 1), (1, 0)):
            clock.on(minutes=minutes)
            with change(clock()) as made:
                assert jobs.come_due(made) == due
        assert bells.rings == [later.id]


def test_a_job_that_was_given_back_has_not_used_a_try(tmp_path: Path) -> None:
    """A restart of the box is nobody's failure."""
    with standing(tmp_path) as box:
        add(box)
        taken = claim(box)
        assert taken is not None
        assert taken.attempt == 1
        with change(box.now()) as made:
            back = jobs.give_back(made, taken.id, "the box was off")
        assert (back.state, back.attempt, back.boot) == (JobState.AVAILABLE, 0, "")
        assert back.trouble is not None
        assert back.trouble.fault is Fault.LOST


def test_a_beat_keeps_only_what_is_ones_own(tmp_path: Path) -> None:
    """Another run of the program cannot keep a job alive that is not its."""
    clock = Clock()
    with standing(tmp_path, clock) as box:
        add(box)
        taken = claim(box)
        assert taken is not None
        clock.on(seconds=30)
        with change(clock()) as made:
            assert jobs.beat(made, taken.id, box.boot, LEASE, 0.5, "half")
            assert not jobs.beat(made, taken.id, "other", LEASE, 0.9, "not mine")
        assert (jobs.get(taken.id).progress, jobs.get(taken.id).lease) == (0.5, clock() + LEASE)


def test_the_history_of_troubles_is_bounded(tmp_path: Path) -> None:
    """A job that fails for months does not grow for ever."""
    with standing(tmp_path) as box:
        made_job = add(box)
        for number in range(50):
            claim(box)
            with change(box.now()) as made:
                trouble = Trouble(Fault.TRANSIENT, f"try {number}")
                jobs.move(made, made_job.id, JobState.RETRYABLE, trouble=trouble)
                jobs.move(made, made_job.id, JobState.AVAILABLE)
        kept = jobs.get(made_job.id).troubles
        assert len(kept) == jobs.KEPT_TROUBLES
        assert kept[-1].message == "try 49"


def test_numbers_are_never_given_twice(tmp_path: Path) -> None:
    """Logs and folders are named after them."""
    with standing(tmp_path) as box:
        first = add(box)
        with change(box.now()) as made:
            jobs.remove(made, [first.id])
        assert add(box).id > first.id


def test_ten_thousand_jobs_are_counted_and_claimed_quickly(tmp_path: Path) -> None:
    """The queries that run all the time use their indexes."""
    with standing(tmp_path):
        for sql in (
            "SELECT * FROM job WHERE lane = 'cpu' AND state = 'available' ORDER BY priority DESC, video_id, id LIMIT 1",
            "SELECT due FROM job WHERE state IN ('scheduled', 'retryable') ORDER BY due LIMIT 1",
        ):
            plan = " ".join(str(row) for row in tables.execute_sql(f"EXPLAIN QUERY PLAN {sql}").fetchall())
            assert "USING" in plan
            assert "SCAN job\b" not in plan
            assert "job_lane" in plan or "job_state_due" in plan
