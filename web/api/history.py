"""What happened, as a list. What happens now comes as server-sent events."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from msgspec import Meta

from appliance.actions.seeing import whose
from appliance.domain.event import Event
from appliance.domain.page import Page
from appliance.store.views.events import EventFilter, events
from web.api.lists import Listed, Number, part
from web.endpoint import Asked, Endpoint


@dataclass(frozen=True, slots=True, kw_only=True)
class EventsAsked(Listed):
    """Which events."""

    kind: Annotated[tuple[Annotated[str, Meta(max_length=40)], ...], Meta(max_length=20)] = ()
    job: Number | None = None
    video: Number | None = None
    clip: Number | None = None


def listing(asked: Asked) -> Page[Event]:
    """A part of the events, the latest first."""
    said: EventsAsked = asked.query
    return events(EventFilter(whose(asked.actor), said.kind, said.job, said.video, said.clip), part(said))


ENDPOINTS = (
    Endpoint("GET", "/events/history", listing, "What happened, the latest first", query=EventsAsked, answer=Page[Event]),
)  # fmt: skip
