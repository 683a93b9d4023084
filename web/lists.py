"""Pages of lists that are short enough to be held whole: accounts, keys, sessions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Annotated, TypeVar

import msgspec

from appliance.domain.errors import BadInput
from appliance.domain.page import Page

Item = TypeVar("Item")


class Part(msgspec.Struct, frozen=True):
    """Which part of a list: at most `limit`, after the one where `cursor` (the `next` of the page before) says."""

    limit: Annotated[int, msgspec.Meta(ge=1, le=200)] = 50
    cursor: Annotated[str, msgspec.Meta(max_length=32)] = ""


def page_of(items: Sequence[Item], part: Part, number: Callable[[Item], int]) -> Page[Item]:
    """The part of a list whose items have numbers, in the order of the list. A page stays right while others are added or
    taken away.
    """
    rest = items
    if part.cursor:
        if not part.cursor.lstrip("-").isdigit() or len(part.cursor) > 20:
            raise BadInput(f"{part.cursor!r} is no cursor", "Send `next` of the page before, as it was.")
        after = int(part.cursor)
        falling = len(items) > 1 and number(items[0]) > number(items[-1])
        rest = [item for item in items if (number(item) < after if falling else number(item) > after)]
    shown = rest[: part.limit]
    return Page(tuple(shown), len(items), str(number(shown[-1])) if len(rest) > len(shown) else "")
