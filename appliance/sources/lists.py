"""Lists of videos as yt-dlp tells them without opening each: the way that always stays when a platform's own is shut."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlsplit

from appliance.domain.errors import ClipperError
from appliance.domain.listed import Item
from appliance.sources._ytdlp import listed
from appliance.sources.address import locate
from appliance.sources.base import FetchOptions
from appliance.sources.politeness import Manners, turn

_RUNNING = ("is_live", "is_upcoming", "post_live")  # a tuple: what is looked for in it may be a list


@dataclass(frozen=True, slots=True)
class Page:
    """A list as it was told. `whole` is how many videos it has in all, None where nobody says."""

    items: tuple[Item, ...]
    name: str = ""
    channel_id: str = ""
    whole: int | None = None


def page(link: str, count: int, options: FetchOptions, site: str = "") -> Page:
    """The first `count` videos of the list behind `link`, in its order. Raises what yt-dlp's error means.

    `site` is the platform's name, by which is known whether it wants to be asked less.
    """
    with turn(options.polite_dir, urlsplit(link).hostname or "", Manners(site=site).hurried(hurry=options.hurry)):
        known = listed(link, count, options)
    entries = known.get("entries")
    rows = entries if isinstance(entries, list) else [known]
    items = (item(row) for row in rows[:count] if isinstance(row, dict))
    whole = known.get("playlist_count")
    return Page(
        items=tuple(found for found in items if found is not None),
        name=_text(known, "channel", "uploader", "title"),
        channel_id=_text(known, "channel_id"),
        whole=whole if isinstance(whole, int) else None,
    )


def item(row: Mapping[str, object]) -> Item | None:
    """One video of a list; None for what is no video that could be fetched, such as a list inside the list."""
    link = _text(row, "webpage_url", "url").split("#__youtubedl_smuggle")[0]
    if row.get("_type") in ("playlist", "multi_video") or not link.startswith(("http://", "https://")):
        return None
    try:
        located = locate(link)
    except ClipperError:
        return None
    return Item(
        key=located.key,
        url=link,
        title=_text(row, "title"),
        published=_moment(_number(row.get("timestamp")) or _number(row.get("release_timestamp"))),
        seconds=_number(row.get("duration")),
        live=row.get("is_live") is True or row.get("live_status") in _RUNNING,
        thumbnail=_picture(row),
    )


def _picture(row: Mapping[str, object]) -> str:
    pictures = row.get("thumbnails")
    last = pictures[-1] if isinstance(pictures, list) and pictures else {}
    return _text(row, "thumbnail") or (_text(last, "url") if isinstance(last, dict) else "")


def _text(row: Mapping[str, object], *names: str) -> str:
    return next((value for name in names if isinstance(value := row.get(name), str) and value.strip()), "")


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value) or value < 0:
        return None
    return float(value)


def _moment(seconds: float | None) -> datetime | None:
    if not seconds:
        return None
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, ValueError, OSError):
        return None
