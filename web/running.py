"""Carrying out an endpoint: find it, see who asks, decode, check, run, encode. The same steps for all of them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import Any

import msgspec
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.routing import BaseRoute, Match
from starlette.types import Receive, Scope, Send

from appliance.actions.box import About, Box
from appliance.domain.errors import BadInput, ClipperError
from appliance.domain.user import Actor
from web.answers import Answer, Content
from web.auth import NOBODY, Gate, check_origin, unknown
from web.endpoint import Asked, Endpoint, Table
from web.idempotency import Memory
from web.limits import Doors, place_of
from web.matching import Map
from web.problems import FORBIDDEN, MISSING, WRONG_METHOD, Refusal, of_error, of_unexpected
from web.reading import HungUp, body_reader, check_json, no_query, query_reader, whole_body
from web.security import HEADERS

API = "/api/v1"
_FOUND = "clipper.found"
_JSON = (b"content-type", b"application/json")
_UNKEPT = (b"cache-control", b"no-store")
_HAS_BODY = frozenset({"POST", "PUT", "PATCH", "DELETE"})
_MEGABYTE = 1_000_000


@dataclass(frozen=True, slots=True)
class Desk:
    """What all endpoints work with."""

    box: Box
    about: About
    gate: Gate
    pool: Executor
    memory: Memory
    doors: Doors
    ours: Callable[[str], bool]
    table: Table


class Ready:
    """An endpoint with its decoders made."""

    def __init__(self, endpoint: Endpoint) -> None:
        self.endpoint = endpoint
        self.read_body = None if endpoint.body is None else body_reader(endpoint.body)
        self.read_query = _query_of(endpoint)


def _query_of(endpoint: Endpoint) -> Callable[[bytes], Any]:
    if endpoint.query is not None:
        return query_reader(endpoint.query)
    if isinstance(endpoint.answer, Content) and endpoint.answer.media_type == "text/html":
        return lambda _said: None  # links to pages get words of other programs hung on
    return no_query


class Api(BaseRoute):
    """All endpoints as one route of Starlette: finding one costs the same, however many there are."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        targets = [(one.method, front + one.path, Ready(one)) for front, endpoints in desk.table for one in endpoints]
        self._map: Map[Ready] = Map(targets)

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Everything below /api, known or not, and the endpoints that stand elsewhere."""
        if scope["type"] != "http":
            return Match.NONE, {}
        found = self._map.find(scope["path"])
        if found is None and not scope["path"].startswith("/api/"):
            return Match.NONE, {}
        return Match.FULL, {_FOUND: found}

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, whatever happens."""
        response: Response | None
        try:
            response = await self._answer(scope, receive, send)
        except Refusal as refusal:
            response = refusal.response()
        except ClipperError as error:
            response = of_error(error)
        except HungUp:
            return
        except OverflowError:
            response = of_error(BadInput("a number in the request is too large", "The database holds 64 bits."))
        except Exception:  # noqa: BLE001 - the last line: the log gets all of it, the person a number
            response = of_unexpected(scope["method"], scope["path"])
        if response is not None:
            await response(scope, receive, send)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> Response | None:
        """Send what was found, or give back a response to be sent."""
        found = scope[_FOUND]
        if found is None:
            raise Refusal(MISSING, f"There is no {scope['path'][:200]}", "See /api/docs for what there is.")
        place, values = found
        method = scope["method"]
        ready: Ready | None = place.methods.get(method) or (place.methods.get("GET") if method == "HEAD" else None)
        if ready is None:
            if method == "OPTIONS":
                return Response(status_code=204, headers={"Allow": place.allowed})
            raise Refusal(
                WRONG_METHOD, f"{method} is not possible here", f"There is: {place.allowed}.", {"Allow": place.allowed}
            )
        asked, body = await self._asked(ready, scope, receive, values)
        taken = self._desk.doors.knock(asked) if ready.endpoint.guessable else ()
        answer = await self._desk.memory.once(ready.endpoint, asked, scope, body, self._runner(ready.endpoint))
        for counter, who in taken:
            counter.give_back(who)
        if isinstance(answer, Response):
            return answer
        await _send_value(ready.endpoint, answer, send, head=method == "HEAD")
        return None

    async def _asked(
        self, ready: Ready, scope: Scope, receive: Receive, values: Mapping[str, Any]
    ) -> tuple[Asked, bytes]:
        """The request, checked, and its body as it came."""
        desk, endpoint = self._desk, ready.endpoint
        headers = scope[HEADERS]
        actor = await desk.gate.who(scope, headers)
        address = (scope.get("client") or ("",))[0]
        if actor is None:
            desk.doors.unknown.take(place_of(address))
        check_origin(scope, headers, actor, desk.ours)
        if endpoint.role is not None:
            _check_role(actor, endpoint, headers)
        query = ready.read_query(scope["query_string"])
        body, raw = None, b""
        if endpoint.method in _HAS_BODY:
            most = int(desk.box.settings().web.max_body_mb * _MEGABYTE)
            raw = await whole_body(receive, headers, most)
            if ready.read_body is not None:
                check_json(headers)
                body = ready.read_body(raw)
        asked = Asked(
            box=desk.box,
            about=desk.about,
            actor=actor or NOBODY,
            path=values,
            body=body,
            query=query,
            headers=Headers(scope=scope),
            address=address,
            secure=scope.get("scheme") == "https",
            table=desk.table,
        )
        return asked, raw

    def _runner(self, endpoint: Endpoint) -> Callable[[Callable[[], Any]], Any]:
        """How the endpoint's function is run: here, or where it keeps nobody waiting."""
        if endpoint.quick:
            return _here
        pool = self._desk.pool
        return lambda work: asyncio.get_running_loop().run_in_executor(pool, work)


async def _here(work: Callable[[], Any]) -> Any:
    return work()


def _check_role(actor: Actor | None, endpoint: Endpoint, headers: Mapping[bytes, bytes]) -> None:
    if actor is None:
        raise unknown(headers)
    if endpoint.role is not None and not actor.role.covers(endpoint.role):
        raise Refusal(
            FORBIDDEN,
            f"{actor.name} is {actor.role.value}; that needs {endpoint.role.value}",
            "Ask an admin of this box.",
        )


async def _send_value(endpoint: Endpoint, answer: Any, send: Send, *, head: bool) -> None:
    """Encode and send, without a response object between: most requests end here."""
    status = endpoint.status
    more: tuple[tuple[bytes, bytes], ...] = ()
    if isinstance(answer, Answer):
        status = answer.status or status
        more = tuple((name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in answer.headers)
        answer = answer.value
    if answer is None and endpoint.answer is None:
        status = 204 if status == 200 else status
        said, headers = b"", [_UNKEPT, *more]
    else:
        said = msgspec.json.encode(answer)
        headers = [_JSON, _UNKEPT, (b"content-length", str(len(said)).encode()), *more]
    if not said and status != 204:
        headers.append((b"content-length", b"0"))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if head else said})
