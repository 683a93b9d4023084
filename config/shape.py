"""How the tables of clipper.toml lie inside each other: read from the models, for the example, the errors and the docs."""

from __future__ import annotations

import types
import typing
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from config.schema import Settings

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Shape:
    """One table: its dotted name, the model of its keys, and whether it stands in double brackets."""

    name: str
    model: type[BaseModel]
    many: bool = False

    @property
    def header(self) -> str:
        """As it is written in the file."""
        return f"[[{self.name}]]" if self.many else f"[{self.name}]"

    def plain(self) -> Iterator[tuple[str, FieldInfo]]:
        """The keys that hold values, without the tables inside."""
        return ((key, field) for key, field in self.model.model_fields.items() if inner(field.annotation) is None)


def inner(annotation: Any) -> tuple[type[BaseModel], Literal["table", "named", "list"]] | None:
    """The model inside a field, and how it stands there; None for a plain value."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation, "table"
    for arg in typing.get_args(annotation):
        if isinstance(arg, type) and issubclass(arg, BaseModel):
            return arg, "named" if typing.get_origin(annotation) is dict else "list"
    return None


def shapes(model: type[BaseModel] = Settings, prefix: str = "") -> Iterator[Shape]:
    """All tables, in the order of the schema. A named table shows up once, as `default`."""
    for key, field in model.model_fields.items():
        if (found := inner(field.annotation)) is None:
            continue
        below, kind = found
        name = f"{prefix}{key}" + (".default" if kind == "named" else "")
        yield Shape(name, below, many=kind == "list")
        yield from shapes(below, f"{name}.")


def model_at(path: Sequence[str | int]) -> type[BaseModel] | None:
    """The model of the table at the path; None where no table may stand."""
    model: type[BaseModel] = Settings
    skip = False
    for part in path:
        if skip:
            skip = False
            continue
        field = model.model_fields.get(str(part))
        found = inner(field.annotation) if field else None
        if found is None:
            return None
        model, kind = found
        skip = kind != "table"
    return model


def field_at(path: Sequence[str | int]) -> FieldInfo | None:
    """The key at the path."""
    model = model_at(path[:-1]) if path else None
    return model.model_fields.get(str(path[-1])) if model else None


def choices(annotation: Any) -> list[str]:
    """The values that may be chosen from, where there is a list of them."""
    if typing.get_origin(annotation) is Literal:
        return [str(value) for value in typing.get_args(annotation) if value != ""]
    if typing.get_origin(annotation) in {tuple, types.UnionType, typing.Union}:
        return [choice for arg in typing.get_args(annotation) for choice in choices(arg)]
    return []


def spelt(path: Sequence[str | int]) -> str:
    """A path as people write it: channel[2].url, counted from one."""
    text = ""
    for part in path:
        text += f"[{part + 1}]" if isinstance(part, int) else f".{part}" if text else part
    return text


def leaves(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Every value inside tables and arrays of tables, with its path."""
    if isinstance(value, dict) and (value or not path):
        for key, item in value.items():
            yield from leaves(item, (*path, str(key)))
    elif isinstance(value, list | tuple) and value and all(isinstance(item, dict) for item in value):
        for number, item in enumerate(value):
            yield from leaves(item, (*path, number))
    else:
        yield path, value
