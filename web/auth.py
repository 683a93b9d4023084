"""Who is asking: the local socket, a key, or a browser's session; and whether a browser was sent here by somebody else."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from starlette.types import Scope

from appliance.actions.box import Box
from appliance.actions.secrets import hash_token
from appliance.actions.users import who_by_key, who_by_session
from appliance.domain.user import BOX, Actor, Role
from appliance.store import change as changes
from appliance.store.change import Change
from web.problems import FORBIDDEN, UNKNOWN, Refusal

COOKIE = "clipper_session"
SECURE_COOKIE = f"__Host-{COOKIE}"  # browsers take such a name only over https, for this host and all its paths
SOCKET = "clipper.socket"  # set in the scope of requests that came through the local socket
NOBODY = Actor(0, "nobody", Role.VIEWER, through="nothing")
_LOCAL = Actor(BOX.user, BOX.name, Role.ADMIN, through="socket", local=True)
_TRUSTED = timedelta(seconds=5)  # how long an answer of the database about a key is believed, when nothing changes
_MOST = 1000
# What may take somebody's access away.
TELLING = frozenset({"key_revoked", "user_changed", "user_removed", "session_closed"})
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(frozen=True, slots=True)
class Proof:
    """What a request brings to show who sends it."""

    token: str
    by_key: bool


class Gate:
    """Knows who asks. What it learns from the database it keeps for a few seconds, and forgets all of it at once when a key
    is revoked, an account changes, or somebody logs out.
    """

    def __init__(self, box: Box, pool: Executor) -> None:
        self._box = box
        self._pool = pool
        self._known: dict[str, tuple[Actor, datetime]] = {}
        self._round = 0
        changes.listeners.append(self._hear)

    def close(self) -> None:
        """Listen no more."""
        changes.listeners.remove(self._hear)

    def forget(self) -> None:
        """Ask the database again, whoever comes."""
        self._round += 1
        self._known.clear()

    async def who(self, scope: Scope, headers: Mapping[bytes, bytes]) -> Actor | None:
        """The person behind a request; None when it brings no proof or a wrong one."""
        if SOCKET in scope:
            return _LOCAL
        proof = _proof(headers, secure=scope.get("scheme") == "https")
        if proof is None:
            return None
        hashed = hash_token(proof.token)
        found = self._known.get(hashed)
        if found is not None and found[1] > self._box.now():
            return found[0]
        return await asyncio.get_running_loop().run_in_executor(self._pool, self._look, proof, hashed)

    def _look(self, proof: Proof, hashed: str) -> Actor | None:
        this_round = self._round
        actor = (who_by_key if proof.by_key else who_by_session)(self._box, proof.token)
        if actor is not None and this_round == self._round:
            if len(self._known) >= _MOST:
                self._known.clear()
            self._known[hashed] = (actor, self._box.now() + _TRUSTED)
        else:
            self._known.pop(hashed, None)
        return actor

    def _hear(self, made: Change) -> None:
        if any(event.kind in TELLING for event in made.events):
            self.forget()


def unknown(headers: Mapping[bytes, bytes]) -> Refusal:
    """What somebody is told whom nobody knows."""
    tried = b"x-api-key" in headers or b"authorization" in headers
    said = "That key is revoked, over, or was never made" if tried else "This needs a key or a login"
    hint = "Send a key as X-Api-Key, or log in at /api/v1/sessions; `clipper keys create NAME` makes one."
    return Refusal(UNKNOWN, said, hint, {"WWW-Authenticate": "Bearer"})


def check_origin(
    scope: Scope, headers: Mapping[bytes, bytes], actor: Actor | None, ours: Callable[[str], bool]
) -> None:
    """Forbidden when another site's page made the browser send this (cross-site request forgery).

    A request that carries a session must prove where it comes from: by Sec-Fetch-Site, which browsers send to secure
    origins, else by an Origin that is ours. A key or the socket is proof enough. One that carries nothing, such as a
    login, must not come from elsewhere.
    """
    if scope["method"] in _SAFE or (actor is not None and actor.through != "session"):
        return
    site = headers.get(b"sec-fetch-site")
    if site in {b"same-origin", b"none"}:
        return
    origin = headers.get(b"origin")
    if site is None and origin is None and actor is None:
        return
    if origin is not None and _is_here(origin.decode("latin-1"), scope, headers, ours):
        return
    raise Refusal(
        FORBIDDEN,
        "That request did not come from a page of this box",
        "Programs send a key. Behind a proxy, set public_url or trusted_proxies under [web] in clipper.toml.",
    )


def _is_here(origin: str, scope: Scope, headers: Mapping[bytes, bytes], ours: Callable[[str], bool]) -> bool:
    parts = urlsplit(origin)
    if parts.scheme not in {scope.get("scheme", "http"), "https"} or not parts.netloc:
        return ours(origin)
    return parts.netloc.lower() == headers.get(b"host", b"").decode("latin-1").lower() or ours(origin)


def cookies(headers: Mapping[bytes, bytes]) -> dict[str, str]:
    """The cookies that the browser sent."""
    said = headers.get(b"cookie", b"").decode("latin-1")
    pairs = (pair.partition("=") for pair in said.split(";"))
    return {name.strip(): value.strip() for name, _, value in pairs}


def session_cookie(token: str, seconds: float, *, secure: bool) -> str:
    """A Set-Cookie header that keeps the session in the browser; an empty token takes it away."""
    name = SECURE_COOKIE if secure else COOKIE
    safe = "; Secure" if secure else ""
    return f"{name}={token}; Path=/; Max-Age={int(seconds)}; HttpOnly; SameSite=Lax{safe}"


def _proof(headers: Mapping[bytes, bytes], *, secure: bool) -> Proof | None:
    key: Any = headers.get(b"x-api-key")
    if key is not None:
        return Proof(key.decode("latin-1").strip(), by_key=True)
    said = headers.get(b"authorization", b"")
    if said[:7].lower() == b"bearer ":
        return Proof(said[7:].decode("latin-1").strip(), by_key=True)
    if b"cookie" not in headers:
        return None
    token = cookies(headers).get(SECURE_COOKIE if secure else COOKIE)
    return Proof(token, by_key=False) if token else None
