"""Where long videos come from: one file per kind of place, one line here, and the files that come with a video."""

from __future__ import annotations

from pathlib import Path

from appliance.domain.errors import BadInput
from appliance.domain.located import Fetched, Located
from appliance.domain.progress import OnProgress
from appliance.sources.base import FetchOptions, VideoSource
from appliance.sources.local import LOCAL
from appliance.sources.web import WEB

SOURCES: tuple[VideoSource, ...] = (LOCAL, WEB)


def fetch(located: Located, folder: Path, options: FetchOptions, tell: OnProgress) -> Fetched:
    """Bring the video and what comes with it into `folder` (a local file stays where it is)."""
    for source in SOURCES:
        if source.takes(located):
            return source.fetch(located, folder, options, tell)
    raise BadInput(f"{located.address}: nothing here can fetch that", "Give a file or an https:// link.")
