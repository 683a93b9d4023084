"""What an endpoint of the API is: a line in a table that routing, checking, and the OpenAPI document are made from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from appliance.actions.box import About, Box
from appliance.domain.user import Actor, Role

# All endpoints there are, by what their paths begin with.
Table = tuple[tuple[str, tuple["Endpoint", ...]], ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """One request, checked: who asks, the numbers and words of the path, the decoded body and query.

    `body` and `query` are of the types that the endpoint names, None when it names none. `address` is where the request
    came from, `secure` whether it came by https. `table` is the whole API.
    """

    box: Box
    about: About
    actor: Actor
    path: Mapping[str, Any]
    body: Any = None
    query: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    address: str = ""
    secure: bool = False
    table: Table = ()


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One method of one path below /api/v1.

    `run` is a plain function; it raises ClipperErrors, which become problem+json. `role` is the least that may ask, None:
    everybody. `path` names its parameters with their types: /videos/{id:int}. `body`, `query` and `answer` are dataclasses
    or msgspec types (`answer` None: no content). A `quick` one only reads a row or less and runs in the event loop; all
    others run in a thread. `also` are further statuses that come with the same answer. `refusals` are the statuses that a
    wrong request gets, beside those that all share. A POST that `replays` takes an Idempotency-Key: it runs inside one
    transaction with the record of its answer, so it must be short, and its answer must hold no secret. One that is
    `guessable` takes a password or a token that somebody may guess at: it is limited by address, and by the `name` in its
    body.
    """

    method: str
    path: str
    run: Callable[[Asked], Any]
    summary: str
    role: Role | None = Role.VIEWER
    body: Any = None
    query: Any = None
    answer: Any = None
    status: int = 200
    quick: bool = False
    also: tuple[int, ...] = ()
    refusals: tuple[int, ...] = ()
    replays: bool = True
    guessable: bool = False
