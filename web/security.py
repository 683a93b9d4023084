"""What every request passes on its way in and every answer on its way out: proxies, host names, headers, other origins."""

from __future__ import annotations

import ipaddress
import re
import socket
import time
from collections.abc import Callable, Sequence
from functools import lru_cache
from urllib.parse import urlsplit

from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from config.schema import Settings
from config.service import Web
from web.auth import SOCKET
from web.problems import BAD_INPUT, WRONG_HOST, Refusal

HEADERS = "clipper.headers"  # in the scope: the request's headers as a dict of bytes
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; "
    "connect-src 'self'; manifest-src 'self'; worker-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
_ALWAYS: tuple[tuple[bytes, bytes], ...] = (
    (b"content-security-policy", _POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"x-frame-options", b"DENY"),
    (b"permissions-policy", b"camera=(), microphone=(), geolocation=()"),
)
_HSTS = (b"strict-transport-security", b"max-age=31536000")
_ASKED = b"X-Api-Key, Authorization, Content-Type, Idempotency-Key, Last-Event-ID, If-None-Match, Range"
_SHOWN = b"ETag, Location, Retry-After, Content-Range, Idempotency-Replayed"
_METHODS = b"GET, HEAD, POST, PUT, PATCH, DELETE"
_LOOK_AGAIN = 30.0  # seconds after which this machine's addresses are read again: it may have moved to another network
_MOST_HOSTS = 256
_HOST = re.compile(r"^(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(:\d*)?$")


def over_socket(app: ASGIApp) -> ASGIApp:
    """The same pages for the local socket. Only this user can open it, so who comes through it acts as the box itself."""

    async def local(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            scope[SOCKET] = True
        await app(scope, receive, send)

    return local


class Guard:
    """Stands around the application. Settings are looked at with each request, so a reload counts at once."""

    def __init__(self, app: ASGIApp, settings: Callable[[], Settings]) -> None:
        self._app = app
        self._settings = settings
        self._rules = Rules(settings().web)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            if scope["type"] == "websocket":
                await send({"type": "websocket.close", "code": 1000})  # there are none here: refused with 403
            return
        headers = scope[HEADERS] = dict(scope["headers"])
        rules = self.rules()
        if rules.proxies:
            rules.believe_proxy(scope, headers)
        more = rules.answers_with(scope, headers)

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", ()), *more]
            await send(message)

        refusal = None if SOCKET in scope else rules.wrong_host(scope, headers)
        if refusal is not None:
            await refusal.response()(scope, receive, guarded)
        elif scope["method"] == "OPTIONS" and b"access-control-request-method" in headers:
            await Response(status_code=204, headers={"Vary": "Origin"})(scope, receive, guarded)
        else:
            await self._app(scope, receive, guarded)

    def rules(self) -> Rules:
        """What [web] says now."""
        web = self._settings().web
        if web is not self._rules.web:
            self._rules = Rules(web)
        return self._rules


class Rules:
    """[web] of the settings, made ready for many requests."""

    def __init__(self, web: Web) -> None:
        self.web = web
        self.proxies = tuple(_networks(web.trusted_proxies))
        self._public = urlsplit(web.public_url)
        self._cors = frozenset(origin.rstrip("/").lower().encode() for origin in web.cors)
        self._names = frozenset(_plain(name) for name in (*web.allowed_hosts, self._public.hostname or "") if name)
        self._good: set[tuple[bytes, str]] = set()
        self._good_since = 0.0

    def believe_proxy(self, scope: Scope, headers: dict[bytes, bytes]) -> None:
        """Take address and scheme from a trusted proxy: the last address that is not one of the proxies themselves."""
        client = scope.get("client")
        if client is None or not self._is_proxy(client[0]):
            return
        chain = [word.strip() for word in headers.get(b"x-forwarded-for", b"").decode("latin-1").split(",")]
        for address in reversed([word for word in chain if word]):
            if not _is_address(address):
                break
            scope["client"] = (address, 0)
            if not self._is_proxy(address):
                break
        scheme = headers.get(b"x-forwarded-proto", b"").rpartition(b",")[2].strip().lower()
        if scheme in {b"http", b"https"}:
            scope["scheme"] = scheme.decode()

    def wrong_host(self, scope: Scope, headers: dict[bytes, bytes]) -> Refusal | None:
        """A refusal when the request is meant for another name: so a foreign page cannot reach this box under its own
        name by having that name lead here (DNS rebinding).
        """
        said = headers.get(b"host", b"")
        server = scope.get("server") or ("", None)
        now = time.monotonic()
        if now - self._good_since > _LOOK_AGAIN:
            self._good.clear()
            self._good_since = now
        if (said, server[0]) in self._good:
            return None
        name = host_of(said.decode("latin-1"))
        if name is None:
            return Refusal(BAD_INPUT, "The request says no usable Host", "Name the box in the address.")
        if not self.knows(name, server[0]):
            return Refusal(
                WRONG_HOST,
                f"This box does not answer to {name[:100]}",
                f'If that is its name, add it: allowed_hosts = ["{name[:100]}"] under [web] in clipper.toml.',
            )
        if len(self._good) < _MOST_HOSTS:
            self._good.add((said, server[0]))
        return None

    def knows(self, name: str, server: str) -> bool:
        """Whether a host name or address, without its port, is one of this box."""
        if name == "localhost" or name.endswith((".localhost", ".local")) or name in self._names:
            return True
        return name == _plain(server) or name in own_names(int(time.monotonic() // _LOOK_AGAIN))

    def is_ours(self, origin: str) -> bool:
        """Whether a page of that origin may act for a logged-in person: only the public address may, beside the one in use."""
        said = urlsplit(origin)
        public = (self._public.scheme, self._public.netloc.lower())
        return bool(self._public.netloc) and (said.scheme, said.netloc.lower()) == public

    def answers_with(self, scope: Scope, headers: dict[bytes, bytes]) -> Sequence[tuple[bytes, bytes]]:
        """The headers of every answer to this request."""
        more = _ALWAYS
        if self._public.scheme == "https" and scope.get("scheme") == "https":
            more = (*more, _HSTS)
        if not self._cors:
            return more
        origin = headers.get(b"origin")
        more = (*more, (b"vary", b"Origin"))
        if origin is None or origin.lower() not in self._cors:
            return more
        more = (*more, (b"access-control-allow-origin", origin), (b"access-control-expose-headers", _SHOWN))
        if scope["method"] == "OPTIONS":
            more = (
                *more,
                (b"access-control-allow-methods", _METHODS),
                (b"access-control-allow-headers", _ASKED),
                (b"access-control-max-age", b"600"),
            )
        return more

    def _is_proxy(self, address: str) -> bool:
        try:
            found = ipaddress.ip_address(address)
        except ValueError:
            return False
        return any(found in network for network in self.proxies)


def host_of(said: str) -> str | None:
    """The name or address in a Host header, without the port, in small letters; None when it is none."""
    try:
        parts = urlsplit(f"//{said.strip()}")
        _port = parts.port
    except ValueError:
        return None
    if not parts.hostname or not _HOST.match(said.strip()):
        return None
    return _plain(parts.hostname)


@lru_cache(maxsize=1)
def own_names(_when: int) -> frozenset[str]:
    """This machine's names and addresses, read again for each `_when`."""
    import psutil

    name = socket.gethostname().lower()
    found = {name, name.partition(".")[0]}
    for addresses in psutil.net_if_addrs().values():
        found |= {_plain(one.address) for one in addresses if one.family in {socket.AF_INET, socket.AF_INET6}}
    return frozenset(found)


def _plain(name: str) -> str:
    """A name or address as it is compared: small letters, no brackets, no zone, no last dot, addresses in one spelling."""
    bare = name.strip().lower().strip("[]").partition("%")[0].rstrip(".")
    try:
        return str(ipaddress.ip_address(bare))
    except ValueError:
        return bare


def _is_address(word: str) -> bool:
    try:
        ipaddress.ip_address(word)
    except ValueError:
        return False
    return True


def _networks(said: Sequence[str]) -> Sequence[ipaddress.IPv4Network | ipaddress.IPv6Network]:
    found = []
    for word in said:
        try:
            found.append(ipaddress.ip_network(word, strict=False))
        except ValueError:
            continue  # the settings' own check says so; a proxy that is not understood is not trusted
    return found
