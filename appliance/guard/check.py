"""The guard: whether a link may be followed, and to which addresses."""

from __future__ import annotations

import contextlib
import re
import socket
from collections.abc import Callable
from dataclasses import dataclass, replace
from ipaddress import ip_address, ip_network
from urllib.parse import urlsplit

from appliance.domain.errors import BadInput, Transient
from appliance.guard.addresses import Address, plain, trouble

# Host and port to addresses as text; raises OSError when the name is not known.
Resolve = Callable[[str, int], tuple[str, ...]]

_HTTP = {"http": 80, "https": 443}
_FIRST_FREE = 1024
# Services above 1024 that never are web servers with media on them: databases, queues, desktops, machine control.
_SERVICES = frozenset(
    {1433, 1521, 2049, 2375, 2376, 2379, 2380, 3128, 3306, 3389, 4369, 5060, 5061, 5432, 5671, 5672, 5900, 5901}
    | {5984, 5985, 5986, *range(6000, 6064), 6379, 6443, *range(6660, 6670), 6697, 9042, 9092, 9200, 9300, 10250}
    | {11211, 15672, 26379, 27017, 27018, 27019}
)
_LABEL = r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
_HOST = re.compile(rf"{_LABEL}(?:\.{_LABEL})*", re.ASCII)
_LONGEST_LINK = 8192
_HINT = "Give a public link. If that host is yours, add it to allow_private under [sources] in clipper.toml."


def lookup(host: str, port: int) -> tuple[str, ...]:
    """The addresses of a host as this machine knows them. Odd spellings of IPv4 (0x7f.1, 2130706433) come out as they are meant."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys(str(row[4][0]) for row in found))


def spelt_out(host: str, port: int) -> tuple[str, ...]:
    """The address that a host spells out, in whatever way. Asks nobody: a name raises OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)
    return tuple(dict.fromkeys(str(row[4][0]) for row in found))


@dataclass(frozen=True, slots=True)
class Checked:
    """A host that may be connected to: only at `addresses`, which are all of its own, never by its name again."""

    host: str
    port: int
    addresses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Guard:
    """Lets links through that lead to the public internet, or to a host or address that `allow_private` names.

    `allow_private` holds host names (that one exactly), addresses, and networks such as 192.168.1.0/24. `upstream` is a
    proxy of the person's own that everything goes through afterwards: http://, https:// or socks5://, with user and password.
    Names are looked up here all the same, and that proxy is asked to connect to the checked address (by CONNECT, also for
    plain http). A name that only the proxy could look up is not reached, for what it leads to there cannot be judged. The
    proxy itself may be anywhere. Proxies that the environment names are not used.
    """

    allow_private: tuple[str, ...] = ()
    upstream: str = ""
    resolve: Resolve = lookup

    def target(self, url: str) -> tuple[str, int]:
        """Host and port of a link, after what can be told without asking anybody. BadInput in words."""
        host, port = _parts(url)
        self.port_is_fit(host, port)
        return host, port

    def glance(self, url: str) -> None:
        """BadInput for what can be told of a link without asking anybody: its form, its port, an address in it."""
        with contextlib.suppress(Transient):
            replace(self, resolve=spelt_out).check(url)

    def check(self, url: str) -> Checked:
        """The link's host with all its addresses. BadInput when one of them is refused, Transient when there are none."""
        return self.reach(*self.target(url))

    def reach(self, host: str, port: int) -> Checked:
        """The same for a host and port. The name is looked up once; every address counts, not only the first."""
        host = _host(host, host)
        self.port_is_fit(host, port)
        try:
            found = tuple(ip_address(address) for address in self.resolve(host, port))
        except (OSError, ValueError, UnicodeError) as error:
            raise _unknown(host) from error
        if not found:
            raise _unknown(host)
        if not self._named(host):
            for address in found:
                self._fits(host, plain(address))
        return Checked(host, port, tuple(str(plain(address)) for address in found))

    def port_is_fit(self, host: str, port: int) -> None:
        """BadInput for the ports of services that are no web servers."""
        web = port in _HTTP.values() or (_FIRST_FREE <= port < 1 << 16 and port not in _SERVICES)
        if not web:
            raise BadInput(
                f"{host}: port {port} is no port of a web server", "Links may lead to 80, 443 and ports above 1023."
            )

    def _fits(self, host: str, address: Address) -> None:
        why = trouble(address)
        if not why or self._holds(address):
            return
        leads = "is" if host == str(address) else f"leads to {address},"
        raise BadInput(f"{host} {leads} {why}: refused by the address guard", _HINT)

    def _named(self, host: str) -> bool:
        return any(host == name.strip().strip("[]").rstrip(".").lower() for name in self.allow_private)

    def _holds(self, address: Address) -> bool:
        for name in self.allow_private:
            with contextlib.suppress(ValueError):
                network = ip_network(name.strip().strip("[]"), strict=False)
                if address.version == network.version and address in network:
                    return True
        return False


def _parts(url: str) -> tuple[str, int]:
    """Host and port, or BadInput for whatever two readers of a link could read in two ways."""
    shown = url[:200]
    if len(url) > _LONGEST_LINK or re.search(r"[\x00-\x20\x7f\\]", url):
        raise BadInput(f"{shown!r}: that is no link", "A link has no spaces, backslashes or control characters.")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise BadInput(f"{shown}: that is no link: {error}", "Check the link for typing mistakes.") from error
    scheme = parts.scheme.lower()
    if scheme not in _HTTP:
        raise BadInput(f"{shown}: links of kind {scheme or 'none'}:// are not taken", "Use an https:// link.")
    if "@" in parts.netloc:
        raise BadInput(f"{parts.hostname}: a link with a user name in it is not taken", "Give the link without it.")
    return _host(parts.hostname or "", shown), _HTTP[scheme] if port is None else port


def _host(said: str, shown: str) -> str:
    """The host in lower case ASCII, without a last dot; an IPv6 address without brackets."""
    host = said.strip("[]").lower()
    if ":" in host:
        try:
            # A zone, as in fe80::1%eth0, only means something on a local link.
            return str(ip_address(host.replace("%", " ")))
        except ValueError as error:
            raise BadInput(f"{shown}: the link's host is no address", "Check the link for typing mistakes.") from error
    try:
        host = host if host.isascii() else host.encode("idna").decode("ascii")
    except UnicodeError as error:
        raise BadInput(f"{shown}: the link's host is no name", "Check the link for typing mistakes.") from error
    host = host.rstrip(".")
    if not _HOST.fullmatch(host) or len(host) > 253:
        raise BadInput(f"{shown}: the link's host is no name", "Check the link for typing mistakes.")
    return host


def _unknown(host: str) -> Transient:
    return Transient(
        f"{host}: the name could not be looked up", "Check the link for typing mistakes, and the network and its DNS."
    )
