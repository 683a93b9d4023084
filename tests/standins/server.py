"""A web server on this machine that answers what a test says, over real sockets, and remembers what it was asked."""

from __future__ import annotations

import contextlib
import http.server
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qs, urlsplit


@dataclass(frozen=True)
class Asked:
    """One question: path without query, the query's values, headers by lower-case name, and the body."""

    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    method: str = "GET"


@dataclass(frozen=True)
class Answer:
    """What is answered. `cut` closes the connection after so many bytes, `wait` is in seconds."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    cut: int | None = None
    wait: float = 0.0


Says = Callable[[Asked], Answer]


def file_answer(path: Path, kind: str = "video/mp4") -> Says:
    """A file, with the ranges that a resumed download asks for."""

    def says(asked: Asked) -> Answer:
        whole = path.read_bytes()
        given = {"Content-Type": kind, "Accept-Ranges": "bytes"}
        wanted = asked.headers.get("range", "")
        if not wanted.startswith("bytes="):
            return Answer(200, whole, given)
        start, _, end = wanted.removeprefix("bytes=").partition("-")
        first = int(start)
        last = min(int(end) if end else len(whole) - 1, len(whole) - 1)
        given["Content-Range"] = f"bytes {first}-{last}/{len(whole)}"
        return Answer(206, whole[first : last + 1], given)

    return says


class Standin:
    """Paths and what they say; a path that ends with * stands for all that begin so."""

    def __init__(self) -> None:
        self.says: dict[str, Says | Answer] = {}
        self.asked: list[Asked] = []
        self.base = ""
        self._lock = threading.Lock()

    def answer(self, asked: Asked) -> Answer:
        """What is said to a question: 404 to unknown paths."""
        with self._lock:
            self.asked.append(asked)
        said = self.says.get(asked.path)
        if said is None:
            said = next(
                (says for path, says in self.says.items() if path.endswith("*") and asked.path.startswith(path[:-1])),
                None,
            )
        if said is None:
            return Answer(404)
        return said if isinstance(said, Answer) else said(asked)

    def paths(self) -> list[str]:
        """The paths that were asked for, in order."""
        return [asked.path for asked in self.asked]


@contextlib.contextmanager
def served(standin: Standin) -> Iterator[Standin]:
    """The stand-in on a port of this machine; its `base` is the address."""

    class Talk(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's own name
            """Say nothing."""

        def do_GET(self) -> None:
            self._talk()

        def do_HEAD(self) -> None:
            self._talk()

        def do_POST(self) -> None:
            self._talk()

        def _talk(self) -> None:
            parts = urlsplit(self.path)
            query = {name: values[-1] for name, values in parse_qs(parts.query, keep_blank_values=True).items()}
            headers = {name.lower(): value for name, value in self.headers.items()}
            body = self.rfile.read(int(headers.get("content-length", "0")))
            answer = standin.answer(Asked(parts.path, query, headers, body, self.command))
            time.sleep(answer.wait)
            with contextlib.suppress(OSError):
                self.send_response(answer.status)
                for name, value in answer.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(answer.body)))
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(answer.body if answer.cut is None else answer.body[: answer.cut])
                    if answer.cut is not None:
                        self.close_connection = True
                        self.connection.close()

    class Server(http.server.ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request: object, client_address: object) -> None:
            """A client that goes away in the middle is what some tests are about."""

    server = Server(("127.0.0.1", 0), Talk)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    standin.base = f"http://127.0.0.1:{server.server_port}"
    try:
        yield standin
    finally:
        server.shutdown()
        server.server_close()
        thread.join(timeout=2)
