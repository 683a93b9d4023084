"""Watched channels and folders, and what was already seen of each."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from peewee import JOIN, IntegrityError, fn

from appliance.domain.channel import Channel, Origin
from appliance.domain.errors import BadInput, Missing
from appliance.domain.listed import NOTHING, Item
from appliance.store.change import Change
from appliance.store.models import ChannelRow, SeenRow, VideoRow


def add(change: Change, owner: int, name: str, address: str, platform: str, **fields: Any) -> Channel:
    """A new channel with its rules and origin. BadInput when that address is watched already."""
    try:
        row = ChannelRow.create(
            owner=owner, name=name, address=address, platform=platform, added=change.now, remembered=NOTHING, **fields
        )
    except IntegrityError as error:
        raise BadInput(f"{address} is watched already", "`clipper channels list` shows it.") from error
    change.tell("channel_added", owner=owner, channel=row.id, name=name)
    return get(row.id)


def get(number: int) -> Channel:
    """One channel, Missing when there is none of that number."""
    row = _rows().where((ChannelRow.id == number) & ChannelRow.gone.is_null()).first()
    if row is None:
        raise Missing(f"there is no channel {number}", "`clipper channels list` shows what there is.")
    return channel(row)


def all_watched() -> tuple[Channel, ...]:
    """Every channel that was not removed, by name."""
    return tuple(channel(row) for row in _rows().where(ChannelRow.gone.is_null()).order_by(ChannelRow.name))


def at(address: str) -> Channel | None:
    """The channel of that address."""
    row = _rows().where((ChannelRow.address == address) & ChannelRow.gone.is_null()).first()
    return None if row is None else channel(row)


def update(change: Change, number: int, **fields: Any) -> Channel:
    """Change fields; everybody who looks on is told."""
    ChannelRow.update(**fields).where(ChannelRow.id == number).execute()
    now = get(number)
    change.tell("channel_changed", owner=now.owner, channel=number, name=now.name, errors=now.errors, paused=now.paused)
    return now


def remove(change: Change, number: int) -> None:
    """Watch it no more. Its videos stay; what was seen of it is remembered, should it come back."""
    ChannelRow.update(gone=change.now).where(ChannelRow.id == number).execute()
    change.tell("channel_removed", channel=number)


def come_back(change: Change, address: str, **fields: Any) -> Channel | None:
    """A channel that was removed once, watched again with what was seen of it; None when there was none."""
    row = ChannelRow.select().where(ChannelRow.address == address).order_by(ChannelRow.id.desc()).first()
    if row is None:
        return None
    ChannelRow.update(gone=None, **fields).where(ChannelRow.id == row.id).execute()
    change.tell("channel_added", channel=row.id, name=row.name)
    return get(row.id)


def seen(number: int, keys: Collection[str]) -> frozenset[str]:
    """Which of these were seen before."""
    rows = SeenRow.select(SeenRow.key).where((SeenRow.channel == number) & SeenRow.key.in_(list(keys)))
    return frozenset(row.key for row in rows)


def has_seen(number: int) -> bool:
    """Whether anything was ever seen of it."""
    return bool(SeenRow.select().where(SeenRow.channel == number).exists())


def saw(change: Change, number: int, item: Item, outcome: str, video: int | None = None) -> None:
    """Remember a video of a channel, and what was done with it, in words."""
    SeenRow.insert(
        channel=number,
        key=item.key,
        title=item.title,
        published=item.published,
        at=change.now,
        outcome=outcome,
        video=video,
    ).on_conflict_ignore().execute()


def channel(row: ChannelRow) -> Channel:
    """A row as its noun."""
    return Channel(
        id=row.id,
        owner=row.owner_id,  # type: ignore[attr-defined]
        name=row.name,
        address=row.address,
        platform=row.platform,
        origin=Origin(row.origin),
        rules=row.rules,
        added=row.added,
        paused=row.paused,
        remembered=row.remembered,
        last_poll=row.last_poll,
        last_good=row.last_good,
        next_poll=row.next_poll,
        errors=row.errors,
        trouble=row.trouble,
        note=row.note,
        videos=getattr(row, "videos", 0) or 0,
    )


def _rows() -> Any:
    return (
        ChannelRow.select(ChannelRow, fn.COUNT(VideoRow.id).alias("videos"))
        .join(VideoRow, JOIN.LEFT_OUTER, on=(VideoRow.channel == ChannelRow.id) & VideoRow.deleted.is_null())
        .group_by(ChannelRow.id)
    )
