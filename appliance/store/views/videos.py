"""The list of videos."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from peewee import fn

from appliance.domain.located import Platform
from appliance.domain.page import Page
from appliance.domain.states import ClipState, VideoState
from appliance.domain.video import Video
from appliance.store.models import ClipRow, VideoRow
from appliance.store.videos import video
from appliance.store.views.paging import Order, Part, page

ORDERS = {
    "added": Order(VideoRow.added),
    "changed": Order(VideoRow.changed),
    "title": Order(VideoRow.title, folded=True),
    "progress": Order(VideoRow.progress),
    "id": Order(VideoRow.id),
}


@dataclass(frozen=True, slots=True)
class VideoFilter:
    """Which videos: of an owner (None: everybody's), in states, of a channel or a platform, with words in title or
    address, added from `since` and before `until`, with clips that wait for a yes.
    """

    owner: int | None = None
    states: tuple[VideoState, ...] = ()
    channel: int | None = None
    platform: Platform | None = None
    q: str = ""
    since: datetime | None = None
    until: datetime | None = None
    waiting: bool | None = None
    deleted: bool = False


def videos(wanted: VideoFilter, part: Part) -> Page[Video]:
    """A part of them, each with the number of its clips. Deleted ones are only there when they are asked for, and then alone."""
    return page(_query(wanted), VideoRow, ORDERS, part, _nouns)


def _query(wanted: VideoFilter) -> Any:
    query = VideoRow.select().where(VideoRow.deleted.is_null(not wanted.deleted))
    if wanted.owner is not None:
        query = query.where(VideoRow.owner == wanted.owner)
    if wanted.states:
        query = query.where(VideoRow.state.in_([state.value for state in wanted.states]))
    if wanted.channel is not None:
        query = query.where(VideoRow.channel == wanted.channel)
    if wanted.platform is not None:
        query = query.where(VideoRow.platform == wanted.platform.value)
    if wanted.q:
        query = query.where(VideoRow.title.contains(wanted.q) | VideoRow.address.contains(wanted.q))
    if wanted.since is not None:
        query = query.where(VideoRow.added >= wanted.since)
    if wanted.until is not None:
        query = query.where(VideoRow.added < wanted.until)
    if wanted.waiting is not None:
        pending = ClipRow.select(ClipRow.video).where(
            (ClipRow.state == ClipState.PENDING.value) & ClipRow.deleted.is_null()
        )
        query = query.where(VideoRow.id.in_(pending) if wanted.waiting else VideoRow.id.not_in(pending))
    return query


def _nouns(rows: Sequence[Any]) -> list[Video]:
    counts: Any = (
        ClipRow.select(ClipRow.video, fn.COUNT(ClipRow.id))
        .where(ClipRow.video.in_([row.id for row in rows]) & ClipRow.deleted.is_null())
        .group_by(ClipRow.video)
        .tuples()
    )
    clips = dict(counts)
    return [replace(video(row), clips=clips.get(row.id, 0)) for row in rows]
