"""Connecting to a checked address: straight, or through the person's own proxy."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import ssl
from dataclasses import dataclass
from ipaddress import IPv4Address, ip_address
from urllib.parse import SplitResult, unquote, urlsplit

from appliance.domain.errors import ConfigError, Transient
from appliance.guard import head
from appliance.guard.check import Checked

CONNECT_SECONDS = 15.0
_PORTS = {"http": 80, "https": 443, "socks5": 1080, "socks5h": 1080}
_SOCKS_FAULTS = (
    "",
    "has a fault",
    "does not allow it",
    "finds its network unreachable",
    "cannot reach the host",
    "was refused",
    "ran out of time",
    "does not know the command",
    "does not know the kind of address",
)


@dataclass(frozen=True, slots=True)
class Line:
    """An open connection."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter


async def connect(checked: Checked, upstream: str) -> Line:
    """A connection to the first of the checked addresses that answers. Transient when none does."""
    last: Exception | None = None
    for address in checked.addresses:
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                return await _one(address, checked.port, upstream)
        except (OSError, EOFError, head.Broken, ssl.SSLError, asyncio.LimitOverrunError) as error:
            last = error
    said = "no answer in time" if isinstance(last, TimeoutError) else (getattr(last, "strerror", "") or str(last))
    through = f" through the proxy {urlsplit(upstream).hostname}" if upstream else ""
    raise Transient(
        f"{checked.host}: no connection to port {checked.port}{through}: {said}",
        "Check the link and the network, and try again.",
    )


def check_upstream(upstream: str) -> None:
    """ConfigError when it is no proxy that can be gone through."""
    if not upstream:
        return
    try:
        parts = urlsplit(upstream)
        fit = parts.scheme in _PORTS and parts.hostname and parts.port != 0
    except ValueError:
        fit = False
    if not fit:
        raise ConfigError(
            "[yt_dlp] proxy: that is no proxy that can be gone through",
            "Write http://host:port, https://host:port or socks5://host:port.",
        )


async def _one(address: str, port: int, upstream: str) -> Line:
    if not upstream:
        return Line(*await asyncio.open_connection(address, port, limit=head.MOST_BYTES))
    parts = urlsplit(upstream)
    tls = ssl.create_default_context() if parts.scheme == "https" else None
    where = parts.hostname, parts.port or _PORTS[parts.scheme]
    line = Line(*await asyncio.open_connection(*where, ssl=tls, limit=head.MOST_BYTES))
    try:
        greet = _socks if parts.scheme.startswith("socks5") else _tunnel
        await greet(line, address, port, parts)
    except BaseException:
        await hung_up(line)
        raise
    return line


async def hung_up(line: Line) -> None:
    """Close it and wait until it is closed."""
    line.writer.close()
    with contextlib.suppress(OSError, TimeoutError):
        async with asyncio.timeout(1.0):
            await line.writer.wait_closed()


async def _tunnel(line: Line, address: str, port: int, parts: SplitResult) -> None:
    """Ask an HTTP proxy for a tunnel (RFC 9110, 9.3.6) to the address."""
    where = f"[{address}]:{port}" if ":" in address else f"{address}:{port}"
    fields: list[tuple[str, str]] = [("Host", where)]
    if parts.username is not None:
        known = f"{unquote(parts.username)}:{unquote(parts.password or '')}".encode()
        fields.append(("Proxy-Authorization", f"Basic {base64.b64encode(known).decode()}"))
    line.writer.write(head.write(f"CONNECT {where} HTTP/1.1", tuple(fields)))
    await line.writer.drain()
    answer = head.parse(await line.reader.readuntil(head.END))
    if not answer.first[1].startswith("2"):
        raise OSError(f"it answered {answer.first[1]} {answer.first[2][:80]}")


async def _socks(line: Line, address: str, port: int, parts: SplitResult) -> None:
    """Ask a SOCKS5 proxy (RFC 1928, with the passwords of RFC 1929) for a connection to the address."""
    named = parts.username is not None
    line.writer.write(b"\x05\x02\x00\x02" if named else b"\x05\x01\x00")
    version, chosen = await line.reader.readexactly(2)
    if version != 5 or chosen not in ({0, 2} if named else {0}):
        raise OSError("it is no SOCKS5 proxy, or wants another login")
    if chosen == 2:
        user, password = (unquote(part or "").encode()[:255] for part in (parts.username, parts.password))
        line.writer.write(b"\x01" + bytes([len(user)]) + user + bytes([len(password)]) + password)
        if (await line.reader.readexactly(2))[1] != 0:
            raise OSError("it refuses the user name or password")
    packed = ip_address(address)
    kind = b"\x01" if isinstance(packed, IPv4Address) else b"\x04"
    line.writer.write(b"\x05\x01\x00" + kind + packed.packed + port.to_bytes(2))
    _version, code, _zero, bound = await line.reader.readexactly(4)
    if code != 0:
        raise OSError(f"it {_SOCKS_FAULTS[code] if code < len(_SOCKS_FAULTS) else 'failed'}")
    rest = {1: 4, 4: 16}.get(bound)
    await line.reader.readexactly((rest if rest is not None else (await line.reader.readexactly(1))[0]) + 2)
