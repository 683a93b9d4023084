"""The chat of a recording, got piece by piece from a platform that gives a few seconds of it at a time.

Every finished piece is a file beside the chat to come, so that a restart goes on with what is missing. A chat that cannot
be had is told in a sentence and never a reason to lose the video.
"""

from __future__ import annotations

import json
import os
import shutil
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

from appliance.domain.errors import ClipperError, Transient
from appliance.domain.progress import OnProgress

NAME = "video.chat.jsonl"
_PARTS = "chat-parts"
_MADE = "made"
_LONGEST_PAUSE = 60.0
_ASKED_AGAIN = {429, 500, 502, 503, 504}


class NoReplay(Exception):
    """The chat cannot be had; the text is a sentence for people."""


@dataclass(frozen=True, slots=True)
class Said:
    """One message: its id, seconds of the recording, and the record that is written."""

    id: str
    at: float
    record: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Answer:
    """What was said from a moment on, and the moment to ask next; None when nothing follows."""

    said: tuple[Said, ...]
    following: float | None


@dataclass(frozen=True, slots=True)
class Plan:
    """How a replay is walked: `seconds` of recording in pieces of `piece` seconds, `workers` at a time."""

    seconds: float
    piece: float = 600.0
    workers: int = 4


@dataclass(frozen=True, slots=True)
class Got:
    """The chat file (empty when there is none), and what to tell."""

    file: str
    notes: tuple[str, ...]


Reply = tuple[int, Mapping[str, str], bytes]
# Sends a link, and a body where there is one.
Send = Callable[[str, bytes | None], Reply]


class Asking:
    """Asks for JSON on behalf of all workers: when the host wants a pause all of them pause; what it refuses ends it for all."""

    def __init__(self, send: Send, *, tries: int = 7, first_pause: float = 1.0) -> None:
        self._send = send
        self._tries = tries
        self._first = first_pause
        self._until = 0.0
        self._over = threading.Event()
        self._why = ""

    def stop(self, why: str = "") -> None:
        """Nobody asks any more; the first reason is everybody's."""
        self._why = self._why or why
        self._over.set()

    def json(self, link: str, body: bytes | None = None) -> object:
        """The answer. NoReplay when there is none, after as many tries as are worth it."""
        reason = ""
        for tried in range(self._tries):
            self._over.wait(max(self._until - time.monotonic(), 0.0))
            if self._over.is_set():
                break
            try:
                status, headers, content = self._send(link, body)
            except Transient as error:
                status, headers, content, reason = 0, {}, b"", error.message
            except ClipperError as error:
                reason = error.message
                break
            if status == 200:
                try:
                    return json.loads(content)
                except (ValueError, RecursionError):
                    reason = "the chat's host answered no JSON"
            elif status and status not in _ASKED_AGAIN:
                reason = _refused(status)
                break
            elif status:
                reason = f"the chat's host answered {status}"
            self._until = time.monotonic() + _pause(headers, self._first * 2**tried)
        self.stop(reason)
        raise NoReplay(self._why or "the chat was not asked for to the end")


def replay(plan: Plan, folder: Path, ask: Callable[[float], Answer], asking: Asking, tell: OnProgress) -> Got:
    """Get the whole chat into `folder`; `ask` says what was said from a second of the recording on."""
    if (folder / NAME).is_file():
        return Got(NAME, ())
    parts = folder / _PARTS
    parts.mkdir(parents=True, exist_ok=True)
    count = max(int(-(-plan.seconds // plan.piece)), 1)
    there = sum(1 for number in range(count) if _place(parts, number).is_file())
    trouble: list[str] = []
    with ThreadPoolExecutor(plan.workers, thread_name_prefix="chat") as pool:
        try:
            begun = [pool.submit(_work, plan, parts, number, ask) for number in range(count)]
            for done in as_completed(begun):
                why = done.result()
                there += why == _MADE
                if why not in {"", _MADE}:
                    trouble.append(why)
                tell(there / count, f"chat: {there} of {count} pieces")
        finally:
            asking.stop()  # whoever still asks ends with its present question
    if trouble:
        return Got("", (f"no chat: {trouble[0]} ({there} of {count} pieces are kept)",))
    return _joined(parts, count, folder)


def _work(plan: Plan, parts: Path, number: int, ask: Callable[[float], Answer]) -> str:
    """Get one piece: "" when it was there already, `_MADE`, or why it could not be had."""
    if _place(parts, number).is_file():
        return ""
    try:
        _write(_place(parts, number), _walked(number * plan.piece, (number + 1) * plan.piece, ask))
    except NoReplay as error:
        return str(error)
    return _MADE


def _walked(start: float, end: float, ask: Callable[[float], Answer]) -> list[Said]:
    """What was said from `start` to before `end`, in order, every message once."""
    found: dict[str, Said] = {}
    at: float | None = start
    while at is not None and at < end:
        answer = ask(at)
        found.update((said.id, said) for said in answer.said if start <= said.at < end)
        if answer.following is not None and answer.following <= at:
            raise NoReplay("the chat's host goes round in circles")
        at = answer.following
    return sorted(found.values(), key=lambda said: said.at)


def _joined(parts: Path, count: int, folder: Path) -> Got:
    known: set[str] = set()
    part = folder / f"{NAME}.part"
    with part.open("w", encoding="utf-8") as whole:
        for number in range(count):
            for line in _place(parts, number).read_text(encoding="utf-8").splitlines():
                name = str(json.loads(line)["id"])
                if name not in known:
                    known.add(name)
                    whole.write(line + "\n")
        whole.flush()
        os.fsync(whole.fileno())
    if known:
        part.replace(folder / NAME)
    else:
        part.unlink()
    shutil.rmtree(parts, ignore_errors=True)
    return Got(NAME, (f"the chat has {len(known)} messages",)) if known else Got("", ("nobody wrote in the chat",))


def _place(parts: Path, number: int) -> Path:
    return parts / f"{number:05}.jsonl"


def _write(place: Path, said: list[Said]) -> None:
    part = place.with_suffix(".part")
    part.write_text(
        "".join(json.dumps({"id": each.id, **each.record}, ensure_ascii=True) + "\n" for each in said), encoding="utf-8"
    )
    part.replace(place)


def _pause(headers: Mapping[str, str], usual: float) -> float:
    named = next((value for name, value in headers.items() if name.lower() == "retry-after"), "")
    try:
        wanted = float(named)
    except ValueError:
        wanted = usual
    return min(max(wanted, 0.0), _LONGEST_PAUSE)


def _refused(status: int) -> str:
    if status in {401, 403}:
        return f"the chat's host turned the question away ({status}): it blocks this address, or wants a browser"
    if status in {404, 410}:
        return f"the chat is gone ({status})"
    return f"the chat's host did not understand the question ({status}): its way of asking may have changed"
