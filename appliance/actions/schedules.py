"""What may be done with the clock's rules."""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from pathlib import Path

from appliance.actions.box import Box, need
from appliance.actions.polling import ACTIONS, start_rule
from appliance.domain.channel import Origin
from appliance.domain.errors import BadInput
from appliance.domain.job import Job
from appliance.domain.rule import Missed, NewRule, Rule
from appliance.domain.user import Actor, Role
from appliance.planning import cron
from appliance.store import channels, rules
from appliance.store.change import Change, change

# What every box does by itself; a rule of the same name in clipper.toml takes the place of one of these.
BUILT_IN = (("tidy", "17 3 * * *", "tidy"), ("retention", "7,37 * * * *", "retention"))
_GRACE = timedelta(seconds=150)  # a tick that is this late was not missed
_LONGEST_NAME = 64


def zone_of(box: Box) -> str:
    """The zone that times of day are meant in: the setting's, else the machine's, else UTC."""
    return box.settings().schedule.time_zone or machine_zone()


def machine_zone(link: Path = Path("/etc/localtime")) -> str:
    """The machine's own time zone by name; UTC when it has none."""
    named = str(link.resolve()).partition("zoneinfo/")[2]
    return named if named and time.tzname else "UTC"


def next_runs(rule: Rule, now: datetime, count: int = 5) -> tuple[datetime, ...]:
    """When it is due next, in UTC."""
    return cron.upcoming(rule.cron, rule.zone, now, count) if rule.enabled else ()


def put_rule(box: Box, actor: Actor, new: NewRule) -> Rule:
    """Make a rule by hand, or change one that was."""
    need(actor, Role.ADMIN)
    _check(box, new)
    there = next((rule for rule in rules.all_rules() if rule.name == new.name), None)
    if there is not None and there.origin is Origin.TOML:
        raise BadInput(
            f"{new.name} stands in clipper.toml and is only changed there", "Edit the file, then `clipper reload`."
        )
    with change(box.now()) as made:
        return rules.put(made, new)


def remove_rule(box: Box, actor: Actor, number: int) -> None:
    """Take a rule away that was made by hand."""
    need(actor, Role.ADMIN)
    rule = rules.get(number)
    if rule.origin is Origin.TOML:
        raise BadInput(f"{rule.name} is built in or stands in clipper.toml", "Set enabled = false there.")
    with change(box.now()) as made:
        rules.remove(made, number)


def run_rule(box: Box, actor: Actor, number: int) -> Job:
    """Do now what it does; its own times stay as they are."""
    need(actor, Role.EDITOR)
    with change(box.now()) as made:
        job = start_rule(made, rules.get(number), box)
        rules.tick(made, number, made.now, "by hand", job.id)
        return job


def run_due(box: Box) -> int:
    """Start a job for every rule that is due; how many were started."""
    started = 0
    for rule in rules.all_rules():
        if rule.enabled:
            with change(box.now()) as made:
                started += _run_rule(made, rule, box)
    return started


def tick_rules(box: Box, actor: Actor) -> int:
    """Look at the clock now, as it does every minute by itself; how many rules were started."""
    need(actor, Role.ADMIN)
    return run_due(box)


def adopt_rules(box: Box) -> tuple[str, ...]:
    """Bring the built-in rules, those of clipper.toml and the channels' daily ones into the database; what changed."""
    zone = zone_of(box)
    wanted = {name: NewRule(name, when, zone, action, origin=Origin.TOML) for name, when, action in BUILT_IN}
    for channel in channels.all_watched():
        if channel.rules.daily_best_time and not channel.paused:
            hour, minute = channel.rules.daily_best_time.split(":")
            name = f"best of {channel.name}"
            action = f"daily_best:{channel.id}"
            wanted[name] = NewRule(name, f"{int(minute)} {int(hour)} * * *", zone, action, origin=Origin.TOML)
    for table in box.settings().schedule.rule:
        wanted[table.name] = NewRule(
            table.name, table.cron, zone, table.action, Missed(table.missed), table.enabled, Origin.TOML
        )
    said = []
    with change(box.now()) as made:
        there = {rule.name: rule for rule in rules.all_rules()}
        for name, new in wanted.items():
            if name not in there or _differs(there[name], new):
                rules.put(made, new)
                said.append(f"rule {name}: {new.cron}")
        for name, rule in there.items():
            if rule.origin is Origin.TOML and name not in wanted:
                rules.remove(made, rule.id)
                said.append(f"rule {name} is gone")
    return tuple(said)


def _run_rule(made: Change, rule: Rule, box: Box) -> int:
    if rule.since > made.now:  # the wall clock was set back: from now on, without doing anything twice
        rules.looked(rule.id, made.now)
        return 0
    found = cron.due(rule.cron, rule.zone, rule.since, made.now)
    if not found:
        return 0
    chosen = set(cron.to_run(found, rule.missed, made.now, _GRACE))
    started = 0
    for due in found:
        if rules.ticked(rule.id, due):
            continue
        if due in chosen:
            job = start_rule(made, rule, box)
            rules.tick(made, rule.id, due, "run", job.id)
            started += 1
        else:
            rules.tick(made, rule.id, due, "skipped")
    rules.looked(rule.id, made.now)
    return started


def _differs(rule: Rule, new: NewRule) -> bool:
    fields = ("cron", "zone", "action", "missed", "enabled", "origin")
    return any(getattr(rule, field) != getattr(new, field) for field in fields)


def _check(box: Box, new: NewRule) -> None:
    if not new.name.strip() or len(new.name) > _LONGEST_NAME:
        raise BadInput("a rule needs a name", f"At most {_LONGEST_NAME} signs.")
    if new.action.partition(":")[0] not in ACTIONS:
        raise BadInput(f"{new.action} is nothing that a rule can do", f"One of: {', '.join(ACTIONS)}.")
    cron.check(new.cron, new.zone, box.now())
