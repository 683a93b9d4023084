"""What the box does for itself: forgetting what is over, and freeing room in a safe order."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from appliance.actions import filling
from appliance.actions.replies import KEPT
from appliance.actions.videos import UNDO
from appliance.domain.clip import Clip
from appliance.domain.states import ClipState, VideoState
from appliance.domain.video import Video
from appliance.store import clips, events, jobs, replies, rules, shelf, users, videos
from appliance.store.artifacts import sweep
from appliance.store.change import change
from appliance.store.database import optimize
from appliance.store.made import CONVERTED
from config.schema import Settings

_TICKS_KEPT = timedelta(days=90)
_UNFINISHED_KEPT = timedelta(days=7)
_CONVERTED_KEPT = timedelta(days=7)
FREED = "its files were deleted to free room"
_GIGABYTE = 1e9
# A clip in one of these still needs its files and what it is made from.
_WANTED = frozenset({ClipState.RENDERING, ClipState.PENDING, ClipState.APPROVED})
_UNWANTED = frozenset({ClipState.REJECTED, ClipState.EXPIRED})
_BUSY = frozenset({VideoState.NEW, VideoState.WORKING, VideoState.HELD})


def tidy(settings: Settings, data_dir: Path, now: datetime) -> str:
    """Forget what is over: old events, jobs, times and sessions, half-made folders; shrink the journal. In words."""
    with change(now) as made:
        forgotten = jobs.prune(made, now - timedelta(days=settings.jobs.keep_days))
        events.prune(made)
        rules.prune_ticks(now - _TICKS_KEPT)
        users.prune_sessions(now)
        replies.prune(now - KEPT)
    buried = bury(data_dir, now)
    converted = _forget_converted(data_dir, now)
    swept = sweep(data_dir) + _forget_unfinished(data_dir, now)
    optimize()
    return (
        f"{forgotten} old jobs, {buried} deleted videos and clips, {converted} old conversions and "
        f"{swept} half-made folders were cleared away"
    )


def _forget_unfinished(data_dir: Path, now: datetime) -> int:
    """Remove downloads that nobody went on with for a week; how many."""
    old = [
        folder
        for folder in (data_dir / "fetched").glob("*/fetch/*.part")
        if now - _last_touched(folder) > _UNFINISHED_KEPT
    ]
    return sum(1 for folder in old if shelf.take_away(folder, data_dir))


def _last_touched(folder: Path) -> datetime:
    return datetime.fromtimestamp(max(path.stat().st_mtime for path in (folder, *folder.rglob("*"))), UTC)


def _forget_converted(data_dir: Path, now: datetime) -> int:
    """Remove what was converted a week ago, with what is left of jobs that are forgotten; how many."""
    old = [
        folder
        for folder in (data_dir / CONVERTED).glob("*")
        if now - datetime.fromtimestamp(folder.stat().st_mtime, UTC) > _CONVERTED_KEPT
    ]
    return sum(1 for folder in old if shelf.take_away(folder, data_dir))


def bury(data_dir: Path, now: datetime) -> int:
    """Remove for good what was deleted longer ago than it can be brought back, with the files nobody else uses; how many."""
    gone_videos = [videos.get(number) for number in videos.deleted_before(now - UNDO)]
    gone_clips = [clips.get(number) for number in clips.deleted_before(now - UNDO)]
    folders = {folder for video in gone_videos for folder in video.made.values()}
    folders |= {folder for clip in gone_clips for folder in clip.made.values()}
    for video in gone_videos:
        folders |= {folder for clip in clips.of_video(video.id, also_deleted=True) for folder in clip.made.values()}
    with change(now) as made:
        for video in gone_videos:
            videos.remove(made, video.id)
        for clip in gone_clips:
            if clip.video not in {video.id for video in gone_videos}:
                clips.remove(made, clip.id)
    still = {folder for video in videos.all_kept() for folder in _all_folders(video)}
    for folder in folders - still:
        shelf.take_away(data_dir / folder, data_dir)
    for video in gone_videos:
        shelf.take_away(data_dir / "taken" / str(video.id), data_dir)
    return len(gone_videos) + len(gone_clips)


def retain(settings: Settings, data_dir: Path, now: datetime, free_bytes: int | None = None) -> str:
    """Expire and delete by age, then by size and free room, oldest first. In words.

    The order is safe: half-made things, files of rejected clips, sources of decided videos. What is approved, waits for a
    yes, or is being worked on is never touched, nor is what it is made from.
    """
    usage = shutil.disk_usage(data_dir)
    filling.sample(now, usage.total - usage.free)
    expired = _expire(settings, now)
    swept = sweep(data_dir)
    buried = bury(data_dir, now)
    freed, count = 0, 0
    for candidate in _candidates(settings, now):
        if candidate.due:
            freed += _delete(candidate, data_dir, now)
            count += 1
    short = _short_bytes(settings, data_dir, free_bytes)
    for candidate in _candidates(settings, now):
        if short <= 0:
            break
        got = _delete(candidate, data_dir, now)
        short, freed, count = short - got, freed + got, count + 1
    said = [f"{count} folders deleted ({freed / _GIGABYTE:.1f} GB)" if count else "nothing had to be deleted"]
    said += [f"{expired} clips expired"] if expired else []
    said += [f"{buried} deleted things buried"] if buried else []
    said += [f"{swept} half-made folders swept"] if swept else []
    return ", ".join(said)


@dataclass(frozen=True, slots=True)
class _Candidate:
    """Something that may go: a clip's files or a video's source; `due` when its time is over."""

    since: datetime
    folders: tuple[str, ...]
    clip: int | None = None
    video: int | None = None
    due: bool = False


def _expire(settings: Settings, now: datetime) -> int:
    days = settings.retention.pending_days
    if not days:
        return 0
    late = [clip for clip in clips.in_state(ClipState.PENDING) if now - clip.changed > timedelta(days=days)]
    for clip in late:
        with change(now) as made:
            clips.move(made, clip.id, ClipState.EXPIRED, decided=now, decided_by="time")
    return len(late)


def _candidates(settings: Settings, now: datetime) -> Iterator[_Candidate]:
    """Everything that may go: first unwanted clips, then sources; each oldest first."""
    kept = settings.retention
    everything = videos.all_kept()
    needed = {folder for video in everything for folder in _needed(video)}
    unwanted = [
        clip for video in everything for clip in clips.of_video(video.id) if clip.state in _UNWANTED and clip.folder
    ]
    for clip in sorted(unwanted, key=lambda one: one.changed):
        folders = tuple(folder for folder in clip.made.values() if folder not in needed)
        if folders:
            yield _Candidate(clip.changed, folders, clip=clip.id, due=_older(clip.changed, kept.rejected_days, now))
    for video in sorted(everything, key=lambda one: one.changed):
        source = video.made.get("fetch", "")
        if source and source not in needed:
            yield _Candidate(
                video.changed, (source,), video=video.id, due=_older(video.changed, kept.sources_days, now)
            )


def _older(since: datetime, days: float, now: datetime) -> bool:
    return bool(days) and now - since > timedelta(days=days)


def _needed(video: Video) -> Iterator[str]:
    """The folders that must stay for one video: all of a busy one; of a clip that is wanted its own and its source's."""
    own = clips.of_video(video.id)
    wanted = [clip for clip in own if clip.state in _WANTED]
    if video.state in _BUSY or wanted:
        yield from video.made.values()
    for clip in wanted:
        yield from clip.made.values()


def _all_folders(video: Video) -> Iterator[str]:
    yield from video.made.values()
    for clip in clips.of_video(video.id, also_deleted=True):
        yield from clip.made.values()


def _delete(candidate: _Candidate, data_dir: Path, now: datetime) -> int:
    """The row first: a file that nobody knows of is swept later, a row without its file would lie."""
    with change(now) as made:
        if candidate.clip is not None:
            clip: Clip = clips.get(candidate.clip)
            left = {stage: folder for stage, folder in clip.made.items() if folder not in candidate.folders}
            clips.update(made, clip.id, made=left, folder="", notes=tuple(dict.fromkeys((*clip.notes, FREED))))
        if candidate.video is not None:
            video = videos.get(candidate.video)
            for other in videos.with_folder("fetch", video.made["fetch"]):
                left = {stage: folder for stage, folder in other.made.items() if stage != "fetch"}
                videos.update(made, other.id, made=left)
            candidate = replace(candidate, folders=(*candidate.folders, f"taken/{video.id}"))
    return sum(shelf.take_away(data_dir / folder, data_dir) for folder in candidate.folders)


def _short_bytes(settings: Settings, data_dir: Path, free_bytes: int | None) -> float:
    """How many bytes have to go: for max_gb, and for the warning mark of the disk."""
    free = shutil.disk_usage(data_dir).free if free_bytes is None else free_bytes
    short = settings.disk.warn_gb * _GIGABYTE - free
    if settings.retention.max_gb:
        short = max(short, shelf.size_bytes(data_dir) - settings.retention.max_gb * _GIGABYTE)
    return short
