"""What happened, as a list."""

from __future__ import annotations

from dataclasses import dataclass

from appliance.domain.event import Event
from appliance.domain.page import Page
from appliance.store.models import EventRow
from appliance.store.views.paging import Order, Part, each, page

ORDERS = {"id": Order(EventRow.id)}


@dataclass(frozen=True, slots=True)
class EventFilter:
    """Which events: those of an owner and of nobody in particular (None: all), of some kinds, about a job, video or clip."""

    owner: int | None = None
    kinds: tuple[str, ...] = ()
    job: int | None = None
    video: int | None = None
    clip: int | None = None


def events(wanted: EventFilter, part: Part) -> Page[Event]:
    """A part of them, the latest first."""
    query = EventRow.select()
    if wanted.owner is not None:
        query = query.where((EventRow.owner == wanted.owner) | EventRow.owner.is_null())
    if wanted.kinds:
        query = query.where(EventRow.kind.in_(list(wanted.kinds)))
    for name in ("job", "video", "clip"):
        number = getattr(wanted, name)
        if number is not None:
            query = query.where(getattr(EventRow, name) == number)
    return page(query, EventRow, ORDERS, part, each(_event))


def _event(row: EventRow) -> Event:
    return Event(row.id, row.at, row.kind, row.owner, row.job, row.video, row.clip, row.body)
