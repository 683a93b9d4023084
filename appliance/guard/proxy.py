"""A proxy on this machine that holds whoever goes through it to the guard.

It looks every name up itself, once, judges all addresses and connects to one of those: a name that changes its mind between
two questions gains nothing. Redirects go back to the client, which comes with the new link. A secret in its address keeps
other users of this machine out.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import secrets
import threading
from collections import deque
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

from appliance.domain.errors import BadInput, ClipperError, Transient
from appliance.guard import head
from appliance.guard.check import Checked, Guard
from appliance.guard.exchange import Door, serve
from appliance.guard.upstream import check_upstream

_USER = "clipper"
_REMEMBERED = 50
_MOST_CONNECTIONS = 128
_LOOKUPS = 8
_STOP_SECONDS = 5.0


class Proxy:
    """A running proxy. `refused` and `missed` are the last refusals and the last hosts that could not be reached, oldest first."""

    def __init__(self, guard: Guard) -> None:
        check_upstream(guard.upstream)
        self.guard = guard
        self.refused: deque[BadInput] = deque(maxlen=_REMEMBERED)
        self.missed: deque[Transient] = deque(maxlen=_REMEMBERED)
        self.asked = 0
        self.port = 0
        self._token = secrets.token_urlsafe(24)
        self._ready = threading.Event()
        self._fault: BaseException | None = None
        self._loop = asyncio.new_event_loop()
        self._over = asyncio.Event()
        self._lookups = ThreadPoolExecutor(_LOOKUPS, thread_name_prefix="guard-lookup")
        self._thread = threading.Thread(target=self._run, name="guard-proxy", daemon=True)

    @property
    def url(self) -> str:
        """Its address with its secret, as programs take it."""
        return f"http://{_USER}:{self._token}@127.0.0.1:{self.port}"

    @property
    def trouble(self) -> ClipperError | None:
        """Why something did not come through: the last refusal, else the last host that could not be reached."""
        return next((found[-1] for found in (self.refused, self.missed) if found), None)

    @property
    def environment(self) -> dict[str, str]:
        """The variables that tell a child's own children to come here too."""
        kinds = ("http", "https", "ftp", "ws", "wss", "all")
        ours = {name: self.url for kind in kinds for name in (f"{kind}_proxy", f"{kind.upper()}_PROXY")}
        return {**ours, "no_proxy": "", "NO_PROXY": ""}

    def start(self) -> None:
        """Begin to listen. OSError when this machine has no port left."""
        self._thread.start()
        self._ready.wait()
        if self._fault is not None:
            self.stop()
            raise self._fault

    def stop(self) -> None:
        """End every connection and the thread."""
        with contextlib.suppress(RuntimeError):  # the loop has ended by itself
            self._loop.call_soon_threadsafe(self._over.set)
        self._thread.join(_STOP_SECONDS)
        self._lookups.shutdown(wait=False, cancel_futures=True)

    def _run(self) -> None:
        try:
            self._loop.run_until_complete(self._listen())
        except OSError as error:
            self._fault = error
        finally:
            self._loop.close()
            self._ready.set()

    async def _listen(self) -> None:
        known = base64.b64encode(f"{_USER}:{self._token}".encode()).decode()
        door = Door(f"Basic {known}", self.guard.upstream, self._judged, self._note)
        running: set[asyncio.Task[None]] = set()

        def enter(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            self.asked += 1
            task = asyncio.ensure_future(serve(reader, writer, door, full=len(running) >= _MOST_CONNECTIONS))
            running.add(task)
            task.add_done_callback(running.discard)

        server = await asyncio.start_server(enter, "127.0.0.1", 0, limit=head.MOST_BYTES)
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        async with server:
            await self._over.wait()
            server.close()
            for task in running:
                task.cancel()
            await asyncio.gather(*running, return_exceptions=True)

    async def _judged(self, host: str, port: int) -> Checked:
        """The guard's word; its look at the name server is waited for elsewhere."""
        return await self._loop.run_in_executor(self._lookups, self.guard.reach, host, port)

    def _note(self, error: ClipperError) -> None:
        if isinstance(error, BadInput):
            self.refused.append(error)
        elif isinstance(error, Transient):
            self.missed.append(error)


@contextlib.contextmanager
def guarded(guard: Guard) -> Iterator[Proxy]:
    """A proxy for as long as the block lasts. ConfigError when the guard's upstream is no proxy."""
    proxy = Proxy(guard)
    proxy.start()
    try:
        yield proxy
    finally:
        proxy.stop()
