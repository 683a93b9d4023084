"""Work whose worker went away goes on: at once after a restart, and every ten seconds while the service runs."""

from __future__ import annotations

import time
from datetime import timedelta

from appliance.domain.job import Job, Lane
from appliance.jobs.kinds import KINDS
from appliance.jobs.lanes import Lanes
from appliance.jobs.settle import settle
from appliance.jobs.works import BEAT_SECONDS, LEASE, Works
from appliance.store import jobs
from appliance.store.change import change

_BETWEEN = timedelta(seconds=BEAT_SECONDS)  # a job that was just taken is not yet among those that run
_RINGS = 64  # calls made at once for a lane; every job that ends calls for the next


def rescue(works: Works) -> tuple[Job, ...]:
    """Give back every job that is held by an earlier run of the program, or by a worker of this one that is gone."""
    back = []
    for job in jobs.executing():
        if job.boot == works.boot and works.runs.has(job.id):
            continue
        begun = timedelta(0) if job.started is None else works.now() - job.started
        if job.boot != works.boot or abs(begun) > _BETWEEN:
            back.append(_rescued(job, works))
    return tuple(back)


def _rescued(job: Job, works: Works) -> Job:
    """Available again; or cancelled, when that was wished before its worker went away."""
    if job.cancelling:
        kind = next(kind for kind in KINDS if kind.name == job.kind)
        return settle(job, kind, None, works, cancelled=True)
    with change(works.now()) as moved:
        return jobs.give_back(moved, job.id, f"Clipper stopped while {job.kind} ran")


def call_all(lanes: Lanes) -> None:
    """Call workers for everything that is available: calls do not survive a crash, jobs do."""
    for lane in Lane:
        for job in jobs.available(lane, _RINGS):
            lanes.call(lane, job.id, job.priority)


def top_up(lanes: Lanes) -> None:
    """Call for available jobs of lanes that nobody called for."""
    for lane in Lane:
        if lanes.waiting(lane) == 0:
            for job in jobs.available(lane, max(lanes.workers.get(lane, 0), 1)):
                lanes.call(lane, job.id, job.priority)


def beat(works: Works) -> None:
    """Renew the lease of everything that runs, and stop what broke a limit or is no longer wanted."""
    for run in works.runs.all():
        with change(works.now(), durable=False) as told:
            ours = jobs.beat(told, run.job, works.boot, LEASE, run.progress, run.step)
        if not ours:
            run.stop("the job was taken away")
        elif why := run.over_limit(time.monotonic()):
            run.stop(why)
