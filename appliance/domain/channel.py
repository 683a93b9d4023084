"""A place that is asked for new videos: a channel of a platform, or a folder."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from appliance.domain.listed import NOTHING, Remembered
from appliance.domain.trouble import Trouble
from appliance.domain.wishes import NONE, Wishes


class Origin(StrEnum):
    """Where an entry comes from. What stands in clipper.toml is only changed there."""

    TOML = "toml"
    MADE = "made"  # by a person in one of the faces


class Intake(StrEnum):
    """How a file of a folder is taken."""

    LINK = "link"
    COPY = "copy"
    MOVE = "move"


@dataclass(frozen=True, slots=True)
class ChannelRules:
    """Which of its videos are taken, how often it is asked, and what is wished for them. Lengths are in seconds, 0: no limit."""

    every_seconds: float = 600.0
    title_keywords: tuple[str, ...] = ()
    min_video_seconds: float = 180.0
    max_video_seconds: float = 0.0
    backfill: int = 0
    daily_best_time: str = ""
    wishes: Wishes = NONE
    pattern: str = "*"
    take: Intake = Intake.LINK
    stable_seconds: float = 60.0


@dataclass(frozen=True, slots=True)
class Channel:
    """A watched channel or folder, and how asking it went. `errors` counts failed polls since the last good one."""

    id: int
    owner: int
    name: str
    address: str
    platform: str
    origin: Origin
    rules: ChannelRules
    added: datetime
    paused: bool = False
    remembered: Remembered = NOTHING
    last_poll: datetime | None = None
    last_good: datetime | None = None
    next_poll: datetime | None = None
    errors: int = 0
    trouble: Trouble | None = None
    note: str = ""
    videos: int = 0

    @property
    def is_folder(self) -> bool:
        """Whether it is a folder of this machine."""
        return self.platform == "folder"
