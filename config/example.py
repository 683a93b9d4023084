"""The commented clipper.toml: every key, its default and what it does, all lines commented out. Made from the schema."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from typing import Any

from pydantic.fields import FieldInfo

from config.shape import Shape, choices, shapes

_HEAD = """\
# clipper.toml: every key with its default. A key that is commented out has the default shown.
# Look for this file: $CLIPPER_CONFIG, ./clipper.toml, ~/.config/clipper/clipper.toml, /etc/clipper/clipper.toml.
# `clipper config check` checks it, `clipper config show --origin` says what is in force and where it was set.
"""


# What stands for the keys that have no default.
_SAMPLES = {
    "channel.url": "https://www.youtube.com/@NASA",
    "folder.path": "/srv/recordings",
    "schedule.rule.name": "nightly tidy",
    "schedule.rule.cron": "30 3 * * *",
    "schedule.rule.action": "tidy",
}


def example() -> str:
    """The text of the commented example."""
    return "\n".join([_HEAD, *("\n".join(_table(shape)) for shape in shapes())])


def _table(shape: Shape) -> Iterator[str]:
    yield from _comment(shape.model.__doc__ or "")
    yield f"# {shape.header}"
    for key, field in shape.plain():
        yield from _comment(told(field))
        default = (
            _SAMPLES[f"{shape.name}.{key}"] if field.is_required() else field.get_default(call_default_factory=True)
        )
        yield f"# {key} = {toml(default)}"
    yield ""


def told(field: FieldInfo) -> str:
    """The key's docstring, and the values it may take where these are few."""
    among = choices(field.annotation)
    return (field.description or "") + (f" One of: {', '.join(among)}." if among else "")


def _comment(text: str) -> Iterator[str]:
    for line in textwrap.wrap(" ".join(text.split()), 110):
        yield f"## {line}"


def toml(value: Any) -> str:
    """A plain value as TOML."""
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
        case dict():
            return "{ " + ", ".join(f"{key} = {toml(item)}" for key, item in value.items()) + " }" if value else "{}"
        case tuple() | list():
            return "[" + ", ".join(toml(item) for item in value) + "]"
        case _:
            return str(value)
