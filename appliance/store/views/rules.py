"""The rules of the clock, and when each was due."""

from __future__ import annotations

from appliance.domain.page import Page
from appliance.domain.rule import Rule, Tick
from appliance.store.models import RuleRow, TickRow
from appliance.store.rules import rule
from appliance.store.views.paging import Order, Part, each, page

ORDERS = {"name": Order(RuleRow.name, folded=True), "id": Order(RuleRow.id)}
TICK_ORDERS = {"due": Order(TickRow.due), "id": Order(TickRow.id)}


def rules(part: Part) -> Page[Rule]:
    """A part of them."""
    return page(RuleRow.select(), RuleRow, ORDERS, part, each(rule))


def ticks(number: int, part: Part) -> Page[Tick]:
    """The times at which a rule was due, the latest first."""
    query = TickRow.select().where(TickRow.rule == number)
    return page(
        query, TickRow, TICK_ORDERS, part, each(lambda row: Tick(row.id, number, row.due, row.outcome, row.job))
    )
