"""The service's HTTP API from the outside: over its Unix socket, or over the network with a key.

Standard library only, so that a command is quick.
"""

from __future__ import annotations

import http.client
import json
import socket
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

from appliance.domain.errors import BadInput, ClipperError, NeedsPerson, Permanent, Transient

_NOT_RUNNING = "Start it with `clipper serve` (or `sudo systemctl start clipper`)."


class Refused(BadInput):
    """The service said no; `status` is its HTTP status, `problem` all that it said."""

    def __init__(self, message: str, hint: str, status: int, problem: Mapping[str, Any]) -> None:
        super().__init__(message, hint)
        self.status = status
        self.problem = problem


@dataclass(frozen=True, slots=True)
class Client:
    """Where the service is: the path of its socket, or a URL with a key."""

    at: str
    key: str = ""
    timeout: float = 30.0

    def get(self, path: str, **query: Any) -> Any:
        """Read something; the decoded JSON."""
        asked = {name: value for name, value in query.items() if value is not None}
        return self._ask("GET", path + (f"?{urlencode(asked, doseq=True)}" if asked else ""))

    def post(self, path: str, body: Any = None) -> Any:
        """Do something; the decoded JSON."""
        return self._ask("POST", path, body)

    def put(self, path: str, body: Any = None) -> Any:
        """Replace something; the decoded JSON."""
        return self._ask("PUT", path, body)

    def patch(self, path: str, body: Any = None) -> Any:
        """Change something; the decoded JSON."""
        return self._ask("PATCH", path, body)

    def delete(self, path: str, body: Any = None) -> Any:
        """Take something away; the decoded JSON."""
        return self._ask("DELETE", path, body)

    def pages(self, path: str, most: int | None = None, **query: Any) -> Iterator[Any]:
        """All items of a list, page by page."""
        told, cursor = 0, None
        while True:
            page = self.get(path, cursor=cursor, **query)
            for item in page["items"]:
                yield item
                told += 1
                if told == most:
                    return
            cursor = page.get("next") or None
            if cursor is None:
                return

    def events(self, after: int | None = None) -> Iterator[Mapping[str, Any]]:
        """What happens, as it happens; from after that number on. Ends when the service goes away."""
        headers = {"Accept": "text/event-stream"} | ({} if after is None else {"Last-Event-ID": str(after)})
        connection = self._connected(None)
        try:
            connection.request("GET", "/api/v1/events", headers=self._headers() | headers)
            answer = connection.getresponse()
            if answer.status != 200:
                raise self._refusal(answer.status, answer.read())
            for line in answer:
                if line.startswith(b"data:"):
                    yield json.loads(line[5:])
        except (OSError, http.client.HTTPException) as error:
            raise Transient(f"{self.at}: the connection broke: {error}", "It is tried again.") from error
        finally:
            connection.close()

    def text(self, path: str) -> str:
        """Something that is no JSON, such as a log."""
        return self._exchange("GET", path, None)[1].decode("utf-8", "replace")

    def _ask(self, method: str, path: str, body: Any = None) -> Any:
        _status, said = self._exchange(method, path, body)
        return json.loads(said) if said else None

    def _exchange(self, method: str, path: str, body: Any) -> tuple[int, bytes]:
        payload = None if body is None else json.dumps(body).encode()
        connection = self._connected(self.timeout)
        try:
            connection.request(method, path, payload, self._headers(json_body=payload is not None))
            answer = connection.getresponse()
            said = answer.read()
        except (OSError, http.client.HTTPException) as error:
            raise Transient(f"{self.at}: the service did not answer: {error}", "Look at its log.") from error
        finally:
            connection.close()
        if answer.status >= 400:
            raise self._refusal(answer.status, said)
        return answer.status, said

    def _headers(self, *, json_body: bool = False) -> dict[str, str]:
        headers = {"Accept": "application/json", "Host": self._host()}
        if json_body:
            headers["Content-Type"] = "application/json"
        if self.key:
            headers["X-Api-Key"] = self.key
        return headers

    def _host(self) -> str:
        return urlsplit(self.at).netloc if "://" in self.at else "localhost"

    def _connected(self, timeout: float | None) -> http.client.HTTPConnection:
        try:
            if "://" not in self.at:
                return _SocketConnection(self.at, timeout)
            parts = urlsplit(self.at)
            kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
            connection = kind(parts.hostname or "", parts.port, timeout=timeout)
            connection.connect()
        except OSError as error:
            if "://" in self.at:
                raise NeedsPerson(f"{self.at}: no service answers there ({error})", "Check the address.") from error
            raise NeedsPerson("no Clipper service is running on this machine", _NOT_RUNNING) from error
        return connection

    def _refusal(self, status: int, said: bytes) -> ClipperError:
        try:
            problem = json.loads(said)
            message, hint = str(problem.get("detail") or problem.get("title")), str(problem.get("hint", ""))
        except (ValueError, AttributeError):
            problem, message, hint = {}, f"{self.at} answered {status}", "Look at the service's log."
        if status >= 500:
            return Permanent(message, hint)
        return Refused(message, hint, status, problem)


class _SocketConnection(http.client.HTTPConnection):
    """HTTP over a Unix socket."""

    def __init__(self, path: str, timeout: float | None) -> None:
        super().__init__("localhost", timeout=timeout)
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(timeout)
        try:
            self.sock.connect(str(Path(path)))
        except OSError:
            self.sock.close()
            raise
