"""One connection to the proxy: who comes, where to, and everything that goes back and forth."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from secrets import compare_digest
from urllib.parse import urlsplit

from appliance.domain.errors import BadInput, ClipperError
from appliance.guard import head
from appliance.guard.check import Checked, Guard
from appliance.guard.head import Broken, Head
from appliance.guard.upstream import Line, connect, hung_up

HEAD_SECONDS = 30.0  # for a request to be said, and for how long a kept connection may be silent
ANSWER_SECONDS = 60.0  # until an answer begins
IDLE_SECONDS = 180.0  # without a byte in either direction
_LINGER_SECONDS = 1.0
_BLOCK = 65_536
_METHODS = {"GET", "HEAD", "POST"}
_REASON = "X-Clipper-Guard"
_SYNTAX = Guard()


@dataclass(frozen=True, slots=True)
class Door:
    """What every connection needs: the word that opens, the way out, who judges a host and port, and who notes refusals."""

    password: str
    upstream: str
    judged: Callable[[str, int], Awaitable[Checked]]
    note: Callable[[ClipperError], None]


async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, door: Door, *, full: bool) -> None:
    """Serve a connection to its end. Never raises but when it is cancelled."""
    client = Line(reader, writer)
    try:
        if full:
            await _refuse(client, "503 Service Unavailable", "too many connections at a time")
            return
        while await _request(client, door):
            pass
    except (OSError, EOFError, TimeoutError):
        pass  # somebody went away: there is nobody left to tell
    finally:
        await hung_up(client)


async def _request(client: Line, door: Door) -> bool:
    """One request; whether another may follow on the same connection."""
    try:
        async with asyncio.timeout(HEAD_SECONDS):
            asked = head.parse(await client.reader.readuntil(head.END))
    except asyncio.LimitOverrunError:
        return await _refuse(client, "431 Request Header Fields Too Large", "the head of the request is too long")
    except Broken as error:
        return await _refuse(client, "400 Bad Request", f"the request cannot be read: {error}")
    if not compare_digest(asked.value("proxy-authorization").encode(), door.password.encode()):
        return await _refuse(client, "407 Proxy Authentication Required", "this proxy is for Clipper alone")
    try:
        return await _served(client, asked, door)
    except Broken as error:
        return await _refuse(client, "400 Bad Request", f"the request cannot be read: {error}")
    except BadInput as error:
        door.note(error)
        return await _refuse(client, "403 Forbidden", error.message, error.hint)
    except ClipperError as error:
        door.note(error)
        return await _refuse(client, "502 Bad Gateway", error.message, error.hint)


async def _served(client: Line, asked: Head, door: Door) -> bool:
    method, target, _version = asked.first
    if method == "CONNECT":
        return await _tunnel(client, target, door)
    if method not in _METHODS:
        return await _refuse(client, "405 Method Not Allowed", f"{method[:20]} is not passed on")
    return await _exchange(client, asked, target, door)


async def _tunnel(client: Line, target: str, door: Door) -> bool:
    """A tunnel to a host: bytes go through unread, each direction until its own end."""
    host, colon, port = target.rpartition(":")
    if not colon or not (port.isascii() and port.isdigit()) or len(port) > 5:
        raise Broken("CONNECT names no host and port")
    line = await connect(await door.judged(host, int(port)), door.upstream)
    try:
        client.writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        await client.writer.drain()
        await _both_ways(client, line)
    finally:
        await hung_up(line)
    return False


async def _both_ways(one: Line, other: Line) -> None:
    """Until both directions have ended, or nothing moves in either for too long."""
    loop = asyncio.get_running_loop()
    async with asyncio.timeout(IDLE_SECONDS) as patience, asyncio.TaskGroup() as directions:

        def moved() -> None:
            patience.reschedule(loop.time() + IDLE_SECONDS)

        directions.create_task(_pump(one.reader, other.writer, moved))
        directions.create_task(_pump(other.reader, one.writer, moved))


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, moved: Callable[[], None]) -> None:
    """Everything that comes goes on; an end is passed on as an end. A broken direction breaks the other one too."""
    try:
        while block := await reader.read(_BLOCK):
            writer.write(block)
            await writer.drain()
            moved()
        if writer.can_write_eof():
            writer.write_eof()
    except OSError:
        writer.close()
        reader.feed_eof()


async def _exchange(client: Line, asked: Head, target: str, door: Door) -> bool:
    """One question over plain HTTP and its answer, both streamed."""
    parts = urlsplit(target)
    if not parts.scheme:
        raise Broken("it names no whole link")
    if parts.scheme.lower() == "https":
        raise Broken("https goes through a tunnel")
    host, port = _SYNTAX.target(target)
    length = asked.length
    if asked.value("transfer-encoding"):
        return await _refuse(client, "411 Length Required", "a body needs its length")
    line = await connect(await door.judged(host, port), door.upstream)
    try:
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        kept = tuple(field for field in asked.passed_on() if field[0].lower() != "host")
        fields = (("Host", parts.netloc), *kept, ("Connection", "close"))
        line.writer.write(head.write(f"{asked.first[0]} {path} HTTP/1.1", fields))
        if length and asked.value("expect"):
            client.writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        await _copied(client.reader, line.writer, length or 0)
        return await _answer(client, line, asked)
    finally:
        await hung_up(line)


async def _answer(client: Line, line: Line, asked: Head) -> bool:
    """Pass the answer on. The connection is kept when its end can be told from its length."""
    try:
        async with asyncio.timeout(ANSWER_SECONDS):
            answer = await _final(line)
        length = 0 if asked.first[0] == "HEAD" or answer.first[1] in {"204", "304"} else answer.length
    except TimeoutError:
        return await _refuse(client, "504 Gateway Timeout", "the host was asked and gave no answer in time")
    except (Broken, EOFError, OSError, asyncio.LimitOverrunError):
        return await _refuse(client, "502 Bad Gateway", "the host's answer is no HTTP or broke off")
    keep = length is not None and asked.value("connection").lower() != "close" and asked.first[2] == "HTTP/1.1"
    fields = (*answer.passed_on(), ("Connection", "keep-alive" if keep else "close"))
    client.writer.write(head.write(f"HTTP/1.1 {answer.first[1]} {answer.first[2]}", fields))
    await _copied(line.reader, client.writer, length)
    return keep


async def _final(line: Line) -> Head:
    """The answer's head, after those that only say that it is coming."""
    while True:
        answer = head.parse(await line.reader.readuntil(head.END))
        if not answer.first[0].startswith("HTTP/1.") or not answer.first[1].isdigit():
            raise Broken("it is no answer")
        if not answer.first[1].startswith("1"):
            return answer


async def _copied(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, length: int | None) -> None:
    """Pass on `length` bytes, or all until the end; EOFError when they break off."""
    left = length
    while left is None or left > 0:
        async with asyncio.timeout(IDLE_SECONDS):
            block = await reader.read(_BLOCK if left is None else min(left, _BLOCK))
            if not block:
                if left is None:
                    break
                raise EOFError
            writer.write(block)
            await writer.drain()
        left = None if left is None else left - len(block)
    await writer.drain()


async def _refuse(client: Line, status: str, why: str, hint: str = "") -> bool:
    """An answer of our own in plain words, after which the connection ends."""
    body = f"{why}\n{hint}\n".encode()
    fields = [
        ("Content-Type", "text/plain; charset=utf-8"),
        ("Content-Length", str(len(body))),
        ("Connection", "close"),
    ]
    fields.append((_REASON, why.encode("ascii", "backslashreplace").decode()))
    if status.startswith("407"):
        fields.append(("Proxy-Authenticate", 'Basic realm="clipper"'))
    client.writer.write(head.write(f"HTTP/1.1 {status}", tuple(fields)) + body)
    with contextlib.suppress(OSError, TimeoutError):
        await client.writer.drain()
        # Who hangs up while the other side still talks has its last words thrown away: it is heard out for a moment.
        client.writer.write_eof()
        async with asyncio.timeout(_LINGER_SECONDS):
            while await client.reader.read(_BLOCK):
                pass
    return False
