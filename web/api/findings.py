"""What was found out about a video: the transcript, the moments, the curves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from msgspec import Meta

from appliance.actions.seeing import see_video
from appliance.domain.moment import Ranking
from appliance.store.views import made
from web.api.lists import Words
from web.endpoint import Asked, Endpoint


@dataclass(frozen=True, slots=True)
class Looked:
    """Which lines: those with these words, or all."""

    q: Words = ""


@dataclass(frozen=True, slots=True)
class Points:
    """How many values a curve has at most; each is the largest of its stretch."""

    points: Annotated[int, Meta(ge=1, le=made.MOST_POINTS)] = 2000


@dataclass(frozen=True, slots=True)
class Graphs:
    """Every signal over the length of a video."""

    video: int
    curves: tuple[made.Graph, ...]


def transcript(asked: Asked) -> made.Said:
    """What was said, with times."""
    return made.transcript(asked.box.data_dir, see_video(asked.actor, asked.path["id"]), asked.query.q)


def moments(asked: Asked) -> Ranking:
    """The moments, best first, with their reasons."""
    return made.moments(asked.box.data_dir, see_video(asked.actor, asked.path["id"]))


def curves(asked: Asked) -> Graphs:
    """The signals over time."""
    video = see_video(asked.actor, asked.path["id"])
    return Graphs(video.id, made.curves(asked.box.data_dir, video, asked.query.points))


_REFUSALS = (404, 410)
ENDPOINTS = (
    Endpoint("GET", "/videos/{id:int}/transcript", transcript, "What was said, all or the lines with some words",
             query=Looked, answer=made.Said, refusals=_REFUSALS),
    Endpoint("GET", "/videos/{id:int}/moments", moments, "The moments of a video, best first", answer=Ranking,
             refusals=_REFUSALS),
    Endpoint("GET", "/videos/{id:int}/curves", curves, "The signals of a video over time", query=Points, answer=Graphs,
             refusals=_REFUSALS),
)  # fmt: skip
