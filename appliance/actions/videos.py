"""What may be done with videos."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import msgspec

from appliance import sources
from appliance.actions.box import Box, Forbidden, need, owns
from appliance.actions.stages import VIDEO, begin
from appliance.actions.wishes import check_wishes, in_roots
from appliance.domain.errors import BadInput
from appliance.domain.job import Job, Lane, NewJob
from appliance.domain.located import Located
from appliance.domain.states import ENDED, ClipState, IllegalMove, JobState, VideoState
from appliance.domain.user import Actor, Role
from appliance.domain.video import Video
from appliance.domain.wishes import NONE, Wishes
from appliance.guard import Guard
from appliance.sources.address import check_policy, locate
from appliance.store import clips, jobs, videos
from appliance.store.change import Change, change

UNDO = timedelta(minutes=10)  # how long a deleted video or clip can be brought back


@dataclass(frozen=True, slots=True)
class Added:
    """One link of a list: the video it became, whether that is new, or why it was refused. A link to a list of videos
    becomes a job that looks into it.
    """

    address: str
    video: Video | None = None
    new: bool = False
    job: Job | None = None
    why: str = ""
    hint: str = ""


@dataclass(frozen=True, slots=True)
class ToLookInto:
    """A list of videos, and what is wished for each of them."""

    list: Located
    wishes: Wishes


def add_video(box: Box, actor: Actor, address: str, wishes: Wishes = NONE, *, first: bool = False) -> Added:
    """Accept a link or a file. It is on the disk, with its first job, when this returns. Nothing is asked of a network."""
    need(actor, Role.EDITOR)
    check_wishes(box, actor, wishes)
    located = allowed(box, actor, address)
    if sources.is_list(located):
        return Added(address, job=_look_into(box, actor, located, wishes), new=True)
    sources.check(located, box.now())
    with change(box.now()) as made:
        video, new = videos.accept(made, located, actor.user, wishes)
        if new:
            begin(made, video, box, priority=1 if first else 0)
        return Added(address, videos.get(video.id), new)


def add_videos(
    box: Box, actor: Actor, addresses: Sequence[str], wishes: Wishes = NONE, *, first: bool = False
) -> tuple[Added, ...]:
    """Accept a list: what is refused is told and dropped, the rest goes on. BadInput when none is left."""
    check_wishes(box, actor, wishes)
    added = []
    for address in dict.fromkeys(address.strip() for address in addresses if address.strip()):
        try:
            added.append(add_video(box, actor, address, wishes, first=first))
        except Forbidden:
            raise
        except BadInput as error:
            added.append(Added(address, why=error.message, hint=error.hint))
    if not any(one.video or one.job for one in added):
        reasons = "; ".join(one.why for one in added) or "no source was given"
        raise BadInput(reasons, next((one.hint for one in added if one.hint), "Give a file or an https:// link."))
    return tuple(added)


def _look_into(box: Box, actor: Actor, located: Located, wishes: Wishes) -> Job:
    """A job that asks what is in a list, and accepts its videos for that person."""
    argument = msgspec.json.encode(ToLookInto(located, wishes)).decode()
    unique = f"expand:{actor.user}:{located.key}"
    new = NewJob("expand", Lane.NET, owner=actor.user, unique=unique, argument=argument)
    with change(box.now()) as made:
        return jobs.add(made, new, box.bounds())


def find_video(box: Box, actor: Actor, address: str) -> Video | None:
    """The person's video of that link, whatever way it is written; None when it would be new."""
    return videos.by_key(allowed(box, actor, address).key, actor.user)


def cancel_video(box: Box, actor: Actor, number: int) -> Video:
    """Stop everything that is due or running for it."""
    _own(actor, number)
    with change(box.now()) as made:
        cancel_jobs(made, number)
    return videos.get(number)


def retry_video(box: Box, actor: Actor, number: int, stage: str = "") -> Video:
    """Go on with it, from the stage where it stopped or from an earlier one. Finished stages are not run again unless
    what went into them changed.
    """
    video = _own(actor, number)
    if stage and stage not in VIDEO:
        raise BadInput(f"{stage} is no stage of a video", f"One of: {', '.join(VIDEO)}.")
    with change(box.now()) as made:
        under_way = [job for job in jobs.of_video(number, ended=False) if job.clip is None]
        held = [job for job in under_way if job.state in {JobState.HELD, JobState.RETRYABLE, JobState.SCHEDULED}]
        if under_way and not held:
            raise IllegalMove(f"video {number} is being worked on already", "Cancel it first to begin anew.")
        for job in held:
            jobs.move(made, job.id, JobState.CANCELLED)
        names = list(VIDEO)
        missing = next((name for name in names if name not in video.made), names[-1])
        start = stage or missing
        kept = {name: folder for name, folder in video.made.items() if names.index(name) < names.index(start)}
        if list(kept) != names[: names.index(start)]:
            start = missing
            kept = {name: folder for name, folder in video.made.items() if name in names[: names.index(start)]}
        videos.move(made, number, VideoState.WORKING, made=kept, trouble=None, progress=0.0, step="")
        begin(made, videos.get(number), box, stage=start)
    return videos.get(number)


def first_video(box: Box, actor: Actor, number: int) -> Video:
    """This one before all others."""
    _own(actor, number)
    with change(box.now()) as made:
        for job in jobs.of_video(number, ended=False):
            put_first(made, job.id)
    return videos.get(number)


def delete_video(box: Box, actor: Actor, number: int) -> Video:
    """Take it away with its clips. It can be brought back for ten minutes; then its files go where nobody else uses them."""
    _own(actor, number)
    with change(box.now()) as made:
        cancel_jobs(made, number)
        for clip in clips.of_video(number):
            clips.update(made, clip.id, deleted=made.now)
        videos.update(made, number, deleted=made.now)
        made.tell("video_deleted", video=number)
    return videos.get(number)


def restore_video(box: Box, actor: Actor, number: int) -> Video:
    """Bring back what was deleted a moment ago."""
    video = videos.get(number)
    owns(actor, video.owner, f"video {number}")
    if video.deleted is None:
        return video
    with change(box.now()) as made:
        if videos.by_key(video.key, video.owner) is not None:
            raise IllegalMove(f"video {number} was added anew meanwhile", "Use the new one.")
        for clip in clips.of_video(number, also_deleted=True):
            if clip.deleted == video.deleted:
                clips.update(made, clip.id, deleted=None)
        videos.update(made, number, deleted=None)
        made.tell("video_restored", video=number)
    return videos.get(number)


def cancel_jobs(made: Change, number: int) -> None:
    """Stop a video's jobs and those of its clips, and the video itself; a job that still runs takes it along when it ends."""
    for job in jobs.of_video(number, ended=False):
        ask_to_stop(made, job.id)
    unfinished = videos.get(number).state in {VideoState.NEW, VideoState.WORKING, VideoState.HELD}
    if unfinished and not jobs.of_video(number, ended=False):
        videos.move(made, number, VideoState.CANCELLED, step="")


def ask_to_stop(made: Change, number: int) -> None:
    """A job that waits is cancelled now, with what it was about; one that runs is told to, and ends within two seconds."""
    job = jobs.get(number)
    if job.state in ENDED:
        return
    if job.state is JobState.EXECUTING:
        jobs.update(number, cancelling=True)
        made.tell("job_cancel", job=number)
    else:
        jobs.move(made, number, JobState.CANCELLED)
        _stopped(made, job)


def put_first(made: Change, number: int) -> None:
    """Before all that waits in its lane."""
    job = jobs.get(number)
    highest = max((other.priority for other in jobs.available(job.lane, 1)), default=0)
    jobs.update(number, priority=max(highest + 1, job.priority))
    if job.state is JobState.AVAILABLE:
        made.ring(number, job.lane, highest + 1)


def _stopped(made: Change, job: Job) -> None:
    """A job that waited was cancelled: so is what it was about."""
    if job.clip is not None:
        if clips.get(job.clip).state is ClipState.RENDERING:
            clips.move(made, job.clip, ClipState.DRAFT)
    elif job.video is not None and videos.get(job.video).state in {VideoState.NEW, VideoState.WORKING, VideoState.HELD}:
        videos.move(made, job.video, VideoState.CANCELLED, step="")


def allowed(box: Box, actor: Actor, address: str) -> Located:
    """The link, allowed by name; or the file, inside an allowed folder unless the person sits at the machine."""
    settings = box.settings()
    located = locate(address)
    check_policy(located, settings.sources.allow, allow_any=settings.sources.allow_any)
    if not located.is_file:
        Guard(settings.sources.allow_private).glance(located.address)
    if located.is_file and not actor.local and not in_roots(box, Path(located.address)):
        raise BadInput(
            f"{address}: files of the server may not be added from here",
            "Add their folder to roots under [sources] in clipper.toml, or use the command line on the server.",
        )
    return located


def _own(actor: Actor, number: int) -> Video:
    need(actor, Role.EDITOR)
    video = videos.get(number)
    owns(actor, video.owner, f"video {number}")
    if video.deleted is not None:
        raise BadInput(f"video {number} was deleted", "Restore it first: that works for ten minutes.")
    return video
