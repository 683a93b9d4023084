"""Getting small things (feeds, JSON, thumbnails) through the guard: bounded in size and time, every redirect checked."""

from __future__ import annotations

import time
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from types import MappingProxyType
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from appliance.domain.errors import BadInput, ClipperError, Permanent, Transient
from appliance.guard.check import Guard
from appliance.guard.proxy import guarded

if TYPE_CHECKING:
    import httpx2

_REDIRECTS = 5
_MOVED = {301, 302, 303, 307, 308}
_BUSY = {408, 425, 429}
_NONE: Mapping[str, str] = MappingProxyType({})
_NETWORK = "Check the link and the network, and try again."


@dataclass(frozen=True, slots=True)
class Reply:
    """What came: the HTTP status (any but a redirect), headers with names in lower case, the body, and the last link."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)
    url: str

    @property
    def retry_after(self) -> float | None:
        """Seconds after which the server wants to be asked again, where it says so."""
        return _pause(self.headers)

    def good(self) -> Reply:
        """This reply when its status is one of success or 304; else raises what the status means."""
        if self.status == 304 or 200 <= self.status < 300:
            return self
        host = urlsplit(self.url).hostname
        said = f"{self.url}: answered with {self.status}"
        if self.status in _BUSY or self.status >= 500:
            raise Transient(said, f"{host} is busy or has a fault. Wait, and try again.", self.retry_after)
        if self.status in {404, 410}:
            raise Permanent(said, "It is gone. Check the link in a browser.")
        raise Permanent(said, f"{host} refuses the question. Check the link in a browser.")


def get(
    url: str, guard: Guard, *, headers: Mapping[str, str] = _NONE, timeout: float = 10, max_bytes: int = 5_000_000
) -> Reply:
    """The answer to GET, after at most five redirects. `timeout` in seconds is for all of it.

    BadInput when a link is refused, Transient when the network fails or it takes too long, Permanent when there is too much.
    """
    return _ask("GET", url, guard, _Wishes(headers, timeout, max_bytes))


def post(
    url: str,
    guard: Guard,
    body: bytes,
    *,
    headers: Mapping[str, str] = _NONE,
    timeout: float = 10,
    max_bytes: int = 5_000_000,
) -> Reply:
    """The answer to POST, otherwise as `get`. It is sent once: a redirect that would send it again is Permanent."""
    return _ask("POST", url, guard, _Wishes(headers, timeout, max_bytes, body))


@dataclass(frozen=True, slots=True)
class _Wishes:
    headers: Mapping[str, str]
    timeout: float
    max_bytes: int
    body: bytes | None = None


def _ask(method: str, url: str, guard: Guard, wishes: _Wishes) -> Reply:
    import httpx2

    until = time.monotonic() + wishes.timeout
    sent = {"accept-encoding": "identity", "user-agent": "clipper", **_lower(wishes.headers)}
    with (
        guarded(guard) as proxy,
        httpx2.Client(proxy=proxy.url, trust_env=False, headers=sent, timeout=wishes.timeout) as client,
    ):
        for _ in range(_REDIRECTS + 1):
            guard.target(url)
            try:
                reply = _one(client, method, url, wishes, until)
            except (httpx2.HTTPError, httpx2.InvalidURL, httpx2.StreamError) as error:
                raise _meant(url, error, proxy.trouble) from error
            if proxy.trouble is not None:
                raise proxy.trouble
            if reply.status not in _MOVED or "location" not in reply.headers:
                return reply
            if method == "POST" and reply.status != 303:
                raise Permanent(f"{url}: sends to another place what may be sent only once", "Give the other link.")
            method, url = "GET", _next(client, url, reply.headers["location"])
    raise Permanent(f"{url}: one redirect after the other", "Check the link in a browser.")


def _next(client: httpx2.Client, url: str, location: str) -> str:
    """The link that a redirect leads to. What was meant for one host only is not sent to another."""
    try:
        following = urljoin(url, location).partition("#")[0]
        moved = urlsplit(following).netloc.lower() != urlsplit(url).netloc.lower()
    except ValueError as error:
        raise BadInput(f"{url}: redirects to what is no link", "Check the link in a browser.") from error
    if moved:
        for name in ("authorization", "cookie"):
            client.headers.pop(name, None)
    return following


def _one(client: httpx2.Client, method: str, url: str, wishes: _Wishes, until: float) -> Reply:
    content = wishes.body if method == "POST" else None
    with client.stream(method, url, content=content, timeout=max(until - time.monotonic(), 0.001)) as answer:
        given = {name.lower(): value for name, value in answer.headers.items()}
        body = bytearray()
        unpack = _unpacker(url, given.get("content-encoding", ""))
        for piece in answer.iter_raw():
            body += unpack(piece, wishes.max_bytes + 1 - len(body))
            if len(body) > wishes.max_bytes:
                raise Permanent(
                    f"{url}: more than {wishes.max_bytes / 1e6:g} MB came", "That is no link to what was expected."
                )
            if time.monotonic() > until:
                raise Transient(f"{url}: took longer than {wishes.timeout:g} s", _NETWORK)
        return Reply(answer.status_code, given, bytes(body), url)


def _unpacker(url: str, encoding: str) -> Callable[[bytes, int], bytes]:
    """What undoes the encoding of a body piece by piece, never giving more than is wanted: a small answer may unfold to a huge one."""
    if encoding.lower() in {"", "identity"}:
        return lambda piece, _wanted: piece
    if encoding.lower() not in {"gzip", "x-gzip", "deflate"}:
        raise Permanent(f"{url}: came packed as {encoding[:20]}, unasked", "Check the link in a browser.")
    unfold = zlib.decompressobj(zlib.MAX_WBITS | 32)  # tells gzip and zlib apart by itself

    def unpack(piece: bytes, wanted: int) -> bytes:
        try:
            return unfold.decompress(piece, wanted)
        except zlib.error as error:
            raise Transient(f"{url}: the answer is damaged", _NETWORK) from error

    return unpack


def _meant(url: str, error: Exception, known: ClipperError | None) -> ClipperError:
    """The guard knows better than the client why nothing came."""
    import httpx2

    if known is not None:
        return known
    if isinstance(error, httpx2.InvalidURL | httpx2.UnsupportedProtocol):
        return BadInput(f"{url}: that is no link: {error}", "Check the link for typing mistakes.")
    if "CERTIFICATE_VERIFY_FAILED" in str(error):
        return Permanent(f"{url}: its certificate cannot be trusted", "Check this machine's clock, and the link.")
    if isinstance(error, httpx2.TimeoutException):
        return Transient(f"{url}: no answer in time", _NETWORK)
    return Transient(f"{url}: {str(error) or type(error).__name__}", _NETWORK)


def _lower(headers: Mapping[str, str]) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}


def _pause(headers: Mapping[str, str]) -> float | None:
    """Retry-After in seconds: it holds seconds, or a date, which counts from the server's own."""
    said = headers.get("retry-after", "").strip()
    if said.isascii() and said.isdigit():
        return float(said[:9])
    try:
        until = parsedate_to_datetime(said)
        since = parsedate_to_datetime(headers["date"])
        return max((until - since).total_seconds(), 0.0)
    except (KeyError, TypeError, ValueError):
        return None
