"""What happened, in order: live for those who look on, and again for those who come back."""

from __future__ import annotations

from peewee import fn

from appliance.domain.event import Event
from appliance.store.change import Change
from appliance.store.models import EventRow

KEPT = 20_000


def after(number: int, limit: int = 1000) -> tuple[Event, ...]:
    """Events after the one of that number, oldest first."""
    rows = EventRow.select().where(EventRow.id > number).order_by(EventRow.id).limit(limit)
    return tuple(_event(row) for row in rows)


def last() -> int:
    """The number of the newest event; 0 when there is none."""
    return EventRow.select(fn.MAX(EventRow.id)).scalar() or 0


def first() -> int:
    """The number of the oldest event that is still kept; 0 when there is none."""
    return EventRow.select(fn.MIN(EventRow.id)).scalar() or 0


def prune(change: Change, kept: int = KEPT) -> int:  # noqa: ARG001 - it is only done inside a change
    """Forget all but the newest; how many were forgotten. Numbers are never given twice."""
    return int(EventRow.delete().where(EventRow.id <= last() - kept).execute())


def _event(row: EventRow) -> Event:
    return Event(row.id, row.at, row.kind, row.owner, row.job, row.video, row.clip, row.body)
