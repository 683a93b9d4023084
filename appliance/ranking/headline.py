"""A short headline from what is said."""

from __future__ import annotations

import re

_ENDS = re.compile(r"(?<=[.!?…。！？])\s+|(?<=[。！？])")
_LIMP = re.compile(
    r"^(?:(?:and|but|so|because|or|well|um+|uh+|yeah|okay|ok|now|then|und|aber|also|y|pero|et|mais)[,\s]+)+",
    re.IGNORECASE,
)
_STRONG = re.compile(
    r"[?!]|\d|\b(?:never|nobody|everyone|secret|truth|best|worst|why|how|first|only|nie|jamais|nunca)\b", re.IGNORECASE
)
_LONGEST = 70


def headline(text: str) -> str:
    """The line of `text` that says most, at most 70 characters, whole words; empty when there is none."""
    lines = [line.strip() for line in _ENDS.split(" ".join(text.split())) if line.strip()]
    if not lines:
        return ""
    best = max(range(len(lines)), key=lambda place: (_telling(lines[place]), -place))
    line = _LIMP.sub("", lines[best]).strip(' -–—,;:"“”') or lines[best]
    line = _shortened(line)
    return line[:1].upper() + line[1:]


def _telling(line: str) -> float:
    """Headlines are of middle length, complete, and have something sharp in them."""
    count = len(line)
    size = 1.0 if 20 <= count <= _LONGEST else 0.4 if count < 20 else max(0.1, 0.9 - (count - _LONGEST) / 200)
    return size + 0.5 * bool(_STRONG.search(line)) + 0.2 * line[:1].isupper() - 0.3 * bool(_LIMP.match(line))


def _shortened(line: str) -> str:
    if len(line) <= _LONGEST:
        return line.rstrip(".,;:")
    cut = line[: _LONGEST - 1]
    clause = max(cut.rfind(mark) for mark in (", ", "; ", ": ", " - ", " – ", "，", "、"))
    if clause >= _LONGEST // 2:
        return cut[:clause].rstrip()
    space = cut.rfind(" ")
    return (cut[:space] if space > _LONGEST // 3 else cut).rstrip(" ,;:-") + "…"
