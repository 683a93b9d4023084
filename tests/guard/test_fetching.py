from __future__ import annotations

import gzip
import socket
import ssl
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from appliance.domain.errors import BadInput, Permanent, Transient
from appliance.guard import Guard
from appliance.guard.fetching import Reply, get, post
from tests.guard.origins import certificate, said, speaking
from tests.standins.server import Answer, Standin, served

GUARD = Guard(allow_private=("nas.test",), resolve=lambda _host, _port: ("127.0.0.1",))


@pytest.fixture
def site() -> Iterator[Standin]:
    """A web server that is known as nas.test."""
    with served(Standin()) as standin:
        standin.base = standin.base.replace("127.0.0.1", "nas.test")
        yield standin


def test_an_answer_comes_with_what_is_needed_to_ask_again(site: Standin) -> None:
    """Status, body and headers in lower case; the headers that were given are sent."""
    site.says = {"/feed": Answer(200, b"<feed/>", {"ETag": '"7"'}), "/same": Answer(304)}
    reply = get(f"{site.base}/feed?a=b", GUARD, headers={"X-Mark": "7"})
    assert (reply.status, reply.body, reply.headers["etag"]) == (200, b"<feed/>", '"7"')
    assert site.asked[0].headers["x-mark"] == "7"
    assert get(f"{site.base}/same", GUARD).good().status == 304
    assert post(f"{site.base}/feed", GUARD, b"{}").status == 200
    assert (site.asked[-1].method, site.asked[-1].body) == ("POST", b"{}")


def test_redirects_are_followed_and_each_is_judged(site: Standin) -> None:
    """Five at most; to a private host, another scheme or a user name not at all."""
    site.says = {
        "/n*": lambda asked: Answer(302, headers={"Location": f"/n{int(asked.path[2:]) - 1}"}),
        "/n0": Answer(200, b"x"),
    }
    assert get(f"{site.base}/n5", GUARD).url == f"{site.base}/n0"
    with pytest.raises(Permanent, match="one redirect after the other"):
        get(f"{site.base}/n6", GUARD)
    for bad in (site.base.replace("nas", "evil"), "file:///etc/passwd", "http://a@nas.test/", "ftp://nas.test/"):
        site.says["/bad"] = Answer(301, headers={"Location": bad})
        with pytest.raises(BadInput) as caught:
            get(f"{site.base}/bad", GUARD)
        assert caught.value.hint


def test_what_was_meant_for_one_host_is_not_sent_to_another(site: Standin) -> None:
    """A redirect to another host goes there without the login."""
    with served(Standin()) as other:
        other.says = {"/": Answer(200, b"there")}
        site.says = {"/": Answer(302, headers={"Location": other.base.replace("127.0.0.1", "nas.test") + "/"})}
        assert get(f"{site.base}/", GUARD, headers={"Authorization": "Bearer x", "Cookie": "a=b"}).body == b"there"
        assert site.asked[0].headers["authorization"] == "Bearer x"
        assert not {"authorization", "cookie"} & set(other.asked[0].headers)


def test_a_post_is_not_sent_twice(site: Standin) -> None:
    """307 would send it again; 303 asks for the answer elsewhere and is followed."""
    site.says = {
        "/a": Answer(307, headers={"Location": "/c"}),
        "/b": Answer(303, headers={"Location": "/c"}),
        "/c": Answer(),
    }
    with pytest.raises(Permanent, match="only once"):
        post(f"{site.base}/a", GUARD, b"x")
    assert post(f"{site.base}/b", GUARD, b"x").url == f"{site.base}/c"
    assert site.asked[-1].method == "GET"


def test_a_refused_link_is_told_in_words(site: Standin) -> None:
    """Over http and over https, where the client itself would only know that the proxy said no."""
    for scheme in ("http", "https"):
        with pytest.raises(BadInput, match=r"evil\.test leads to 127\.0\.0\.1, an address of this machine"):
            get(site.base.replace("nas", "evil").replace("http", scheme), GUARD)
    assert site.asked == []


def test_more_than_was_expected_is_not_taken(site: Standin) -> None:
    """Also when it is packed small and would unfold to much."""
    site.says = {
        "/big": Answer(200, b"x" * 2000),
        "/bomb": Answer(200, gzip.compress(b"x" * 9_000_000), {"Content-Encoding": "gzip"}),
    }
    site.says["/fits"] = Answer(200, gzip.compress(b"x" * 900), {"Content-Encoding": "gzip"})
    site.says["/odd"] = Answer(200, b"?", {"Content-Encoding": "zstd"})
    assert get(f"{site.base}/fits", GUARD, max_bytes=1000).body == b"x" * 900
    for path in ("big", "bomb"):
        with pytest.raises(Permanent, match=r"more than 0\.001 MB"):
            get(f"{site.base}/{path}", GUARD, max_bytes=1000)
    with pytest.raises(Permanent, match="packed as zstd"):
        get(f"{site.base}/odd", GUARD)


def test_what_takes_too_long_is_given_up(site: Standin) -> None:
    """A silent host and one that drips bytes are both worth another try later."""

    def drip(connection: socket.socket) -> None:
        said(connection)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        for _ in range(100):
            connection.sendall(b"x")
            time.sleep(0.05)

    site.says = {"/": Answer(200, b"x", wait=3.0)}
    with speaking(drip) as port:
        for url in (f"{site.base}/", f"http://nas.test:{port}/"):
            began = time.monotonic()
            with pytest.raises(Transient):
                get(url, GUARD, timeout=0.3)
            assert time.monotonic() - began < 2.5


def test_a_host_that_is_not_there_is_worth_another_try() -> None:
    """A closed port and an unknown name, each in words."""
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    with pytest.raises(Transient, match="no connection to port"):
        get(f"http://nas.test:{port}/", GUARD)
    with pytest.raises(Transient, match="could not be looked up"):
        get("https://nas.test/", Guard(resolve=lambda _host, _port: ()))


def test_a_certificate_of_nobody_is_told(tmp_path: Path) -> None:
    """Trying again would not help."""
    here = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    here.load_cert_chain(certificate(tmp_path, "nas.test"))
    with speaking(lambda connection: connection.close(), here) as port, pytest.raises(Permanent, match="certificate"):
        get(f"https://nas.test:{port}/", GUARD)


@pytest.mark.parametrize(
    ("status", "kind"), [(404, Permanent), (403, Permanent), (410, Permanent), (429, Transient), (503, Transient)]
)
def test_a_status_means_an_error_of_its_class(site: Standin, status: int, kind: type[Exception]) -> None:
    """The reply itself is given, and raises on demand."""
    site.says = {"/": Answer(status)}
    reply = get(f"{site.base}/", GUARD)
    assert reply.status == status
    with pytest.raises(kind, match=str(status)):
        reply.good()


@pytest.mark.parametrize(
    ("wished", "seconds"),
    [
        ("90", 90.0),
        ("Sat, 21 Nov 2026 12:02:00 GMT", 120.0),
        ("Sat, 21 Nov 2026 11:00:00 GMT", 0.0),
        ("soon", None),
        ("-1", None),
        ("", None),
    ],
)
def test_a_wished_pause_is_read(wished: str, seconds: float | None) -> None:
    """In seconds, or as a date that counts from the server's own; nonsense is none. It travels with the error."""
    reply = Reply(429, {"retry-after": wished, "date": "Sat, 21 Nov 2026 12:00:00 GMT"}, b"", "https://a.test/")
    assert reply.retry_after == seconds
    with pytest.raises(Transient) as caught:
        reply.good()
    assert caught.value.retry_after == seconds
