"""Bringing a file of a watched folder into the data folder: whole or not at all, across file systems too."""

from __future__ import annotations

import errno
import os
import shutil
from pathlib import Path

from appliance.domain.channel import Intake
from appliance.domain.errors import ClipperError, NeedsPerson, Permanent, Transient
from appliance.sources.local import CHAT, SUBTITLES, beside

_BLOCK_BYTES = 4 << 20
_COMPANIONS = (*SUBTITLES, *CHAT, ".info.json")


def bring(path: Path, into: Path, how: Intake) -> Path:
    """The file where it is to be used from: where it is (`link`), or in the folder `into` (`copy`, `move`).

    What lies beside it under its name (subtitles, chat, info.json) comes along, before it. A file that is there already from
    an interrupted try is not brought twice; another one of the same name is left alone and a number added. Transient when
    it changes meanwhile or is gone, NeedsPerson when the disk is full.
    """
    if how is Intake.LINK:
        return path.resolve()
    try:
        into.mkdir(parents=True, exist_ok=True)
        target = _target(path, into)
        for companion in list(beside(path, _COMPANIONS)):
            _take(companion, into / (target.stem + companion.name[len(path.stem) :]), how)
        _take(path, target, how)
    except OSError as error:
        raise _meaning(path, into, error) from error
    return target


def _take(path: Path, target: Path, how: Intake) -> None:
    if not _same(path, target):
        if how is Intake.MOVE and _renamed(path, target):
            return
        _copy(path, target)
    if how is Intake.MOVE:
        path.unlink()


def _renamed(path: Path, target: Path) -> bool:
    """Move within a file system; False when it lies on another one."""
    try:
        path.rename(target)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        return False
    _sync(target.parent)
    return True


def _copy(path: Path, target: Path) -> None:
    """Copy under a hidden name, put it on the disk, and only then give it its name. Keeps the time of change."""
    part = target.with_name(f".{target.name}.part")
    before = path.stat()
    try:
        with path.open("rb") as source, part.open("wb") as copy:
            shutil.copyfileobj(source, copy, _BLOCK_BYTES)
            copy.flush()
            os.fsync(copy.fileno())
        after = path.stat()
        if (before.st_size, before.st_mtime_ns) != (
            after.st_size,
            after.st_mtime_ns,
        ) or part.stat().st_size != after.st_size:
            raise Transient(f"{path} changed while it was copied", "It is taken when it stands still.")
        os.utime(part, ns=(after.st_atime_ns, after.st_mtime_ns))
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
    _sync(target.parent)


def _target(path: Path, into: Path) -> Path:
    """A free name in `into`, or the name of the same file from an earlier try."""
    target, number = into / path.name, 2
    while target.exists() and not _same(path, target):
        target, number = into / f"{path.stem} ({number}){path.suffix}", number + 1
    return target


def _same(path: Path, target: Path) -> bool:
    """Whether `target` is what an earlier try made of `path`."""
    if not target.is_file():
        return False
    here, there = path.stat(), target.stat()
    return (here.st_size, here.st_mtime_ns) == (there.st_size, there.st_mtime_ns)


def _sync(folder: Path) -> None:
    """The names in the folder, on the disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _meaning(path: Path, into: Path, error: OSError) -> ClipperError:
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return NeedsPerson(f"{path} does not fit into {into}: the disk is full", "Free some space and try again.")
    if error.errno == errno.ENOENT:
        return Transient(f"{path} is gone", "Check that its disk is mounted, and that nobody moved it.")
    if error.errno in {errno.EACCES, errno.EPERM, errno.EROFS}:
        return NeedsPerson(f"{path} cannot be brought into {into}: {error.strerror}", "Check the permissions of both.")
    return Permanent(f"{path} cannot be brought into {into}: {error.strerror}", "Check both disks.")
