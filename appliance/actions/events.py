"""What happened, for those who look on: each event with the person whose it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from appliance.domain.errors import Missing
from appliance.domain.event import Event
from appliance.domain.user import Actor, Role
from appliance.store import clips, events, videos

_MOST = 2000
NOBODY_KNOWS = 0  # the owner of what is gone: only an admin hears of it


class Happenings:
    """Reads events in order. An event about a video or clip that names no owner has the owner of that."""

    def __init__(self) -> None:
        self._owners: dict[tuple[str, int], int] = {}

    def after(self, number: int, limit: int = 500) -> Sequence[Event]:
        """Events after the one of that number, oldest first."""
        return [self._owned(event) for event in events.after(number, limit)]

    def _owned(self, event: Event) -> Event:
        about = ("clip", event.clip) if event.video is None else ("video", event.video)
        kind, number = about
        if number is None:
            return event
        if event.owner is not None:
            self._keep((kind, number), event.owner)
            return event
        known = self._owners.get((kind, number))
        if known is None:
            known = _owner_of(kind, number)
            self._keep((kind, number), known)
        return replace(event, owner=known)

    def _keep(self, about: tuple[str, int], owner: int) -> None:
        if len(self._owners) >= _MOST:
            self._owners.clear()
        self._owners[about] = owner


def last() -> int:
    """The number of the newest event."""
    return events.last()


def first() -> int:
    """The number of the oldest event that is still known."""
    return events.first()


def may_hear(actor: Actor, event: Event) -> bool:
    """Whether the person may know of it: what is everybody's, and what is theirs; an admin of all."""
    return event.owner is None or event.owner == actor.user or actor.role is Role.ADMIN


def _owner_of(kind: str, number: int) -> int:
    try:
        return clips.get(number).owner if kind == "clip" else videos.get(number).owner
    except Missing:
        return NOBODY_KNOWS
