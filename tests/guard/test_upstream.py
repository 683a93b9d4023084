from __future__ import annotations

import socket
import threading
from collections.abc import Iterator

import pytest

from appliance.domain.errors import BadInput, ConfigError, Transient
from appliance.guard import Guard
from appliance.guard.fetching import get
from appliance.guard.proxy import guarded
from tests.guard.origins import Talk, said, speaking
from tests.standins.server import Answer, Standin, served


@pytest.fixture
def site() -> Iterator[Standin]:
    """A web server that is known as nas.test."""
    with served(Standin()) as standin:
        standin.base = standin.base.replace("127.0.0.1", "nas.test")
        standin.says = {"/": Answer(200, b"here")}
        yield standin


def through(upstream: str) -> Guard:
    """A guard with a proxy of the person's own behind it."""
    return Guard(("nas.test",), upstream, lambda host, _port: ("127.0.0.1" if host == "nas.test" else "10.0.0.1",))


def _pass_on(connection: socket.socket, host: str, port: int) -> None:
    with socket.create_connection((host, port), timeout=10) as there:

        def back() -> None:
            while block := there.recv(65536):
                connection.sendall(block)
            connection.shutdown(socket.SHUT_WR)

        answers = threading.Thread(target=back, daemon=True)
        answers.start()
        while block := connection.recv(65536):
            there.sendall(block)
        there.shutdown(socket.SHUT_WR)
        answers.join(timeout=5)


def tunnelling(asked: list[str]) -> Talk:
    """An HTTP proxy that knows nothing but CONNECT."""

    def talk(connection: socket.socket) -> None:
        asked.append(said(connection).decode())
        host, _, port = asked[-1].split()[1].rpartition(":")
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        _pass_on(connection, host, int(port))

    return talk


def socks(asked: list[str], *, password: bytes = b"") -> Talk:
    """A SOCKS5 proxy, with a password where one is given."""

    def talk(connection: socket.socket) -> None:
        offered = connection.recv(2)
        offered += connection.recv(offered[1])
        connection.sendall(b"\x05\x02" if password else b"\x05\x00")
        if password:
            login = connection.recv(600)
            asked.append(login[1:].decode("latin-1"))
            connection.sendall(b"\x01\x00" if login.endswith(password) else b"\x01\x01")
        question = connection.recv(10)
        asked.append(".".join(str(part) for part in question[4:8]))
        connection.sendall(b"\x05\x00\x00\x01" + bytes(6))
        _pass_on(connection, asked[-1], int.from_bytes(question[8:10]))

    return talk


def test_an_http_proxy_is_asked_for_the_checked_address(site: Standin) -> None:
    """By its address, not by a name that it might look up otherwise; the login is passed on."""
    asked: list[str] = []
    with speaking(tunnelling(asked)) as port:
        assert get(f"{site.base}/", through(f"http://me:p%40ss@127.0.0.1:{port}")).body == b"here"
    assert asked[0].startswith("CONNECT 127.0.0.1:")
    assert "Proxy-Authorization: Basic bWU6cEBzcw==" in asked[0]


@pytest.mark.parametrize("password", [b"", b"word"])
def test_a_socks_proxy_is_asked_for_the_checked_address(site: Standin, password: bytes) -> None:
    """With and without a login."""
    asked: list[str] = []
    login = "me:word@" if password else ""
    with speaking(socks(asked, password=password)) as port:
        assert get(f"{site.base}/", through(f"socks5://{login}127.0.0.1:{port}")).body == b"here"
    assert asked[-1] == "127.0.0.1"


def test_a_proxy_of_ones_own_opens_nothing(site: Standin) -> None:
    """What is refused without it is refused with it, before it is asked."""
    asked: list[str] = []
    with speaking(tunnelling(asked)) as port, pytest.raises(BadInput, match=r"evil\.test leads to 10\.0\.0\.1"):
        get(site.base.replace("nas", "evil"), through(f"http://127.0.0.1:{port}"))
    assert asked == []


FAULTS: dict[str, tuple[str, bytes]] = {
    "refuses a tunnel": ("http", b"HTTP/1.1 403 Forbidden\r\n\r\n"),
    "speaks no HTTP": ("http", b"hello\r\n\r\n"),
    "hangs up": ("http", b""),
    "speaks no SOCKS": ("socks5", b"HTTP/1.1 400 Bad\r\n\r\n"),
    "wants a login": ("socks5", b"\x05\xff"),
    "cannot reach it": ("socks5", b"\x05\x00\x05\x04\x00\x01"),
    "hangs up in the middle": ("socks5", b"\x05\x00\x05"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_proxy_that_fails_is_worth_another_try(site: Standin, fault: str) -> None:
    """The message names the host that was wanted and the proxy in the way."""
    kind, answer = FAULTS[fault]

    def talk(connection: socket.socket) -> None:
        connection.recv(10)
        connection.sendall(answer)

    with speaking(talk) as port, pytest.raises(Transient, match=r"nas\.test: .* through the proxy 127\.0\.0\.1"):
        get(f"{site.base}/", through(f"{kind}://127.0.0.1:{port}"))
    assert site.asked == []


@pytest.mark.parametrize("wrong", ["socks4://a:1", "ftp://a:1", "a:1080", "http://", "http://a:x", "socks5://a:0"])
def test_a_wrong_proxy_is_told_before_anything_is_asked(wrong: str) -> None:
    """The hint says how it is written."""
    with pytest.raises(ConfigError, match="proxy") as caught, guarded(Guard(upstream=wrong)):
        pass
    assert "socks5://host:port" in caught.value.hint
