from __future__ import annotations

import base64
import contextlib
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

import httpx2
import pytest

from appliance.guard import Guard
from appliance.guard.proxy import Proxy, guarded
from tests.guard.origins import certificate, said, speaking
from tests.standins.server import Answer, Standin, file_answer, served

NAMES = {"nas.test": "127.0.0.1", "evil.test": "127.0.0.1", "ten.test": "10.0.0.1"}
GUARD = Guard(allow_private=("nas.test",), resolve=lambda host, _port: (NAMES[host],))


@pytest.fixture
def site() -> Iterator[Standin]:
    """A web server that is known as nas.test."""
    with served(Standin()) as standin:
        standin.base = standin.base.replace("127.0.0.1", "nas.test")
        yield standin


def client(proxy: Proxy) -> httpx2.Client:
    """A web client that goes through the proxy and follows redirects by itself."""
    return httpx2.Client(proxy=proxy.url, trust_env=False, follow_redirects=True, timeout=10)


def raw(proxy: Proxy, asked: bytes, *, secret: bool = True) -> bytes:
    """What the proxy answers to bytes, until it hangs up."""
    if secret:
        word = base64.b64encode(proxy.url.removeprefix("http://").rpartition("@")[0].encode())
        asked = asked.replace(b"\r\n\r\n", b"\r\nProxy-Authorization: Basic " + word + b"\r\n\r\n", 1)
    with socket.create_connection(("127.0.0.1", proxy.port), timeout=10) as connection:
        connection.sendall(asked)
        return said(connection, b"\0never")


def test_pages_come_through_unchanged(site: Standin, tmp_path: Path) -> None:
    """GET with ranges, HEAD and POST, several on one connection; the host is told its own name and nothing of the proxy."""
    (tmp_path / "a.bin").write_bytes(bytes(range(256)) * 4000)
    site.says = {"/a": file_answer(tmp_path / "a.bin"), "/post": lambda asked: Answer(201, asked.body[::-1])}
    with guarded(GUARD) as proxy, client(proxy) as web:
        assert web.get(f"{site.base}/a?x=1").content == (tmp_path / "a.bin").read_bytes()
        part = web.get(f"{site.base}/a", headers={"Range": "bytes=10-19"})
        assert (part.status_code, part.content) == (206, bytes(range(10, 20)))
        assert web.head(f"{site.base}/a").headers["content-length"] == "1024000"
        assert web.post(f"{site.base}/post", content=b"abc" * 100_000).content == b"cba" * 100_000
        assert web.get(f"{site.base}/missing").status_code == 404
        assert proxy.asked == 1
    assert {asked.headers["host"] for asked in site.asked} == {urlsplit(site.base).netloc}
    assert not any("proxy" in name for asked in site.asked for name in asked.headers)
    assert site.asked[0].query == {"x": "1"}


def test_a_refused_host_is_told_in_words_and_remembered(site: Standin) -> None:
    """403 with the reason in the body and in a header; nobody is connected to."""
    with guarded(GUARD) as proxy, client(proxy) as web:
        answer = web.get(site.base.replace("nas.test", "evil.test"))
        assert answer.status_code == 403
        assert "evil.test leads to 127.0.0.1, an address of this machine" in answer.headers["x-clipper-guard"]
        assert "allow_private" in answer.text
        with pytest.raises(httpx2.ProxyError):
            web.get("https://ten.test/")
        assert [error.message.split()[0] for error in proxy.refused] == ["evil.test", "ten.test"]
        assert proxy.trouble is proxy.refused[-1]
    assert site.asked == []


def test_a_redirect_to_a_private_host_is_refused(site: Standin) -> None:
    """The client comes back with the new link and is turned away, however far into the chain."""
    bad = site.base.replace("nas.test", "evil.test")
    site.says = {
        "/one": Answer(302, headers={"Location": "/two"}),
        "/two": Answer(307, headers={"Location": f"{bad}/x"}),
    }
    with guarded(GUARD) as proxy, client(proxy) as web:
        assert web.get(f"{site.base}/one").status_code == 403
    assert site.paths() == ["/one", "/two"]


def test_a_name_that_changes_its_mind_gains_nothing(site: Standin) -> None:
    """It is looked up once for each connection, and the connection goes to the address that was checked."""
    port = urlsplit(site.base).port
    site.says = {"/": Answer(200, b"here")}
    asked: list[str] = []

    def twofaced(host: str, _port: int) -> tuple[str, ...]:
        asked.append(host)
        return ("127.0.0.1",) if len(asked) == 1 else ("127.0.0.2",)

    with guarded(Guard(allow_private=("127.0.0.1",), resolve=twofaced)) as proxy:
        question = f"GET http://rebind.test:{port}/ HTTP/1.1\r\nConnection: close\r\n\r\n".encode()
        assert raw(proxy, question).endswith(b"here")
        assert asked == ["rebind.test"]
        assert raw(proxy, question).startswith(b"HTTP/1.1 403 ")


def test_tls_goes_through_a_tunnel_unread(tmp_path: Path) -> None:
    """The certificate is checked end to end against the name, though the connection goes to a checked address."""
    pem = certificate(tmp_path, "nas.test")
    here = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    here.load_cert_chain(pem)
    body = b"x" * 3_000_000

    def talk(connection: socket.socket) -> None:
        while said(connection):
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body)

    trust = ssl.create_default_context(cafile=str(pem))
    with speaking(talk, here) as port, guarded(GUARD) as proxy:
        with httpx2.Client(proxy=proxy.url, trust_env=False, verify=trust, timeout=10) as web:
            assert web.get(f"https://nas.test:{port}/a").content == body
            assert web.get(f"https://nas.test:{port}/b").content == body
        assert proxy.asked == 1


@pytest.mark.parametrize(
    "wrong", [b"", b"\r\nProxy-Authorization: Basic Y2xpcHBlcjp4", b"\r\nProxy-Authorization: Basic \xff"]
)
def test_nobody_else_may_use_it(site: Standin, wrong: bytes) -> None:
    """Without the secret the answer is 407, and no name is looked up."""
    with guarded(GUARD) as proxy:
        for question in (f"GET {site.base}/ HTTP/1.1".encode(), b"CONNECT nas.test:443 HTTP/1.1"):
            answer = raw(proxy, question + wrong + b"\r\n\r\n", secret=False)
            assert answer.startswith(b"HTTP/1.1 407 ")
            assert b"Proxy-Authenticate: Basic" in answer
        assert not proxy.refused
    assert site.asked == []


BROKEN = {
    b"GET http://nas.test/ HTTP/1.1\r\nX: " + b"a" * 70_000 + b"\r\n\r\n": b"431",
    b"GET /relative HTTP/1.1\r\n\r\n": b"400",
    b"GET https://nas.test/ HTTP/1.1\r\n\r\n": b"400",
    b"hello\r\n\r\n": b"400",
    b"GET http://nas.test/ HTTP/1.1\r\n folded: x\r\n\r\n": b"400",
    b"GET http://nas.test/ HTTP/1.1\r\nA : x\r\n\r\n": b"400",
    b"POST http://nas.test/ HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n": b"400",
    b"POST http://nas.test/ HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n": b"400",
    b"POST http://nas.test/ HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n": b"411",
    b"DELETE http://nas.test/ HTTP/1.1\r\n\r\n": b"405",
    b"CONNECT nas.test HTTP/1.1\r\n\r\n": b"400",
    b"CONNECT nas.test:99999999 HTTP/1.1\r\n\r\n": b"400",
    b"CONNECT nas.test:22 HTTP/1.1\r\n\r\n": b"403",
    b"GET ftp://nas.test/a HTTP/1.1\r\n\r\n": b"403",
    b"GET http://user@nas.test/ HTTP/1.1\r\n\r\n": b"403",
}


@pytest.mark.parametrize("asked", BROKEN, ids=lambda asked: asked[:90].decode())
def test_what_is_no_plain_question_is_answered_and_ends(asked: bytes) -> None:
    """Each fault has its status; the secret is told first so that the fault is what is judged."""
    first, _, rest = asked.partition(b"\r\n")
    with guarded(GUARD) as proxy:
        word = base64.b64encode(proxy.url.removeprefix("http://").rpartition("@")[0].encode())
        answer = raw(proxy, first + b"\r\nProxy-Authorization: Basic " + word + b"\r\n" + rest, secret=False)
        assert answer.split()[1] == BROKEN[asked]


ANSWERS = {
    "chunked": (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n", b"abcde"),
    "until the end": (b"HTTP/1.1 200 OK\r\n\r\nabcde", b"abcde"),
    "after a first word": (
        b"HTTP/1.1 103 Early\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabcde",
        b"abcde",
    ),
    "old": (b"HTTP/1.0 200 OK\r\n\r\nabcde", b"abcde"),
    "not modified": (b"HTTP/1.1 304 Not Modified\r\nContent-Length: 99\r\n\r\n", b""),
}


@pytest.mark.parametrize("how", ANSWERS)
def test_every_way_to_end_an_answer_is_understood(how: str) -> None:
    """Chunked, by length, by hanging up, without a body: the client gets the same bytes."""

    def talk(connection: socket.socket) -> None:
        said(connection)
        connection.sendall(ANSWERS[how][0])

    with speaking(talk) as port, guarded(GUARD) as proxy, client(proxy) as web:
        assert web.get(f"http://nas.test:{port}/").content == ANSWERS[how][1]


def test_an_answer_that_breaks_off_is_not_taken_for_whole() -> None:
    """Fewer bytes than were promised are an error at the client too."""

    def talk(connection: socket.socket) -> None:
        said(connection)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc")

    with (
        speaking(talk) as port,
        guarded(GUARD) as proxy,
        client(proxy) as web,
        pytest.raises(httpx2.RemoteProtocolError),
    ):
        web.get(f"http://nas.test:{port}/")


@pytest.mark.parametrize("answer", [b"", b"SSH-2.0-OpenSSH\r\n\r\n", b"HTTP/1.1 200 OK\r\nX: " + b"a" * 90_000])
def test_what_answers_no_http_is_a_bad_gateway(answer: bytes) -> None:
    """A host that hangs up, speaks otherwise or never ends its head."""

    def talk(connection: socket.socket) -> None:
        said(connection)
        connection.sendall(answer)

    with speaking(talk) as port, guarded(GUARD) as proxy, client(proxy) as web:
        assert web.get(f"http://nas.test:{port}/").status_code == 502


def test_a_host_that_is_not_there_is_missed() -> None:
    """502, and the sentence is kept for whoever asks why; it is no refusal."""
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    with guarded(GUARD) as proxy, client(proxy) as web:
        assert web.get(f"http://nas.test:{port}/").status_code == 502
        assert "nas.test: no connection to port" in proxy.missed[0].message
        assert not proxy.refused


def test_one_end_of_a_tunnel_may_be_silent_before_the_other() -> None:
    """A client that has said all it wants still hears the answer to the end."""

    def talk(connection: socket.socket) -> None:
        heard = said(connection, b"\0never")
        time.sleep(0.1)
        connection.sendall(heard[::-1])

    with speaking(talk) as port, guarded(GUARD) as proxy:
        word = base64.b64encode(proxy.url.removeprefix("http://").rpartition("@")[0].encode()).decode()
        with socket.create_connection(("127.0.0.1", proxy.port), timeout=10) as connection:
            connection.sendall(
                f"CONNECT nas.test:{port} HTTP/1.1\r\nProxy-Authorization: Basic {word}\r\n\r\n".encode()
            )
            assert said(connection).startswith(b"HTTP/1.1 200 ")
            connection.sendall(b"stressed")
            connection.shutdown(socket.SHUT_WR)
            assert said(connection, b"\0never") == b"desserts"


def test_many_come_at_once(site: Standin) -> None:
    """A hundred questions over forty connections, each with its own answer; a slow one holds nobody up."""
    others_done = threading.Event()
    site.says = {
        "/slow": lambda _asked: Answer(200, b"slow" if others_done.wait(10) else b"alone"),
        "/n*": lambda asked: Answer(200, asked.path.encode() * 500),
    }
    with guarded(GUARD) as proxy, client(proxy) as web, ThreadPoolExecutor(40) as pool:
        slow = pool.submit(web.get, f"{site.base}/slow")
        answers = list(pool.map(lambda n: web.get(f"{site.base}/n{n}").content, range(100)))
        others_done.set()
        assert slow.result().content == b"slow"
    assert answers == [f"/n{n}".encode() * 500 for n in range(100)]


def test_too_many_connections_are_turned_away() -> None:
    """What is beyond the bound is told so at once, and there is room again when others leave."""
    with guarded(GUARD) as proxy:
        with contextlib.ExitStack() as held:
            for _ in range(128):
                held.enter_context(socket.create_connection(("127.0.0.1", proxy.port), timeout=10))
            assert raw(proxy, b"x\r\n\r\n").startswith(b"HTTP/1.1 503 ")
        until = time.monotonic() + 5
        while (answer := raw(proxy, b"x\r\n\r\n")).startswith(b"HTTP/1.1 503 ") and time.monotonic() < until:
            time.sleep(0.01)
        assert answer.startswith((b"HTTP/1.1 400 ", b"HTTP/1.1 407 "))


def test_stopping_ends_everything_under_way(site: Standin) -> None:
    """With an answer under way and a tunnel open it stops at once, and no thread is left."""
    site.says = {"/slow": Answer(200, b"slow", wait=2.0)}
    before = set(threading.enumerate())
    with guarded(GUARD) as proxy:
        idle = socket.create_connection(("127.0.0.1", proxy.port), timeout=10)
        question = threading.Thread(target=raw, args=(proxy, f"GET {site.base}/slow HTTP/1.1\r\n\r\n".encode()))
        question.start()
        while not site.asked:
            time.sleep(0.01)
        began = time.monotonic()
    assert time.monotonic() - began < 1.5
    question.join(timeout=1)
    assert not question.is_alive()
    with idle:
        assert idle.recv(10) == b""
    assert not {thread for thread in set(threading.enumerate()) - before if "guard-proxy" in thread.name}


def test_a_name_server_that_is_silent_holds_up_nobody_else(site: Standin) -> None:
    """Other hosts are reached meanwhile, and stopping does not wait for it."""
    asked, answered = threading.Event(), threading.Event()

    def slow(host: str, _port: int) -> tuple[str, ...]:
        if host == "slow.test":
            asked.set()
            answered.wait(10)
        return ("127.0.0.1",)

    site.says = {"/": Answer(200, b"here")}
    try:
        with guarded(Guard(allow_private=("nas.test",), resolve=slow)) as proxy, client(proxy) as web:
            waiting = threading.Thread(target=raw, args=(proxy, b"GET http://slow.test/ HTTP/1.1\r\n\r\n"))
            waiting.start()
            assert asked.wait(5)
            assert web.get(f"{site.base}/").content == b"here"
            began = time.monotonic()
        assert time.monotonic() - began < 1.5
        waiting.join(timeout=1)
        assert not waiting.is_alive()
    finally:
        answered.set()
