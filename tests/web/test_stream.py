from __future__ import annotations

import http.client
import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from appliance.domain.moment import Moment
from appliance.domain.user import Role
from appliance.domain.wishes import NONE
from appliance.store import clips, events, users, videos
from appliance.store.change import change
from tests.boxes import link
from tests.web.serving import Site
from tests.web.serving import site as served


@dataclass
class Heard:
    """A stream that somebody listens to, read as it comes."""

    connection: http.client.HTTPConnection
    answer: http.client.HTTPResponse
    lines: list[str] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)

    def read(self) -> None:
        try:
            for line in self.answer:
                self.lines.append(line.decode().rstrip("\n"))
        except (OSError, http.client.HTTPException, ValueError, AttributeError):
            pass  # the test closed it
        self.over.set()

    @property
    def events(self) -> list[dict[str, Any]]:
        return [json.loads(line[5:]) for line in self.lines if line.startswith("data:")]

    def wait(self, count: int, seconds: float = 10.0) -> list[dict[str, Any]]:
        """The events, once there are so many."""
        deadline = time.monotonic() + seconds
        while len(self.events) < count:
            assert time.monotonic() < deadline, f"{len(self.events)} of {count} events came"
            time.sleep(0.005)
        return self.events


@contextmanager
def listening(site: Site, query: str = "", role: Role = Role.ADMIN, **headers: str) -> Iterator[Heard]:
    """A stream that is open, and heard in a thread of its own."""
    sent = {"X-Api-Key": site.key(role), **{name.replace("_", "-"): value for name, value in headers.items()}}
    connection = http.client.HTTPConnection("127.0.0.1", site.port, timeout=20)
    connection.request("GET", f"/api/v1/events{query}", headers=sent)
    answer = connection.getresponse()
    assert answer.status == 200, answer.read()
    heard = Heard(connection, answer)
    thread = threading.Thread(target=heard.read, daemon=True)
    thread.start()
    try:
        deadline = time.monotonic() + 10
        while "" not in heard.lines:  # the first block says where it begins
            assert time.monotonic() < deadline
            time.sleep(0.002)
        yield heard
    finally:
        if connection.sock is not None:
            connection.sock.shutdown(socket.SHUT_RDWR)
        thread.join(5)
        connection.close()


def tell(site: Site, kind: str = "hello", count: int = 1, **said: Any) -> None:
    """Something happens."""
    for number in range(count):
        with change(site.box.now()) as made:
            made.tell(kind, **({"number": number} | said))


def test_events_come_as_they_happen_in_order(site: Site) -> None:
    """Whoever listens hears each event once, with its number, kind and content, as server-sent events."""
    with listening(site) as heard:
        tell(site, "job_progress", 3, job=7, job_id=7, status="executing", step="scan", progress=0.5, message="")
        found = heard.wait(3)
    assert [one["number"] for one in found] == [0, 1, 2]
    assert [one["id"] for one in found] == sorted({one["id"] for one in found})
    assert {"job_id", "status", "step", "progress", "message", "at", "kind"} <= set(found[0])
    assert "event: job_progress" in heard.lines
    assert f"id: {found[0]['id']}" in heard.lines
    assert heard.answer.headers["content-type"].startswith("text/event-stream")
    assert heard.answer.headers["x-accel-buffering"] == "no"


def test_nothing_is_missed_by_who_comes_back(site: Site) -> None:
    """With the number of the last event the missed ones are told first, then what happens; each once."""
    with listening(site) as heard:
        tell(site, "before")
        last = heard.wait(1)[-1]["id"]
    tell(site, "away", 1200)
    with listening(site, Last_Event_ID=str(last)) as heard:
        tell(site, "after", 3)
        found = heard.wait(1203)
    assert [one["kind"] for one in found] == ["away"] * 1200 + ["after"] * 3
    assert [one["id"] for one in found] == list(range(last + 1, last + 1204))
    with listening(site, f"?after={last + 1200}") as heard:
        assert [one["kind"] for one in heard.wait(3)] == ["after"] * 3


def test_changes_by_many_at_once_come_once_and_in_order(site: Site) -> None:
    """Threads that change things at the same time neither swap nor lose events."""
    with listening(site) as heard:
        threads = [threading.Thread(target=tell, args=(site, f"kind{number}", 25)) for number in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        found = heard.wait(150)
    numbers = [one["id"] for one in found]
    assert numbers == sorted(set(numbers))
    assert len(numbers) == 150


def test_only_the_wanted_kinds_come(site: Site) -> None:
    """`kinds` takes several, said again or with commas between."""
    with listening(site, "?kinds=a,b&kinds=c") as heard:
        for kind in "dacebd":
            tell(site, kind)
        assert [one["kind"] for one in heard.wait(3)] == ["a", "c", "b"]


def test_nobody_hears_of_what_is_somebody_elses(site: Site) -> None:
    """An event about a video or clip goes to its owner and to admins, also when the event itself names no owner."""
    for role in (Role.EDITOR, Role.VIEWER):
        site.key(role)
    people = {one.name: one.id for one in users.all_users()}
    with change(site.box.now()) as made:
        video = videos.accept(made, link(), people["editor"], NONE)[0]
        clip = clips.add(made, video.id, people["editor"], Moment(1.0, 9.0, 80.0, "t", ()), NONE)
    with listening(site, role=Role.ADMIN) as admin, listening(site, role=Role.EDITOR) as owner:
        with listening(site, role=Role.VIEWER) as other:
            tell(site, "job_failed", job=5, video=video.id, message="private")
            tell(site, "clip_deleted", clip=clip.id)
            tell(site, "own", owner=people["viewer"])
            tell(site, "everybodys")
            assert [one["kind"] for one in other.wait(2)] == ["own", "everybodys"]
        assert [one["kind"] for one in owner.wait(3)] == ["job_failed", "clip_deleted", "everybodys"]
        assert [one["kind"] for one in admin.wait(4)] == ["job_failed", "clip_deleted", "own", "everybodys"]


def test_who_was_away_too_long_is_told_so(site: Site) -> None:
    """When events were forgotten since, or the numbers are of another database, the first event says that some were missed."""
    site.key(Role.ADMIN)
    tell(site, "old", 30)
    with change(site.box.now()) as made:
        events.prune(made, kept=5)
    with listening(site, "?after=2") as heard:
        found = heard.wait(6)
    assert [one["kind"] for one in found] == ["missed"] + ["old"] * 5
    with listening(site, "?after=100000") as heard:
        tell(site, "new")
        assert [one["kind"] for one in heard.wait(2)] == ["missed", "new"]


@pytest.mark.parametrize("last", ["x", "-1", "9" * 30])
def test_a_last_event_that_is_none_is_refused(site: Site, last: str) -> None:
    """What is not a number cannot be come back to."""
    said = site.ask("GET", "/api/v1/events", role=Role.VIEWER, headers={"Last-Event-ID": last})
    assert said.status == 400


def test_a_slow_reader_is_let_go_and_may_come_back(site: Site) -> None:
    """Somebody who does not read costs the box a bounded amount, and keeps nobody else waiting; coming back, nothing is lost."""
    large = "x" * 10_000
    with socket.create_connection(("127.0.0.1", site.port)) as stuck:
        request = f"GET /api/v1/events HTTP/1.1\r\nHost: localhost\r\nX-Api-Key: {site.key(Role.ADMIN)}\r\n\r\n"
        stuck.sendall(request.encode())
        time.sleep(0.2)
        with listening(site) as quick:
            with change(site.box.now()) as made:
                for _ in range(3000):
                    made.tell("large", said=large)
            assert len(quick.wait(3000)) == 3000
        stuck.settimeout(10)
        got = bytearray()
        while not got.endswith(b"\r\n0\r\n\r\n"):  # the stream is ended in order
            part = stuck.recv(1 << 20)
            assert part
            got += part
    numbers = [int(line[4:]) for line in got.split(b"\n") if line.startswith(b"id: ")]
    assert len(numbers) < 3000
    with listening(site, f"?after={numbers[-1]}") as back:
        assert back.wait(3000 - len(numbers) + 1)[0]["id"] == numbers[-1] + 1


def test_streams_end_when_the_service_does(tmp_path: Path) -> None:
    """Twenty open streams hold the stop up no longer than three seconds, even when nobody tells them."""
    with served(tmp_path) as site:
        streams = [listening(site) for _ in range(20)]
        opened = [stream.__enter__() for stream in streams]
        began = time.monotonic()
        site.server.should_exit = True
        assert all(heard.over.wait(5) for heard in opened)
        assert time.monotonic() - began < 4
        for stream in streams:
            stream.__exit__(None, None, None)


def test_told_to_stop_streams_end_at_once(tmp_path: Path) -> None:
    """`close` lets each stream say what it still has, and end in order."""
    with served(tmp_path) as site:
        streams = [listening(site) for _ in range(20)]
        opened = [stream.__enter__() for stream in streams]
        tell(site, "last words")
        site.app.close()
        assert all(heard.over.wait(1) for heard in opened)
        assert all([one["kind"] for one in heard.events] == ["last words"] for heard in opened)
        for stream in streams:
            stream.__exit__(None, None, None)


def test_the_command_line_hears_events_through_the_socket(site: Site) -> None:
    """The same stream, over the Unix socket, without a key."""
    tell(site, "one")
    found = []
    for event in site.local.events(after=0):
        found.append(event["kind"])
        if len(found) == 1:
            tell(site, "two")
        if "two" in found:
            break
    assert found == ["one", "two"]


def test_a_stream_ends_with_the_key_that_opened_it(site: Site) -> None:
    """Revoking a key ends what it listens to, and nobody else's stream."""
    with listening(site, role=Role.EDITOR) as owner, listening(site) as other:
        number = next(one["id"] for one in site.local.pages("/api/v1/keys") if one["role"] == "editor")
        site.local.delete(f"/api/v1/keys/{number}")
        assert owner.over.wait(2)
        tell(site)
        assert other.wait(2)[-1]["kind"] == "hello"


def test_a_stream_shows_that_it_lives(site: Site) -> None:
    """When nothing happens a comment comes now and then, so that proxies keep it open; it carries the newest number."""
    site.app.hub.keep_alive_seconds = 0.05
    with listening(site, "?kinds=rare") as heard:
        tell(site, "common", 3)
        deadline = time.monotonic() + 5
        while ":" not in heard.lines or heard.lines[-2] != f"id: {events.last()}":
            assert time.monotonic() < deadline
            time.sleep(0.01)
    assert heard.events == []


def test_web_sockets_are_refused(site: Site) -> None:
    """There are none here, and asking for one does no harm."""
    asked = {
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    }
    assert site.ask("GET", "/api/v1/events", headers=asked).status in {401, 403}
