"""A piece of work that was accepted and will not be lost."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from appliance.domain.states import JobState
from appliance.domain.trouble import Trouble


class Lane(StrEnum):
    """What a job keeps busy."""

    GPU = "gpu"
    CPU = "cpu"
    NET = "net"


@dataclass(frozen=True, slots=True)
class NewJob:
    """A job to be written: what it does, in which lane, for which video, clip or channel.

    `owner` is whose it is when it is about none of these. Of two jobs with the same `unique` key only one is not over at
    any time. `due` None means now.
    """

    kind: str
    lane: Lane
    video: int | None = None
    clip: int | None = None
    channel: int | None = None
    owner: int | None = None
    unique: str = ""
    priority: int = 0
    due: datetime | None = None
    argument: str = ""


@dataclass(frozen=True, slots=True)
class Job:
    """A job as it stands. `due` is when it may start, `expires` when it is not tried any more.

    `attempt` counts the tries that were begun, `attempts` is how many there may be, `deaths` how often the stage's
    process died in it. `boot` and `lease` say which run of the program has it and until when. `waiting` says in words
    why it does not start.
    """

    id: int
    kind: str
    lane: Lane
    state: JobState
    created: datetime
    due: datetime
    expires: datetime
    video: int | None = None
    clip: int | None = None
    channel: int | None = None
    owner: int | None = None
    argument: str = ""
    unique: str = ""
    priority: int = 0
    attempt: int = 0
    attempts: int = 6
    deaths: int = 0
    boot: str = ""
    lease: datetime | None = None
    started: datetime | None = None
    ended: datetime | None = None
    progress: float = 0.0
    step: str = ""
    waiting: str = ""
    cancelling: bool = False
    troubles: tuple[Trouble, ...] = ()

    @property
    def trouble(self) -> Trouble | None:
        """What went wrong last."""
        return self.troubles[-1] if self.troubles else None


@dataclass(frozen=True, slots=True)
class LaneView:
    """A lane as the faces show it."""

    name: Lane
    workers: int
    executing: int
    available: int
    waiting: int
    paused: bool = False
    why: str = ""
