"""The web application: everything that the box answers over HTTP."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles
from starlette.types import Receive, Scope, Send

from appliance.actions.box import About, Box
from web.api import all as everything
from web.auth import Gate
from web.docs import STATIC
from web.events import HUB, Hub
from web.idempotency import Memory
from web.limits import Doors, Limits
from web.problems import BAD_INPUT, MISSING, WRONG_METHOD, Refusal
from web.running import Api, Desk
from web.security import Guard

_THREADS = 8


class Application:
    """The application, to be called by a server. `close` ends what it holds open, so that the server can stop at once."""

    def __init__(self, box: Box, about: About, limits: Limits) -> None:
        self._closed = False
        self._pool = ThreadPoolExecutor(_THREADS, "web")
        self._gate = Gate(box, self._pool)
        self.hub = Hub(self._pool, self._gate)
        desk = Desk(
            box=box,
            about=about,
            gate=self._gate,
            pool=self._pool,
            memory=Memory(),
            doors=Doors(limits),
            ours=lambda origin: self._guard.rules().is_ours(origin),
            table=(("/api/v1", everything.ENDPOINTS), ("", everything.FROM_ROOT)),
        )
        inner = Starlette(
            routes=[
                Api(desk),
                Mount("/static", StaticFiles(directory=STATIC), name="static"),
            ],
            exception_handlers={HTTPException: _problem},
        )
        self._guard = Guard(inner, box.settings)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        scope[HUB] = self.hub
        await self._guard(scope, receive, send)

    def close(self) -> None:
        """End all streams, which would not end by themselves. What else is being answered goes on. From any thread."""
        if self._closed:
            return
        self._closed = True
        self.hub.close()
        self._gate.close()


def create_app(box: Box, about: About, limits: Limits | None = None) -> Application:
    """The application for one box. `about` is the service around it, `limits` how often strangers may ask."""
    return Application(box, about, limits or Limits())


def _problem(_request: Request, error: Exception) -> Response:
    """What Starlette itself refuses, in the words of everything else."""
    assert isinstance(error, HTTPException)
    kind = {404: MISSING, 405: WRONG_METHOD}.get(error.status_code, BAD_INPUT)
    detail = "There is no such page" if kind is MISSING else str(error.detail)
    return Refusal(kind, detail, "See /api/docs for what there is.", dict(error.headers or {})).response()
