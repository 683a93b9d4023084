"""What may be done with jobs and lanes."""

from __future__ import annotations

from collections.abc import Sequence

from appliance.actions.box import Box, need, owns
from appliance.actions.videos import ask_to_stop, put_first
from appliance.domain.errors import BadInput
from appliance.domain.job import Job, Lane
from appliance.domain.states import ENDED, ClipState, IllegalMove, JobState, VideoState
from appliance.domain.user import Actor, Role
from appliance.store import clips, jobs, lanes, videos
from appliance.store.change import Change, change


def cancel_job(box: Box, actor: Actor, number: int) -> Job:
    """Stop it. What runs ends within two seconds, with everything it started."""
    own(actor, number)
    with change(box.now()) as made:
        ask_to_stop(made, number)
    return jobs.get(number)


def retry_job(box: Box, actor: Actor, number: int) -> Job:
    """Once more, with the same payload and a fresh count of tries."""
    job = own(actor, number)
    if job.state in {JobState.AVAILABLE, JobState.EXECUTING, JobState.COMPLETED}:
        raise IllegalMove(
            f"job {number} is {job.state.value}", "Only what failed, waits or was cancelled can be retried."
        )
    with change(box.now()) as made:
        _wanted_again(made, job)
        expires = made.now + box.bounds().age
        return jobs.move(
            made, number, JobState.AVAILABLE, due=made.now, expires=expires, attempt=0, deaths=0, ended=None, waiting=""
        )


def retry_failed(box: Box, actor: Actor) -> int:
    """Once more for everything that was given up or is held; how many."""
    need(actor, Role.EDITOR)
    tried = 0
    for state in (JobState.DISCARDED, JobState.HELD):
        for job in jobs.in_state(state):
            try:
                retry_job(box, actor, job.id)
            except BadInput:
                continue  # another's, or done by hand meanwhile
            tried += 1
    return tried


def first_job(box: Box, actor: Actor, number: int) -> Job:
    """This one before all others of its lane."""
    job = own(actor, number)
    if job.state in ENDED:
        raise IllegalMove(f"job {number} is {job.state.value}", "Retry it instead.")
    with change(box.now()) as made:
        put_first(made, number)
    return jobs.get(number)


def delete_jobs(box: Box, actor: Actor, numbers: Sequence[int]) -> int:
    """Forget jobs that are over; how many."""
    over = [job.id for job in (own(actor, number) for number in dict.fromkeys(numbers)) if job.state in ENDED]
    if len(over) < len(set(numbers)):
        raise IllegalMove("only jobs that are over can be deleted", "Cancel it first.")
    with change(box.now()) as made:
        jobs.remove(made, over)
    return len(over)


def pause_lane(box: Box, actor: Actor, lane: Lane, why: str = "") -> None:
    """Take no new job from a lane; what runs goes on."""
    need(actor, Role.EDITOR)
    with change(box.now()) as made:
        lanes.pause(made, lane, why.strip()[:200] or f"paused by {actor.name}")


def resume_lane(box: Box, actor: Actor, lane: Lane) -> None:
    """Take jobs again."""
    need(actor, Role.EDITOR)
    with change(box.now()) as made:
        lanes.resume(made, lane)


def own(actor: Actor, number: int) -> Job:
    """The job, when the person may touch it."""
    need(actor, Role.EDITOR)
    job = jobs.get(number)
    owner = _owner(job)
    if owner is None:
        need(actor, Role.ADMIN)
    else:
        owns(actor, owner, f"job {number}")
    return job


def _owner(job: Job) -> int | None:
    return job.owner if job.video is None else videos.get(job.video).owner


def _wanted_again(made: Change, job: Job) -> None:
    """What the job is about is under way again."""
    if job.clip is not None:
        if clips.get(job.clip).state is not ClipState.RENDERING:
            clips.move(made, job.clip, ClipState.RENDERING, trouble=None)
    elif job.video is not None:
        video = videos.get(job.video)
        if video.deleted is not None:
            raise BadInput(f"video {video.id} was deleted", "Restore it first: that works for ten minutes.")
        if video.state is not VideoState.WORKING:
            videos.move(made, job.video, VideoState.WORKING, trouble=None, step="")
