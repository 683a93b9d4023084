"""Twitch: recordings with their chat, clips, and the recordings of a channel."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from appliance.domain.errors import BadInput
from appliance.domain.listed import ChannelAddress, Listing, Remembered
from appliance.domain.located import Fetched, Located, Platform
from appliance.domain.progress import OnProgress
from appliance.sources import twitch_chat
from appliance.sources._asking import sender
from appliance.sources.address import is_list, page_parts
from appliance.sources.base import Bases, FetchOptions, ListOptions
from appliance.sources.lists import page
from appliance.sources.politeness import Manners
from appliance.sources.recording import Recording, with_chat
from appliance.sources.replay import Asking, Got, Plan, replay
from appliance.sources.web import download

_HOME = Bases().twitch
_NAME = re.compile(r"^[A-Za-z0-9_]{2,25}$")
_MANNERS = Manners(site="twitch")
_RECORDINGS = "?filter=archives&sort=time"
_PAGES = {"videos", "video", "v", "directory", "collections", "clip", "settings", "search", "downloads", "p", "jobs"}
_HEADERS = {"Client-ID": twitch_chat.CLIENT_ID, "Content-Type": "application/json"}


@dataclass(frozen=True, slots=True)
class Twitch:
    """twitch.tv."""

    name: str = "twitch"

    def takes(self, located: Located) -> bool:
        """Every Twitch link."""
        return located.platform is Platform.TWITCH

    def check(self, located: Located, now: datetime) -> None:
        """BadInput for a channel in a recording's place."""
        del now
        if is_list(located):
            raise BadInput(
                f"{located.address}: that is a channel, not a recording",
                "Add it as a channel, or give twitch.tv/videos/ID.",
            )

    def fetch(self, located: Located, folder: Path, options: FetchOptions, tell: OnProgress) -> Fetched:
        """The recording with its chat, or the clip."""
        link = options.bases.placed(located)
        video = located.key.removeprefix("twitch:")
        if not video.isdecimal():
            return download(link, folder, options, tell, manners=_MANNERS)
        return with_chat(
            lambda watch: download(link, folder, options, watch, manners=_MANNERS),
            lambda about, watch: self._chat(video, about, folder, options, watch),
            folder,
            options,
            tell,
        )

    def channel(self, said: str) -> ChannelAddress | None:
        """A channel by the address of any of its pages."""
        found = page_parts(said)
        if found is None or found[0] not in {"twitch.tv", "clips.twitch.tv"}:
            return None
        name = found[1].path.strip("/").split("/")[0].lower()
        if found[0] != "twitch.tv" or not _NAME.match(name) or name in _PAGES:
            raise BadInput(f"{said}: that is no Twitch channel", "Give its address: https://www.twitch.tv/NAME.")
        return ChannelAddress(self.name, name, f"{_HOME}/{name}", name)

    def list_link(self, link: str) -> str:
        """A channel's recordings; a collection and a page of clips stay."""
        parts = urlsplit(link)
        name = parts.path.strip("/")
        return f"{parts.scheme}://{parts.netloc}/{name}/videos{_RECORDINGS}" if _NAME.match(name) else link

    def listing(self, channel: ChannelAddress, since: Remembered, options: ListOptions, now: datetime) -> Listing:
        """The channel's newest recordings of streams. One that is still being made is marked as live."""
        del now
        base = options.fetch.bases.twitch
        found = page(f"{base}/{channel.id}/videos{_RECORDINGS}", options.count, options.fetch, self.name)
        return Listing(found.items, since, ("the page was asked",), name=channel.name)

    def _chat(self, video: str, about: Recording, folder: Path, options: FetchOptions, tell: OnProgress) -> Got:
        with sender(options, _HEADERS) as send:
            asking = Asking(send)
            ask = partial(twitch_chat.ask, asking, options.bases.twitch_chat, video)
            return replay(Plan(about.seconds, workers=2), folder, ask, asking, tell)


TWITCH = Twitch()
