"""How often somebody may ask: counted in memory, by the minute, for each address and each name."""

from __future__ import annotations

import ipaddress
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from web.endpoint import Asked
from web.problems import TOO_MANY, Refusal

_WINDOW = 60.0
_MOST = 10_000  # names and addresses that are kept in mind; beyond that, those whose minute is over are forgotten


@dataclass(frozen=True, slots=True)
class Limits:
    """How often a minute: logging in for each address, for each name, and for the whole box; and asking without a proof."""

    logins: int = 10
    logins_in_all: int = 60
    unknown: int = 300


class Counter:
    """Counts in windows of a minute that begin with the first request of each. Only used from the event loop."""

    def __init__(self, most: int, what: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._most = most
        self._what = what
        self._clock = clock
        self._seen: dict[str, tuple[float, int]] = {}

    def take(self, who: str) -> None:
        """Count one more; refused when that is too many, with the seconds to wait."""
        now = self._clock()
        began, count = self._seen.get(who, (now, 0))
        if now - began >= _WINDOW:
            began, count = now, 0
        if count >= self._most:
            wait = max(1, round(began + _WINDOW - now + 0.5))
            raise Refusal(TOO_MANY, f"Too many {self._what} in a minute", f"Wait {wait} s.", {"Retry-After": str(wait)})
        if len(self._seen) >= _MOST and who not in self._seen:
            self._seen = {name: seen for name, seen in self._seen.items() if now - seen[0] < _WINDOW}
        self._seen[who] = (began, count + 1)

    def give_back(self, who: str) -> None:
        """That one does not count: it was right."""
        began, count = self._seen.get(who, (0.0, 0))
        if count:
            self._seen[who] = (began, count - 1)


class Doors:
    """All counters of an application."""

    def __init__(self, limits: Limits) -> None:
        self.unknown = Counter(limits.unknown, "requests without a key")
        self._addresses = Counter(limits.logins, "tries from there")
        self._names = Counter(limits.logins, "tries with that name")
        self._all = Counter(limits.logins_in_all, "tries in all")

    def knock(self, asked: Asked) -> Sequence[tuple[Counter, str]]:
        """Count a try with a password or a token; what was counted, to be given back when it was right. Who holds a key, or
        comes through the local socket, is not counted.
        """
        if asked.actor.user and asked.actor.through != "session":
            return ()
        taken: list[tuple[Counter, str]] = []
        name = str(getattr(asked.body, "name", "")).lower()
        for counter, who in (
            (self._addresses, place_of(asked.address)),
            (self._names, name),
            (self._all, ""),
        ):
            if who or counter is self._all:
                counter.take(who)
                taken.append((counter, who))
        return taken


def place_of(address: str) -> str:
    """What counts as one place: an IPv4 address, or the network of an IPv6 one, of which everybody has billions."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv6Address):
        return str(found.ipv4_mapped or ipaddress.ip_network((found, 64), strict=False))
    return address
