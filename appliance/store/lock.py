"""One program a database: a lock that the kernel drops when its holder dies."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from appliance.domain.errors import NeedsPerson
from appliance.store.artifacts import guarded_disk

FILE = "clipper.lock"


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """Hold the folder's lock; NeedsPerson, naming the holder's process id, when somebody else does."""
    with guarded_disk(folder):
        folder.mkdir(parents=True, exist_ok=True)
        handle = os.open(folder / FILE, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            holder = os.pread(handle, 20, 0).decode("ascii", "replace").strip() or "unknown"
            raise NeedsPerson(
                f"Clipper is already running on {folder} (process {holder})",
                "Use that one, or stop it first: two would do everything twice.",
            ) from error
        os.ftruncate(handle, 0)
        os.pwrite(handle, f"{os.getpid()}\n".encode(), 0)
        yield
    finally:
        os.close(handle)


def holder(folder: Path) -> int | None:
    """The process that holds the lock; None when nobody does."""
    try:
        handle = os.open(folder / FILE, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        said = os.pread(handle, 20, 0).decode("ascii", "replace").strip()
        return int(said) if said.isdigit() else None
    finally:
        os.close(handle)
    return None
