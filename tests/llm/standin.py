"""A server that speaks like an OpenAI-compatible endpoint, in whatever mood a test asks for."""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from appliance.llm import Memory

Mood = Callable[[dict[str, Any]], tuple[int, dict[str, Any]]]


@dataclass
class StandIn:
    """A running server: its address, and every question it was asked."""

    url: str
    asked: list[dict[str, Any]] = field(default_factory=list)


@contextmanager
def stand_in(mood: Mood) -> Iterator[StandIn]:
    """Answer every question as `mood` does, until the block ends."""

    class Desk(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer(
                200, {"object": "list", "data": [{"id": "stand-in", "object": "model", "created": 0, "owned_by": "us"}]}
            )

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            here.asked.append(body)
            self._answer(*mood(body))

        def _answer(self, status: int, document: dict[str, Any]) -> None:
            content = json.dumps(document).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's own name
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Desk)
    here = StandIn(f"http://127.0.0.1:{server.server_port}/v1")
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield here
    finally:
        server.shutdown()
        server.server_close()


def completion(
    text: str, *, finish: str = "stop", prompt_tokens: int = 1000, refusal: str | None = None
) -> tuple[int, dict[str, Any]]:
    """An answer as the API shapes it."""
    message = {"role": "assistant", "content": text, "refusal": refusal}
    usage = {"prompt_tokens": prompt_tokens, "completion_tokens": 50, "total_tokens": prompt_tokens + 50}
    choice = {"index": 0, "finish_reason": finish, "message": message}
    return 200, {
        "id": "1",
        "object": "chat.completion",
        "created": 0,
        "model": "stand-in",
        "choices": [choice],
        "usage": usage,
    }


def candidates_in(body: dict[str, Any]) -> list[tuple[int, int, int]]:
    """The candidates of a question: number, first and last sentence."""
    material = body["messages"][1]["content"]
    found: list[tuple[int, int, int]] = []
    for part in re.split(r"\[candidate (?=\d)", material)[1:]:
        numbers = [int(number) for number in re.findall(r"^#(\d+) ", part, re.MULTILINE)]
        found.append((int(part.split("]", 1)[0]), numbers[0], numbers[-1]))
    return found


def ranked(body: dict[str, Any], *, backwards: bool = False) -> str:
    """A sensible answer: all candidates, in the order asked or backwards."""
    asked = candidates_in(body)
    items = [
        {
            "candidate": number,
            "first": first,
            "last": last,
            "score": 60,
            "title": f"Title {number}",
            "reasoning": "It stands alone.",
            "criteria": ["viral_hooks"],
            "quote": f"line {number} one two three",
        }
        for number, first, last in (reversed(asked) if backwards else asked)
    ]
    return json.dumps({"ranking": items})


def nothing_kept() -> Memory:
    """A memory of one's own, empty at first."""
    kept: dict[str, str] = {}
    return Memory(kept.get, kept.__setitem__)


def slow(seconds: float) -> Mood:
    """Answers too late."""

    def mood(body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        time.sleep(seconds)
        return completion(ranked(body))

    return mood
