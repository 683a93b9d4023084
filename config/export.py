"""The settings in force as a clipper.toml, with what was made by hand in the faces as entries of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from config.masking import masked
from config.schema import Settings

Made = Mapping[str, Sequence[Mapping[str, Any]]]


def export(settings: Settings, made: Made | None = None, *, everything: bool = False) -> str:
    """TOML that loads as the same settings: only what differs from the defaults, unless `everything` is wanted. `made`
    holds entries by their table: `channel`, `folder` or `rule` (as `[[schedule.rule]]`). Passwords inside addresses are
    masked.
    """
    import tomlkit

    said = settings.model_dump(mode="json", exclude_defaults=not everything)
    for table, entries in (made or {}).items():
        home = said.setdefault("schedule", {}) if table == "rule" else said
        home[table] = [*home.get(table, ()), *(dict(entry) for entry in entries)]
    return tomlkit.dumps(_tables_last(masked(said)))


def _tables_last(table: Mapping[str, Any]) -> dict[str, Any]:
    """Plain keys first: in TOML they would otherwise belong to the table above them."""
    plain = {key: value for key, value in table.items() if not _is_table(value)}
    below = {key: _inside(value) for key, value in table.items() if _is_table(value)}
    return plain | below


def _inside(value: Any) -> Any:
    return _tables_last(value) if isinstance(value, Mapping) else [_tables_last(item) for item in value]


def _is_table(value: Any) -> bool:
    return isinstance(value, Mapping) or (isinstance(value, list) and bool(value) and isinstance(value[0], Mapping))
