"""How much there is of everything."""

from __future__ import annotations

from typing import Any

from peewee import fn

from appliance.store.models import ChannelRow, ClipRow, VideoRow


def videos_by_state() -> dict[str, int]:
    """How many videos are in each state; deleted ones do not count."""
    return _by_state(VideoRow)


def clips_by_state() -> dict[str, int]:
    """How many clips are in each state; deleted ones do not count."""
    return _by_state(ClipRow)


def channels_failing() -> int:
    """How many channels could not be asked when they were last asked."""
    return int(ChannelRow.select().where((ChannelRow.errors > 0) & ChannelRow.gone.is_null()).count())


def _by_state(table: Any) -> dict[str, int]:
    rows: Any = table.select(table.state, fn.COUNT(table.id)).where(table.deleted.is_null()).group_by(table.state)
    return dict(rows.tuples())
