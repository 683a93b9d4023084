"""When rules are due: cron expressions in a time zone, over nights when the clocks change and days the box was off."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from cronsim import CronSim, CronSimError

from appliance.domain.errors import BadInput
from appliance.domain.rule import Missed

MOST_MISSED = 100  # a box that was off for a year does not run an hourly rule 8760 times


def due(cron: str, zone: str, since: datetime, now: datetime) -> tuple[datetime, ...]:
    """Every time after `since`, up to and with `now`, at which the expression says so; in UTC, the newest 100 at most.

    A time that the spring change skips is due at the moment of the change; one that comes twice in autumn is due once,
    as in Debian's cron, whose rules cronsim follows.
    """
    found: list[datetime] = []
    for at in _times(cron, zone, since):
        if at > now:
            break
        found.append(at)
        del found[:-MOST_MISSED]
    return tuple(found)


def upcoming(cron: str, zone: str, now: datetime, count: int) -> tuple[datetime, ...]:
    """The next times after `now`, in UTC; fewer when there are no more."""
    return tuple(islice(_times(cron, zone, now), count))


def to_run(found: tuple[datetime, ...], missed: Missed, now: datetime, grace: timedelta) -> tuple[datetime, ...]:
    """Which of the due times are run: what is due within `grace` always, older ones as the policy says."""
    fresh = tuple(at for at in found if now - at <= grace)
    late = found[: len(found) - len(fresh)]
    match missed:
        case Missed.ALL:
            return found
        case Missed.ONCE:
            return fresh or late[-1:]
        case Missed.SKIP:
            return fresh


def check(cron: str, zone: str, now: datetime) -> None:
    """BadInput, in words, when the expression is none, never comes true, or the zone is unknown."""
    if not upcoming(cron, zone, now, 1):
        raise BadInput(f"{cron}: that time never comes", "Check day and month: there is no 31st of February.")


def _times(cron: str, zone: str, after: datetime) -> Iterator[datetime]:
    try:
        local = after.astimezone(ZoneInfo(zone))
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise BadInput(f"{zone}: there is no such time zone", "Name one such as Europe/Berlin or UTC.") from error
    try:
        yield from (at.astimezone(UTC) for at in CronSim(cron, local))
    except CronSimError as error:
        raise BadInput(
            f"{cron}: that is no cron expression: {error}",
            'Five fields: minute hour day month weekday, as in "30 3 * * *".',
        ) from error
