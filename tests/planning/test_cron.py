from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.domain.errors import BadInput
from appliance.domain.rule import Missed
from appliance.planning import cron

BERLIN = "Europe/Berlin"


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_times_of_day_are_meant_in_the_zone() -> None:
    """Eight in the morning in Berlin is seven in winter and six in summer."""
    assert cron.upcoming("0 8 * * *", BERLIN, at("2026-01-10T00:00"), 1) == (at("2026-01-10T07:00"),)
    assert cron.upcoming("0 8 * * *", BERLIN, at("2026-07-10T00:00"), 1) == (at("2026-07-10T06:00"),)


def test_a_time_that_the_spring_change_skips_is_due_once() -> None:
    """02:30 does not exist on that night; the rule runs all the same, once."""
    night = cron.due("30 2 * * *", BERLIN, at("2026-03-28T22:00"), at("2026-03-29T20:00"))
    assert len(night) == 1
    assert at("2026-03-29T00:30") <= night[0] <= at("2026-03-29T01:30")


def test_a_time_that_comes_twice_in_autumn_is_due_once() -> None:
    """02:30 comes twice on that night."""
    assert len(cron.due("30 2 * * *", BERLIN, at("2026-10-24T22:00"), at("2026-10-25T20:00"))) == 1


def test_an_hourly_rule_goes_on_through_both_changes() -> None:
    """25 hours in autumn and 23 in spring are 25 and 23 runs."""
    for day, hours in (("2026-10-24T22:00", 25), ("2026-03-28T23:00", 23)):
        start = at(day)
        assert len(cron.due("0 * * * *", BERLIN, start, start + timedelta(hours=hours))) == hours


@pytest.mark.parametrize(("missed", "runs"), [(Missed.SKIP, 0), (Missed.ONCE, 1), (Missed.ALL, 5)])
def test_what_was_missed_is_made_up_for_as_the_rule_says(missed: Missed, runs: int) -> None:
    """Five days off: nothing, once, or five times."""
    now = at("2026-05-06T12:00")
    found = cron.due("0 4 * * *", "UTC", at("2026-05-01T12:00"), now)
    assert len(found) == 5
    assert len(cron.to_run(found, missed, now, timedelta(minutes=2))) == runs


@pytest.mark.parametrize("missed", list(Missed))
def test_what_is_due_now_is_never_missed(missed: Missed) -> None:
    """A tick of half a minute ago runs whatever the policy."""
    now = at("2026-05-06T04:00") + timedelta(seconds=30)
    found = cron.due("0 4 * * *", "UTC", now - timedelta(hours=1), now)
    assert cron.to_run(found, missed, now, timedelta(minutes=2)) == (at("2026-05-06T04:00"),)


def test_a_year_off_is_bounded() -> None:
    """A rule of every minute does not run half a million times."""
    found = cron.due("* * * * *", "UTC", at("2025-05-06T04:00"), at("2026-05-06T04:00"))
    assert len(found) == cron.MOST_MISSED
    assert found[-1] == at("2026-05-06T04:00")


@settings(max_examples=40, deadline=None)
@given(st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1)), st.integers(1, 600), st.integers(1, 600))  # noqa: DTZ001
def test_no_time_is_lost_or_told_twice_between_looks(start: datetime, first: int, second: int) -> None:
    """Looking twice finds what looking once finds."""
    began = start.replace(tzinfo=UTC)
    middle, end = began + timedelta(minutes=first), began + timedelta(minutes=first + second)
    once = cron.due("*/17 * * * *", BERLIN, began, end)
    twice = (
        *cron.due("*/17 * * * *", BERLIN, began, middle),
        *cron.due("*/17 * * * *", BERLIN, middle, end),
    )
    assert once == twice


@pytest.mark.parametrize("said", ["0 0 31 2 *", "nonsense", "61 * * * *", "* * * *"])
def test_what_never_comes_is_told(said: str) -> None:
    """A rule that cannot run is no rule."""
    with pytest.raises(BadInput) as told:
        cron.check(said, "UTC", at("2026-01-01T00:00"))
    assert told.value.hint


@pytest.mark.parametrize("zone", ["Mars/Olympus", "", "../etc/passwd", "/etc/localtime"])
def test_an_unknown_zone_is_told(zone: str) -> None:
    """Zones have names."""
    with pytest.raises(BadInput, match="time zone"):
        cron.check("* * * * *", zone, at("2026-01-01T00:00"))
