"""Jobs and lanes: what is being worked on, what waits, what failed and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from msgspec import Meta
from starlette.responses import PlainTextResponse

from appliance.actions import jobs as verbs
from appliance.actions.seeing import job_log, lane, see_job, whose
from appliance.domain.job import Job, Lane, LaneView
from appliance.domain.page import Page
from appliance.domain.states import JobState
from appliance.domain.user import Role
from appliance.store.views import jobs as views
from web.answers import Content
from web.api.lists import Listed, Number, part
from web.endpoint import Asked, Endpoint

# The states, and two sets of them: `error` is what failed or is held, `open` is what is not over.
Status = Literal[
    "scheduled", "available", "executing", "retryable", "held", "completed", "discarded", "cancelled", "error", "open"
]


@dataclass(frozen=True, slots=True, kw_only=True)
class JobsAsked(Listed):
    """Which jobs."""

    status: tuple[Status, ...] = ()
    lane: Lane | None = None
    kind: Annotated[str, Meta(max_length=40)] = ""
    video: Number | None = None
    clip: Number | None = None
    channel: Number | None = None


@dataclass(frozen=True, slots=True)
class Tail:
    """How much of the end of a log."""

    bytes: Annotated[int, Meta(ge=1, le=2_000_000)] = 200_000


@dataclass(frozen=True, slots=True)
class Jobs:
    """Jobs by number."""

    jobs: Annotated[tuple[Number, ...], Meta(min_length=1, max_length=1000)]


@dataclass(frozen=True, slots=True)
class Count:
    """How many."""

    count: int


@dataclass(frozen=True, slots=True)
class Lanes:
    """All lanes."""

    lanes: tuple[LaneView, ...]


@dataclass(frozen=True, slots=True)
class Why:
    """Why, in words."""

    why: Annotated[str, Meta(max_length=200)] = ""


def listing(asked: Asked) -> Page[Job]:
    """A part of the jobs. Those of others, of channels and of the box itself are there for admins only."""
    said: JobsAsked = asked.query
    wanted = views.JobFilter(
        owner=whose(asked.actor),
        states=_states(said.status),
        lane=said.lane,
        kind=said.kind,
        video=said.video,
        clip=said.clip,
        channel=said.channel,
    )
    return views.jobs(wanted, part(said))


def one(asked: Asked) -> Job:
    """One job."""
    return see_job(asked.actor, asked.path["id"])


def log(asked: Asked) -> PlainTextResponse:
    """The end of a job's log: JSON lines."""
    said = job_log(asked.box, asked.actor, asked.path["id"], asked.query.bytes)
    return PlainTextResponse(said, headers={"Cache-Control": "no-store"})


def cancel(asked: Asked) -> Job:
    """Stop it now."""
    return verbs.cancel_job(asked.box, asked.actor, asked.path["id"])


def retry(asked: Asked) -> Job:
    """Once more."""
    return verbs.retry_job(asked.box, asked.actor, asked.path["id"])


def retry_failed(asked: Asked) -> Count:
    """Once more for all that failed."""
    return Count(verbs.retry_failed(asked.box, asked.actor))


def first(asked: Asked) -> Job:
    """Before all others of its lane."""
    return verbs.first_job(asked.box, asked.actor, asked.path["id"])


def delete(asked: Asked) -> None:
    """Forget one that is over."""
    verbs.delete_jobs(asked.box, asked.actor, [asked.path["id"]])


def delete_many(asked: Asked) -> Count:
    """Forget some that are over, all or none."""
    return Count(verbs.delete_jobs(asked.box, asked.actor, asked.body.jobs))


def lanes(asked: Asked) -> Lanes:
    """How full each lane is."""
    return Lanes(views.lane_views(asked.about.workers))


def pause(asked: Asked) -> Lanes:
    """Take no new job from a lane; what runs goes on."""
    verbs.pause_lane(asked.box, asked.actor, lane(asked.path["name"]), asked.body.why)
    return lanes(asked)


def resume(asked: Asked) -> Lanes:
    """Take jobs again."""
    verbs.resume_lane(asked.box, asked.actor, lane(asked.path["name"]))
    return lanes(asked)


def _states(said: tuple[Status, ...]) -> tuple[JobState, ...]:
    found: list[JobState] = []
    for word in said:
        match word:
            case "error":
                found += views.ERROR
            case "open":
                found += views.OPEN
            case _:
                found.append(JobState(word))
    return tuple(dict.fromkeys(found))


_STATES = (404, 409)
ENDPOINTS = (
    Endpoint("GET", "/jobs", listing, "The jobs; status=error shows what failed", query=JobsAsked, answer=Page[Job]),
    Endpoint("POST", "/jobs/retry", retry_failed, "Retry everything that failed", Role.EDITOR, answer=Count,
             replays=False),
    Endpoint("POST", "/jobs/delete", delete_many, "Forget jobs that are over, all of these or none", Role.EDITOR,
             body=Jobs, answer=Count, refusals=_STATES),
    Endpoint("GET", "/jobs/{id:int}", one, "One job", answer=Job, refusals=(404,)),
    Endpoint("DELETE", "/jobs/{id:int}", delete, "Forget a job that is over", Role.EDITOR, refusals=_STATES),
    Endpoint("GET", "/jobs/{id:int}/log", log, "The end of a job's log, as JSON lines", query=Tail,
             answer=Content("text/plain; charset=utf-8", "JSON lines"), refusals=(404,)),
    Endpoint("POST", "/jobs/{id:int}/cancel", cancel, "Cancel a job", Role.EDITOR, answer=Job, refusals=_STATES),
    Endpoint("POST", "/jobs/{id:int}/retry", retry, "Retry a job with the same payload", Role.EDITOR, answer=Job,
             refusals=_STATES),
    Endpoint("POST", "/jobs/{id:int}/first", first, "Put a job before all others of its lane", Role.EDITOR, answer=Job,
             refusals=_STATES),
    Endpoint("GET", "/lanes", lanes, "The lanes", answer=Lanes),
    Endpoint("POST", "/lanes/{name}/pause", pause, "Take no new job from a lane", Role.EDITOR, body=Why, answer=Lanes,
             refusals=(404,)),
    Endpoint("POST", "/lanes/{name}/resume", resume, "Take jobs from a lane again", Role.EDITOR, answer=Lanes,
             refusals=(404,)),
)  # fmt: skip
