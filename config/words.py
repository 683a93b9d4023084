"""What pydantic finds wrong with a value, in words for the owner of the file."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from typing import Any

from config.shape import Path, choices, field_at, model_at, spelt

_WANTED = {
    "int": "must be a whole number",
    "float": "must be a number",
    "bool": "must be true or false",
    "string": "must be a text in quotes",
    "tuple": "must be a list in square brackets",
    "list": "must be a list in square brackets",
    "model": "must be a table",
    "dict": "must be a table",
}


def place(loc: Sequence[str | int]) -> Path:
    """Where the mistake is, without the names that pydantic gives to the members of a union."""
    kept: list[str | int] = []
    for part in loc:
        if isinstance(part, str) and (part.startswith("literal[") or part == "[key]"):
            break
        kept.append(part)
    return tuple(kept)


def sentence(problem: Mapping[str, Any], path: Path) -> str:
    """One mistake: the key, what is wrong with it, and the nearest valid name."""
    key, kind = spelt(path), str(problem["type"])
    if kind == "extra_forbidden":
        there = sorted(model.model_fields) if (model := model_at(path[:-1])) else []
        return f"{key} is no key of clipper.toml{nearest(str(path[-1]), there)}"
    if kind == "missing":
        return f"{key} is missing"
    got = "" if isinstance(problem["input"], Mapping) else f" (it says {problem['input']!r})"
    if kind == "literal_error":
        field = field_at([part for part in path if not (isinstance(part, int) and part == path[-1])])
        among = choices(field.annotation) if field else []
        return f"{key}: must be one of {', '.join(among)}{got}{nearest(str(problem['input']), among, listed=False)}"
    if kind.endswith(("_type", "_parsing", "_from_float")) and (said := _WANTED.get(kind.split("_", maxsplit=1)[0])):
        return f"{key}: {said}{got}"
    text = str(problem["msg"]).removeprefix("Value error, ")
    return f"{key}: {text[:1].lower()}{text[1:]}{got}"


def nearest(name: str, there: Sequence[str], *, listed: bool = True) -> str:
    """What was probably meant; else, when there are few, what there is."""
    near = difflib.get_close_matches(name, there, n=1, cutoff=0.5)
    if near:
        return f", did you mean {near[0]}?"
    return f"; there are: {', '.join(there)}" if listed and there else ""
