"""The line of a key in a TOML text. tomllib and pydantic know no lines, so the text is read once more, only for that."""

from __future__ import annotations

import re
from collections.abc import Sequence

_HEADER = re.compile(r"^\s*\[\[?\s*([^\]]+?)\s*\]\]?\s*(?:#.*)?$")
_KEY = re.compile(r"""^\s*((?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*'))*)\s*=""")
_PART = re.compile(r"""[A-Za-z0-9_-]+|"[^"]*"|'[^']*'""")
_FENCES = ('"' * 3, "'" * 3)


def line_of(text: str, path: Sequence[str]) -> int:
    """The 1-based line of the key at `path`; of the nearest table above it when the key itself is not found; else 1."""
    best, best_depth = 1, 0
    table: list[str] = []
    fence = ""
    for number, line in enumerate(text.splitlines(), 1):
        if fence:
            if fence in line:
                fence = ""
            continue
        if header := _HEADER.match(line):
            table = _parts(header.group(1))
            here = table
        elif key := _KEY.match(line):
            here = table + _parts(key.group(1))
            fence = _opened(line)
        else:
            continue
        depth = _shared(here, path)
        if depth == len(here) and depth > best_depth:
            best, best_depth = number, depth
    return best


def _parts(dotted: str) -> list[str]:
    return [part.strip("\"'") for part in _PART.findall(dotted)]


def _opened(line: str) -> str:
    """The fence of a multi-line string that begins on this line and does not end on it."""
    return next((fence for fence in _FENCES if line.count(fence) == 1), "")


def _shared(left: Sequence[str], right: Sequence[str]) -> int:
    depth = 0
    for one, other in zip(left, right, strict=False):
        if one != other:
            break
        depth += 1
    return depth
