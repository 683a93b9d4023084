"""Files for players and browsers: whole or in ranges, and not again when the other side has them (RFC 9110)."""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from email.utils import formatdate
from pathlib import Path
from urllib.parse import quote

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from appliance.domain.errors import Gone
from web.problems import RANGE, Refusal, of_error

TYPES = {
    ".mp4": "video/mp4",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".png": "image/png",
    ".webp": "image/webp",
    ".srt": "application/x-subrip; charset=utf-8",
    ".vtt": "text/vtt; charset=utf-8",
    ".json": "application/json",
}
CHUNK_BYTES = 2 << 20
_MOST_RANGES = 20  # who asks for more gets the whole file
_RANGES = re.compile(r"^bytes=\s*((?:\d*-\d*)(?:\s*,\s*\d*-\d*)*)\s*$", re.ASCII)


@dataclass(frozen=True, slots=True)
class Stretch:
    """Bytes from `start` up to, not with, `end`."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Stamp:
    """What tells whether a file is still the same: its length, and when it was last changed."""

    size: int
    changed_ns: int

    @property
    def etag(self) -> str:
        """A strong one: files of the box are written whole, or not at all."""
        return f'"{self.changed_ns:x}-{self.size:x}"'

    @property
    def modified(self) -> str:
        """As HTTP writes times."""
        return formatdate(self.changed_ns // 1_000_000_000, usegmt=True)


def answer(path: Path, headers: Mapping[str, str], name: str = "") -> Response:
    """The file as the request's headers want it; `name` makes a browser keep it under that name.

    Gone when the file is not there any more; a Refusal (416) when none of the wanted ranges is in it.
    """
    try:
        stat = path.stat()
    except FileNotFoundError:
        raise _gone(path) from None
    stamp = Stamp(stat.st_size, stat.st_mtime_ns)
    shown = {"ETag": stamp.etag, "Last-Modified": stamp.modified, "Cache-Control": "private, no-cache"}
    if _is_known(headers, stamp):
        return Response(status_code=304, headers=shown)
    shown["Accept-Ranges"] = "bytes"
    if name:
        shown["Content-Disposition"] = _disposition(name)
    wanted = headers.get("range", "")
    unchanged = headers.get("if-range", stamp.etag) in {stamp.etag, stamp.modified}
    stretches = ranges(wanted, stamp.size) if wanted and unchanged else None
    if stretches == ():
        raise Refusal(
            RANGE,
            f"the file has {stamp.size} bytes; {wanted[:100]} is not among them",
            "Ask for less, or for all.",
            {"Content-Range": f"bytes */{stamp.size}", "ETag": stamp.etag},
        )
    return Media(path, stamp.size, stretches, shown)


def ranges(said: str, size: int) -> tuple[Stretch, ...] | None:
    """The stretches that a Range header asks for, as far as they are in the file, those that touch as one; None when it is
    to be overlooked, as RFC 9110 says of what cannot be read.
    """
    fits = _RANGES.match(said)
    if fits is None:
        return None
    wanted = fits.group(1).split(",")
    if len(wanted) > _MOST_RANGES:
        return None
    found: list[Stretch] = []
    for one in wanted:
        first, _, last = one.strip().partition("-")
        if not first and not last:
            return None
        if max(len(first), len(last)) > 18:  # no file has so many bytes
            first, last = first[:18], last[:18]
        start = int(first) if first else max(size - int(last), 0)
        end = min(int(last) + 1, size) if first and last else size
        if first and last and int(last) < start:
            return None
        if start < end:
            found.append(Stretch(start, end))
    return tuple(_joined(found))


def file_name(title: str, suffix: str) -> str:
    """A name for any file system, made of a title."""
    kept = re.sub(r"[^\w]+", "-", title, flags=re.UNICODE).strip("-_")[:80].strip("-_")
    return f"{kept or 'clip'}{suffix}"


class Media(Response):
    """A file on its way, whole or in stretches. It is read two megabytes at a time, the next one while the last is sent."""

    def __init__(
        self, path: Path, size: int, stretches: tuple[Stretch, ...] | None, headers: Mapping[str, str]
    ) -> None:
        self._path, self._size = path, size
        self._parts: list[bytes | Stretch] = []
        kind = TYPES.get(path.suffix.lower(), "application/octet-stream")
        status, shown = 206, dict(headers)
        if stretches is None:
            status, self._parts = 200, [Stretch(0, size)]
        elif len(stretches) == 1:
            shown["Content-Range"] = self._place(stretches[0])
            self._parts = [stretches[0]]
        else:
            boundary = secrets.token_hex(12)
            for stretch in stretches:
                head = f"\r\n--{boundary}\r\nContent-Type: {kind}\r\nContent-Range: {self._place(stretch)}\r\n\r\n"
                self._parts += [head.encode(), stretch]
            self._parts.append(f"\r\n--{boundary}--\r\n".encode())
            kind = f"multipart/byteranges; boundary={boundary}"
        length = sum(len(one) if isinstance(one, bytes) else one.end - one.start for one in self._parts)
        shown |= {"Content-Type": kind, "Content-Length": str(length)}
        self.status_code, self.background, self.body = status, None, b""
        self.init_headers(shown)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it; stop when nobody listens any more."""
        try:
            handle = await asyncio.to_thread(os.open, self._path, os.O_RDONLY | os.O_CLOEXEC)
        except OSError:
            await of_error(_gone(self._path))(scope, receive, send)
            return
        try:
            await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
            if scope["method"] == "HEAD":
                await send({"type": "http.response.body", "body": b""})
                return
            left = asyncio.ensure_future(_left(receive))
            try:
                if await self._sent(handle, send, left):
                    await send({"type": "http.response.body", "body": b""})
            finally:
                left.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await left
        finally:
            os.close(handle)

    async def _sent(self, handle: int, send: Send, left: asyncio.Future[None]) -> bool:
        """Whether all of it was sent."""
        pieces = self._pieces()
        following = _reading(handle, next(pieces, None))
        while following is not None:
            block = await following
            if not block:
                raise OSError(f"{self._path} became shorter while it was sent")
            following = _reading(handle, next(pieces, None))
            if left.done():
                if following is not None:
                    await following
                return False
            await send({"type": "http.response.body", "body": block, "more_body": True})
        return True

    def _pieces(self) -> Iterator[bytes | Stretch]:
        for part in self._parts:
            if isinstance(part, bytes):
                yield part
            else:
                for start in range(part.start, part.end, CHUNK_BYTES):
                    yield Stretch(start, min(start + CHUNK_BYTES, part.end))

    def _place(self, stretch: Stretch) -> str:
        return f"bytes {stretch.start}-{stretch.end - 1}/{self._size}"


def _reading(handle: int, piece: bytes | Stretch | None) -> asyncio.Future[bytes] | None:
    """The piece, being read in a thread; None at the end."""
    if piece is None:
        return None
    if isinstance(piece, bytes):
        ready: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
        ready.set_result(piece)
        return ready
    length = piece.end - piece.start
    return asyncio.get_running_loop().run_in_executor(None, os.pread, handle, length, piece.start)


async def _left(receive: Receive) -> None:
    """Until the other side hangs up."""
    while (await receive())["type"] != "http.disconnect":
        pass


def _is_known(headers: Mapping[str, str], stamp: Stamp) -> bool:
    """Whether the other side has this very file."""
    said = headers.get("if-none-match")
    if said is not None:
        return any(one.strip().removeprefix("W/") in {stamp.etag, "*"} for one in said.split(","))
    return headers.get("if-modified-since") == stamp.modified


def _joined(stretches: Sequence[Stretch]) -> Iterator[Stretch]:
    """In their order; those that overlap or touch become one."""
    waiting: Stretch | None = None
    for stretch in sorted(stretches, key=lambda one: (one.start, one.end)):
        if waiting is not None and stretch.start <= waiting.end:
            waiting = Stretch(waiting.start, max(waiting.end, stretch.end))
            continue
        if waiting is not None:
            yield waiting
        waiting = stretch
    if waiting is not None:
        yield waiting


def _disposition(name: str) -> str:
    plain = re.sub(r"[^A-Za-z0-9._-]", "_", name)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


def _gone(path: Path) -> Gone:
    return Gone(f"{path.name} was deleted", "Make it anew: it is rendered or fetched again.")
