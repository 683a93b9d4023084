"""Conversions: a recording of the server as an MP4."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from msgspec import Meta
from starlette.responses import Response

from appliance.actions import conversions as verbs
from appliance.domain.job import Job
from appliance.domain.user import Role
from web import media
from web.answers import Content
from web.endpoint import Asked, Endpoint


@dataclass(frozen=True, slots=True)
class NewConversion:
    """A file of the server, and what its MP4 is to be called."""

    source: Annotated[str, Meta(min_length=1, max_length=8000)]
    name: Annotated[str, Meta(min_length=1, max_length=200)]


def add(asked: Asked) -> Job:
    """Accept it."""
    return verbs.convert(asked.box, asked.actor, asked.body.source, asked.body.name)


def file(asked: Asked) -> Response:
    """The MP4 of a conversion that is done, or ranges of it."""
    path = verbs.find(asked.box, asked.actor, asked.path["id"])
    return media.answer(path, asked.headers, path.name)


ENDPOINTS = (
    Endpoint(
        "POST",
        "/conversions",
        add,
        "Make an MP4 of a recording: copied where that works, else encoded; the answer is its job",
        Role.EDITOR,
        body=NewConversion,
        answer=Job,
        status=202,
    ),
    Endpoint(
        "GET",
        "/conversions/{id:int}/file",
        file,
        "The MP4 of a conversion, by the number of its job; kept for a week; with ranges",
        answer=Content("video/mp4", "The file, or the ranges that were asked for", (206, 304)),
        refusals=(404, 410, 416),
    ),
)
