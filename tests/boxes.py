"""A box to try verbs and jobs on: a database in a folder of its own, a clock that stands still, chance without chance."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from appliance.actions.box import Box
from appliance.actions.room import Room, mark
from appliance.domain.located import Located, Platform
from appliance.domain.user import Actor, Role
from appliance.jobs.works import Works
from appliance.store import change as changes
from appliance.store import database, users
from appliance.store.change import Change
from config.schema import Settings

START = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
ADMIN = Actor(1, "clipper", Role.ADMIN, local=True)


@dataclass
class Clock:
    """A wall clock that goes on when it is told to."""

    at: datetime = START

    def __call__(self) -> datetime:
        return self.at

    def on(self, **how_long: float) -> None:
        self.at += timedelta(**how_long)


@dataclass
class Bells:
    """Hears every change, as the service does."""

    changes: list[Change] = field(default_factory=list)

    def __call__(self, made: Change) -> None:
        self.changes.append(made)

    @property
    def events(self) -> list[str]:
        return [event.kind for made in self.changes for event in made.events]

    @property
    def rings(self) -> list[int]:
        return [ring.job for made in self.changes for ring in made.rings]


def settings(folder: Path, tables: Mapping[str, Any] | None = None) -> Settings:
    """Settings with everything in that folder, and no demands on the disk of the machine."""
    given: dict[str, Any] = {"disk": {"warn_gb": 0, "stop_downloads_gb": 0, "stop_gb": 0}, **(tables or {})}
    given["paths"] = {"data_dir": str(folder), **given.get("paths", {})}
    return Settings.model_validate(given)


@contextmanager
def standing(
    folder: Path, clock: Clock | None = None, tables: Mapping[str, Any] | None = None, boot: str = "b1"
) -> Iterator[Works]:
    """A box with an open database and the box's own account."""
    chosen = settings(folder, tables)
    now = clock or Clock()
    with database.opened(folder):
        with changes.change(now()) as made:
            users.ensure_box(made)
        mark(folder, known=False, require_mount=False)
        yield Works(lambda: chosen, now, lambda: 0.5, folder, boot, Room(lambda: chosen, folder, folder))


def person(box: Box, name: str = "ann", role: Role = Role.EDITOR) -> Actor:
    """Somebody with an account."""
    with changes.change(box.now()) as made:
        user = users.add(made, name, role, "")
    return Actor(user.id, name, role, through="key")


def link(name: str = "a") -> Located:
    """A link to a video."""
    return Located(Platform.DIRECT, f"https://videos.example/{name}.mp4", f"videos.example/{name}.mp4")


@contextmanager
def heard() -> Iterator[Bells]:
    """What changes are told while the block lasts."""
    bells = Bells()
    changes.listeners.append(bells)
    try:
        yield bells
    finally:
        changes.listeners.remove(bells)
