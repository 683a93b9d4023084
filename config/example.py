"""The commented clipper.toml: every key, its default and what it does, all lines commented out. Made from the schema."""

from __future__ import annotations

import textwrap
import types
import typing
from collections.abc import Iterator
from typing import Any, Literal

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from config.schema import Look, Settings

_HEAD = """\
# clipper.toml: every key with its default. A key that is commented out has the default shown.
# Look for this file: $CLIPPER_CONFIG, ./clipper.toml, ~/.config/clipper/clipper.toml, /etc/clipper/clipper.toml.
# `clipper config check` checks it, `clipper config show --origin` says what is in force and where it was set.
"""


def example() -> str:
    """The text of the commented example."""
    tables = [_HEAD]
    for name, field in Settings.model_fields.items():
        if name == "look":
            tables.append("\n".join(_table("look.default", Look)))
        else:
            model = typing.cast("type[BaseModel]", field.annotation)
            tables.append("\n".join(_table(name, model)))
    return "\n".join(tables)


def _table(name: str, model: type[BaseModel]) -> Iterator[str]:
    yield from _comment(model.__doc__ or "")
    yield f"# [{name}]"
    for key, field in model.model_fields.items():
        yield from _comment(_told(field))
        yield f"# {key} = {_toml(field.get_default())}"
    yield ""


def _told(field: FieldInfo) -> str:
    """The key's docstring, and the values it may take where these are few."""
    choices = _choices(field.annotation)
    return (field.description or "") + (f" One of: {', '.join(choices)}." if choices else "")


def _choices(annotation: Any) -> list[str]:
    if typing.get_origin(annotation) is Literal:
        return [str(value) for value in typing.get_args(annotation)]
    if typing.get_origin(annotation) in {tuple, types.UnionType}:
        return [choice for inner in typing.get_args(annotation) for choice in _choices(inner)]
    return []


def _comment(text: str) -> Iterator[str]:
    for line in textwrap.wrap(" ".join(text.split()), 110):
        yield f"## {line}"


def _toml(value: Any) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
        case dict():
            return "{ " + ", ".join(f"{key} = {_toml(item)}" for key, item in value.items()) + " }" if value else "{}"
        case tuple() | list():
            return "[" + ", ".join(_toml(item) for item in value) + "]"
        case _:
            return str(value)
