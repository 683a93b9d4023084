"""Looking at one thing: everybody sees what is theirs, an admin everything. What is not yours is not even there."""

from __future__ import annotations

from pathlib import Path

from appliance import logs
from appliance.actions.box import Box, owns
from appliance.actions.upkeep import FREED
from appliance.domain.channel import Channel
from appliance.domain.clip import Clip
from appliance.domain.errors import Gone, Missing
from appliance.domain.job import Job, Lane
from appliance.domain.rule import Rule
from appliance.domain.user import Actor, Role
from appliance.domain.video import Video
from appliance.store import channels, clips, jobs, rules, videos
from appliance.store.made import CLIP, COVER, SRT, TIMELINE, VTT

FILES = (CLIP, COVER, SRT, VTT, TIMELINE)
_PICTURES = (".jpg", ".jpeg", ".png", ".webp")


def whose(actor: Actor) -> int | None:
    """Whose things a list shows: the person's own, or everybody's (None) to an admin."""
    return None if actor.role is Role.ADMIN else actor.user


def see_video(actor: Actor, number: int) -> Video:
    """The video."""
    video = videos.get(number)
    owns(actor, video.owner, f"video {number}")
    return video


def see_clip(actor: Actor, number: int) -> Clip:
    """The clip."""
    clip = clips.get(number)
    owns(actor, clip.owner, f"clip {number}")
    return clip


def see_job(actor: Actor, number: int) -> Job:
    """The job. Those of the box itself and of channels are for admins."""
    job = jobs.get(number)
    owner = job.owner if job.video is None else videos.get(job.video).owner
    if actor.role is not Role.ADMIN and owner != actor.user:
        raise Missing(f"there is no job {number}", "The list shows what there is.")
    return job


def see_channel(number: int) -> Channel:
    """The channel: everybody may look at them."""
    return channels.get(number)


def see_rule(number: int) -> Rule:
    """The rule: everybody may look at them."""
    return rules.get(number)


def lane(name: str) -> Lane:
    """The lane of that name."""
    try:
        return Lane(name)
    except ValueError:
        raise Missing(f"there is no lane {name[:40]}", f"One of: {', '.join(Lane)}.") from None


def job_log(box: Box, actor: Actor, number: int, most_bytes: int) -> str:
    """The last lines of a job's log, one JSON object a line."""
    see_job(actor, number)
    said = box.settings().log.dir
    folder = Path(said).expanduser() if said else box.data_dir / "logs"
    return logs.tail(folder, number, most_bytes)


def clip_files(box: Box, actor: Actor, number: int) -> tuple[Path, ...]:
    """The files of a clip that are there, best known first."""
    clip = see_clip(actor, number)
    if not clip.folder:
        return ()
    folder = box.data_dir / clip.folder
    return tuple(folder / name for name in FILES if (folder / name).is_file())


def clip_file(box: Box, actor: Actor, number: int, name: str) -> Path:
    """One of a clip's files. Missing for a name that is none, and while it is not rendered; Gone when it was deleted."""
    clip = see_clip(actor, number)
    if name not in FILES:
        raise Missing(f"a clip has no file {name[:60]}", f"One of: {', '.join(FILES)}.")
    if not clip.folder and FREED not in clip.notes:
        raise Missing(f"clip {number} is not rendered", "Render it first.")
    folder = box.data_dir / clip.folder
    path = folder / name
    if clip.folder and path.is_file():
        return path
    if clip.folder and (folder / CLIP).is_file():
        raise Missing(f"clip {number} has no {name}", "It was made without: there were no words, or none were wanted.")
    raise Gone(f"the files of clip {number} were deleted", "Render it again: they are made anew.")


def video_picture(box: Box, actor: Actor, number: int) -> Path:
    """A picture of a video: the platform's where it was kept, else the cover of its best clip."""
    video = see_video(actor, number)
    fetched = video.made.get("fetch")
    if fetched:
        folder = box.data_dir / fetched
        kept = sorted(path for path in folder.glob("*") if path.suffix.lower() in _PICTURES and path.is_file())
        if kept:
            return kept[0]
    for clip in clips.of_video(number):
        if clip.folder and (cover := box.data_dir / clip.folder / COVER).is_file():
            return cover
    raise Missing(f"there is no picture of video {number} yet", "It gets one with its first clip.")
