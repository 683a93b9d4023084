"""Clips: looking at them, rendering them, saying yes or no."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from msgspec import Meta

from appliance.actions import clips as verbs
from appliance.actions.seeing import see_clip, whose
from appliance.domain.clip import Clip
from appliance.domain.page import Page
from appliance.domain.states import ClipState
from appliance.domain.user import Role
from appliance.domain.wishes import NONE, Wishes
from appliance.store.views import clips as views
from web.api.lists import Instant, Listed, Number, Score, Words, part, utc
from web.endpoint import Asked, Endpoint


@dataclass(frozen=True, slots=True, kw_only=True)
class ClipsAsked(Listed):
    """Which clips."""

    state: tuple[ClipState, ...] = ()
    video: Number | None = None
    channel: Number | None = None
    owner: Number | None = None
    min_score: Score | None = None
    q: Words = ""
    since: Instant | None = None
    until: Instant | None = None
    waiting: bool | None = None
    deleted: bool = False


@dataclass(frozen=True, slots=True)
class ToRender:
    """Clips by number, and what is wished for all of them beside what was wished before."""

    clips: Annotated[tuple[Number, ...], Meta(min_length=1, max_length=500)]
    wishes: Wishes = NONE


@dataclass(frozen=True, slots=True)
class Rendering:
    """The clips that are being rendered."""

    clips: tuple[Clip, ...]


@dataclass(frozen=True, slots=True)
class Reasons:
    """Why not, in words."""

    reasons: Annotated[tuple[Annotated[str, Meta(max_length=200)], ...], Meta(max_length=10)] = ()


def listing(asked: Asked) -> Page[Clip]:
    """A part of the clips. Others' are there for admins only."""
    said: ClipsAsked = asked.query
    own = whose(asked.actor)
    wanted = views.ClipFilter(
        owner=said.owner if own is None else own,
        states=said.state,
        video=said.video,
        channel=said.channel,
        min_score=said.min_score,
        q=said.q,
        since=utc(said.since),
        until=utc(said.until),
        waiting=said.waiting,
        deleted=said.deleted,
    )
    return views.clips(wanted, part(said))


def one(asked: Asked) -> Clip:
    """One clip."""
    return see_clip(asked.actor, asked.path["id"])


def render(asked: Asked) -> Rendering:
    """Render clips, all or none."""
    return Rendering(verbs.render_clips(asked.box, asked.actor, asked.body.clips, asked.body.wishes))


def approve(asked: Asked) -> Clip:
    """Yes."""
    return verbs.approve_clip(asked.box, asked.actor, asked.path["id"])


def reject(asked: Asked) -> Clip:
    """No, and why."""
    return verbs.reject_clip(asked.box, asked.actor, asked.path["id"], asked.body.reasons)


def undo(asked: Asked) -> Clip:
    """As if nobody had decided."""
    return verbs.undo_decision(asked.box, asked.actor, asked.path["id"])


def delete(asked: Asked) -> Clip:
    """Take it away."""
    return verbs.delete_clip(asked.box, asked.actor, asked.path["id"])


def restore(asked: Asked) -> Clip:
    """Bring it back."""
    return verbs.restore_clip(asked.box, asked.actor, asked.path["id"])


_STATES = (404, 409)
ENDPOINTS = (
    Endpoint("GET", "/clips", listing, "The clips", query=ClipsAsked, answer=Page[Clip]),
    Endpoint("POST", "/clips/render", render, "Render clips, all of these or none", Role.EDITOR, body=ToRender,
             answer=Rendering, status=202, refusals=_STATES),
    Endpoint("GET", "/clips/{id:int}", one, "One clip", answer=Clip, refusals=(404,)),
    Endpoint("DELETE", "/clips/{id:int}", delete, "Delete a clip; it can be restored for ten minutes", Role.EDITOR,
             answer=Clip, refusals=(404,)),
    Endpoint("POST", "/clips/{id:int}/approve", approve, "Say yes to a clip", Role.EDITOR, answer=Clip, refusals=_STATES),
    Endpoint("POST", "/clips/{id:int}/reject", reject, "Say no to a clip, and why", Role.EDITOR, body=Reasons, answer=Clip,
             refusals=_STATES),
    Endpoint("POST", "/clips/{id:int}/undo", undo, "Take back a yes or no", Role.EDITOR, answer=Clip, refusals=_STATES),
    Endpoint("POST", "/clips/{id:int}/restore", restore, "Bring back a deleted clip", Role.EDITOR, answer=Clip,
             refusals=_STATES),
)  # fmt: skip
