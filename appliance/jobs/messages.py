"""What a job's child process is told, and what it answers: one JSON line each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import msgspec

from appliance.domain.channel import ChannelRules, Intake
from appliance.domain.listed import Listing, Remembered
from appliance.domain.located import Located
from appliance.domain.moment import Moment, Ranking
from appliance.domain.trouble import Trouble
from appliance.domain.wishes import Wishes


class StageWork(msgspec.Struct, frozen=True, tag="stage"):
    """Run one stage of a pipeline. `made` holds absolute folders; `settings` are all of clipper.toml, as JSON.

    `moment` is what a clip shows; None for the stages of a video.
    """

    stage: str
    source: Located
    made: Mapping[str, str]
    wishes: Wishes
    settings: msgspec.Raw
    moment: Moment | None = None


class ListWork(msgspec.Struct, frozen=True, tag="list"):
    """Ask a channel or folder what it has."""

    address: str
    platform: str
    rules: ChannelRules
    remembered: Remembered
    settings: msgspec.Raw
    first: bool = False


class ExpandWork(msgspec.Struct, frozen=True, tag="expand"):
    """Look into a list of videos, at most so many of them."""

    list: Located
    most: int
    settings: msgspec.Raw


class BringWork(msgspec.Struct, frozen=True, tag="bring"):
    """Bring a file into the data folder."""

    path: str
    into: str
    how: Intake


class ConvertWork(msgspec.Struct, frozen=True, tag="convert"):
    """Make an MP4 of a recording: `into` is the file, alone in its folder."""

    path: str
    into: str
    settings: msgspec.Raw


Work = StageWork | ListWork | ExpandWork | BringWork | ConvertWork


class Progress(msgspec.Struct, frozen=True, tag="progress"):
    """How far it is, 0 to 1, and the step in words."""

    done: float
    step: str


class StageDone(msgspec.Struct, frozen=True, tag="stage_done"):
    """The stage's folder, absolute, and what everybody wants to know of it."""

    folder: str
    notes: tuple[str, ...] = ()
    reused: bool = False
    title: str = ""
    content: str = ""
    seconds: float | None = None
    ranking: Ranking | None = None


class Listed(msgspec.Struct, frozen=True, tag="listed"):
    """What the channel has."""

    listing: Listing


class Brought(msgspec.Struct, frozen=True, tag="brought"):
    """Where the file is now."""

    path: str


class Postponed(msgspec.Struct, frozen=True, tag="postponed"):
    """Not now; again after so many seconds."""

    seconds: float
    why: str


class Dropped(msgspec.Struct, frozen=True, tag="dropped"):
    """Not at all, and that is no failure."""

    why: str


class Failed(msgspec.Struct, frozen=True, tag="failed"):
    """What went wrong."""

    trouble: Trouble


WORK = (StageWork, ListWork, ExpandWork, BringWork, ConvertWork)
Answer = StageDone | Listed | Brought | Postponed | Dropped | Failed
Message = Progress | Answer


@dataclass(frozen=True, slots=True)
class Died:
    """The child ended without an answer: its exit code (negative: the signal) and the end of what it said."""

    code: int
    said: str = ""
    why: str = ""
