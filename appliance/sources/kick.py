"""Kick: recordings with their chat, clips, and the recordings of a channel.

Kick answers only what looks like a browser: yt-dlp needs curl_cffi for it, and data-centre addresses are turned away.
"""

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
from appliance.sources import kick_chat
from appliance.sources._asking import sender
from appliance.sources.address import is_list, page_parts
from appliance.sources.base import Bases, FetchOptions, ListOptions
from appliance.sources.lists import page
from appliance.sources.politeness import Manners
from appliance.sources.recording import Recording, with_chat
from appliance.sources.replay import Asking, Got, Plan, replay
from appliance.sources.web import download

_HOME = Bases().kick
_NAME = re.compile(r"^[\w-]{2,50}$", re.ASCII)
_MANNERS = Manners(site="kick")
_PAGES = {"video", "categories", "search", "auth", "browse", "following"}


@dataclass(frozen=True, slots=True)
class Kick:
    """kick.com."""

    name: str = "kick"

    def takes(self, located: Located) -> bool:
        """Every Kick link."""
        return located.platform is Platform.KICK

    def check(self, located: Located, now: datetime) -> None:
        """BadInput for a channel in a recording's place."""
        del now
        if is_list(located):
            raise BadInput(
                f"{located.address}: that is a channel, not a recording",
                "Add it as a channel, or give kick.com/NAME/videos/ID.",
            )

    def fetch(self, located: Located, folder: Path, options: FetchOptions, tell: OnProgress) -> Fetched:
        """The recording with its chat, or the clip."""
        link = options.bases.placed(located)
        if located.key.startswith("kick:clip_"):
            return download(link, folder, options, tell, manners=_MANNERS)
        return with_chat(
            lambda watch: download(link, folder, options, watch, manners=_MANNERS),
            lambda about, watch: self._chat(about, folder, options, watch),
            folder,
            options,
            tell,
        )

    def channel(self, said: str) -> ChannelAddress | None:
        """A channel by the address of any of its pages."""
        found = page_parts(said)
        if found is None or found[0] != "kick.com":
            return None
        name = found[1].path.strip("/").split("/")[0].lower()
        if not _NAME.match(name) or name in _PAGES:
            raise BadInput(f"{said}: that is no Kick channel", "Give its address: https://kick.com/NAME.")
        return ChannelAddress(self.name, name, f"{_HOME}/{name}", name)

    def list_link(self, link: str) -> str:
        """A channel's recordings; a page of clips stays."""
        parts = urlsplit(link)
        name = parts.path.strip("/")
        return f"{parts.scheme}://{parts.netloc}/{name}/videos" if _NAME.match(name) else link

    def listing(self, channel: ChannelAddress, since: Remembered, options: ListOptions, now: datetime) -> Listing:
        """The channel's newest recordings. One that is still being made is marked as live."""
        del now
        found = page(f"{options.fetch.bases.kick}/{channel.id}/videos", options.count, options.fetch, self.name)
        return Listing(found.items, since, ("the page was asked",), name=channel.name)

    def _chat(self, about: Recording, folder: Path, options: FetchOptions, tell: OnProgress) -> Got:
        if not about.channel or about.begin is None:
            return Got("", ("no chat: Kick did not tell whose recording it is and when it began",))
        with sender(options, {"Accept": "application/json"}) as send:
            asking = Asking(send)
            ask = partial(kick_chat.ask, asking, options.bases.kick_chat, about.channel, about.begin)
            return replay(Plan(about.seconds), folder, ask, asking, tell)


KICK = Kick()
