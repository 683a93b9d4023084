"""What every verb needs to know of the box."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from appliance.domain.errors import BadInput, Missing
from appliance.domain.job import Lane
from appliance.domain.user import Actor, Role
from appliance.store.jobs import Bounds
from config.load import Loaded
from config.schema import Settings


class Forbidden(BadInput):
    """The person may not do that."""


@dataclass(frozen=True, slots=True)
class Box:
    """The settings in force, the clock, chance (0 to 1), and where everything is kept."""

    settings: Callable[[], Settings]
    now: Callable[[], datetime]
    chance: Callable[[], float]
    data_dir: Path

    def bounds(self) -> Bounds:
        """How often and how long new jobs are tried."""
        jobs = self.settings().jobs
        return Bounds(jobs.attempts, timedelta(days=jobs.max_age_days))


def need(actor: Actor, role: Role) -> None:
    """Forbidden, in words, when the person's role is too small."""
    if not actor.role.covers(role):
        raise Forbidden(f"{actor.name} is {actor.role.value}; that needs {role.value}", "Ask an admin of this box.")


def owns(actor: Actor, owner: int, what: str) -> None:
    """Missing when it is another person's; an admin may touch everybody's. What is not yours is not even there."""
    if actor.role is not Role.ADMIN and actor.user != owner:
        raise Missing(f"there is no {what}", "The list shows what there is.")


@dataclass(frozen=True, slots=True)
class About:
    """The service as it runs: its version, since when, how it stands with its settings, and how they are read again.

    `problem` is why it is in safe mode, empty when it is not. `reload` answers what changed, in words; it raises
    ConfigError, and the old settings stay, when the file is wrong. `workers` counts those of each lane.
    """

    version: str
    started: datetime
    boot: str
    workers: Mapping[Lane, int]
    loaded: Callable[[], Loaded]
    problem: Callable[[], str]
    reload: Callable[[], tuple[str, ...]]
