"""Videos: accepting them, moving them on, finding them again."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from peewee import JOIN, fn

from appliance.domain.errors import Missing
from appliance.domain.located import Located, Platform
from appliance.domain.states import VIDEO_MOVES, VideoState, check_move
from appliance.domain.video import Video
from appliance.domain.wishes import Wishes
from appliance.store.change import Change
from appliance.store.models import ClipRow, VideoRow


def accept(
    change: Change,
    located: Located,
    owner: int,
    wishes: Wishes,
    *,
    channel: int | None = None,
    title: str = "",
    published: datetime | None = None,
) -> tuple[Video, bool]:
    """The owner's row for that video, and whether it is new: the same video is one row, however its link is written."""
    found = VideoRow.get_or_none((VideoRow.owner == owner) & (VideoRow.key == located.key) & VideoRow.deleted.is_null())
    if found is not None:
        return video(found), False
    row = VideoRow.create(
        owner=owner,
        channel=channel,
        address=located.address,
        key=located.key,
        platform=located.platform.value,
        state=VideoState.NEW.value,
        title=title,
        published=published,
        wishes=wishes,
        made={},
        notes=(),
        added=change.now,
        changed=change.now,
    )
    change.tell("video_added", owner=owner, video=row.id, title=title, address=located.key)
    return video(row), True


def get(number: int) -> Video:
    """One video, Missing when there is none of that number."""
    row = _rows().where(VideoRow.id == number).first()
    if row is None:
        raise Missing(f"there is no video {number}", "`clipper videos list` shows what there is.")
    return video(row)


def by_key(key: str, owner: int) -> Video | None:
    """The owner's video of that key."""
    row = _rows().where((VideoRow.key == key) & (VideoRow.owner == owner) & VideoRow.deleted.is_null()).first()
    return None if row is None else video(row)


def move(change: Change, number: int, to: VideoState, **fields: Any) -> Video:
    """Into another state, with what else changes. Already there: only the fields. IllegalMove when it may not."""
    now = get(number)
    if now.state is not to:
        check_move(VIDEO_MOVES, f"video {number}", now.state, to)
    _write(change, number, state=to.value, **fields)
    if now.state is not to:
        change.tell("video_state", owner=now.owner, video=number, state=to.value, title=now.title)
    return get(number)


def update(change: Change, number: int, **fields: Any) -> None:
    """Other fields than the state."""
    _write(change, number, **fields)


def progress(change: Change, number: int, percent: float, step: str) -> None:
    """How far it is; it never goes back."""
    VideoRow.update(progress=fn.MAX(VideoRow.progress, percent), step=step[:200], changed=change.now).where(
        VideoRow.id == number
    ).execute()


def with_content(content: str) -> tuple[Video, ...]:
    """All rows, of whomever, that are about the same file."""
    return tuple(video(row) for row in _rows().where((VideoRow.content == content) & VideoRow.deleted.is_null()))


def all_kept() -> tuple[Video, ...]:
    """Every video that can still be seen or brought back."""
    return tuple(video(row) for row in VideoRow.select())


def with_folder(stage: str, folder: str) -> tuple[Video, ...]:
    """All videos, of whomever, that use that folder for that stage."""
    return tuple(one for one in all_kept() if one.made.get(stage) == folder)


def deleted_before(at: datetime) -> tuple[int, ...]:
    """Videos that were deleted before that time and are still kept."""
    return tuple(row.id for row in VideoRow.select(VideoRow.id).where(VideoRow.deleted < at))


def remove(change: Change, number: int) -> None:
    """For good, with its clips and jobs."""
    VideoRow.delete().where(VideoRow.id == number).execute()
    change.tell("video_removed", video=number)


def video(row: VideoRow) -> Video:
    """A row as its noun."""
    return Video(
        id=row.id,
        owner=row.owner_id,  # type: ignore[attr-defined]
        channel=row.channel_id,  # type: ignore[attr-defined]
        address=row.address,
        key=row.key,
        platform=Platform(row.platform),
        state=VideoState(row.state),
        title=row.title,
        content=row.content,
        seconds=row.seconds,
        published=row.published,
        progress=row.progress,
        step=row.step,
        trouble=row.trouble,
        wishes=row.wishes,
        made=row.made,
        notes=row.notes,
        added=row.added,
        changed=row.changed,
        deleted=row.deleted,
        clips=getattr(row, "clips", 0) or 0,
    )


def _rows() -> Any:
    """Videos with the number of their clips."""
    return (
        VideoRow.select(VideoRow, fn.COUNT(ClipRow.id).alias("clips"))
        .join(ClipRow, JOIN.LEFT_OUTER, on=(ClipRow.video == VideoRow.id) & ClipRow.deleted.is_null())
        .group_by(VideoRow.id)
    )


def _write(change: Change, number: int, **fields: Any) -> None:
    VideoRow.update(changed=change.now, **fields).where(VideoRow.id == number).execute()
