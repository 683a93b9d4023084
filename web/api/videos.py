"""Videos: adding them, watching them on their way, taking them away."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from msgspec import Meta

from appliance.actions import videos as verbs
from appliance.actions.clips import mark_moment
from appliance.actions.seeing import see_video, whose
from appliance.domain.clip import Clip
from appliance.domain.errors import BadInput, Missing
from appliance.domain.job import Job
from appliance.domain.located import Platform
from appliance.domain.moment import Ranking
from appliance.domain.page import Page
from appliance.domain.states import VideoState
from appliance.domain.user import Role
from appliance.domain.video import Video
from appliance.domain.wishes import NONE, Wishes
from appliance.store.views import made
from appliance.store.views import videos as views
from web.api.lists import Instant, Listed, Number, Words, part, utc
from web.endpoint import Asked, Endpoint

Address = Annotated[str, Meta(max_length=8000)]
_TIMELINE_POINTS = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class VideosAsked(Listed):
    """Which videos."""

    state: tuple[VideoState, ...] = ()
    channel: Number | None = None
    platform: Platform | None = None
    owner: Number | None = None
    q: Words = ""
    since: Instant | None = None
    until: Instant | None = None
    waiting: bool | None = None
    deleted: bool = False


@dataclass(frozen=True, slots=True)
class NewVideos:
    """Links, or files of the server; what is wished for all of them; whether they go before all others."""

    sources: Annotated[tuple[Address, ...], Meta(min_length=1, max_length=1000)]
    wishes: Wishes = NONE
    first: bool = False


@dataclass(frozen=True, slots=True)
class Taken:
    """A link that was accepted; `new` is false where the video was there already."""

    source: str
    video: Video
    new: bool


@dataclass(frozen=True, slots=True)
class Refused:
    """A link that was not accepted, and why."""

    source: str
    why: str
    hint: str


@dataclass(frozen=True, slots=True)
class LookedInto:
    """A link to a list of videos, and the job that looks into it."""

    source: str
    job: Job


@dataclass(frozen=True, slots=True)
class Accepted:
    """What became of every link."""

    taken: tuple[Taken, ...]
    refused: tuple[Refused, ...]
    lists: tuple[LookedInto, ...] = ()


@dataclass(frozen=True, slots=True)
class ToCheck:
    """A link, in any way of writing it."""

    url: Address


@dataclass(frozen=True, slots=True)
class Checked:
    """Whether the video is here already. A hit has the video, and as far as it is analysed its moments and its timeline:
    every signal over the whole length.
    """

    hit: bool
    video: Video | None = None
    moments: Ranking | None = None
    timeline: tuple[made.Graph, ...] = ()


@dataclass(frozen=True, slots=True)
class FromStage:
    """From which stage on it is done again; empty: from where it stopped."""

    stage: str = ""


@dataclass(frozen=True, slots=True)
class Marked:
    """A moment that a person marked, in seconds of the video."""

    start: float
    end: float
    title: Annotated[str, Meta(max_length=300)] = ""


def listing(asked: Asked) -> Page[Video]:
    """A part of the videos. Others' are there for admins only."""
    said: VideosAsked = asked.query
    own = whose(asked.actor)
    wanted = views.VideoFilter(
        owner=said.owner if own is None else own,
        states=said.state,
        channel=said.channel,
        platform=said.platform,
        q=said.q,
        since=utc(said.since),
        until=utc(said.until),
        waiting=said.waiting,
        deleted=said.deleted,
    )
    return views.videos(wanted, part(said))


def add(asked: Asked) -> Accepted:
    """Accept links. What is refused is told, the rest goes on; 400 when nothing is left."""
    body: NewVideos = asked.body
    added = verbs.add_videos(asked.box, asked.actor, body.sources, body.wishes, first=body.first)
    return Accepted(
        taken=tuple(Taken(one.address, one.video, one.new) for one in added if one.video is not None),
        refused=tuple(Refused(one.address, one.why, one.hint) for one in added if not one.video and not one.job),
        lists=tuple(LookedInto(one.address, one.job) for one in added if one.job is not None),
    )


def check(asked: Asked) -> Checked:
    """Whether a video is here already, with what is known of it."""
    video = verbs.find_video(asked.box, asked.actor, asked.query.url)
    if video is None:
        return Checked(hit=False)
    try:
        moments = made.moments(asked.box.data_dir, video)
        timeline = made.curves(asked.box.data_dir, video, _TIMELINE_POINTS)
    except Missing:
        return Checked(hit=True, video=video)
    return Checked(hit=True, video=video, moments=moments, timeline=timeline)


def one(asked: Asked) -> Video:
    """One video."""
    return see_video(asked.actor, asked.path["id"])


def cancel(asked: Asked) -> Video:
    """Stop all work on it."""
    return verbs.cancel_video(asked.box, asked.actor, asked.path["id"])


def retry(asked: Asked) -> Video:
    """Go on with it."""
    return verbs.retry_video(asked.box, asked.actor, asked.path["id"], asked.body.stage)


def first(asked: Asked) -> Video:
    """This one before all others."""
    return verbs.first_video(asked.box, asked.actor, asked.path["id"])


def delete(asked: Asked) -> Video:
    """Take it away."""
    return verbs.delete_video(asked.box, asked.actor, asked.path["id"])


def restore(asked: Asked) -> Video:
    """Bring it back."""
    return verbs.restore_video(asked.box, asked.actor, asked.path["id"])


def mark(asked: Asked) -> Clip:
    """A clip of a moment that a person marked."""
    body: Marked = asked.body
    if body.end <= body.start:
        raise BadInput(f"the moment ends at {body.end:g} s, before it begins", "Give start and end in seconds.")
    return mark_moment(asked.box, asked.actor, asked.path["id"], body.start, body.end, body.title)


_STATES = (404, 409)
ENDPOINTS = (
    Endpoint("GET", "/videos", listing, "The videos", query=VideosAsked, answer=Page[Video]),
    Endpoint(
        "POST", "/videos", add, "Add videos", Role.EDITOR, body=NewVideos, answer=Accepted, status=202
    ),
    Endpoint("GET", "/videos/check", check, "Whether a video is here already", query=ToCheck, answer=Checked),
    Endpoint("GET", "/videos/{id:int}", one, "One video", answer=Video, refusals=(404,)),
    Endpoint("DELETE", "/videos/{id:int}", delete, "Delete a video; it can be restored for ten minutes", Role.EDITOR,
             answer=Video, refusals=(404,)),
    Endpoint("POST", "/videos/{id:int}/cancel", cancel, "Stop all work on a video", Role.EDITOR, answer=Video,
             refusals=_STATES),
    Endpoint("POST", "/videos/{id:int}/retry", retry, "Go on with a video, from where it stopped or an earlier stage",
             Role.EDITOR, body=FromStage, answer=Video, refusals=_STATES),
    Endpoint("POST", "/videos/{id:int}/first", first, "Put a video before all others", Role.EDITOR, answer=Video,
             refusals=(404,)),
    Endpoint("POST", "/videos/{id:int}/restore", restore, "Bring back a deleted video", Role.EDITOR, answer=Video,
             refusals=_STATES),
    Endpoint("POST", "/videos/{id:int}/clips", mark, "Mark a moment by hand", Role.EDITOR, body=Marked, answer=Clip,
             status=201, refusals=_STATES),
)  # fmt: skip
