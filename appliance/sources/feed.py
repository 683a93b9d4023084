"""The feed of a YouTube channel: cheap, conditional, and out of order for days at times."""

from __future__ import annotations

import io
from calendar import timegm
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from appliance.domain.errors import ClipperError
from appliance.domain.listed import NOTHING, Item, Remembered
from appliance.sources.address import locate

if TYPE_CHECKING:
    from appliance.guard import Guard

_SECONDS = 20.0
_BYTES = 2_000_000
_HEAD = 2048
_ID_SIGNS = 64


@dataclass(frozen=True, slots=True)
class Feed:
    """What the feed said. `trouble` says in words why there is no list; then nothing else counts."""

    items: tuple[Item, ...] = ()
    remembered: Remembered = NOTHING
    not_modified: bool = False
    name: str = ""
    trouble: str = ""


def ask(link: str, since: Remembered, guard: Guard) -> Feed:
    """Ask the feed, with what the last answer gave to recognise an unchanged one. Never raises for the other side's faults."""
    from appliance.guard.fetching import get

    headers = {"Accept": "application/atom+xml, application/xml;q=0.9"}
    if since.etag:
        headers["If-None-Match"] = since.etag
    if since.modified:
        headers["If-Modified-Since"] = since.modified
    try:
        reply = get(link, guard, headers=headers, timeout=_SECONDS, max_bytes=_BYTES)
    except ClipperError as error:
        return Feed(trouble=f"the feed could not be asked: {error.message}")
    if reply.status == 304:
        return Feed(remembered=since, not_modified=True)
    if reply.status != 200:
        return Feed(trouble=f"the feed answered {reply.status}")
    given = {name.lower(): value for name, value in reply.headers.items()}
    return replace(
        parse(reply.body),
        remembered=replace(since, etag=given.get("etag", ""), modified=given.get("last-modified", "")),
    )


def parse(body: bytes) -> Feed:
    """The videos of an Atom feed, newest first. Anything else is a trouble in words."""
    head = body[:_HEAD].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if head.startswith((b"<!doctype html", b"<html")):
        return Feed(trouble="the feed answered a web page")
    if b"<!doctype" in head or b"<!entity" in body.lower():
        return Feed(trouble="the feed is no Atom feed")
    if not head:
        return Feed(trouble="the feed answered nothing")
    import feedparser

    # A stream: text and bytes could be taken for the name of a file or a link.
    found: Any = feedparser.parse(io.BytesIO(body), sanitize_html=True, resolve_relative_uris=False)
    if found.get("bozo") and "SAX" in type(found.get("bozo_exception")).__name__:
        return Feed(trouble=f"the feed is broken: {found['bozo_exception']}"[:200])
    if not str(found.get("version", "")).startswith("atom"):
        return Feed(trouble="the feed is no Atom feed")
    items = [known for entry in found.entries if (known := _item(entry)) is not None]
    epoch = datetime.fromtimestamp(0, UTC)
    items.sort(key=lambda each: each.published or epoch, reverse=True)
    return Feed(items=tuple(items), name=str(found.feed.get("title", "")))


def _item(entry: Any) -> Item | None:
    video = str(entry.get("yt_videoid", ""))
    if not video or len(video) > _ID_SIGNS or not video.replace("-", "").replace("_", "").isalnum():
        return None
    link = f"https://www.youtube.com/watch?v={video}"
    when = entry.get("published_parsed") or entry.get("updated_parsed")
    pictures = entry.get("media_thumbnail") or [{}]
    return Item(
        key=locate(link).key,
        url=link,
        title=str(entry.get("title", "")),
        published=datetime.fromtimestamp(timegm(when), UTC) if when else None,
        thumbnail=str(pictures[0].get("url", "")),
    )
