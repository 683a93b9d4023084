"""A folder of this machine from which every file is taken once it stands still.

A file stands still when its length and time of change were the same in two looks that lie `stable_seconds` apart: a
copy that is still running, or that keeps the old time until its end, is not taken for whole.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from fnmatch import fnmatch
from pathlib import Path, PurePosixPath

import msgspec

from appliance.domain.errors import BadInput, Transient
from appliance.domain.listed import NOTHING, Item, Listing, Remembered
from appliance.sources.address import is_media_name
from appliance.sources.taking import bring

__all__ = ["bring", "look"]

_PARTIAL = (".part", ".crdownload", ".tmp", ".download", ".partial", ".ytdl", ".filepart", ".aria2", "~")
_DEEP = "**/"


class _Seen(msgspec.Struct, array_like=True):
    """What a file looked like, since when (seconds of the epoch), and whether it was told."""

    size: int
    changed: int
    since: float
    told: bool = False


def look(
    folder: Path, pattern: str, now: datetime, stable_seconds: float = 60.0, remembered: Remembered = NOTHING
) -> Listing:
    """The files that stand still and were not told before, newest first; each is told once, and again when it changed.

    `pattern` is a name with * and ?, and begins with **/ to look into the folders below too. Keep the answer's `remembered`
    together with what was made of its items. BadInput for a pattern that leads elsewhere or a path that is no folder,
    Transient when the folder is not there: its disk may come back.
    """
    deep, name = pattern.startswith(_DEEP), pattern.removeprefix(_DEEP)
    if not name or "/" in name or "\\" in name or name in {".", ".."}:
        raise BadInput(f"{pattern}: that is no pattern for file names", "Write one such as *.mp4, or **/*.mp4.")
    if folder.exists() and not folder.is_dir():
        raise BadInput(f"{folder}: that is no folder", "Name the folder that the videos are put into.")
    before = _read(remembered)
    at = now.timestamp()
    after: dict[str, _Seen] = {}
    ready: list[Item] = []
    growing = 0
    for path in _files(folder, name.lower(), deep=deep):
        found = _look(path, before.get(path.name if not deep else str(path.relative_to(folder))), at)
        if found is None:
            continue
        stable = found.size > 0 and at - found.since >= stable_seconds
        if stable and not found.told:
            found.told = True
            ready.append(_item(path, found))
        growing += not stable
        after[str(path.relative_to(folder))] = found
    if not after:
        after = before  # a disk that is away looks like an empty folder; what was told stays told
    ready.sort(key=lambda item: item.published or now, reverse=True)
    notes = (f"{growing} files are not yet whole",) if growing else ()
    seen = msgspec.json.encode(after).decode()
    return Listing(tuple(ready), replace(remembered, seen=seen), notes, not_modified=not ready, name=folder.name)


def _files(folder: Path, pattern: str, *, deep: bool) -> Iterator[Path]:
    """Media files by their names, without hidden ones and those that a program has not finished."""
    try:
        here = sorted(folder.rglob("*") if deep else folder.iterdir())
    except OSError as error:
        raise Transient(
            f"{folder} cannot be looked into: {error.strerror}",
            "Check the path, its permissions, and that its disk is mounted.",
        ) from error
    for path in here:
        below = PurePosixPath(path.relative_to(folder))
        if any(part.startswith((".", "~")) for part in below.parts) or path.name.lower().endswith(_PARTIAL):
            continue
        if is_media_name(path.name) and fnmatch(path.name.lower(), pattern) and path.is_file():
            yield path


def _look(path: Path, before: _Seen | None, at: float) -> _Seen | None:
    """What the file looks like, and since when it has; None when it is gone again."""
    try:
        stat = path.stat()
    except OSError:
        return None
    if before is None or (before.size, before.changed) != (stat.st_size, stat.st_mtime_ns):
        return _Seen(stat.st_size, stat.st_mtime_ns, at)
    return _Seen(before.size, before.changed, min(before.since, at), before.told)


def _item(path: Path, found: _Seen) -> Item:
    whole = str(path.resolve())
    title = path.stem.replace("_", " ").strip()
    return Item(key=whole, url=whole, title=title, published=datetime.fromtimestamp(found.changed / 1e9, UTC))


def _read(remembered: Remembered) -> dict[str, _Seen]:
    if not remembered.seen:
        return {}
    try:
        return msgspec.json.decode(remembered.seen, type=dict[str, _Seen])
    except msgspec.DecodeError:
        return {}
