"""What all lists are asked with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated

from msgspec import Meta

from appliance.domain.errors import BadInput
from appliance.store.views.paging import Part

Number = Annotated[int, Meta(ge=1, le=2**53 - 1)]
Limit = Annotated[int, Meta(ge=1, le=200, description="How many items at most.")]
Cursor = Annotated[str, Meta(max_length=1000, description="`next` of the part before; empty for the first part.")]
Sort = Annotated[str, Meta(max_length=40, description="By what; with - before it the largest or latest first.")]
Words = Annotated[str, Meta(max_length=500, description="Only what has these words in it.")]
Score = Annotated[float, Meta(ge=0, le=100)]
Instant = Annotated[datetime, Meta(tz=True)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """Which part of a list is wanted, and in which order."""

    limit: Limit = 50
    cursor: Cursor = ""
    sort: Sort = ""


def part(asked: Listed) -> Part:
    """The part."""
    return Part(asked.limit, asked.cursor, asked.sort)


def utc(at: datetime | None) -> datetime | None:
    """That time in UTC. BadInput at the ends of the calendar, where there is none."""
    if at is None:
        return None
    try:
        return at.astimezone(UTC)
    except OverflowError as error:
        raise BadInput(f"{at.isoformat()} is outside the calendar", "Give a time of this century.") from error
