"""What the clock does."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from appliance.domain.channel import Origin


class Missed(StrEnum):
    """What happens to runs that were due while the box was off."""

    SKIP = "skip"
    ONCE = "once"  # one run makes up for all
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Rule:
    """A cron expression in a time zone, and what is done then. `since` is when it was last looked at."""

    id: int
    name: str
    cron: str
    zone: str
    action: str
    missed: Missed
    enabled: bool
    origin: Origin
    since: datetime
    last_run: datetime | None = None
    last_result: str = ""


@dataclass(frozen=True, slots=True)
class Tick:
    """One time at which a rule was due. There is one of each, so nothing is done twice."""

    id: int
    rule: int
    due: datetime
    outcome: str  # run, skipped or by hand
    job: int | None = None


@dataclass(frozen=True, slots=True)
class NewRule:
    """A rule to be made, or to replace the one of the same name."""

    name: str
    cron: str
    zone: str
    action: str
    missed: Missed = Missed.ONCE
    enabled: bool = True
    origin: Origin = Origin.MADE
