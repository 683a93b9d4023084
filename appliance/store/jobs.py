"""Jobs: the table that is the truth about all work."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from peewee import IntegrityError, fn

from appliance.domain.errors import Missing
from appliance.domain.job import Job, Lane, NewJob
from appliance.domain.states import ENDED, JOB_MOVES, IllegalMove, JobState, check_move
from appliance.domain.trouble import Fault, Trouble
from appliance.store.change import Change
from appliance.store.models import JobRow

KEPT_TROUBLES = 20
_ENDED = [state.value for state in ENDED]


@dataclass(frozen=True, slots=True)
class Bounds:
    """How often and how long a job is tried."""

    attempts: int = 6
    age: timedelta = timedelta(days=3)


def add(change: Change, new: NewJob, bounds: Bounds) -> Job:
    """Write the job and ring for it; of two with the same unique key the one that is not over yet stays."""
    if new.unique and (there := active(new.unique)) is not None:
        return there
    due = new.due or change.now
    row = JobRow.create(
        kind=new.kind,
        lane=new.lane.value,
        state=(JobState.SCHEDULED if due > change.now else JobState.AVAILABLE).value,
        video=new.video,
        clip=new.clip,
        channel=new.channel,
        owner=new.owner,
        argument=new.argument,
        unique_key=new.unique,
        priority=new.priority,
        attempts=bounds.attempts,
        due=due,
        expires=max(due, change.now) + bounds.age,
        created=change.now,
        troubles=(),
    )
    made = job(row)
    _told(change, made)
    if made.state is JobState.AVAILABLE:
        change.ring(made.id, made.lane, made.priority)
    return made


def active(unique: str) -> Job | None:
    """The job of that key that is not over."""
    row = JobRow.get_or_none((JobRow.unique_key == unique) & JobRow.state.not_in(_ENDED))
    return None if row is None else job(row)


def get(number: int) -> Job:
    """One job, Missing when there is none of that number."""
    row = JobRow.get_or_none(JobRow.id == number)
    if row is None:
        raise Missing(f"there is no job {number}", "`clipper jobs list` shows what there is.")
    return job(row)


def claim(change: Change, lane: Lane, boot: str, lease: timedelta, passed_over: Collection[str] = ()) -> Job | None:
    """The most urgent job of the lane, taken for this run of the program; None when there is none.

    After priority the video that was accepted first goes first, so that its clips come before the next one is begun.
    """
    query = JobRow.select().where((JobRow.lane == lane.value) & (JobRow.state == JobState.AVAILABLE.value))
    if passed_over:
        query = query.where(JobRow.kind.not_in(list(passed_over)))
    row = query.order_by(JobRow.priority.desc(), JobRow.video, JobRow.id).first()
    if row is None:
        return None
    return move(
        change,
        row.id,
        JobState.EXECUTING,
        boot=boot,
        lease=change.now + lease,
        started=change.now,
        attempt=row.attempt + 1,
        progress=0.0,
        step="",
        waiting="",
        cancelling=False,
    )


def beat(change: Change, number: int, boot: str, lease: timedelta, progress: float, step: str) -> bool:
    """Still at it. False when the job is no longer this run's."""
    done = (
        JobRow.update(lease=change.now + lease, progress=progress, step=step[:200])
        .where((JobRow.id == number) & (JobRow.boot == boot) & (JobRow.state == JobState.EXECUTING.value))
        .execute()
    )
    return bool(done)


def move(change: Change, number: int, to: JobState, *, trouble: Trouble | None = None, **fields: Any) -> Job:
    """Into another state; with trouble, that is added to its history. IllegalMove when it may not."""
    now = get(number)
    check_move(JOB_MOVES, f"job {number} ({now.kind})", now.state, to)
    if trouble is not None:
        fields["troubles"] = (*now.troubles, trouble)[-KEPT_TROUBLES:]
    if to in ENDED:
        fields.setdefault("ended", change.now)
    if to is not JobState.EXECUTING:
        fields |= {"lease": None, "boot": "", "cancelling": False}
    try:
        changed = JobRow.update(state=to.value, **fields).where(
            (JobRow.id == number) & (JobRow.state == now.state.value)
        )
        if not changed.execute():
            raise IllegalMove(f"job {number} is no longer {now.state.value}", "Look at it again: it has changed.")
    except IntegrityError as error:
        raise IllegalMove(f"job {number}: the same work is already under way", "Wait for that one.") from error
    moved = get(number)
    _told(change, moved)
    if to is JobState.AVAILABLE:
        change.ring(number, moved.lane, moved.priority)
    return moved


def update(number: int, **fields: Any) -> None:
    """Other fields than the state."""
    JobRow.update(**fields).where(JobRow.id == number).execute()


def come_due(change: Change, limit: int = 500) -> int:
    """Make available what is due; how many that were."""
    waiting = [JobState.SCHEDULED.value, JobState.RETRYABLE.value]
    rows = JobRow.select(JobRow.id).where(JobRow.state.in_(waiting) & (JobRow.due <= change.now)).limit(limit)
    numbers = [row.id for row in rows]
    for number in numbers:
        move(change, number, JobState.AVAILABLE)
    return len(numbers)


def next_in_line(change: Change, kind: str, reason: str) -> Job | None:
    """Of the jobs of a kind that wait for that reason, in words, the one that waits longest may start now."""
    waits = (JobRow.state == JobState.SCHEDULED.value) & (JobRow.kind == kind) & JobRow.waiting.contains(reason)
    row = JobRow.select(JobRow.id).where(waits).order_by(JobRow.priority.desc(), JobRow.id).first()
    return None if row is None else move(change, row.id, JobState.AVAILABLE, due=change.now)


def bring_nearer(change: Change, by: timedelta) -> int:  # noqa: ARG001 - it is only done inside a change
    """Make everything that waits for its time come due that much earlier; how many."""
    waiting = [JobState.SCHEDULED.value, JobState.RETRYABLE.value]
    rows = JobRow.select(JobRow.id, JobRow.due, JobRow.expires).where(JobRow.state.in_(waiting))
    for row in rows:
        JobRow.update(due=row.due - by, expires=row.expires - by).where(JobRow.id == row.id).execute()
    return len(rows)


def next_due() -> datetime | None:
    """When the next job comes due that is not available yet."""
    waiting = [JobState.SCHEDULED.value, JobState.RETRYABLE.value]
    row = JobRow.select(JobRow.due).where(JobRow.state.in_(waiting)).order_by(JobRow.due).first()
    return None if row is None else row.due


def wait_for(kind: str, why: str) -> None:
    """Say why available jobs of a kind do not start."""
    available = (JobRow.kind == kind) & (JobRow.state == JobState.AVAILABLE.value)
    JobRow.update(waiting=why).where(available & (JobRow.waiting != why)).execute()


def executing() -> tuple[Job, ...]:
    """What runs, or ran when the program ended."""
    return tuple(job(row) for row in JobRow.select().where(JobRow.state == JobState.EXECUTING.value))


def give_back(change: Change, number: int, why: str) -> Job:
    """A job whose worker went away: available again, and the try does not count."""
    now = get(number)
    trouble = Trouble(Fault.LOST, why, "It goes on by itself.", change.now, now.attempt)
    return move(change, number, JobState.AVAILABLE, trouble=trouble, attempt=max(now.attempt - 1, 0))


def available(lane: Lane, limit: int = 100) -> tuple[Job, ...]:
    """The most urgent available jobs of a lane."""
    rows = (
        JobRow.select()
        .where((JobRow.lane == lane.value) & (JobRow.state == JobState.AVAILABLE.value))
        .order_by(JobRow.priority.desc(), JobRow.video, JobRow.id)
        .limit(limit)
    )
    return tuple(job(row) for row in rows)


def in_state(state: JobState) -> tuple[Job, ...]:
    """All jobs in a state, oldest first."""
    return tuple(job(row) for row in JobRow.select().where(JobRow.state == state.value).order_by(JobRow.id))


def counts() -> dict[tuple[str, str], int]:
    """How many jobs by lane and state."""
    rows: Any = JobRow.select(JobRow.lane, JobRow.state, fn.COUNT(JobRow.id)).group_by(JobRow.lane, JobRow.state)
    rows = rows.tuples()
    return {(lane, state): count for lane, state, count in rows}


def of_video(video: int, *, ended: bool = True) -> tuple[Job, ...]:
    """A video's jobs, oldest first."""
    query = JobRow.select().where(JobRow.video == video).order_by(JobRow.id)
    return tuple(job(row) for row in (query if ended else query.where(JobRow.state.not_in(_ENDED))))


def of_clip(clip: int, *, ended: bool = True) -> tuple[Job, ...]:
    """A clip's jobs, oldest first."""
    query = JobRow.select().where(JobRow.clip == clip).order_by(JobRow.id)
    return tuple(job(row) for row in (query if ended else query.where(JobRow.state.not_in(_ENDED))))


def remove(change: Change, numbers: Sequence[int]) -> None:
    """For good."""
    JobRow.delete().where(JobRow.id.in_(list(numbers))).execute()
    for number in numbers:
        change.tell("job_removed", job=number)


def forget_polls(channel: int) -> None:
    """Drop the finished polls of a channel but the last: the channel itself says how they went."""
    over = (JobRow.channel == channel) & (JobRow.kind == "poll") & (JobRow.state == JobState.COMPLETED.value)
    last = JobRow.select(fn.MAX(JobRow.id)).where(over).scalar()
    if last:
        JobRow.delete().where(over & (JobRow.id != last)).execute()


def prune(change: Change, before: datetime) -> int:  # noqa: ARG001 - it is only done inside a change
    """Forget what ended before; how many."""
    return int(JobRow.delete().where(JobRow.state.in_(_ENDED) & (JobRow.ended < before)).execute())


def job(row: JobRow) -> Job:
    """A row as its noun."""
    return Job(
        id=row.id,
        kind=row.kind,
        lane=Lane(row.lane),
        state=JobState(row.state),
        created=row.created,
        due=row.due,
        expires=row.expires,
        video=row.video_id,  # type: ignore[attr-defined]
        clip=row.clip_id,  # type: ignore[attr-defined]
        channel=row.channel_id,  # type: ignore[attr-defined]
        owner=row.owner,
        argument=row.argument,
        unique=row.unique_key,
        priority=row.priority,
        attempt=row.attempt,
        attempts=row.attempts,
        deaths=row.deaths,
        boot=row.boot,
        lease=row.lease,
        started=row.started,
        ended=row.ended,
        progress=row.progress,
        step=row.step,
        waiting=row.waiting,
        cancelling=row.cancelling,
        troubles=row.troubles,
    )


def _told(change: Change, made: Job) -> None:
    kind = {JobState.COMPLETED: "job_completed", JobState.DISCARDED: "job_failed"}.get(made.state, "job_status_changed")
    change.tell(
        kind,
        job=made.id,
        video=made.video,
        clip=made.clip,
        job_id=made.id,
        status=made.state.value,
        step=made.step or made.kind,
        progress=made.progress,
        message=made.trouble.message if made.trouble and made.state is not JobState.COMPLETED else "",
    )
