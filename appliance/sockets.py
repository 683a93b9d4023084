"""The sockets that the service listens on: one for the network, one for the command line of the same user."""

from __future__ import annotations

import contextlib
import os
import socket
import stat
from collections.abc import Iterator
from pathlib import Path

from appliance.domain.errors import NeedsPerson

_BACKLOG = 256


@contextlib.contextmanager
def network(host: str, port: int) -> Iterator[socket.socket]:
    """Listening on host and port. NeedsPerson when the port is taken or the address is not this machine's."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind((host, port))
            listening.listen(_BACKLOG)
        except OSError as error:
            raise NeedsPerson(
                f"cannot listen on {host}:{port}: {error.strerror or error}",
                "Another program may use the port: set another one with port under [web] in clipper.toml.",
            ) from error
        yield listening
    finally:
        listening.close()


@contextlib.contextmanager
def local(path: Path) -> Iterator[socket.socket]:
    """Listening on a Unix socket that only this user may open. What a crash left there makes room."""
    listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            _check_own(path.parent)
            path.unlink(missing_ok=True)
            listening.bind(str(path))
            path.chmod(0o600)
            listening.listen(_BACKLOG)
        except OSError as error:
            raise NeedsPerson(
                f"cannot listen on {path}: {error.strerror or error}", "Name another place: socket under [web]."
            ) from error
        yield listening
    finally:
        listening.close()
        with contextlib.suppress(OSError):
            path.unlink()


def _check_own(folder: Path) -> None:
    """A folder that others may write to could hold somebody else's socket."""
    found = folder.stat()
    if found.st_uid not in {os.getuid(), 0} or (found.st_mode & stat.S_IWOTH and not found.st_mode & stat.S_ISVTX):
        raise NeedsPerson(
            f"{folder} belongs to somebody else", "Name another place: socket under [web] in clipper.toml."
        )
