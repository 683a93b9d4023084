"""Server-sent events: what happened since the last one that was heard, then what happens.

Everybody hears events in the order of their numbers, each once: changes only say that there is something new, and what it
is comes from the table, read once for all who listen. Who cannot keep up is let go and may come back with the number of
the last event they heard.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field
from typing import Annotated, Any, TypeVar

import msgspec
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from appliance import logs
from appliance.actions import events as happenings
from appliance.actions.events import Happenings, may_hear
from appliance.domain.errors import ClipperError, Transient
from appliance.domain.event import Event
from appliance.domain.user import Actor
from appliance.store import change as changes
from appliance.store.change import Change
from web.answers import Content
from web.auth import TELLING, Gate
from web.endpoint import Asked, Endpoint
from web.problems import BAD_INPUT, Refusal
from web.security import HEADERS

Found = TypeVar("Found")
HUB = "clipper.hub"  # in the scope: where streams listen
KEEP_ALIVE_SECONDS = 15.0
_WAITING = 1000  # events that may wait for one slow reader
_STREAMS = 200
_AT_ONCE = 500
_HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
]


class Following(msgspec.Struct, frozen=True):
    """`after`: the number of the last event that was heard, as the header Last-Event-ID says it. `kinds`: only these, said
    again or with commas between.
    """

    after: Annotated[int, msgspec.Meta(ge=0, le=2**53)] | None = None
    kinds: Annotated[tuple[Annotated[str, msgspec.Meta(max_length=200)], ...], msgspec.Meta(max_length=20)] = ()


@dataclass(frozen=True, slots=True)
class Told:
    """An event, ready to be sent."""

    event: Event
    said: bytes


@dataclass(slots=True, eq=False)
class Listener:
    """One stream: who listens, to what, and what waits to be sent."""

    actor: Actor
    kinds: frozenset[str]
    waiting: deque[Told] = field(default_factory=deque)
    woken: asyncio.Event = field(default_factory=asyncio.Event)
    over: bool = False
    doubted: bool = False

    def wants(self, event: Event) -> bool:
        """Whether it is to hear of that."""
        return (not self.kinds or event.kind in self.kinds) and may_hear(self.actor, event)

    def offer(self, told: Told) -> bool:
        """Have it sent; False when too much waits already."""
        if len(self.waiting) >= _WAITING:
            return False
        self.waiting.append(told)
        self.woken.set()
        return True

    def end(self) -> None:
        """Send what waits, and no more."""
        self.over = True
        self.woken.set()

    def doubt(self) -> None:
        """Look again who that is."""
        self.doubted = True
        self.woken.set()


class Hub:
    """Hears changes and tells all streams."""

    def __init__(self, pool: Executor, gate: Gate) -> None:
        self.gate = gate
        self.keep_alive_seconds = KEEP_ALIVE_SECONDS
        self._pool = pool
        self._happenings = Happenings()
        self._listeners: set[Listener] = set()
        self._last = 0
        self._loop: asyncio.AbstractEventLoop | None = None
        self._reading: asyncio.Task[None] | None = None
        self._ending: asyncio.Task[None] | None = None
        self._again = False
        self._closed = False
        changes.listeners.append(self._hear)

    def close(self) -> None:
        """End all streams. May be called from any thread."""
        changes.listeners.remove(self._hear)
        self._closed = True
        if self._loop is not None:
            with contextlib.suppress(RuntimeError):  # the loop is closed already
                self._loop.call_soon_threadsafe(self._end_all)

    async def join(self, actor: Actor, kinds: frozenset[str]) -> tuple[Listener, int]:
        """A new stream, and the number of the last event that it will not hear by itself."""
        if self._closed or len(self._listeners) >= _STREAMS:
            raise Transient("no more streams can be followed at the moment", "Close one, or come back in a moment.")
        self._loop = asyncio.get_running_loop()
        listener = Listener(actor, kinds)
        if not self._listeners:
            newest = await self.in_thread(happenings.last)
            if not self._listeners:  # nobody else came meanwhile, who would miss what is between
                self._last = newest
        self._listeners.add(listener)
        self._wake()  # for what happened while the number was looked up
        return listener, self._last

    def leave(self, listener: Listener) -> None:
        """That stream is over."""
        self._listeners.discard(listener)

    async def before(self, number: int) -> Sequence[Told]:
        """What happened after that number, a part of it."""
        return await self.in_thread(lambda: [_told(event) for event in self._happenings.after(number, _AT_ONCE)])

    @property
    def last(self) -> int:
        """The number of the newest event that was told to all."""
        return self._last

    async def in_thread(self, work: Callable[[], Found]) -> Found:
        """Something that reads the database."""
        return await asyncio.get_running_loop().run_in_executor(self._pool, work)

    def _hear(self, made: Change) -> None:
        """In the thread that made the change."""
        if made.events and self._listeners and self._loop is not None:
            with contextlib.suppress(RuntimeError):  # the loop is closed already
                self._loop.call_soon_threadsafe(self._wake)
                if any(event.kind in TELLING for event in made.events):
                    self._loop.call_soon_threadsafe(self._doubt_all)

    def _doubt_all(self) -> None:
        for listener in self._listeners:
            listener.doubt()

    def _wake(self) -> None:
        self._again = True
        if self._reading is None or self._reading.done():
            self._reading = asyncio.get_running_loop().create_task(self._tell_all())

    async def _tell_all(self) -> None:
        while self._again and self._listeners:
            self._again = False
            try:
                found = await self.before(self._last)
            except ClipperError as error:
                logs.get("web").warning("events_not_read", message=error.message)
                return  # the next change tries again
            for told in found:
                self._tell(told)
            self._again = self._again or len(found) == _AT_ONCE

    def _tell(self, told: Told) -> None:
        if told.event.id <= self._last:
            return  # everybody left while it was read, and who came since begins later
        self._last = told.event.id
        for listener in [one for one in self._listeners if one.wants(told.event)]:
            if not listener.offer(told):
                self.leave(listener)
                listener.end()

    def _end_all(self) -> None:
        self._ending = asyncio.get_running_loop().create_task(self._last_words())

    async def _last_words(self) -> None:
        """Tell what happened until now, then end."""
        self._again = True
        if self._reading is not None and not self._reading.done():
            await self._reading
        await self._tell_all()
        for listener in tuple(self._listeners):
            listener.end()


class EventStream(Response):
    """The answer that does not end: until the other side hangs up, the box stops, or the login is over."""

    def __init__(self, actor: Actor, kinds: frozenset[str], after: int | None) -> None:
        super().__init__(media_type="text/event-stream")
        self._actor = actor
        self._kinds = kinds
        self._after = after

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send events."""
        if scope["method"] == "HEAD":
            await send({"type": "http.response.start", "status": 200, "headers": _HEADERS})
            await send({"type": "http.response.body", "body": b""})
            return
        hub: Hub = scope[HUB]
        listener, joined = await hub.join(self._actor, self._kinds)
        watching = asyncio.create_task(_hangs_up(receive, listener))
        try:
            await send({"type": "http.response.start", "status": 200, "headers": _HEADERS})
            await self._replay(hub, listener, joined, send)
            await self._follow(hub, listener, scope, send)
            await send({"type": "http.response.body", "body": b""})
        finally:
            hub.leave(listener)
            watching.cancel()

    async def _replay(self, hub: Hub, listener: Listener, joined: int, send: Send) -> None:
        """What happened between the last event that was heard and the first that will be heard by itself."""
        after = self._after
        if after is None:
            await _write(send, f"retry: 2000\nid: {joined}\n\n".encode())
            return
        await _write(send, b"retry: 2000\n\n")
        oldest = await hub.in_thread(happenings.first)
        if after > joined or after < oldest - 1:
            # The numbers are of another database, or what happened since was forgotten: lists have to be read again.
            after = joined if after > joined else oldest - 1
            await _write(send, _block(after, "missed", {"kind": "missed", "id": after}))
        while after < joined and not listener.over:
            found = await hub.before(after)
            if not found:
                return
            wanted = [told.said for told in found if told.event.id <= joined and listener.wants(told.event)]
            after = found[-1].event.id
            if wanted:
                await _write(send, b"".join(wanted))

    async def _follow(self, hub: Hub, listener: Listener, scope: Scope, send: Send) -> None:
        while True:
            if not listener.waiting and not listener.over:
                try:
                    await asyncio.wait_for(listener.woken.wait(), hub.keep_alive_seconds)
                except TimeoutError:
                    if not await _still_known(hub, listener, scope):
                        return
                    # The number goes on too, so that who only listens to rare kinds need not hear all again.
                    await _write(send, f":\nid: {hub.last}\n\n".encode())
                    continue
            listener.woken.clear()
            if listener.doubted and not await _still_known(hub, listener, scope):
                return
            said = b"".join(told.said for told in listener.waiting)
            listener.waiting.clear()
            if said:
                await _write(send, said)
            if listener.over:
                return


async def _still_known(hub: Hub, listener: Listener, scope: Scope) -> bool:
    """Whether the key or session still opens this; the role may be another one now."""
    listener.doubted = False
    actor = await hub.gate.who(scope, scope[HEADERS])
    if actor is None:
        return False
    listener.actor = actor
    return True


async def _hangs_up(receive: Receive, listener: Listener) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    listener.end()


async def _write(send: Send, said: bytes) -> None:
    await send({"type": "http.response.body", "body": said, "more_body": True})


def _told(event: Event) -> Told:
    body = {
        **event.body,
        "id": event.id,
        "at": event.at,
        "kind": event.kind,
        "job": event.job,
        "video": event.video,
        "clip": event.clip,
    }
    return Told(event, _block(event.id, event.kind, body))


def _block(number: int, kind: str, body: Any) -> bytes:
    return b"id: %d\nevent: %s\ndata: %s\n\n" % (number, kind.encode(), msgspec.json.encode(body))


def follow(asked: Asked) -> Response:
    """Each event has its number as `id`, its kind as `event`, and as `data` an object with id, at, kind, job, video, clip and
    more by kind: job_status_changed, job_progress, job_completed and job_failed say job_id, status, step, progress and
    message. Come back with the last id as Last-Event-ID and nothing is missed; `missed` says that it was too long ago.
    """
    query: Following = asked.query
    kinds = frozenset(kind.strip() for said in query.kinds for kind in said.split(",") if kind.strip())
    after = query.after
    heard = asked.headers.get("last-event-id", "").strip()
    if heard:
        if not heard.isdigit() or len(heard) > 18:
            raise Refusal(BAD_INPUT, "Last-Event-ID is no number", "Send the id of the last event that you got.")
        after = int(heard)
    return EventStream(asked.actor, kinds, after)


ENDPOINTS = (
    Endpoint(
        "GET", "/events", follow, "What happens, as it happens", query=Following,
        answer=Content("text/event-stream", "Server-sent events, each with id, event and data"), quick=True,
    ),
)  # fmt: skip
