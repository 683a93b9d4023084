"""Columns for what SQL has no type of its own: moments in time, and values of the domain as JSON."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import msgspec
from peewee import TextField

_FORM = "%Y-%m-%dT%H:%M:%S.%fZ"


class Instant(TextField):
    """An aware wall time, kept as UTC text of fixed width so that its order is that of time."""

    def db_value(self, value: Any) -> Any:
        """To text; a naive time is refused."""
        if isinstance(value, datetime):
            if value.tzinfo is None:
                raise ValueError("a wall time without a zone cannot be kept")
            return value.astimezone(UTC).strftime(_FORM)
        return value

    def python_value(self, value: Any) -> Any:
        """Back to a time in UTC."""
        return None if value is None else datetime.fromisoformat(value)


class Typed(TextField):
    """A value of one type of the domain, as JSON. What an older version wrote is read with the new type's defaults."""

    def __init__(self, kind: Any, **options: Any) -> None:
        super().__init__(**options)
        self._read: Callable[[str], Any] = msgspec.json.Decoder(kind, strict=False).decode

    def db_value(self, value: Any) -> Any:
        """To JSON."""
        return None if value is None else msgspec.json.encode(value).decode()

    def python_value(self, value: Any) -> Any:
        """Back to the type."""
        return None if value is None else self._read(value)
