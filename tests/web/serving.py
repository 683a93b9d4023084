"""The real application on real sockets: uvicorn in a thread, a port of the kernel's choice, and a Unix socket."""

from __future__ import annotations

import asyncio
import contextlib
import http.client
import json
import socket
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import uvicorn

from appliance.actions import users
from appliance.actions.box import About
from appliance.client import Client
from appliance.domain.job import Lane
from appliance.domain.user import Actor, Role
from appliance.jobs.works import Works
from config.load import Loaded
from config.schema import Settings
from tests.boxes import ADMIN, Clock, settings, standing
from web.app import Application, create_app
from web.limits import Limits
from web.security import over_socket

PASSWORD = "correct horse battery"
PLENTY = Limits(logins=1000, logins_in_all=1000, unknown=100_000)


@dataclass
class Said:
    """An answer."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    cookies: tuple[str, ...] = ()

    @property
    def json(self) -> Any:
        return json.loads(self.body) if self.body else None


@dataclass
class Site:
    """A running application, and ways to ask it."""

    box: Works
    about: About
    app: Application
    port: int
    socket: Path
    clock: Clock
    server: uvicorn.Server
    chosen: list[Settings]
    problem: list[str]
    reloads: list[str] = field(default_factory=list)
    keys: dict[Role, str] = field(default_factory=dict)

    @property
    def local(self) -> Client:
        """As the command line of the same user asks."""
        return Client(str(self.socket))

    def ask(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        role: Role | None = None,
        headers: Mapping[str, str] | None = None,
        raw: bytes | None = None,
    ) -> Said:
        """One request over the network, with the key of a role when one is named."""
        sent = {"Host": f"localhost:{self.port}", **(headers or {})}
        payload = raw
        if body is not None:
            payload = json.dumps(body).encode()
            sent.setdefault("Content-Type", "application/json")
        if role is not None:
            sent["X-Api-Key"] = self.key(role)
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
            for name, value in sent.items():
                connection.putheader(name, value)
            if payload is not None:
                connection.putheader("Content-Length", str(len(payload)))
            connection.endheaders(payload)
            answer = connection.getresponse()
            said = answer.read()
            found = {name.lower(): value for name, value in answer.getheaders()}
            return Said(answer.status, found, said, tuple(answer.msg.get_all("set-cookie", [])))
        finally:
            connection.close()

    def key(self, role: Role) -> str:
        """The key of somebody with that role, whose name is the role's."""
        if role not in self.keys:
            user = users.add_user(self.box, ADMIN, role.value, role, PASSWORD)
            actor = Actor(user.id, user.name, role, through="session")
            self.keys[role] = users.create_key(self.box, actor, "tests", role)[1].token
        return self.keys[role]

    def log_in(self, name: str, password: str = PASSWORD) -> str:
        """A Cookie header with a new session."""
        said = self.ask("POST", "/api/v1/sessions", {"name": name, "password": password})
        assert said.status == 201, said.json
        return said.cookies[0].partition(";")[0]


@contextlib.contextmanager
def site(
    folder: Path,
    tables: Mapping[str, Any] | None = None,
    *,
    limits: Limits = PLENTY,
    problem: str = "",
) -> Iterator[Site]:
    """The application, served until the block ends."""
    clock = Clock()
    with standing(folder, clock, tables) as made:
        chosen, problems = [settings(folder, tables)], [problem]
        box = Works(lambda: chosen[-1], clock, made.chance, folder, made.boot, made.room)
        reloads: list[str] = []

        def reload() -> tuple[str, ...]:
            reloads.append("reloaded")
            return ("nothing changed",)

        about = About(
            version="1.2.3",
            started=datetime(2026, 5, 4, tzinfo=UTC),
            boot=made.boot,
            workers={Lane.GPU: 1, Lane.CPU: 1, Lane.NET: 3},
            loaded=lambda: Loaded(chosen[-1], None, {"paths.data_dir": "--set"}, problem=problems[-1]),
            problem=lambda: problems[-1],
            reload=reload,
        )
        app = create_app(box, about, limits)
        path = folder / "s.sock"
        with _served(app, path) as (server, port):
            yield Site(box, about, app, port, path, clock, server, chosen, problems, reloads)


@contextlib.contextmanager
def _served(app: Application, path: Path) -> Iterator[tuple[uvicorn.Server, int]]:
    with contextlib.closing(socket.create_server(("127.0.0.1", 0))) as outer, contextlib.ExitStack() as stack:
        inner = socket.socket(socket.AF_UNIX)
        stack.callback(inner.close)
        inner.bind(str(path))
        inner.listen()
        servers = [uvicorn.Server(_config(app)), uvicorn.Server(_config(over_socket(app)))]
        port = outer.getsockname()[1]

        async def serve() -> None:
            await asyncio.gather(*(one._serve([sock]) for one, sock in zip(servers, (outer, inner), strict=True)))

        thread = threading.Thread(target=lambda: asyncio.run(serve()))
        thread.start()
        try:
            deadline = time.monotonic() + 10
            while not all(one.started for one in servers):
                assert time.monotonic() < deadline, "the servers did not start"
                time.sleep(0.005)
            yield servers[0], port
        finally:
            app.close()
            for one in servers:
                one.should_exit = True
            thread.join(20)
            assert not thread.is_alive(), "the servers did not stop"


def _config(app: Any) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        lifespan="off",
        access_log=False,
        log_config=None,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=3,
    )
