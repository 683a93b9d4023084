"""From method and path to the endpoint: one look into a dict, and a short list where the path has parameters."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

Target = TypeVar("Target")
_PARAMETER = re.compile(r"^\{([a-z_]+)(?::(int|str))?\}$")
_INTEGER = re.compile(r"^\d{1,18}$")  # what fits the database


@dataclass(frozen=True, slots=True)
class Parameter:
    """A named part of a path; a whole number, or any word."""

    name: str
    integer: bool


def parts_of(path: str) -> tuple[str | Parameter, ...]:
    """A path template in its parts: literal ones and parameters."""
    return tuple(_part(word) for word in path.split("/"))


@dataclass(slots=True)
class Place(Generic[Target]):
    """A path, and what may be done there by method."""

    path: str
    parts: tuple[str | Parameter, ...]
    methods: dict[str, Target] = field(default_factory=dict)

    @property
    def allowed(self) -> str:
        """For the Allow header."""
        known = {*self.methods, "OPTIONS"} | ({"HEAD"} if "GET" in self.methods else set())
        return ", ".join(sorted(known))

    def values(self, words: list[str]) -> dict[str, Any] | None:
        """The parameters' values when the path fits, else None."""
        found: dict[str, Any] = {}
        for part, word in zip(self.parts, words, strict=True):
            if isinstance(part, str):
                if part != word:
                    return None
            elif part.integer:
                if not _INTEGER.match(word):
                    return None
                found[part.name] = int(word)
            elif word:
                found[part.name] = word
            else:
                return None
        return found


class Map(Generic[Target]):
    """All places. Literal paths win over those with parameters."""

    def __init__(self, targets: Iterable[tuple[str, str, Target]]) -> None:
        self._literal: dict[str, Place[Target]] = {}
        self._open: dict[tuple[int, str], list[Place[Target]]] = {}
        places: dict[str, Place[Target]] = {}
        for method, path, target in targets:
            place = places.setdefault(path, Place(path, parts_of(path)))
            if method in place.methods:
                raise ValueError(f"{method} {path} is there twice")
            place.methods[method] = target
        for place in places.values():
            if all(isinstance(part, str) for part in place.parts):
                self._literal[place.path] = place
            else:
                self._open.setdefault(_shelf(place.path.split("/")), []).append(place)

    def find(self, path: str) -> tuple[Place[Target], Mapping[str, Any]] | None:
        """The place of a path with its parameters; None when there is none."""
        place = self._literal.get(path)
        if place is not None:
            return place, {}
        words = path.split("/")
        for place in self._open.get(_shelf(words), ()):
            values = place.values(words)
            if values is not None:
                return place, values
        return None


def _shelf(words: list[str]) -> tuple[int, str]:
    """Where to look for a path: by its length and its noun, the word after /api/v1 or the first one."""
    return len(words), words[3 if words[1:3] == ["api", "v1"] and len(words) > 3 else 1] if len(words) > 1 else ""


def _part(word: str) -> str | Parameter:
    found = _PARAMETER.match(word)
    if found is None:
        return word
    return Parameter(found.group(1), found.group(2) == "int")
