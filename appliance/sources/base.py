"""The port of everything that videos come from."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from appliance.domain.located import Fetched, Located
from appliance.domain.progress import OnProgress


@dataclass(frozen=True, slots=True)
class FetchOptions:
    """How videos are fetched. `chat` and `subtitles` are files that the person named; they win over what is found."""

    allow: tuple[str, ...] = ()
    allow_any: bool = False
    max_height: int = 1080
    language: str = ""
    yt_dlp: str = ""
    yt_dlp_args: tuple[str, ...] = ()
    cookies_file: str = ""
    proxy: str = ""
    ffmpeg: str = ""
    chat: str = ""
    subtitles: str = ""


class VideoSource(Protocol):
    """A kind of place that videos come from."""

    @property
    def name(self) -> str:
        """What it is called."""

    def takes(self, located: Located) -> bool:
        """Whether a link or path is one of its own."""

    def fetch(self, located: Located, folder: Path, options: FetchOptions, tell: OnProgress) -> Fetched:
        """Bring the video into `folder`; finds there what an interrupted try left. Raises a ClipperError of the right class."""
