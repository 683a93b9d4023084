"""The line of a key in a TOML text. tomllib and pydantic know no lines, so the text is read once more, only for that."""

from __future__ import annotations

import re
from collections.abc import Sequence

_HEADER = re.compile(r"^\s*(\[\[?)\s*([^\]]+?)\s*\]\]?\s*(?:#.*)?$")
_KEY = re.compile(r"""^\s*((?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*'))*)\s*=""")
_PART = re.compile(r"""[A-Za-z0-9_-]+|"[^"]*"|'[^']*'""")
_FENCES = ('"' * 3, "'" * 3)

Place = list[str | int]


def line_of(text: str, path: Sequence[str | int]) -> int:
    """The 1-based line of the key at `path`, where a number (from 0) chooses the element of an array of tables.
    Of the nearest table above it when the key itself is not found; else 1.
    """
    best, best_depth = 1, 0
    table: Place = []
    counts: dict[tuple[str | int, ...], int] = {}
    fence = ""
    for number, line in enumerate(text.splitlines(), 1):
        if fence:
            if fence in line:
                fence = ""
            continue
        if header := _HEADER.match(line):
            table = here = _entered(_parts(header.group(2)), counts, many=header.group(1) == "[[")
        elif key := _KEY.match(line):
            here = [*table, *_parts(key.group(1))]
            fence = _opened(line)
        else:
            continue
        depth = _shared(here, path)
        if depth == len(here) and depth > best_depth:
            best, best_depth = number, depth
    return best


def _entered(names: list[str], counts: dict[tuple[str | int, ...], int], *, many: bool) -> Place:
    """Where a header leads: into the last element of every array of tables on its way, into a new one with [[...]]."""
    here: Place = []
    for depth, name in enumerate(names, 1):
        here.append(name)
        place = tuple(here)
        if many and depth == len(names):
            counts[place] = counts.get(place, -1) + 1
        if place in counts:
            here.append(counts[place])
    return here


def _parts(dotted: str) -> list[str]:
    return [part.strip("\"'") for part in _PART.findall(dotted)]


def _opened(line: str) -> str:
    """The fence of a multi-line string that begins on this line and does not end on it."""
    return next((fence for fence in _FENCES if line.count(fence) == 1), "")


def _shared(left: Sequence[str | int], right: Sequence[str | int]) -> int:
    depth = 0
    for one, other in zip(left, right, strict=False):
        if one != other:
            break
        depth += 1
    return depth
