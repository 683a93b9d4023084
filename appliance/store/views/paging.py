"""Long lists in parts. A cursor says after which item the next part begins, so that items that come or go meanwhile make
none appear twice and hide none.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import msgspec
from peewee import Field, fn

from appliance.domain.errors import BadInput
from appliance.domain.page import Page
from appliance.store.models import Row

Item = TypeVar("Item")
MOST = 200


@dataclass(frozen=True, slots=True)
class Part:
    """Which part of a list is wanted: how many items, after which cursor, in which order (a name, `-` for the largest first)."""

    limit: int = 50
    cursor: str = ""
    sort: str = ""


@dataclass(frozen=True, slots=True)
class Order:
    """A column that a list can be ordered by; it is never null. `folded`: small and large letters are alike."""

    column: Field
    folded: bool = False

    @property
    def said(self) -> Any:
        """The column as SQL compares it."""
        return fn.LOWER(self.column) if self.folded else self.column


class _Cursor(msgspec.Struct, frozen=True, array_like=True):
    sort: str
    value: str | int | float
    id: int


def page(
    query: Any,
    table: type[Row],
    orders: Mapping[str, Order],
    part: Part,
    noun: Callable[[Sequence[Any]], Sequence[Item]],
) -> Page[Item]:
    """That part of the query's rows as nouns, and how many rows there are in all. The first order is the usual one, the
    largest first. BadInput for an order or a cursor that is none of this list.
    """
    if not 1 <= part.limit <= MOST:
        raise BadInput(f"limit is {part.limit}", f"A part of a list has 1 to {MOST} items.")
    after = _read(part.cursor) if part.cursor else None
    sort = part.sort or (after.sort if after else f"-{next(iter(orders))}")
    order = orders.get(sort.removeprefix("-"))
    if order is None:
        raise BadInput(
            f"this list has no order {sort[:40]!r}", f"One of: {', '.join(orders)}; with - the largest first."
        )
    down = sort.startswith("-")
    wanted = query.select_extend(order.said.alias("sort_key"))
    if after is not None:
        if after.sort != sort:
            raise _wrong_cursor()
        same = (order.said == after.value) & ((table.id < after.id) if down else (table.id > after.id))
        wanted = wanted.where(((order.said < after.value) if down else (order.said > after.value)) | same)
    ways = (order.said.desc(), table.id.desc()) if down else (order.said.asc(), table.id.asc())
    rows = list(wanted.order_by(*ways).limit(part.limit + 1))
    shown = rows[: part.limit]
    following = ""
    if len(rows) > part.limit:
        last = shown[-1]
        following = _write(_Cursor(sort, _kept(order.column, last.sort_key), last.id))
    return Page(tuple(noun(shown)), query.count(), following)


def each(noun: Callable[[Any], Item]) -> Callable[[Sequence[Any]], Sequence[Item]]:
    """Rows that become nouns one by one."""
    return lambda rows: [noun(row) for row in rows]


def _kept(column: Any, value: Any) -> Any:
    """A value as the database keeps it."""
    return column.db_value(value)


def _write(cursor: _Cursor) -> str:
    return base64.urlsafe_b64encode(msgspec.json.encode(cursor)).decode().rstrip("=")


def _read(said: str) -> _Cursor:
    try:
        return msgspec.json.decode(base64.urlsafe_b64decode(said + "=" * (-len(said) % 4)), type=_Cursor)
    except (ValueError, msgspec.DecodeError) as error:
        raise _wrong_cursor() from error


def _wrong_cursor() -> BadInput:
    return BadInput("that cursor is none of this list", "Begin again without one, or keep the same order and filters.")
