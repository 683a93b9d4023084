"""YouTube: videos with captions, comments, heatmap and live chat; channels by their feed, and by their page when it is shut."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit

from appliance.domain.errors import BadInput, ClipperError, Permanent, Transient
from appliance.domain.listed import ChannelAddress, Listing, Remembered
from appliance.domain.located import Fetched, Located, Platform
from appliance.domain.progress import OnProgress
from appliance.sources import feed
from appliance.sources.address import is_list, page_parts
from appliance.sources.base import Bases, FetchOptions, ListOptions
from appliance.sources.lists import Page, page
from appliance.sources.politeness import Manners
from appliance.sources.web import download

_HOME = Bases().youtube
_CHANNEL_ID = re.compile(r"^UC[\w-]{22}$")
_LOOKS_LIKE_ID = re.compile(r"^UC[\w-]*$")
_LIST_ID = re.compile(r"^(?:PL|UU|OL|FL)[\w-]{10,}$")
_HANDLE = re.compile(r"^@[\w.\-·]{3,30}$")
_FRONT = re.compile(r"^(/(?:@[^/]+|(?:channel|c|user)/[^/]+))(?:/featured)?/?$")
_NEXT = "Give its @handle, its id (UC and 22 more signs), or the address of its page."
# YouTube turns away hosts that fetch several videos at once or without a breath between two.
_MANNERS = Manners(distance=5.0, alone=True, site="youtube")


@dataclass(frozen=True, slots=True)
class YouTube:
    """youtube.com and youtu.be."""

    name: str = "youtube"

    def takes(self, located: Located) -> bool:
        """Every YouTube link."""
        return located.platform is Platform.YOUTUBE

    def check(self, located: Located, now: datetime) -> None:
        """BadInput for a list in a video's place."""
        del now
        if is_list(located):
            raise BadInput(
                f"{located.address}: that is a list of videos, not a video", "Add it as a channel or a list."
            )

    def fetch(self, located: Located, folder: Path, options: FetchOptions, tell: OnProgress) -> Fetched:
        """The video with captions in its own language and the wanted one, the best comments, the heatmap and the live chat."""
        link = options.bases.placed(located)
        languages = f".*-orig,{options.language or 'en'},live_chat"
        extras = ("--write-subs", "--write-auto-subs", "--sub-langs", languages, "--write-comments")
        comments = ("--extractor-args", "youtube:max_comments=300,300,0,0;comment_sort=top")
        return download(link, folder, options, tell, (*extras, *comments), _MANNERS)

    def channel(self, said: str) -> ChannelAddress | None:
        """A channel by @handle, id or address, or a playlist by its address."""
        said = said.strip()
        if said.startswith("@"):
            return _by_handle(said)
        if _LOOKS_LIKE_ID.match(said):
            return _by_id(said)
        found = page_parts(said)
        if found is None or found[0] not in {"youtube.com", "youtu.be"}:
            return None
        parts = found[1]
        kind, _, rest = parts.path.strip("/").partition("/")
        named = rest.split("/")[0]
        if kind.startswith("@"):
            return _by_handle(kind)
        if kind == "channel":
            return _by_id(named)
        if kind in {"c", "user"} and named:
            return ChannelAddress(self.name, f"{kind}/{named}", f"{_HOME}/{kind}/{quote(named)}", named)
        of_list = parse_qs(parts.query).get("list", [""])[0]
        if kind == "playlist" and _LIST_ID.match(of_list):
            return ChannelAddress(self.name, of_list, f"{_HOME}/playlist?list={of_list}")
        raise BadInput(f"{said}: that is no YouTube channel", _NEXT)

    def list_link(self, link: str) -> str:
        """A channel's tab of videos; a playlist and any other tab stay."""
        parts = urlsplit(link)
        front = _FRONT.match(parts.path)
        return f"{parts.scheme}://{parts.netloc}{front[1]}/videos" if front else link

    def listing(self, channel: ChannelAddress, since: Remembered, options: ListOptions, now: datetime) -> Listing:
        """The channel's videos by its feed; by its page when the feed fails, or when older ones are wanted too.

        A feed that answers 404 says nothing about the channel: YouTube's feeds were out of order for days at a time.
        """
        del now
        resolved, name = (since.resolved, "") if since.resolved else _resolved(channel, options)
        remembered = replace(since, resolved=resolved)
        base = options.fetch.bases.youtube
        kind = "channel_id" if _CHANNEL_ID.match(resolved) else "playlist_id"
        if options.backfill > 0:
            found = page(_page_of(resolved, base), options.count, options.fetch, "youtube")
            notes: tuple[str, ...] = (f"the page was asked for the {options.count} newest",)
            return Listing(found.items, remembered, notes, name=found.name or name)
        told = feed.ask(f"{base}/feeds/videos.xml?{kind}={resolved}", remembered, options.guard)
        if not told.trouble:
            return Listing(
                told.items[: options.count],
                told.remembered,
                ("the feed was asked",),
                not_modified=told.not_modified,
                name=told.name or name,
            )
        found = _instead(_page_of(resolved, base), told.trouble, options)
        return Listing(
            found.items, remembered, (f"{told.trouble}; the page was asked instead",), name=found.name or name
        )


def _instead(link: str, trouble: str, options: ListOptions) -> Page:
    """The page where the feed failed. When that fails too its error tells of both."""
    try:
        return page(link, options.count, options.fetch, "youtube")
    except ClipperError as error:
        message = f"{error.message} ({trouble})"
        if isinstance(error, Transient):
            raise type(error)(message, error.hint, error.retry_after) from error
        raise type(error)(message, error.hint) from error


def _page_of(resolved: str, base: str) -> str:
    if _CHANNEL_ID.match(resolved):
        return f"{base}/channel/{resolved}/videos"
    return f"{base}/playlist?list={resolved}"


def _resolved(channel: ChannelAddress, options: ListOptions) -> tuple[str, str]:
    """The id that feeds go by, and the channel's name where it came along."""
    if _CHANNEL_ID.match(channel.id) or _LIST_ID.match(channel.id):
        return channel.id, channel.name
    found = page(channel.url.replace(_HOME, options.fetch.bases.youtube, 1), 1, options.fetch, "youtube")
    if not _CHANNEL_ID.match(found.channel_id):
        raise Permanent(f"{channel.url}: no channel was found there", "Open it in a browser, and check the handle.")
    return found.channel_id, found.name


def _by_handle(said: str) -> ChannelAddress:
    if not _HANDLE.match(said):
        raise BadInput(f"{said}: that is no YouTube handle (3 to 30 letters, digits and . - _)", _NEXT)
    return ChannelAddress("youtube", said, f"{_HOME}/{quote(said, safe='@')}", said)


def _by_id(said: str) -> ChannelAddress:
    if not _CHANNEL_ID.match(said):
        raise BadInput(f"{said}: that is no channel id: it has {len(said)} signs, not UC and 22 more", _NEXT)
    return ChannelAddress("youtube", said, f"{_HOME}/channel/{said}")


YOUTUBE = YouTube()
