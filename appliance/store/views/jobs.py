"""The list of jobs, and the lanes they wait in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from peewee import fn

from appliance.domain.job import Job, Lane, LaneView
from appliance.domain.page import Page
from appliance.domain.states import ENDED, JobState
from appliance.store import lanes
from appliance.store.jobs import counts, job
from appliance.store.models import JobRow, VideoRow
from appliance.store.views.paging import Order, Part, each, page

ORDERS = {
    "created": Order(JobRow.created),
    "due": Order(JobRow.due),
    "priority": Order(JobRow.priority),
    "kind": Order(JobRow.kind),
    "state": Order(JobRow.state),
    "id": Order(JobRow.id),
}
# What failed and will not go on by itself.
ERROR = (JobState.DISCARDED, JobState.HELD)
OPEN = tuple(state for state in JobState if state not in ENDED)
_LATER = (JobState.SCHEDULED, JobState.RETRYABLE, JobState.HELD)


@dataclass(frozen=True, slots=True)
class JobFilter:
    """Which jobs: about videos of an owner (None: everybody's, and the box's own), in states, of a lane or kind, about a
    video, clip or channel.
    """

    owner: int | None = None
    states: tuple[JobState, ...] = ()
    lane: Lane | None = None
    kind: str = ""
    video: int | None = None
    clip: int | None = None
    channel: int | None = None


def jobs(wanted: JobFilter, part: Part) -> Page[Job]:
    """A part of them."""
    return page(_query(wanted), JobRow, ORDERS, part, each(job))


def lane_views(workers: Mapping[Lane, int]) -> tuple[LaneView, ...]:
    """Every lane: its workers, what runs, what may start, what waits for a time or a person, and whether it is paused."""
    found, paused = counts(), lanes.paused()

    def count(lane: Lane, *states: JobState) -> int:
        return sum(found.get((lane.value, state.value), 0) for state in states)

    return tuple(
        LaneView(
            name=lane,
            workers=workers.get(lane, 0),
            executing=count(lane, JobState.EXECUTING),
            available=count(lane, JobState.AVAILABLE),
            waiting=count(lane, *_LATER),
            paused=lane in paused,
            why=paused.get(lane, ""),
        )
        for lane in Lane
    )


def oldest_available(lane: Lane) -> datetime | None:
    """Since when the job that waits longest for a worker of the lane could have started."""
    here = (JobRow.lane == lane.value) & (JobRow.state == JobState.AVAILABLE.value) & (JobRow.waiting == "")
    row = JobRow.select(fn.MIN(JobRow.due).alias("due")).where(here).first()
    return None if row is None else row.due


def leases_over(now: datetime) -> tuple[int, ...]:
    """Jobs that are said to run, but whose worker has not been heard of for too long."""
    running = JobRow.state == JobState.EXECUTING.value
    return tuple(row.id for row in JobRow.select(JobRow.id).where(running & (JobRow.lease < now)))


def _query(wanted: JobFilter) -> Any:
    query = JobRow.select()
    if wanted.owner is not None:
        own = VideoRow.select(VideoRow.id).where(VideoRow.owner == wanted.owner)
        query = query.where(JobRow.video.in_(own) | (JobRow.owner == wanted.owner))
    if wanted.states:
        query = query.where(JobRow.state.in_([state.value for state in wanted.states]))
    if wanted.lane is not None:
        query = query.where(JobRow.lane == wanted.lane.value)
    if wanted.kind:
        query = query.where(JobRow.kind == wanted.kind)
    for name in ("video", "clip", "channel"):
        number = getattr(wanted, name)
        if number is not None:
            query = query.where(getattr(JobRow, name) == number)
    return query
