from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from appliance.domain.job import Job, Lane, NewJob
from appliance.domain.states import JobState
from appliance.jobs.works import Works
from appliance.store import jobs
from appliance.store.change import change
from tests.boxes import standing


def _waiting(box: Works, why: str, priority: int = 0) -> Job:
    with change(box.now()) as made:
        due = made.now + timedelta(hours=1)
        job = jobs.add(made, NewJob("fetch", Lane.NET, due=due, priority=priority), box.bounds())
        jobs.update(job.id, waiting=why)
        return job


def test_when_a_download_ends_the_next_from_that_site_begins(tmp_path: Path) -> None:
    """One, the most urgent; what waits for something else goes on waiting."""
    with standing(tmp_path) as box:
        other = _waiting(box, "not yet published")
        first, urgent = _waiting(box, "youtube is in use: one runs"), _waiting(box, "youtube is in use: one runs", 1)
        with change(box.now()) as made:
            chosen = jobs.next_in_line(made, "fetch", "is in use")
        assert chosen is not None
        assert chosen.id == urgent.id
        states = [jobs.get(job.id).state for job in (other, first, urgent)]
        assert states == [JobState.SCHEDULED, JobState.SCHEDULED, JobState.AVAILABLE]
        assert [ring.job for ring in made.rings] == [urgent.id]


def test_nobody_in_line_is_no_trouble(tmp_path: Path) -> None:
    """Most downloads end with nobody waiting."""
    with standing(tmp_path) as box, change(box.now()) as made:
        assert jobs.next_in_line(made, "fetch", "is in use") is None
