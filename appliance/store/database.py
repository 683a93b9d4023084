"""Opening the database: one file on a local disk, one program at a time, brought up to date before anything reads it."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from peewee import OperationalError, SqliteDatabase

from appliance.domain.errors import ClipperError, NeedsPerson, NoRoom, Permanent
from appliance.store.artifacts import guarded_disk
from appliance.store.migrations import MIGRATIONS, Migration
from appliance.store.models import database
from appliance.store.mount import check_local

FILE = "clipper.db"
BUSY_SECONDS = 10

# WAL and NORMAL survive kill -9 whole; what must survive a power cut is written with FULL (see store/change.py).
_PRAGMAS = {
    "journal_mode": "wal",
    "synchronous": "normal",
    "foreign_keys": 1,
    "busy_timeout": BUSY_SECONDS * 1000,
    "journal_size_limit": 200_000_000,
    "cache_size": -4000,
}


@contextmanager
def opened(folder: Path, *, network_ok: bool = False) -> Iterator[SqliteDatabase]:
    """The database in `folder`, migrated and bound to the tables, until the block ends.

    NeedsPerson when the folder is on a network file system or cannot be written; Permanent when the file is damaged or
    of a newer version.
    """
    with guarded_disk(folder):
        folder.mkdir(parents=True, exist_ok=True)
    if not network_ok:
        check_local(folder)
    path = folder / FILE
    migrate(path)
    base = SqliteDatabase(str(path), pragmas=_PRAGMAS, timeout=BUSY_SECONDS)
    database.initialize(base)
    try:
        yield base
    finally:
        base.close()
        base.dispose()


def migrate(path: Path, steps: Sequence[Migration] = MIGRATIONS) -> int:
    """Bring the file up to date in one transaction, after a snapshot beside it; how many steps were taken."""
    try:
        with _raw(path) as raw:
            known = int(raw.execute("PRAGMA user_version").fetchone()[0])
            if known > len(steps):
                raise Permanent(
                    f"{path} is of version {known}; this program knows versions up to {len(steps)}",
                    "Start the newer Clipper that wrote it, or restore a backup made by this version.",
                )
            todo = steps[known:]
            if not todo:
                return 0
            if known:
                snapshot(raw, path.with_name(f"{path.name}.before-{known + len(todo)}"))
            _apply(raw, todo, len(steps))
            return len(todo)
    except sqlite3.Error as error:
        raise trouble_with(error, path) from error


def snapshot(raw: sqlite3.Connection, to: Path) -> None:
    """A consistent copy of a database that may be in use."""
    to.unlink(missing_ok=True)
    raw.execute("VACUUM INTO ?", (str(to),))


def optimize() -> None:
    """What SQLite wants done now and then: empty the journal, look at its statistics. When it is busy, another time."""
    with contextlib.suppress(OperationalError):
        database.execute_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        database.execute_sql("PRAGMA optimize")


def check(path: Path) -> str:
    """What SQLite's own quick check says; "ok" when all is well."""
    try:
        with _raw(path) as raw:
            return str(raw.execute("PRAGMA quick_check(5)").fetchone()[0])
    except sqlite3.Error as error:
        return str(error)


def trouble_with(error: Exception, path: Path | str = "the database") -> ClipperError:
    """What SQLite said, as an error with a next step."""
    said = str(error)
    for sign, hint in _SIGNS.items():
        if sign in said:
            kind = NoRoom if sign == "full" else NeedsPerson
            return kind(f"{path}: {said}", hint)
    return Permanent(f"{path}: {said}", "Run `clipper doctor`; a backup can be restored with `clipper restore`.")


_SIGNS = {
    "full": "The disk is full: free some space. Nothing that was accepted is lost.",
    "disk I/O error": "The disk reports errors: check it and its free space. Nothing that was accepted is lost.",
    "readonly": "The database may only be read: check the permissions of db_dir and how its disk is mounted.",
    "unable to open": "Check that db_dir exists and may be written.",
    "locked": "Another program holds the database: end it. Clipper itself needs no other.",
}


@contextmanager
def _raw(path: Path) -> Iterator[sqlite3.Connection]:
    raw = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None)
    try:
        yield raw
    finally:
        raw.close()


def _apply(raw: sqlite3.Connection, todo: Sequence[Migration], version: int) -> None:
    raw.execute("PRAGMA journal_mode = wal")
    raw.execute("PRAGMA synchronous = full")
    raw.execute("BEGIN EXCLUSIVE")
    try:
        for step in todo:
            for statement in step.statements:
                raw.execute(statement)
        raw.execute(f"PRAGMA user_version = {version}")
        raw.execute("COMMIT")
    except BaseException:
        raw.execute("ROLLBACK")
        raise
