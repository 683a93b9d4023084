from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from appliance.actions.schedules import adopt_rules, next_runs, run_rule
from appliance.domain.job import Job, Lane
from appliance.domain.states import JobState
from appliance.jobs import lifeline
from appliance.jobs.clock import run_rules
from appliance.jobs.works import LEASE, Works
from appliance.store import jobs, rules
from appliance.store.change import change
from tests.boxes import ADMIN, Clock, standing
from tests.store.test_jobs import add


def nightly(cron: str = "30 2 * * *", missed: str = "once", zone: str = "Europe/Berlin") -> dict[str, Any]:
    return {
        "schedule": {"time_zone": zone, "rule": [{"name": "nightly", "cron": cron, "action": "sync", "missed": missed}]}
    }


def runs() -> list[datetime]:
    (rule,) = [rule for rule in rules.all_rules() if rule.name == "nightly"]
    return sorted(tick.due for tick in rules.ticks(rule.id, 500) if tick.outcome == "run")


def finish(box: Works) -> None:
    """Whatever was started is done."""
    for lane in Lane:
        for job in jobs.available(lane):
            with change(box.now()) as made:
                jobs.claim(made, lane, box.boot, LEASE)
                jobs.move(made, job.id, JobState.COMPLETED)


def live(box: Works, clock: Clock, hours: float, step_seconds: float = 60) -> None:
    """The box is on for so long and looks every minute."""
    for _ in range(int(hours * 3600 / step_seconds)):
        clock.on(seconds=step_seconds)
        run_rules(box)
        finish(box)


def test_a_rule_runs_once_at_each_of_its_times(tmp_path: Path) -> None:
    """Over three days, at half past two in Berlin."""
    clock = Clock(datetime(2026, 6, 1, 12, tzinfo=UTC))
    with standing(tmp_path, clock, nightly()) as box:
        adopt_rules(box)
        live(box, clock, 72, 600)
        assert runs() == [datetime(2026, 6, day, 0, 30, tzinfo=UTC) for day in (2, 3, 4)]


def test_the_night_of_the_spring_change_has_one_run_and_so_has_autumn(tmp_path: Path) -> None:
    """A time that is skipped or comes twice is one run."""
    for day in (datetime(2026, 3, 28, 12, tzinfo=UTC), datetime(2026, 10, 24, 12, tzinfo=UTC)):
        clock = Clock(day)
        with standing(tmp_path / str(day.month), clock, nightly()) as box:
            adopt_rules(box)
            live(box, clock, 24, 300)
            assert len(runs()) == 1


def test_two_looks_in_one_minute_and_a_restart_run_nothing_twice(tmp_path: Path) -> None:
    """The time itself is the key."""
    clock = Clock(datetime(2026, 6, 1, 0, 29, 50, tzinfo=UTC))
    with standing(tmp_path, clock, nightly(zone="Europe/Berlin")) as box:
        adopt_rules(box)
        clock.on(seconds=15)
        for _ in range(5):
            run_rules(box)
            finish(box)
            clock.on(seconds=5)
    with standing(tmp_path, clock, nightly(), "b2") as box:
        adopt_rules(box)
        run_rules(box)
        assert len(runs()) == 1


def test_missed_runs_are_made_up_for_as_the_rule_says(tmp_path: Path) -> None:
    """Four days off."""
    for missed, wanted in (("skip", 0), ("once", 1), ("all", 4)):
        clock = Clock(datetime(2026, 6, 1, 12, tzinfo=UTC))
        with standing(tmp_path / missed, clock, nightly(missed=missed)) as box:
            adopt_rules(box)
            clock.on(days=4)
            run_rules(box)
            assert len(runs()) == wanted


def test_a_clock_that_is_set_back_runs_nothing_twice_and_goes_on(tmp_path: Path) -> None:
    """An hour back, past a time that was dealt with."""
    clock = Clock(datetime(2026, 6, 1, 0, 0, tzinfo=UTC))
    with standing(tmp_path, clock, nightly()) as box:
        adopt_rules(box)
        live(box, clock, 1)
        assert len(runs()) == 1
        clock.on(hours=-1)
        live(box, clock, 2)
        assert len(runs()) == 1
        live(box, clock, 24, 600)
        assert len(runs()) == 2


def test_a_clock_that_jumps_ahead_counts_as_missed_time(tmp_path: Path) -> None:
    """A day ahead is one missed night, made up for once."""
    clock = Clock(datetime(2026, 6, 1, 12, tzinfo=UTC))
    with standing(tmp_path, clock, nightly()) as box:
        adopt_rules(box)
        run_rules(box)
        clock.on(days=1)
        run_rules(box)
        assert len(runs()) == 1


def test_a_rule_whose_time_was_changed_starts_from_now(tmp_path: Path) -> None:
    """The new time does not run for the days before it."""
    clock = Clock(datetime(2026, 6, 1, 12, tzinfo=UTC))
    with standing(tmp_path, clock, nightly()) as box:
        adopt_rules(box)
    clock.on(days=5)
    with standing(tmp_path, clock, nightly("0 4 * * *")) as box:
        adopt_rules(box)
        run_rules(box)
        assert runs() == []


def test_run_now_leaves_the_rule_its_own_times(tmp_path: Path) -> None:
    """By hand is by hand."""
    clock = Clock(datetime(2026, 6, 1, 12, tzinfo=UTC))
    with standing(tmp_path, clock, nightly()) as box:
        adopt_rules(box)
        (rule,) = [rule for rule in rules.all_rules() if rule.name == "nightly"]
        before = next_runs(rule, clock())
        assert run_rule(box, ADMIN, rule.id).kind == "sync"
        assert next_runs(rules.get(rule.id), clock()) == before
        assert len(before) == 5


def held(box: Works, boot: str) -> Job:
    add(box)
    with change(box.now()) as made:
        job = jobs.claim(made, Lane.CPU, boot, LEASE)
    assert job is not None
    return job


def test_jobs_of_an_earlier_run_are_given_back_at_once(tmp_path: Path) -> None:
    """No lease has to run out first."""
    with standing(tmp_path) as box:
        job = held(box, "an earlier run")
        assert [back.id for back in lifeline.rescue(box)] == [job.id]
        assert jobs.get(job.id).state is JobState.AVAILABLE


def test_a_job_of_this_run_is_left_alone_while_its_worker_lives(tmp_path: Path) -> None:
    """Even when the wall clock jumps past its lease."""
    clock = Clock()
    with standing(tmp_path, clock) as box:
        job = held(box, box.boot)
        with box.runs.entered(job.id, box.limits()):
            clock.on(days=1)
            assert lifeline.rescue(box) == ()
        assert [back.id for back in lifeline.rescue(box)] == [job.id]


def test_a_cancel_that_a_crash_came_between_is_still_a_cancel(tmp_path: Path) -> None:
    """What the person said outlives the process."""
    with standing(tmp_path) as box:
        job = held(box, "an earlier run")
        jobs.update(job.id, cancelling=True)
        lifeline.rescue(box)
        assert jobs.get(job.id).state is JobState.CANCELLED


def test_a_lease_is_renewed_while_the_work_goes_on(tmp_path: Path) -> None:
    """Every beat moves it on."""
    clock = Clock()
    with standing(tmp_path, clock) as box:
        job = held(box, box.boot)
        with box.runs.entered(job.id, box.limits()):
            clock.on(seconds=30)
            lifeline.beat(box)
        lease = jobs.get(job.id).lease
        assert lease is not None
        assert lease - clock() == LEASE
        assert lease - job.created > timedelta(seconds=80)
