"""What a channel or folder shows when it is asked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class ChannelAddress:
    """A channel as it was named: its platform, the id or handle there, and the one address for it."""

    platform: str
    id: str
    url: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    """One video in a list. `key` is the key that locating its address gives; `seconds` is None where the list is silent."""

    key: str
    url: str
    title: str = ""
    published: datetime | None = None
    seconds: float | None = None
    live: bool = False
    thumbnail: str = ""


@dataclass(frozen=True, slots=True)
class Remembered:
    """What a listing wants to know next time: HTTP validators, a resolved id, what a folder looked like (JSON)."""

    etag: str = ""
    modified: str = ""
    resolved: str = ""
    seen: str = ""


NOTHING = Remembered()


@dataclass(frozen=True, slots=True)
class Listing:
    """The answer, newest first. `notes` are sentences such as which way the list was got."""

    items: tuple[Item, ...] = ()
    remembered: Remembered = NOTHING
    notes: tuple[str, ...] = ()
    not_modified: bool = False
    name: str = ""
