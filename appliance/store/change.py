"""A change is one transaction with its jobs and its events; who looks on hears of it after it is on the disk."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from peewee import DatabaseError, InterfaceError

from appliance.domain.event import Event
from appliance.domain.job import Lane
from appliance.store.database import trouble_with
from appliance.store.models import ClipRow, EventRow, VideoRow, database


@dataclass(frozen=True, slots=True)
class Ring:
    """A job that became available."""

    job: int
    lane: Lane
    priority: int = 0


@dataclass(slots=True)
class Change:
    """What one transaction did."""

    now: datetime
    events: list[Event] = field(default_factory=list)
    rings: list[Ring] = field(default_factory=list)

    def tell(self, kind: str, *, owner: int | None = None, job: int | None = None, video: int | None = None,
             clip: int | None = None, **body: Any) -> None:  # fmt: skip
        """Write an event. What is about a video or a clip is for its owner, unless said otherwise."""
        if owner is None and (video is not None or clip is not None):
            owner = _owner(video, clip)
        row = EventRow.create(at=self.now, kind=kind, owner=owner, job=job, video=video, clip=clip, body=body)
        self.events.append(Event(row.id, self.now, kind, owner, job, video, clip, body))

    def ring(self, job: int, lane: Lane, priority: int = 0) -> None:
        """A job may start."""
        self.rings.append(Ring(job, lane, priority))


Listener = Callable[[Change], None]
listeners: list[Listener] = []
_here = threading.local()


@contextmanager
def change(now: datetime, *, durable: bool = True) -> Iterator[Change]:
    """One transaction. With `durable` it survives a power cut once the block has ended; without, a crash of the program.

    Inside another change it is part of that one. Trouble with the disk becomes a ClipperError in words.
    """
    outer: Change | None = getattr(_here, "change", None)
    if outer is not None:
        yield outer
        return
    made = Change(now)
    try:
        database.execute_sql(f"PRAGMA synchronous = {'full' if durable else 'normal'}")
        with database.atomic("IMMEDIATE"):
            _here.change = made
            try:
                yield made
            finally:
                _here.change = None
    except (DatabaseError, InterfaceError) as error:
        raise trouble_with(_first(error)) from error
    for listener in tuple(listeners):
        listener(made)


def _first(error: BaseException) -> Exception:
    """What went wrong first: on a full disk SQLite rolls back by itself, and rolling back again is a second error."""
    first, before = error, error.__context__
    while before is not None:
        if isinstance(before, (DatabaseError, InterfaceError, sqlite3.Error)):
            first = before
        before = before.__context__
    assert isinstance(first, Exception)
    return first


def _owner(video: int | None, clip: int | None) -> int | None:
    table, number = (VideoRow, video) if video is not None else (ClipRow, clip)
    row = table.select(table.owner).where(table.id == number).first()
    return None if row is None else row.owner_id
