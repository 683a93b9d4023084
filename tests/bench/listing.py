"""The lists of the faces over 10,000 queued jobs, in CPU-seconds of one process."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from appliance.domain.job import Lane
from appliance.domain.states import JobState
from appliance.store.change import change
from appliance.store.models import JobRow
from appliance.store.views.jobs import ERROR, JobFilter, jobs, lane_views
from appliance.store.views.paging import Part
from tests.bench.figures import Bench
from tests.boxes import person, standing
from tests.web.content import analysed

_JOBS = 10_000
_TIMES = 10
_MOST = 0.05


def measure() -> Bench:
    """CPU-seconds of one look, the mean of ten: a part of the list, a part far down, what failed, a person's own, and the
    lanes with their counts.
    """
    bench = Bench("listing")
    with tempfile.TemporaryDirectory() as folder, standing(Path(folder)) as box:
        ann = person(box).user
        video = analysed(box, ann).id
        with change(box.now()):
            rows = [_row(box.now().isoformat(), n, video) for n in range(_JOBS)]
            for start in range(0, _JOBS, 500):
                JobRow.insert_many(rows[start : start + 500]).execute()
        far = ""
        for _ in range(20):
            far = jobs(JobFilter(), Part(200, far)).next
        looks: dict[str, Callable[[], object]] = {
            "first_50": lambda: jobs(JobFilter(), Part(50)),
            "far_50": lambda: jobs(JobFilter(), Part(50, far)),
            "available_by_due_50": lambda: jobs(JobFilter(states=(JobState.AVAILABLE,)), Part(50, sort="due")),
            "failed_100": lambda: jobs(JobFilter(states=ERROR), Part(100)),
            "own_50": lambda: jobs(JobFilter(owner=ann), Part(50)),
            "lanes": lambda: lane_views({Lane.GPU: 1, Lane.CPU: 1, Lane.NET: 3}),
        }
        for name, look in looks.items():
            bench.add(f"{name}_cpu_seconds", _cpu(look), at_most=_MOST)
    return bench


def _row(now: str, number: int, video: int) -> dict[str, object]:
    when = f"{now[:19]}.{number:06}Z"
    return {
        "kind": "fetch", "lane": "net", "state": "available", "video": video if number % 2 else None, "attempts": 6,
        "due": when, "expires": when, "created": when, "troubles": (),
    }  # fmt: skip


def _cpu(look: Callable[[], object]) -> float:
    look()
    begun = time.process_time()
    for _ in range(_TIMES):
        look()
    return (time.process_time() - begun) / _TIMES
