"""The list of channels, and what was seen of each."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from peewee import fn

from appliance.domain.channel import Channel
from appliance.domain.page import Page
from appliance.store.channels import channel
from appliance.store.models import ChannelRow, SeenRow, VideoRow
from appliance.store.views.paging import Order, Part, each, page

ORDERS = {
    "added": Order(ChannelRow.added),
    "name": Order(ChannelRow.name, folded=True),
    "errors": Order(ChannelRow.errors),
    "id": Order(ChannelRow.id),
}
SEEN_ORDERS = {"at": Order(SeenRow.at), "id": Order(SeenRow.id)}


@dataclass(frozen=True, slots=True)
class ChannelFilter:
    """Which channels: of a platform (`folder`: watched folders), paused or not, with trouble or without, with words in name
    or address.
    """

    platform: str = ""
    paused: bool | None = None
    trouble: bool | None = None
    q: str = ""


@dataclass(frozen=True, slots=True)
class Seen:
    """A video that a channel showed, and what was done with it in words; `video` where it was taken."""

    id: int
    key: str
    title: str
    published: datetime | None
    at: datetime
    outcome: str
    video: int | None


def channels(wanted: ChannelFilter, part: Part) -> Page[Channel]:
    """A part of them, each with the number of its videos."""
    return page(_query(wanted), ChannelRow, ORDERS, part, _nouns)


def seen(number: int, part: Part) -> Page[Seen]:
    """What was seen of a channel, the latest first."""
    return page(SeenRow.select().where(SeenRow.channel == number), SeenRow, SEEN_ORDERS, part, each(_seen))


def in_trouble(since: datetime) -> tuple[str, ...]:
    """The names of channels whose polls have failed for that long."""
    failing = (ChannelRow.errors > 0) & ChannelRow.gone.is_null() & ~ChannelRow.paused
    last = fn.COALESCE(ChannelRow.last_good, ChannelRow.added)
    rows = ChannelRow.select(ChannelRow.name, ChannelRow.address).where(failing & (last < since))
    return tuple(row.name or row.address for row in rows)


def _query(wanted: ChannelFilter) -> Any:
    query = ChannelRow.select().where(ChannelRow.gone.is_null())
    if wanted.platform:
        query = query.where(ChannelRow.platform == wanted.platform)
    if wanted.paused is not None:
        query = query.where(ChannelRow.paused == wanted.paused)
    if wanted.trouble is not None:
        query = query.where(ChannelRow.errors > 0 if wanted.trouble else ChannelRow.errors == 0)
    if wanted.q:
        query = query.where(ChannelRow.name.contains(wanted.q) | ChannelRow.address.contains(wanted.q))
    return query


def _nouns(rows: Any) -> list[Channel]:
    counts: Any = (
        VideoRow.select(VideoRow.channel, fn.COUNT(VideoRow.id))
        .where(VideoRow.channel.in_([row.id for row in rows]) & VideoRow.deleted.is_null())
        .group_by(VideoRow.channel)
        .tuples()
    )
    videos = dict(counts)
    return [replace(channel(row), videos=videos.get(row.id, 0)) for row in rows]


def _seen(row: Any) -> Seen:
    return Seen(row.id, row.key, row.title, row.published, row.at, row.outcome, row.video_id)
