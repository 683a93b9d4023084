"""Every endpoint there is. A new file of endpoints gets a line here, and nothing else."""

from __future__ import annotations

from web import docs
from web import events as stream
from web.api import (
    analyze,
    channels,
    clips,
    conversions,
    findings,
    health,
    history,
    jobs,
    keys,
    media,
    schedules,
    sessions,
    settings,
    system,
    users,
    videos,
)
from web.endpoint import Endpoint

# Below /api/v1. What `run` gives back is encoded as JSON; it may also be a web.answers.Answer (headers, another status) or
# any Starlette response, and then `answer` is a web.answers.Content.
ENDPOINTS: tuple[Endpoint, ...] = (
    *stream.ENDPOINTS,
    *analyze.ENDPOINTS,
    *channels.ENDPOINTS,
    *clips.ENDPOINTS,
    *conversions.ENDPOINTS,
    *findings.ENDPOINTS,
    *health.ENDPOINTS,
    *history.ENDPOINTS,
    *jobs.ENDPOINTS,
    *keys.ENDPOINTS,
    *media.ENDPOINTS,
    *schedules.ENDPOINTS,
    *sessions.ENDPOINTS,
    *settings.ENDPOINTS,
    *system.ENDPOINTS,
    *users.ENDPOINTS,
    *videos.ENDPOINTS,
)

# With their whole path, such as /health.
FROM_ROOT: tuple[Endpoint, ...] = (*docs.ENDPOINTS, *health.FROM_ROOT)
