"""Analysing a video without rendering anything."""

from __future__ import annotations

from dataclasses import dataclass, replace

from appliance.actions.stages import under_way
from appliance.actions.videos import add_video
from appliance.domain.job import Job
from appliance.domain.user import Role
from appliance.domain.video import Video
from appliance.domain.wishes import NONE, Wishes
from web.api.videos import Address
from web.endpoint import Asked, Endpoint


@dataclass(frozen=True, slots=True)
class ToAnalyze:
    """A link, or a file of the server, and what is wished for it."""

    source: Address
    wishes: Wishes = NONE


@dataclass(frozen=True, slots=True)
class Analysis:
    """The video, and the job that works on it now; none when it is analysed already. Of a list only the job that looks into
    it: each of its videos is analysed.
    """

    video: Video | None
    new: bool
    job: Job | None


def analyze(asked: Asked) -> Analysis:
    """Find the moments of a video; nothing is rendered by itself."""
    body: ToAnalyze = asked.body
    added = add_video(asked.box, asked.actor, body.source, replace(body.wishes, auto_render=False))
    return Analysis(added.video, added.new, under_way(added.video) if added.video else added.job)


ENDPOINTS = (
    Endpoint("POST", "/analyze", analyze, "Find the moments of a video, and render nothing", Role.EDITOR,
             body=ToAnalyze, answer=Analysis, status=202),
)  # fmt: skip
