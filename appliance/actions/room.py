"""Whether there is room to work: the disk's watermarks, the disk that should be there, the size of what comes."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from appliance.domain.errors import NeedsPerson
from appliance.domain.job import Lane
from appliance.planning.room import needed_bytes
from appliance.store import mount
from appliance.store.artifacts import guarded_disk
from config.schema import Settings

MARKER = ".clipper-storage"
_GIGABYTE = 1e9
_LOOK_SECONDS = 3.0
# What frees room, costs none, or is only a question: done however full the disk is.
_ALWAYS = frozenset({"poll", "sync", "retention", "tidy"})
_BRINGS = frozenset({"fetch", "take"})


@dataclass(slots=True)
class Seen:
    """What a look at the disk showed; `away` says in words why the storage is not there."""

    free_bytes: int = 0
    total_bytes: int = 0
    db_free_bytes: int = 0
    away: str = ""


@dataclass(slots=True)
class Room:
    """Looks at the disks at most every three seconds."""

    settings: Callable[[], Settings]
    data_dir: Path
    db_dir: Path
    _seen: Seen = field(default_factory=Seen)
    _looked: float = 0.0
    _waits: set[str] = field(default_factory=set)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def seen(self) -> Seen:
        """How the disks are."""
        with self._lock:
            if not self._looked or time.monotonic() - self._looked > _LOOK_SECONDS:
                self._seen = look(self.data_dir, self.db_dir, require_mount=self.settings().disk.require_mount)
                self._looked = time.monotonic()
            return self._seen

    def away(self) -> str:
        """Why the storage is not there now, in words; empty when it is. Looks anew."""
        self._looked = 0.0
        return self.seen().away

    def why_not(self, kind: str, _lane: Lane) -> str:
        """Why a job of that kind may not start, in words; empty when it may."""
        if kind in _ALWAYS:
            return ""
        seen, disk = self.seen(), self.settings().disk
        if seen.away:
            return seen.away
        least, free = (disk.stop_downloads_gb if kind in _BRINGS else disk.stop_gb), seen.free_bytes / _GIGABYTE
        if free < least:
            what = "fetching" if kind in _BRINGS else "work"
            return f"only {free:.1f} GB are free on {self.data_dir}: {what} waits until there are {least:g} GB"
        if seen.db_free_bytes / _GIGABYTE < min(disk.stop_gb, 0.2):
            return f"only {seen.db_free_bytes / 1e6:.0f} MB are free for the database in {self.db_dir}"
        return ""

    def is_news(self, kind: str, why: str) -> bool:
        """Whether jobs of that kind now wait that did not, or the other way round."""
        with self._lock:
            news = bool(why) != (kind in self._waits)
            if news:
                self._waits ^= {kind}
            return news

    def too_little(self, kind: str, seconds: float | None) -> str:
        """Why a job of that size does not fit, in words; empty when it does."""
        needed = needed_bytes(kind, seconds)
        spare = self.seen().free_bytes - self.settings().disk.stop_gb * _GIGABYTE
        if needed and needed > spare:
            return f"it may take {_size(needed)}, and {_size(max(spare, 0))} can be used"
        return ""


def _size(count: float) -> str:
    return f"{count / _GIGABYTE:.1f} GB" if count >= _GIGABYTE else f"{count / 1e6:.0f} MB"


def look(data_dir: Path, db_dir: Path, *, require_mount: bool) -> Seen:
    """Free room now, and whether the storage is the one that was marked."""
    try:
        usage, db_usage = shutil.disk_usage(data_dir), shutil.disk_usage(db_dir)
    except OSError as error:
        return Seen(away=f"{data_dir} cannot be looked at: {error.strerror or error}. Is its disk there?")
    away = ""
    if not (data_dir / MARKER).is_file():
        away = f"{data_dir} is not the storage it was: {MARKER} is missing. Is its disk mounted?"
    elif require_mount and mount.mount_point(data_dir) == Path("/"):
        away = f"{data_dir} is not on a disk of its own, as require_mount asks: mount it"
    return Seen(usage.free, usage.total, db_usage.free, away)


def mark(data_dir: Path, *, known: bool, require_mount: bool) -> None:
    """Leave the marker in a new storage. One that was marked before is never marked anew: its disk may be away."""
    if known or (data_dir / MARKER).exists():
        return
    if require_mount and mount.mount_point(data_dir) == Path("/"):
        raise NeedsPerson(
            f"{data_dir} is not on a disk of its own",
            "Mount the disk there, or set require_mount = false under [disk] in clipper.toml.",
        )
    with guarded_disk(data_dir):
        data_dir.mkdir(parents=True, exist_ok=True)
        (data_dir / MARKER).write_text("Clipper keeps videos and clips here.\n", encoding="utf-8")
