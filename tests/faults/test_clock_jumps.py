from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from appliance.domain.job import Lane, NewJob
from appliance.domain.states import JobState, VideoState
from appliance.store import jobs, videos
from appliance.store.change import change
from tests.faults.living import until
from tests.faults.working import at_work


def test_a_clock_that_is_set_back_a_day_delays_nothing(tmp_path: Path) -> None:
    """What was due in two seconds is not due in a day and two seconds."""
    with at_work(tmp_path) as bench:
        with change(bench.box.now()) as made:
            due = made.now + timedelta(seconds=2)
            waiting = jobs.add(made, NewJob("tidy", Lane.CPU, due=due), bench.box.bounds())
        bench.service.clock.wake()
        assert jobs.get(waiting.id).state is JobState.SCHEDULED
        bench.clock.beside = -timedelta(days=1)
        assert until(lambda: jobs.get(waiting.id).state is JobState.COMPLETED, 15)


def test_a_clock_that_jumps_forward_takes_no_work_from_its_worker(tmp_path: Path, video: Path) -> None:
    """Leases that look expired belong to workers that are there: nothing is done twice, nothing is given up."""
    with at_work(tmp_path) as bench:
        number = bench.add(video)
        bench.child("scan")
        bench.clock.beside = timedelta(days=400)
        bench.service.clock.wake()
        assert until(lambda: videos.get(number).state is VideoState.READY)
        assert all(job.attempt == 1 and not job.troubles for job in jobs.of_video(number))
