"""Rules of the clock, and every time at which one was due."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from peewee import IntegrityError

from appliance.domain.channel import Origin
from appliance.domain.errors import Missing
from appliance.domain.rule import Missed, NewRule, Rule, Tick
from appliance.store.change import Change
from appliance.store.models import RuleRow, TickRow


def put(change: Change, new: NewRule) -> Rule:
    """Make the rule, or change the one of that name. A rule whose times change starts from now."""
    row = RuleRow.get_or_none(RuleRow.name == new.name)
    fields: dict[str, Any] = {
        "cron": new.cron,
        "zone": new.zone,
        "action": new.action,
        "missed": new.missed.value,
        "enabled": new.enabled,
        "origin": new.origin.value,
    }
    if row is None:
        row = RuleRow.create(name=new.name, since=change.now, **fields)
    else:
        if (row.cron, row.zone) != (new.cron, new.zone) or (new.enabled and not row.enabled):
            fields["since"] = change.now
        RuleRow.update(**fields).where(RuleRow.id == row.id).execute()
    change.tell("rule_changed", name=new.name)
    return get(row.id)


def get(number: int) -> Rule:
    """One rule, Missing when there is none of that number."""
    row = RuleRow.numbered(number)
    if row is None:
        raise Missing(f"there is no rule {number}", "`clipper schedules list` shows what there is.")
    return rule(row)


def all_rules() -> tuple[Rule, ...]:
    """Every rule, by name."""
    return tuple(rule(row) for row in RuleRow.select().order_by(RuleRow.name))


def remove(change: Change, number: int) -> None:
    """For good."""
    RuleRow.delete().where(RuleRow.id == number).execute()
    change.tell("rule_removed", rule=number)


def tick(change: Change, number: int, due: datetime, outcome: str, job: int | None = None) -> bool:
    """Write down that the rule was due; False when that very time was written down before."""
    try:
        TickRow.create(rule=number, due=due, outcome=outcome, job=job)
    except IntegrityError:
        return False
    if outcome == "run":
        RuleRow.update(last_run=change.now).where(RuleRow.id == number).execute()
    return True


def ticked(number: int, due: datetime) -> bool:
    """Whether that time of the rule was dealt with."""
    return bool(TickRow.select().where((TickRow.rule == number) & (TickRow.due == due)).exists())


def looked(number: int, at: datetime) -> None:
    """All up to that time was dealt with."""
    RuleRow.update(since=at).where(RuleRow.id == number).execute()


def result(number: int, words: str) -> None:
    """How its last run ended."""
    RuleRow.update(last_result=words[:500]).where(RuleRow.id == number).execute()


def ticks(number: int, limit: int = 20) -> tuple[Tick, ...]:
    """When it was due, newest first."""
    rows = TickRow.select().where(TickRow.rule == number).order_by(TickRow.due.desc()).limit(limit)
    return tuple(Tick(row.id, number, row.due, row.outcome, row.job) for row in rows)


def prune_ticks(before: datetime) -> int:
    """Forget old times; how many."""
    return int(TickRow.delete().where(TickRow.due < before).execute())


def rule(row: RuleRow) -> Rule:
    """A row as its noun."""
    return Rule(
        id=row.id,
        name=row.name,
        cron=row.cron,
        zone=row.zone,
        action=row.action,
        missed=Missed(row.missed),
        enabled=row.enabled,
        origin=Origin(row.origin),
        since=row.since,
        last_run=row.last_run,
        last_result=row.last_result,
    )
