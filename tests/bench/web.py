"""`web`: what the appliance's web frame costs beside a bare Starlette route, in one process and one run.

Three routes are asked in turn through the same uvicorn (uvloop, httptools) by the same client: a bare Starlette route that
answers JSON, an endpoint that reads nothing (GET /api/v1/users/me, with a key), and one that reads a row of the database
(GET /api/v1/users/ID). Their rates are compared by the CPU time of the serving thread, so that a busy machine does not count.
"""

from __future__ import annotations

import asyncio
import socket
import tempfile
import threading
import time
from pathlib import Path
from statistics import median
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from appliance.actions import users
from appliance.actions.box import About
from appliance.domain.job import Lane
from appliance.domain.user import Actor, Role
from config.load import Loaded
from config.schema import Settings
from tests.bench.figures import Bench
from tests.boxes import ADMIN, START, standing
from web.app import create_app
from web.limits import Limits

_ROUNDS = 7
_REQUESTS = 1500


def measure() -> Bench:
    """Rates beside that of the bare route: the median over rounds in which all three take turns."""
    bench = Bench("web")
    with tempfile.TemporaryDirectory(prefix="clipper-bench-") as folder, standing(Path(folder)) as box:
        user = users.add_user(box, ADMIN, "ann", Role.EDITOR, "a few plain words")
        actor = Actor(user.id, user.name, user.role, through="session")
        key = users.create_key(box, actor, "bench", Role.EDITOR)[1].token
        about = About("1", START, "b", dict.fromkeys(Lane, 1), lambda: Loaded(Settings(), None, {}), str, tuple)
        ours = _Served(create_app(box, about, Limits()))
        bare = _Served(Starlette(routes=[Route("/me", _bare)]))
        asked = {
            "bare": (bare, "/me"),
            "no_row": (ours, "/api/v1/users/me"),
            "one_row": (ours, f"/api/v1/users/{user.id}"),
        }
        costs: dict[str, list[float]] = {name: [] for name in asked}
        for number in range(_ROUNDS + 1):
            for name, (served, path) in asked.items():
                cost = served.cost(path, key)
                if number:  # the first round warms up
                    costs[name].append(cost)
        for served in (ours, bare):
            served.stop()
    for name, least, goal in (("no_row", 0.5, 0.7), ("one_row", 0.15, 0.3)):
        rate = median(one / other for one, other in zip(costs["bare"], costs[name], strict=True))
        bench.add(f"{name}_rate_beside_bare", rate, at_least=least, goal=goal)
    bench.notes = {f"{name}_cpu_us": round(median(found) * 1e6, 1) for name, found in costs.items()}
    return bench


async def _bare(_request: Request) -> JSONResponse:
    return JSONResponse({"id": 2, "name": "ann", "role": "editor", "through": "key"})


class _Served:
    """An application behind uvicorn in a thread."""

    def __init__(self, app: Any) -> None:
        self._sock = socket.create_server(("127.0.0.1", 0))
        self._port = self._sock.getsockname()[1]
        self._server = uvicorn.Server(
            uvicorn.Config(app, lifespan="off", access_log=False, log_config=None, http="httptools")
        )
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        while not self._server.started:
            time.sleep(0.01)

    def _run(self) -> None:
        import uvloop

        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(self._server._serve([self._sock]))

    def cost(self, path: str, key: str) -> float:
        """CPU-seconds of this process for one request, the client's own share taken off."""
        request = f"GET {path} HTTP/1.1\r\nHost: localhost\r\nX-Api-Key: {key}\r\n\r\n".encode()
        with socket.create_connection(("127.0.0.1", self._port)) as raw:
            self._ask(raw, request)
            process, client = time.process_time(), time.thread_time()
            for _ in range(_REQUESTS):
                self._ask(raw, request)
            return ((time.process_time() - process) - (time.thread_time() - client)) / _REQUESTS

    def _ask(self, raw: socket.socket, request: bytes) -> None:
        """One request, and all of its answer: heads and bodies are small and come together or one after the other."""
        raw.sendall(request)
        got = raw.recv(65_536)
        while b"\r\n\r\n" not in got:
            got += raw.recv(65_536)
        head, _, body = got.partition(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 200"):
            raise RuntimeError(f"the bench got {head[:200]!r}")
        length = int(head.lower().partition(b"content-length: ")[2].split(b"\r\n")[0])
        while len(body) < length:
            body += raw.recv(65_536)

    def stop(self) -> None:
        """End it."""
        self._server.should_exit = True
        self._thread.join(10)
        self._sock.close()
