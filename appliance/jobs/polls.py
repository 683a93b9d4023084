"""The jobs of a channel or folder: asking it what it has, and taking what is new."""

from __future__ import annotations

from appliance.actions.polling import schedule
from appliance.actions.stages import begin
from appliance.domain.channel import Channel, Intake
from appliance.domain.errors import BadInput
from appliance.domain.job import Job, Lane, NewJob
from appliance.domain.listed import Item, Listing
from appliance.domain.located import Located, Platform
from appliance.domain.states import JobState, VideoState
from appliance.domain.trouble import Trouble
from appliance.domain.video import Video
from appliance.jobs.kind import Kind
from appliance.jobs.looking import look_in_time
from appliance.jobs.messages import Answer, BringWork, Brought, Listed, ListWork
from appliance.jobs.works import Works
from appliance.store import channels, jobs, videos
from appliance.store.change import Change

TAKEN = "taken"


def _prepare(job: Job, works: Works) -> ListWork | Listed:
    """A channel is asked by a child; a folder is looked into here, which costs next to nothing."""
    channel = channels.get(_number(job.channel))
    if channel.is_folder:
        return Listed(look_in_time(channel, works.now()))
    return ListWork(
        channel.address,
        channel.platform,
        channel.rules,
        channel.remembered,
        works.settings_json(),
        first=not channels.has_seen(channel.id),
    )


def _done(change: Change, job: Job, answer: Answer | None, works: Works) -> None:
    assert isinstance(answer, Listed)
    channel = channels.get(_number(job.channel))
    listing = answer.listing
    if not listing.not_modified:
        _take_new(change, channel, listing, works)
    channel = channels.update(
        change,
        channel.id,
        name=channel.name or listing.name or channel.address,
        remembered=listing.remembered,
        last_poll=change.now,
        last_good=change.now,
        errors=0,
        trouble=None,
        note="; ".join(listing.notes)[:500],
    )
    jobs.forget_polls(channel.id)
    if not channel.paused:
        schedule(change, channel, works)


def _take_new(change: Change, channel: Channel, listing: Listing, works: Works) -> None:
    """Take what is new; at the first look only as many of the old ones as was asked for."""
    first = not channels.has_seen(channel.id) and not channel.is_folder
    known = channels.seen(channel.id, [item.key for item in listing.items])
    old = 0
    for item in listing.items:
        if item.key in known or item.live:
            continue  # a running stream is seen again when it has ended
        why = _why_not(channel, item)
        if first and not why:
            old += 1
            why = "" if old <= channel.rules.backfill else "was there before the channel was added"
        video = None if why else _take(change, channel, item, works)
        channels.saw(change, channel.id, item, why or TAKEN, None if video is None else video.id)
    if first and not listing.items:
        channels.saw(change, channel.id, Item("-", ""), "nothing was there when the channel was added")


def _why_not(channel: Channel, item: Item) -> str:
    """Which rule leaves the video alone, in words; empty when none does."""
    rules = channel.rules
    title = item.title.casefold()
    if rules.title_keywords and not any(word.casefold() in title for word in rules.title_keywords):
        return f"none of the words {', '.join(rules.title_keywords)} is in its title"
    if item.seconds is not None and item.seconds < rules.min_video_seconds:
        return f"it is {item.seconds:.0f} s long, at least {rules.min_video_seconds:.0f} s are wanted"
    if rules.max_video_seconds and item.seconds is not None and item.seconds > rules.max_video_seconds:
        return f"it is {item.seconds:.0f} s long, at most {rules.max_video_seconds:.0f} s are wanted"
    return ""


def _take(change: Change, channel: Channel, item: Item, works: Works) -> Video:
    """The video with its first job."""
    located = Located(Platform.FILE if channel.is_folder else Platform(channel.platform), item.url, item.key)
    video, new = videos.accept(
        change,
        located,
        channel.owner,
        channel.rules.wishes,
        channel=channel.id,
        title=item.title,
        published=item.published,
    )
    if not new:
        return video
    if channel.is_folder and channel.rules.take is not Intake.LINK:
        unique = f"video:{video.id}"
        jobs.add(change, NewJob("take", Lane.NET, video=video.id, channel=channel.id, unique=unique), works.bounds())
    else:
        begin(change, video, works)
    return video


def _ended(change: Change, job: Job, state: JobState, trouble: Trouble | None, works: Works) -> None:
    _ = works
    try:
        channel = channels.get(_number(job.channel))
    except BadInput:
        return  # it was removed while it was asked
    if trouble is not None:
        channels.update(
            change,
            channel.id,
            last_poll=change.now,
            errors=channel.errors + 1,
            trouble=trouble,
            next_poll=job.due if state is JobState.RETRYABLE else None,
        )


def _prepare_take(job: Job, works: Works) -> BringWork:
    video, channel = videos.get(_number(job.video)), channels.get(_number(job.channel))
    into = works.data_dir / "taken" / str(video.id)
    return BringWork(video.address, str(into), channel.rules.take)


def _taken(change: Change, job: Job, answer: Answer | None, works: Works) -> None:
    assert isinstance(answer, Brought)
    video = videos.get(_number(job.video))
    videos.update(change, video.id, address=answer.path)
    begin(change, videos.get(video.id), works)


def _not_taken(change: Change, job: Job, state: JobState, trouble: Trouble | None, works: Works) -> None:
    _ = works
    to = {JobState.HELD: VideoState.HELD, JobState.CANCELLED: VideoState.CANCELLED}.get(state, VideoState.FAILED)
    video = videos.get(_number(job.video))
    if video.state is VideoState.NEW:
        video = videos.move(change, video.id, VideoState.WORKING)
    if video.state is not to:
        videos.move(change, video.id, to, trouble=trouble)


def _number(number: int | None) -> int:
    assert number is not None
    return number


POLL = Kind("poll", Lane.NET, prepare=_prepare, done=_done, ended=_ended, patient=True, quiet=True)
TAKE = Kind("take", Lane.NET, prepare=_prepare_take, done=_taken, ended=_not_taken)
