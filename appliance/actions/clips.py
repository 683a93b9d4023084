"""What may be done with clips."""

from __future__ import annotations

from collections.abc import Sequence

from appliance.actions.box import Box, need, owns
from appliance.actions.stages import render
from appliance.actions.videos import ask_to_stop
from appliance.actions.wishes import check_wishes
from appliance.domain.clip import Clip
from appliance.domain.errors import BadInput
from appliance.domain.moment import Moment
from appliance.domain.states import ClipState, IllegalMove
from appliance.domain.user import Actor, Role
from appliance.domain.video import Video
from appliance.domain.wishes import NONE, Wishes
from appliance.store import clips, jobs, videos
from appliance.store.change import change

SHORTEST_SECONDS = 1.0
LONGEST_SECONDS = 600.0


def render_clips(box: Box, actor: Actor, numbers: Sequence[int], wishes: Wishes = NONE) -> tuple[Clip, ...]:
    """Make the files of these clips, all or none. One that is rendered already is made anew when something is wished."""
    if not numbers:
        raise BadInput("no clip was named", "Tick at least one.")
    check_wishes(box, actor, wishes)
    with change(box.now()) as made:
        for number in dict.fromkeys(numbers):
            clip = own(actor, number)
            if clip.state is ClipState.RENDERING:
                raise IllegalMove(f"clip {number} is being rendered", "Wait for it, or cancel its job.")
            if wishes != NONE:
                clips.update(made, number, wishes=wishes.over(clip.wishes))
            render(made, clips.get(number), box)
    return tuple(clips.get(number) for number in dict.fromkeys(numbers))


def mark_moment(box: Box, actor: Actor, video: int, start: float, end: float, title: str = "") -> Clip:
    """A moment that a person marked, as a clip in draft."""
    need(actor, Role.EDITOR)
    whole = videos.get(video)
    owns(actor, whole.owner, f"video {video}")
    if "scan" not in whole.made:
        raise IllegalMove(f"video {video} is not scanned yet", "Mark moments once it is.")
    _span(whole, start, end)
    moment = Moment(start, end, 0.0, title.strip()[:300] or f"From {start:.0f} s to {end:.0f} s", (), (start + end) / 2)
    with change(box.now()) as made:
        return clips.add(made, video, whole.owner, moment, whole.wishes)


def approve_clip(box: Box, actor: Actor, number: int) -> Clip:
    """Yes. Deciding the same twice is one decision."""
    own(actor, number)
    with change(box.now()) as made:
        if clips.get(number).state is ClipState.APPROVED:
            return clips.get(number)
        return clips.move(made, number, ClipState.APPROVED, decided=made.now, decided_by=actor.name, reasons=())


def reject_clip(box: Box, actor: Actor, number: int, reasons: Sequence[str] = ()) -> Clip:
    """No, and why."""
    own(actor, number)
    said = tuple(reason.strip()[:200] for reason in reasons if reason.strip())[:10]
    with change(box.now()) as made:
        if clips.get(number).state is ClipState.REJECTED:
            return clips.get(number)
        return clips.move(made, number, ClipState.REJECTED, decided=made.now, decided_by=actor.name, reasons=said)


def undo_decision(box: Box, actor: Actor, number: int) -> Clip:
    """As if nobody had decided."""
    clip = own(actor, number)
    with change(box.now()) as made:
        if clip.state not in {ClipState.APPROVED, ClipState.REJECTED, ClipState.EXPIRED}:
            return clip
        back = ClipState.PENDING if clip.folder else ClipState.DRAFT
        return clips.move(made, number, back, decided=None, decided_by="", reasons=())


def delete_clip(box: Box, actor: Actor, number: int) -> Clip:
    """Take it away; it can be brought back for ten minutes."""
    own(actor, number)
    with change(box.now()) as made:
        for job in jobs.of_clip(number, ended=False):
            ask_to_stop(made, job.id)
        clips.update(made, number, deleted=made.now)
        made.tell("clip_deleted", clip=number)
    return clips.get(number)


def restore_clip(box: Box, actor: Actor, number: int) -> Clip:
    """Bring back what was deleted a moment ago."""
    need(actor, Role.EDITOR)
    clip = clips.get(number)
    owns(actor, clip.owner, f"clip {number}")
    with change(box.now()) as made:
        if videos.get(clip.video).deleted is not None:
            raise IllegalMove(f"the video of clip {number} was deleted", "Restore the video: its clips come with it.")
        clips.update(made, number, deleted=None)
        made.tell("clip_restored", clip=number)
    return clips.get(number)


def own(actor: Actor, number: int) -> Clip:
    """The clip, when the person may touch it."""
    need(actor, Role.EDITOR)
    clip = clips.get(number)
    owns(actor, clip.owner, f"clip {number}")
    if clip.deleted is not None:
        raise BadInput(f"clip {number} was deleted", "Restore it first: that works for ten minutes.")
    return clip


def _span(video: Video, start: float, end: float) -> None:
    long = video.seconds if video.seconds is not None else float("inf")
    if not 0 <= start < end or end > long + 1 or not SHORTEST_SECONDS <= end - start <= LONGEST_SECONDS:
        raise BadInput(
            f"from {start:g} s to {end:g} s is no moment of a video of {long:.0f} s",
            f"A moment lies inside the video and is {SHORTEST_SECONDS:.0f} to {LONGEST_SECONDS:.0f} s long.",
        )
