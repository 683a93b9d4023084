"""Errors as application/problem+json (RFC 9457): every status that this API refuses with, and which error gets which."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec
from starlette.responses import Response

from appliance import logs
from appliance.actions.box import Forbidden
from appliance.domain.errors import (
    BadInput,
    ClipperError,
    ConfigError,
    Gone,
    Missing,
    NeedsPerson,
    NoRoom,
    Permanent,
    Transient,
)
from appliance.domain.states import IllegalMove

MEDIA_TYPE = "application/problem+json"
_LATER = 30  # seconds after which a passing fault is worth another try, where nobody said better


class Problem(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a refused request is told. `type` leads to an explanation, `title` names the kind, `detail` says what and where,
    `hint` the next step, `instance` the number under which the log has more.
    """

    type: str
    title: str
    status: int
    detail: str = ""
    hint: str = ""
    instance: str = ""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of refusal: its name in `type`, its status, its title, and what it means."""

    name: str
    status: int
    title: str
    about: str


BAD_INPUT = Kind(
    "bad-input",
    400,
    "That cannot be used",
    "A field, a word of the query or the JSON itself is wrong; detail says where.",
)
UNKNOWN = Kind("unauthenticated", 401, "Nobody is logged in", "Send a key, or log in.")
FORBIDDEN = Kind("forbidden", 403, "That is not allowed", "Your role is too small, or another site's page sent this.")
MISSING = Kind("missing", 404, "There is no such thing", "It is not there, or it is somebody else's.")
WRONG_METHOD = Kind("method", 405, "That cannot be done here", "The header Allow lists the methods that can.")
CONFLICT = Kind(
    "conflict",
    409,
    "That does not fit how things stand",
    "Somebody was first, or the same request still runs: look again.",
)
DELETED = Kind("gone", 410, "It was deleted", "It was there once.")
TOO_LARGE = Kind("too-large", 413, "The body is too large", "max_body_mb under [web] in clipper.toml is the limit.")
WRONG_TYPE = Kind("content-type", 415, "The body is of a wrong type", "Send Content-Type: application/json.")
RANGE = Kind("range", 416, "There is no such part of it", "The header Content-Range says how long it is.")
WRONG_HOST = Kind(
    "host",
    421,
    "That is not this box",
    "The Host header names another machine: allowed_hosts under [web] lists more names.",
)
CANNOT = Kind(
    "cannot", 422, "That cannot be carried out", "It was understood, and trying again changes nothing; or an Idempotency-Key "
    "came with another request than before.",
)  # fmt: skip
TOO_MANY = Kind("too-many", 429, "Too many requests", "Wait as long as Retry-After says.")
BROKEN = Kind("broken", 500, "Something is broken", "The log has more under the number in instance.")
LATER = Kind("later", 503, "Not now", "It may work in a moment, or after what hint says was done.")
NO_ROOM = Kind("no-room", 507, "The disk is full", "Free some room; nothing that was accepted is lost.")

KINDS = (
    BAD_INPUT, UNKNOWN, FORBIDDEN, MISSING, WRONG_METHOD, CONFLICT, DELETED, TOO_LARGE, WRONG_TYPE, RANGE, WRONG_HOST, CANNOT,
    TOO_MANY, BROKEN, LATER, NO_ROOM,
)  # fmt: skip

# The first class that fits decides.
_BY_ERROR: tuple[tuple[type[ClipperError], Kind], ...] = (
    (Gone, DELETED),
    (Missing, MISSING),
    (Forbidden, FORBIDDEN),
    (IllegalMove, CONFLICT),
    (ConfigError, BAD_INPUT),
    (BadInput, BAD_INPUT),
    (NoRoom, NO_ROOM),
    (NeedsPerson, LATER),
    (Transient, LATER),
    (Permanent, CANNOT),
    (ClipperError, CANNOT),
)


@dataclass(slots=True)
class Refusal(Exception):
    """A request that is refused before or beside the verbs."""

    kind: Kind
    detail: str
    hint: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)

    def response(self) -> Response:
        """How it is answered."""
        return _response(self.kind, self.detail, self.hint, headers=self.headers)


def of_error(error: ClipperError) -> Response:
    """What the request is told about an error of the appliance."""
    kind = next(kind for known, kind in _BY_ERROR if isinstance(error, known))
    headers: dict[str, str] = {}
    if isinstance(error, Transient):
        headers["Retry-After"] = str(max(1, round(error.retry_after or _LATER)))
    return _response(kind, error.message, error.hint, headers=headers)


def of_unexpected(method: str, path: str) -> Response:
    """The error that is being handled was foreseen by nobody: it goes to the log under a number, the person gets that."""
    number = secrets.token_hex(4)
    logs.get("web").exception("broken", number=number, method=method, path=path)
    return _response(
        BROKEN, "An error that nobody foresaw.", f"The log has it under {number}.", instance=f"urn:clipper:{number}"
    )


def _response(
    kind: Kind, detail: str, hint: str, *, headers: Mapping[str, str] | None = None, instance: str = ""
) -> Response:
    problem = Problem(f"/api/docs#problem-{kind.name}", kind.title, kind.status, detail, hint, instance)
    shown: dict[str, Any] = {"Cache-Control": "no-store", **(headers or {})}
    return Response(msgspec.json.encode(problem), kind.status, shown, MEDIA_TYPE)
