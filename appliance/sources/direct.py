"""A link straight to a media file or a streaming playlist."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from appliance.domain.located import Fetched, Located, Platform
from appliance.domain.progress import OnProgress
from appliance.sources.base import FetchOptions
from appliance.sources.web import download


@dataclass(frozen=True, slots=True)
class Direct:
    """Media files on any web server."""

    name: str = "direct"

    def takes(self, located: Located) -> bool:
        """Links whose path ends like a media file."""
        return located.platform is Platform.DIRECT

    def check(self, located: Located, now: datetime) -> None:
        """Nothing can be told without asking."""
        del located, now

    def fetch(self, located: Located, folder: Path, options: FetchOptions, tell: OnProgress) -> Fetched:
        """The file, or the stream's pieces joined. A web page in its place is no video: yt-dlp goes by what comes, not by the name."""
        return download(located.address, folder, options, tell)


DIRECT = Direct()
