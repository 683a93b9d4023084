"""What the clock does, and when next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from msgspec import Meta

from appliance.actions import schedules as verbs
from appliance.actions.seeing import see_rule
from appliance.domain.job import Job
from appliance.domain.page import Page
from appliance.domain.rule import Missed, NewRule, Rule, Tick
from appliance.domain.user import Role
from appliance.store.views import rules as views
from web.api.jobs import Count
from web.api.lists import Listed, part
from web.endpoint import Asked, Endpoint


@dataclass(frozen=True, slots=True)
class Planned:
    """A rule, and when it is due next, in UTC."""

    rule: Rule
    next: tuple[datetime, ...]


@dataclass(frozen=True, slots=True)
class PutRule:
    """A rule by its name: made, or changed where there is one of that name. No zone: that of the box."""

    name: Annotated[str, Meta(min_length=1, max_length=64)]
    cron: Annotated[str, Meta(max_length=200)]
    action: Annotated[str, Meta(max_length=80)]
    zone: Annotated[str, Meta(max_length=80)] = ""
    missed: Missed = Missed.ONCE
    enabled: bool = True


def listing(asked: Asked) -> Page[Planned]:
    """A part of the rules, by name, each with its next five runs."""
    said: Listed = asked.query
    found = views.rules(part(said if said.sort or said.cursor else Listed(limit=said.limit, sort="name")))
    return Page(tuple(_planned(asked, rule) for rule in found.items), found.total, found.next)


def one(asked: Asked) -> Planned:
    """One rule."""
    return _planned(asked, see_rule(asked.path["id"]))


def ticks(asked: Asked) -> Page[Tick]:
    """When it was due, and what was done then."""
    return views.ticks(see_rule(asked.path["id"]).id, part(asked.query))


def put(asked: Asked) -> Planned:
    """Make a rule or change it."""
    body: PutRule = asked.body
    zone = body.zone or verbs.zone_of(asked.box)
    new = NewRule(body.name, body.cron, zone, body.action, body.missed, body.enabled)
    return _planned(asked, verbs.put_rule(asked.box, asked.actor, new))


def remove(asked: Asked) -> None:
    """Take it away."""
    verbs.remove_rule(asked.box, asked.actor, asked.path["id"])


def run(asked: Asked) -> Job:
    """Do now what it does."""
    return verbs.run_rule(asked.box, asked.actor, asked.path["id"])


def tick(asked: Asked) -> Count:
    """Look at the clock now; how many rules that started."""
    return Count(verbs.tick_rules(asked.box, asked.actor))


def _planned(asked: Asked, rule: Rule) -> Planned:
    return Planned(rule, verbs.next_runs(rule, asked.box.now()))


ENDPOINTS = (
    Endpoint("GET", "/schedules", listing, "The rules of the clock, with their next runs", query=Listed,
             answer=Page[Planned]),
    Endpoint("PUT", "/schedules", put, "Make a rule, or change the one of that name", Role.ADMIN, body=PutRule,
             answer=Planned),
    Endpoint("POST", "/schedules/tick", tick, "Start what is due now", Role.ADMIN, answer=Count, replays=False),
    Endpoint("GET", "/schedules/{id:int}", one, "One rule", answer=Planned, refusals=(404,)),
    Endpoint("DELETE", "/schedules/{id:int}", remove, "Remove a rule that was made by hand", Role.ADMIN, refusals=(404,)),
    Endpoint("GET", "/schedules/{id:int}/ticks", ticks, "When a rule was due, and what was done", query=Listed,
             answer=Page[Tick], refusals=(404,)),
    Endpoint("POST", "/schedules/{id:int}/run", run, "Do now what a rule does", Role.EDITOR, answer=Job, status=202,
             refusals=(404,)),
)  # fmt: skip
