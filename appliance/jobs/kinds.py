"""All kinds of jobs, one line each room."""

from __future__ import annotations

from appliance.jobs import care, clip_stages, conversions, lists, polls, video_stages
from appliance.jobs.kind import Kind

KINDS: tuple[Kind, ...] = (
    *video_stages.KINDS,
    *clip_stages.KINDS,
    polls.POLL,
    polls.TAKE,
    lists.EXPAND,
    conversions.CONVERT,
    *care.KINDS,
)
