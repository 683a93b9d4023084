"""The port of everything that videos come from, and of what can be watched for new ones."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Protocol
from urllib.parse import urlsplit, urlunsplit

from appliance.domain.listed import ChannelAddress, Listing, Remembered
from appliance.domain.located import Fetched, Located
from appliance.domain.progress import OnProgress

if TYPE_CHECKING:
    from appliance.guard import Guard


@dataclass(frozen=True, slots=True)
class Bases:
    """Where the platforms answer. Others are named to try things out against servers of one's own."""

    youtube: str = "https://www.youtube.com"
    twitch: str = "https://www.twitch.tv"
    twitch_chat: str = "https://gql.twitch.tv/gql"
    kick: str = "https://kick.com"
    kick_chat: str = "https://web.kick.com"
    discord: str = "https://cdn.discordapp.com"

    def placed(self, located: Located) -> str:
        """The link, at the server that is asked for its platform."""
        name = located.platform.value
        base, usual = getattr(self, name, ""), getattr(_USUAL, name, "")
        if base == usual:
            return located.address
        parts, there = urlsplit(located.address), urlsplit(base)
        return urlunsplit((there.scheme, there.netloc, parts.path, parts.query, ""))


_USUAL = Bases()


@dataclass(frozen=True, slots=True)
class FetchOptions:
    """How videos are fetched. `chat` and `subtitles` are files that the person named; they win over what is found.

    `allow_private` names hosts of the private network that may be reached. `polite_dir` is where is kept when each host was
    last asked; without one nothing is waited for. A video shorter than `min_seconds` or longer than `max_seconds` (0: no
    limit) is Unwanted before it is downloaded. With `hurry` a host is asked several times at once and without distance, but
    the pauses that it asks for are kept. `chat_replay` asks Twitch and Kick for the chat of a recording.
    """

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
    allow_private: tuple[str, ...] = ()
    polite_dir: str = ""
    hurry: bool = False
    chat_replay: bool = True
    min_seconds: float = 0.0
    max_seconds: float = 0.0
    bases: Bases = _USUAL

    @property
    def guard(self) -> Guard:
        """What holds these fetches to the public internet and the hosts that were named."""
        from appliance.guard import Guard

        return Guard(allow_private=self.allow_private, upstream=self.proxy)


_FETCH = FetchOptions()


@dataclass(frozen=True, slots=True)
class ListOptions:
    """How a channel is asked: `limit` newest videos, or `backfill` of them where that is more than 0."""

    guard: Guard
    fetch: FetchOptions = _FETCH
    limit: int = 15
    backfill: int = 0

    @property
    def count(self) -> int:
        """How many videos are asked for."""
        return max(self.limit, self.backfill, 1)


class VideoSource(Protocol):
    """A kind of place that videos come from."""

    @property
    def name(self) -> str:
        """What it is called."""

    def takes(self, located: Located) -> bool:
        """Whether a link or path is one of its own."""

    def check(self, located: Located, now: datetime) -> None:
        """BadInput when the link itself shows that it cannot be fetched. Asks nobody."""

    def fetch(self, located: Located, folder: Path, options: FetchOptions, tell: OnProgress) -> Fetched:
        """Bring the video into `folder`; finds there what an interrupted try left. Raises a ClipperError of the right class."""


class Watchable(Protocol):
    """A platform whose channels can be asked for new videos."""

    @property
    def name(self) -> str:
        """What it is called."""

    def channel(self, said: str) -> ChannelAddress | None:
        """The channel that was named, None when it is not one of its own. Asks nobody. BadInput when it is but cannot be."""

    def list_link(self, link: str) -> str:
        """The page with the videos, where a link leads to the front page of a channel; else the link as it is."""

    def listing(self, channel: ChannelAddress, since: Remembered, options: ListOptions, now: datetime) -> Listing:
        """Its videos, newest first. `since` is what the last listing asked to be remembered. Raises when no way led there."""
