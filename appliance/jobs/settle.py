"""What becomes of a job after a try: one transaction that moves the job and what it was about."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from appliance.domain.job import Job
from appliance.domain.states import JobState
from appliance.domain.trouble import Fault, Trouble
from appliance.jobs.kind import Kind
from appliance.jobs.messages import Answer, Died, Dropped, Failed, Postponed
from appliance.jobs.works import Works
from appliance.planning.backoff import delay
from appliance.store import jobs
from appliance.store.change import Change, change

DEATHS = 2  # a stage that kills its process this often is set aside
NO_ROOM_SECONDS = 60.0
SLOWEST_SECONDS = 3600.0
# Ends by SIGTERM, SIGINT and SIGHUP: those come when a machine or a terminal is shut down, never from a stage itself.
TOLD_TO_STOP = frozenset({-15, -2, -1, 143, 130, 129})


def settle(job: Job, kind: Kind, answer: Answer | Died | None, works: Works, *, cancelled: bool = False) -> Job:
    """Write down how a try ended. `answer` None is light work that ended well."""
    with change(works.now()) as moved:
        if cancelled:
            return _over(moved, job, kind, JobState.CANCELLED, None, works)
        match answer:
            case Postponed(seconds, why):
                return _later(moved, job, kind, seconds, why)
            case Dropped(why):
                jobs.update(job.id, waiting=why)
                return _over(moved, job, kind, JobState.CANCELLED, Trouble(Fault.UNWANTED, why, "", moved.now), works)
            case Failed(trouble):
                return _failed(moved, job, kind, _stamped(trouble, moved, job), works)
            case Died():
                return _failed(moved, job, kind, _death(answer, moved, job), works)
            case _:
                done = jobs.move(moved, job.id, JobState.COMPLETED, progress=1.0, step="", waiting="")
                if kind.done is not None:
                    kind.done(moved, job, answer, works)
                return done


def _failed(moved: Change, job: Job, kind: Kind, trouble: Trouble, works: Works) -> Job:
    """Again, held, or given up: by the kind of trouble, the tries and the job's age."""
    fault = trouble.fault
    if fault is Fault.NO_ROOM:
        return _later(moved, job, kind, NO_ROOM_SECONDS, trouble.message, trouble)
    if fault is Fault.CRASH:
        job = replace(job, deaths=job.deaths + 1)
        jobs.update(job.id, deaths=job.deaths)
    if kind.patient:
        return _again(moved, job, kind, trouble, works)
    if fault is Fault.NEEDS_PERSON:
        return _over(moved, job, kind, JobState.HELD, trouble, works)
    given_up = fault in {Fault.PERMANENT, Fault.BAD_INPUT, Fault.BUG} or (fault is Fault.CRASH and job.deaths >= DEATHS)
    if given_up or job.attempt >= job.attempts or moved.now >= job.expires:
        return _over(moved, job, kind, JobState.DISCARDED, _last(trouble, job, moved, given_up=given_up), works)
    return _again(moved, job, kind, trouble, works)


def _again(moved: Change, job: Job, kind: Kind, trouble: Trouble, works: Works) -> Job:
    """Another try after a pause. What is tried for ever is told to its subject each time."""
    first = works.settings().jobs.retry_seconds
    seconds = delay(job.attempt, first, works.chance(), trouble.retry_after)
    if kind.patient:
        seconds = min(seconds, max(SLOWEST_SECONDS, trouble.retry_after or 0.0))
    due = moved.now + timedelta(seconds=seconds)
    again = jobs.move(moved, job.id, JobState.RETRYABLE, trouble=trouble, due=due)
    if kind.waits is not None:
        kind.waits(moved, again, f"tried again at {due.astimezone():%H:%M:%S}: {trouble.message}")
    if kind.patient and kind.ended is not None:
        kind.ended(moved, again, JobState.RETRYABLE, trouble, works)
    return again


def _later(moved: Change, job: Job, kind: Kind, seconds: float, why: str, trouble: Trouble | None = None) -> Job:
    """Not a failure: the try does not count."""
    due = moved.now + timedelta(seconds=seconds)
    attempt = max(job.attempt - 1, 0)
    repeated = trouble is not None and job.trouble is not None and job.trouble.fault is trouble.fault
    told = None if repeated else trouble
    if kind.waits is not None:
        kind.waits(moved, job, why)
    return jobs.move(moved, job.id, JobState.SCHEDULED, trouble=told, due=due, attempt=attempt, waiting=why)


def _over(moved: Change, job: Job, kind: Kind, to: JobState, trouble: Trouble | None, works: Works) -> Job:
    """It will not go on by itself."""
    over = jobs.move(moved, job.id, to, trouble=trouble)
    if kind.ended is not None:
        kind.ended(moved, over, to, trouble, works)
    return over


def _stamped(trouble: Trouble, moved: Change, job: Job) -> Trouble:
    return replace(trouble, at=moved.now, attempt=job.attempt)


def _death(died: Died, moved: Change, job: Job) -> Trouble:
    """A child that ended without an answer, in words."""
    if died.why:
        hint = "Its limits are hours and memory_gb under [jobs] in clipper.toml."
        return Trouble(Fault.TRANSIENT, f"{job.kind} was stopped: {died.why}", hint, moved.now, job.attempt)
    if died.code in TOLD_TO_STOP:
        why = f"the process of {job.kind} was told to stop from outside"
        return Trouble(Fault.TRANSIENT, why, "It is tried again.", moved.now, job.attempt)
    how = f"was killed by signal {-died.code}" if died.code < 0 else f"ended with code {died.code}"
    hint = (
        "It killed its process twice and was set aside: look at its log, then retry it."
        if job.deaths + 1 >= DEATHS
        else "It is tried once more."
    )
    return Trouble(Fault.CRASH, f"the process of {job.kind} {how} without an answer", hint, moved.now, job.attempt)


def _last(trouble: Trouble, job: Job, moved: Change, *, given_up: bool) -> Trouble:
    if given_up:
        return trouble
    why = "its time is over" if moved.now >= job.expires else f"{job.attempt} tries are over"
    return replace(trouble, message=f"{trouble.message} (given up: {why})")
