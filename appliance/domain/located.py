"""Where a long video is, as the person named it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Platform(StrEnum):
    """Who shows the video."""

    FILE = "file"
    YOUTUBE = "youtube"
    TWITCH = "twitch"
    KICK = "kick"
    DISCORD = "discord"
    DIRECT = "direct"  # a link straight to a media file or playlist
    OTHER = "other"  # a page that yt-dlp may understand


@dataclass(frozen=True, slots=True)
class Located:
    """A link or a local path. `key` is the same for every way to write the same link."""

    platform: Platform
    address: str
    key: str

    @property
    def is_file(self) -> bool:
        """Whether it is already on this machine."""
        return self.platform is Platform.FILE


@dataclass(frozen=True, slots=True)
class Fetched:
    """A video on this machine with all that came with it. Paths are absolute, or relative to the folder this is kept in."""

    media: str
    content: str
    title: str = ""
    info: str = ""
    chat: str = ""
    subtitles: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
