"""Where long videos come from: one file per kind of place, one line here, and the files that come with a video."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path

from appliance.domain.errors import BadInput
from appliance.domain.listed import ChannelAddress, Listing, Remembered
from appliance.domain.located import Fetched, Located
from appliance.domain.progress import OnProgress
from appliance.sources import lists
from appliance.sources.address import is_list
from appliance.sources.base import FetchOptions, ListOptions, VideoSource, Watchable
from appliance.sources.direct import DIRECT
from appliance.sources.discord import DISCORD
from appliance.sources.kick import KICK
from appliance.sources.local import LOCAL
from appliance.sources.twitch import TWITCH
from appliance.sources.web import WEB
from appliance.sources.youtube import YOUTUBE

__all__ = ["SOURCES", "WATCHABLE", "channel", "check", "expand", "fetch", "is_list", "listing"]

SOURCES: tuple[VideoSource, ...] = (LOCAL, YOUTUBE, TWITCH, KICK, DISCORD, DIRECT, WEB)
WATCHABLE: tuple[Watchable, ...] = (YOUTUBE, TWITCH, KICK)


def check(located: Located, now: datetime) -> None:
    """BadInput when the link itself shows that it cannot be fetched: a list, a signed link that ran out. Asks nobody."""
    _source(located).check(located, now)


def fetch(located: Located, folder: Path, options: FetchOptions, tell: OnProgress) -> Fetched:
    """Bring the video and what comes with it into `folder` (a local file stays where it is).

    Raises NotYet for a stream that still runs, a premiere, or a host that wants a pause; else the class that the error means.
    """
    return _source(located).fetch(located, folder, options, tell)


def channel(said: str) -> ChannelAddress:
    """The channel that was named: @handle or id of YouTube, or the address of a page. Asks nobody. BadInput when it is none."""
    for platform in WATCHABLE:
        if found := platform.channel(said):
            return found
    raise BadInput(
        f"{said[:200] or 'nothing'}: that is no channel that can be watched",
        "Give a YouTube @handle or channel id, or an address such as https://www.twitch.tv/NAME or https://kick.com/NAME.",
    )


def listing(address: ChannelAddress, since: Remembered, options: ListOptions, now: datetime) -> Listing:
    """Its newest videos. Hand back `remembered` at the next call. Raises when no way led to a list.

    Only platform and url need to be known of the channel.
    """
    if not address.id:
        address = channel(address.url)
    for platform in WATCHABLE:
        if platform.name == address.platform:
            return platform.listing(address, since, options, now)
    raise BadInput(
        f"{address.platform}: channels of that kind cannot be watched", "Known are youtube, twitch and kick."
    )


def expand(located: Located, options: ListOptions) -> Listing:
    """The videos behind the link of a list, at most as many as the options count, in the list's own order.

    `notes` say how many were left out. Raises when there is no list, or no video in it.
    """
    # One more than wanted is asked for: whether there are more is known even where nobody counts them.
    platform = next((platform for platform in WATCHABLE if platform.name == located.platform.value), None)
    if platform is not None:
        located = replace(located, address=platform.list_link(located.address))
    site = platform.name if platform else ""
    found = lists.page(options.fetch.bases.placed(located), options.count + 1, options.fetch, site)
    if not found.items:
        raise BadInput(
            f"{located.address}: there is no video in that list", "Check it in a browser: it may be empty or private."
        )
    taken = found.items[: options.count]
    left = (found.whole or len(found.items)) - len(taken)
    if left <= 0:
        return Listing(taken, name=found.name)
    counted = f"{left}" if found.whole else "more"
    note = f"the first {len(taken)} videos of the list were taken, {counted} were left out"
    return Listing(taken, notes=(note,), name=found.name)


def _source(located: Located) -> VideoSource:
    for source in SOURCES:
        if source.takes(located):
            return source
    raise BadInput(f"{located.address}: nothing here can fetch that", "Give a file or an https:// link.")
