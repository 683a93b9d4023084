"""The service itself: how it stands, and reading its settings again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from appliance.domain.job import Lane
from appliance.domain.user import Role
from web.endpoint import Asked, Endpoint


@dataclass(frozen=True, slots=True)
class System:
    """`boot` names this run of the program. `problem` is empty unless the box is in safe mode: it then says why, and no job
    runs. `lanes` counts the workers.
    """

    version: str
    started: datetime
    now: datetime
    boot: str
    safe_mode: bool
    problem: str
    warnings: tuple[str, ...]
    settings_file: str
    lanes: Mapping[Lane, int]


@dataclass(frozen=True, slots=True)
class Reloaded:
    """What reading the settings again changed, in words."""

    changes: tuple[str, ...]


def show(asked: Asked) -> System:
    """How the service stands. Where its settings are is told to admins only."""
    about = asked.about
    loaded, problem = about.loaded(), about.problem()
    admin = asked.actor.role is Role.ADMIN
    return System(
        version=about.version,
        started=about.started,
        now=asked.box.now(),
        boot=about.boot,
        safe_mode=bool(problem),
        problem=problem if admin or not problem else "The settings cannot be used; an admin sees why.",
        warnings=loaded.warnings if admin else (),
        settings_file=str(loaded.file or "") if admin else "",
        lanes=dict(about.workers),
    )


def reload(asked: Asked) -> Reloaded:
    """Read clipper.toml again. The old settings stay when the file is wrong."""
    return Reloaded(asked.about.reload())


ENDPOINTS = (
    Endpoint("GET", "/system", show, "How the service stands", answer=System, quick=True),
    Endpoint("POST", "/system/reload", reload, "Read clipper.toml again", Role.ADMIN, answer=Reloaded, replays=False),
)
