"""What a changed clipper.toml changes, and what of it only counts after a restart."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from config.masking import masked
from config.schema import Settings
from config.shape import leaves, spelt

# Sockets, folders and worker threads are made once, when the service starts. Everything else is read when it is needed.
_AT_START = ("paths.", "web.host", "web.port", "web.socket", "web.console", "lanes.", "log.", "disk.require_mount")


@dataclass(frozen=True, slots=True)
class Change:
    """One key that says something else now; None where it says nothing. Secret parts are masked."""

    key: str
    old: Any
    new: Any
    needs_restart: bool

    @property
    def words(self) -> str:
        """The change as a sentence for people."""
        later = " (after a restart)" if self.needs_restart else ""
        return f"{self.key}: {_shown(self.old)} is now {_shown(self.new)}{later}"


def changes(old: Settings, new: Settings) -> tuple[Change, ...]:
    """Every key that differs, in the order of the file."""
    before, after = _flat(old), _flat(new)
    keys = dict.fromkeys((*before, *after))
    return tuple(
        Change(key, masked(before.get(key)), masked(after.get(key)), key.startswith(_AT_START))
        for key in keys
        if before.get(key) != after.get(key)
    )


def _flat(settings: Settings) -> dict[str, Any]:
    dumped = settings.model_dump(mode="json")
    return {spelt(path): value for path, value in leaves(dumped) if value not in ([], {})}


def _shown(value: Any) -> str:
    return "nothing" if value is None else json.dumps(value, ensure_ascii=False)
