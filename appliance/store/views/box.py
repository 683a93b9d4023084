"""How the database itself is."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from peewee import DatabaseError, InterfaceError

from appliance.store.database import BUSY_SECONDS, trouble_with
from appliance.store.models import NoteRow, database

_PATIENCE_SECONDS = 1


def try_it() -> None:
    """Read a row, and take the lock that writing takes, waiting a second at most. The error, in words, when that fails."""
    with _in_words():
        NoteRow.select(NoteRow.id).first()
        if database.in_transaction():
            return  # the lock is this thread's already
        database.execute_sql(f"PRAGMA busy_timeout = {_PATIENCE_SECONDS * 1000}")
        try:
            with database.atomic("IMMEDIATE"):
                pass
        finally:
            database.execute_sql(f"PRAGMA busy_timeout = {BUSY_SECONDS * 1000}")


def place() -> Path:
    """Where the database file is."""
    return Path(database.obj.database)


@contextlib.contextmanager
def _in_words() -> Iterator[None]:
    try:
        yield
    except (DatabaseError, InterfaceError) as error:
        raise trouble_with(error) from error
