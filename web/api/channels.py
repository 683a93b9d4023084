"""Watched channels and folders. Everybody may look at them; who added one may change it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated

from msgspec import Meta

from appliance.actions import channels as verbs
from appliance.actions.approvals import WouldApprove, would_approve
from appliance.actions.seeing import see_channel
from appliance.domain.channel import Channel, ChannelRules
from appliance.domain.job import Job
from appliance.domain.page import Page
from appliance.domain.user import Role
from appliance.store.views import channels as views
from web.api.lists import Listed, Score, Words, part
from web.endpoint import Asked, Endpoint

Name = Annotated[str, Meta(max_length=200)]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelsAsked(Listed):
    """Which channels. `trouble`: those that could not be asked."""

    platform: Name = ""
    paused: bool | None = None
    trouble: bool | None = None
    q: Words = ""


@dataclass(frozen=True, slots=True)
class NewChannel:
    """A channel as an id, a @handle or an address, and which of its videos are taken."""

    channel: Annotated[str, Meta(min_length=1, max_length=2000)]
    name: Name = ""
    rules: ChannelRules = field(default_factory=ChannelRules)


@dataclass(frozen=True, slots=True)
class ChangedChannel:
    """All its rules anew; an empty name keeps the old one."""

    rules: ChannelRules
    name: Name = ""


@dataclass(frozen=True, slots=True)
class Threshold:
    """The score from which clips would be approved."""

    score: Score


@dataclass(frozen=True, slots=True)
class Polls:
    """The jobs that ask the channels."""

    jobs: tuple[Job, ...]


def listing(asked: Asked) -> Page[Channel]:
    """A part of the channels."""
    said: ChannelsAsked = asked.query
    return views.channels(views.ChannelFilter(said.platform, said.paused, said.trouble, said.q), part(said))


def one(asked: Asked) -> Channel:
    """One channel."""
    return see_channel(asked.path["id"])


def seen(asked: Asked) -> Page[views.Seen]:
    """What it showed lately, and what was done with it."""
    return views.seen(see_channel(asked.path["id"]).id, part(asked.query))


def subscribe(asked: Asked) -> Channel:
    """Watch a channel."""
    body: NewChannel = asked.body
    return verbs.subscribe(asked.box, asked.actor, body.channel, body.rules, body.name)


def change(asked: Asked) -> Channel:
    """Other rules."""
    return verbs.change_rules(asked.box, asked.actor, asked.path["id"], asked.body.rules, asked.body.name)


def pause(asked: Asked) -> Channel:
    """Ask it no more."""
    return verbs.pause_channel(asked.box, asked.actor, asked.path["id"])


def resume(asked: Asked) -> Channel:
    """Ask it again."""
    return verbs.resume_channel(asked.box, asked.actor, asked.path["id"])


def remove(asked: Asked) -> None:
    """Watch it no more; its videos stay."""
    verbs.remove_channel(asked.box, asked.actor, asked.path["id"])


def sync(asked: Asked) -> Job:
    """Ask it now."""
    return verbs.sync_channel(asked.box, asked.actor, asked.path["id"])


def sync_all(asked: Asked) -> Polls:
    """Ask all of them now."""
    return Polls(verbs.sync_channels(asked.box, asked.actor))


def auto_approve(asked: Asked) -> WouldApprove:
    """What a rule would have approved. Nothing is changed."""
    return would_approve(asked.box, asked.actor, asked.path["id"], asked.query.score)


_STATES = (404, 409)
ENDPOINTS = (
    Endpoint("GET", "/channels", listing, "The watched channels and folders", query=ChannelsAsked, answer=Page[Channel]),
    Endpoint("POST", "/channels", subscribe, "Watch a channel", Role.EDITOR, body=NewChannel, answer=Channel, status=201),
    Endpoint("POST", "/channels/sync", sync_all, "Ask all channels now", Role.EDITOR, answer=Polls, status=202),
    Endpoint("GET", "/channels/{id:int}", one, "One channel", answer=Channel, refusals=(404,)),
    Endpoint("PUT", "/channels/{id:int}", change, "Give a channel other rules", Role.EDITOR, body=ChangedChannel,
             answer=Channel, refusals=(404,)),
    Endpoint("DELETE", "/channels/{id:int}", remove, "Watch a channel no more; its videos stay", Role.EDITOR,
             refusals=_STATES),
    Endpoint("GET", "/channels/{id:int}/seen", seen, "What a channel showed, and what was done with it", query=Listed,
             answer=Page[views.Seen], refusals=(404,)),
    Endpoint("POST", "/channels/{id:int}/pause", pause, "Ask a channel no more", Role.EDITOR, answer=Channel,
             refusals=_STATES),
    Endpoint("POST", "/channels/{id:int}/resume", resume, "Ask a channel again", Role.EDITOR, answer=Channel,
             refusals=_STATES),
    Endpoint("POST", "/channels/{id:int}/sync", sync, "Ask a channel now", Role.EDITOR, answer=Job, status=202,
             refusals=_STATES),
    Endpoint("GET", "/channels/{id:int}/auto-approve", auto_approve,
             "Which clips of the last 30 days a rule would have approved", query=Threshold, answer=WouldApprove,
             refusals=(404,)),
)  # fmt: skip
