"""Mistakes that no single value shows: names that lead nowhere, times that never come, two entries for one thing."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from urllib.parse import urlsplit

from config.schema import Settings
from config.shape import Path
from config.words import nearest

Found = tuple[Path, str]
_HOST = re.compile(
    r"(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*\.?", re.IGNORECASE
)


def contradictions(said: Settings) -> Iterator[Found]:
    """Every mistake with the path of the key that makes it."""
    yield from _web(said)
    yield from _schedule(said)
    yield from _entries(said)
    disk = said.disk
    if disk.stop_downloads_gb > disk.warn_gb:
        yield ("disk", "stop_downloads_gb"), f"is larger than warn_gb ({disk.warn_gb:g})"
    if disk.stop_gb > disk.stop_downloads_gb:
        yield ("disk", "stop_gb"), f"is larger than stop_downloads_gb ({disk.stop_downloads_gb:g})"


def _web(said: Settings) -> Iterator[Found]:
    web = said.web
    for host in web.allowed_hosts:
        if not _HOST.fullmatch(host) and not _network(host.strip("[]")):
            yield ("web", "allowed_hosts"), f"{host!r} is no host name (no scheme, no port, no star)"
    for network in web.trusted_proxies:
        if not _network(network):
            yield ("web", "trusted_proxies"), f"{network!r} is no address and no network such as 10.0.0.0/8"
    if web.public_url and not _origin(web.public_url, path=True):
        yield ("web", "public_url"), f"{web.public_url!r} is no address such as https://clips.example.org"
    for origin in web.cors:
        if not _origin(origin, path=False):
            yield ("web", "cors"), f"{origin!r} is no origin such as https://tools.example.org"


def _network(text: str) -> bool:
    try:
        ipaddress.ip_network(text, strict=False)
    except ValueError:
        return False
    return True


def _origin(text: str, *, path: bool) -> bool:
    try:
        parts = urlsplit(text)
        named = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
    plain = not parts.query and not parts.fragment and parts.username is None
    return named and plain and (path or parts.path == "")


def _schedule(said: Settings) -> Iterator[Found]:
    if said.schedule.time_zone:
        from zoneinfo import available_timezones

        zones = available_timezones()
        if said.schedule.time_zone not in zones:
            guess = nearest(said.schedule.time_zone, sorted(zones), listed=False)
            yield ("schedule", "time_zone"), f"{said.schedule.time_zone!r} is no time zone{guess}"
    seen: set[str] = set()
    for number, rule in enumerate(said.schedule.rule):
        if rule.name.casefold() in seen:
            yield ("schedule", "rule", number, "name"), f"{rule.name!r} is there twice"
        seen.add(rule.name.casefold())
        if wrong := cron_mistake(rule.cron):
            yield ("schedule", "rule", number, "cron"), wrong


def cron_mistake(text: str) -> str:
    """What is wrong with a cron expression; empty when it fires some day."""
    from cronsim import CronSim, CronSimError

    try:
        next(CronSim(text, datetime(2026, 1, 1, tzinfo=UTC)))
    except CronSimError as error:
        return f"{text!r} is no cron expression: {error}"
    except StopIteration:
        return f"{text!r} never comes"
    return ""


def _entries(said: Settings) -> Iterator[Found]:
    looks = sorted({"default", *said.look})
    for table, entries in (("channel", said.channel), ("folder", said.folder)):
        seen: set[str] = set()
        for number, entry in enumerate(entries):
            if entry.look and entry.look not in looks:
                yield (table, number, "look"), f"there is no look {entry.look!r}{nearest(entry.look, looks)}"
            if entry.max_seconds and entry.min_seconds > entry.max_seconds:
                yield (table, number, "min_seconds"), f"is larger than max_seconds ({entry.max_seconds:g})"
            key = "url" if table == "channel" else "path"
            address = str(getattr(entry, key))
            same = re.sub(r"^https?://(www\.|m\.)?", "", address).rstrip("/")
            same = same.casefold() if table == "channel" and "/channel/" not in same and "@" in same else same
            if not same:
                yield (table, number, key), "is empty"
            elif same in seen:
                yield (table, number, key), f"{address!r} is there twice"
            seen.add(same)
