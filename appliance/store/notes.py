"""Small facts about the box itself."""

from __future__ import annotations

from appliance.store.models import NoteRow


def read(name: str) -> str:
    """A fact; empty when it was never written."""
    row = NoteRow.get_or_none(NoteRow.name == name)
    return "" if row is None else row.value


def write(name: str, value: str) -> None:
    """Write a fact, inside a change."""
    if not NoteRow.update(value=value).where(NoteRow.name == name).execute():
        NoteRow.create(name=name, value=value)
