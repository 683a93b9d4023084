"""The list of clips."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from appliance.domain.clip import Clip
from appliance.domain.page import Page
from appliance.domain.states import ClipState
from appliance.store.clips import clip
from appliance.store.models import ClipRow, VideoRow
from appliance.store.views.paging import Order, Part, each, page

ORDERS = {
    "added": Order(ClipRow.added),
    "changed": Order(ClipRow.changed),
    "score": Order(ClipRow.score),
    "title": Order(ClipRow.title, folded=True),
    "place": Order(ClipRow.place),
    "id": Order(ClipRow.id),
}
# The clips that a channel's own rule would have had to decide about: those that were rendered.
_RENDERED = (ClipState.PENDING, ClipState.APPROVED, ClipState.REJECTED, ClipState.EXPIRED)


@dataclass(frozen=True, slots=True)
class ClipFilter:
    """Which clips: of an owner (None: everybody's), in states, of a video or a channel, with at least a score, with words
    in the title, added from `since` and before `until`. `waiting` ones wait for a yes.
    """

    owner: int | None = None
    states: tuple[ClipState, ...] = ()
    video: int | None = None
    channel: int | None = None
    min_score: float | None = None
    q: str = ""
    since: datetime | None = None
    until: datetime | None = None
    waiting: bool | None = None
    deleted: bool = False


def clips(wanted: ClipFilter, part: Part) -> Page[Clip]:
    """A part of them. Deleted ones are only there when they are asked for, and then alone."""
    return page(_query(wanted), ClipRow, ORDERS, part, each(clip))


def rendered_since(channel: int, since: datetime) -> tuple[Clip, ...]:
    """A channel's clips that were rendered, added since then, best first."""
    query = _query(ClipFilter(channel=channel, states=_RENDERED, since=since))
    return tuple(clip(row) for row in query.order_by(ClipRow.score.desc(), ClipRow.id))


def _query(wanted: ClipFilter) -> Any:
    query = ClipRow.select().where(ClipRow.deleted.is_null(not wanted.deleted))
    if wanted.owner is not None:
        query = query.where(ClipRow.owner == wanted.owner)
    if wanted.states:
        query = query.where(ClipRow.state.in_([state.value for state in wanted.states]))
    if wanted.video is not None:
        query = query.where(ClipRow.video == wanted.video)
    if wanted.channel is not None:
        own = VideoRow.select(VideoRow.id).where(VideoRow.channel == wanted.channel)
        query = query.where(ClipRow.video.in_(own))
    if wanted.min_score is not None:
        query = query.where(ClipRow.score >= wanted.min_score)
    if wanted.q:
        query = query.where(ClipRow.title.contains(wanted.q))
    if wanted.since is not None:
        query = query.where(ClipRow.added >= wanted.since)
    if wanted.until is not None:
        query = query.where(ClipRow.added < wanted.until)
    if wanted.waiting is not None:
        pending = ClipRow.state == ClipState.PENDING.value
        query = query.where(pending if wanted.waiting else ~pending)
    return query
