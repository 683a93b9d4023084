"""The hook title's words on at most two lines, as large as fits."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from appliance.planning import scripts

_ENOUGH = 220  # characters that a title of two lines can never exceed; what follows is cut before it is measured


def fitted(
    text: str, width_of: Callable[[str], float], width: float, sizes: Sequence[float], lines: int = 2
) -> tuple[float, tuple[str, ...]]:
    """The largest of `sizes` (descending) at which the text fits into `lines` lines of `width`, and the lines.

    `width_of` gives a text's width at size 1. What does not fit even at the smallest size ends in "…".
    """
    words = _words(scripts.visible(text)[:_ENOUGH])
    for size in sizes:
        made = _balanced(words, width_of, width / size, lines)
        if made is not None:
            return size, made
    size = sizes[-1]
    while len(words) > 1:
        words = words[:-1]
        short = [*words[:-1], words[-1].rstrip(" ,.;:-–—") + "…"]
        made = _balanced(short, width_of, width / size, lines)
        if made is not None:
            return size, made
    return size, tuple(words)


def _words(text: str) -> list[str]:
    """Pieces between which a line may break; each but the first of a line carries its own space in front."""
    pieces: list[str] = []
    for word in text.split(" "):
        part = "" if not pieces else " "
        before = ""
        for cluster in scripts.clusters(word):
            if before and (scripts.breakable(before, cluster) or len(part) >= 18):
                pieces.append(part)
                part = ""
            part += cluster
            before = cluster
        pieces.append(part)
    return [piece for piece in pieces if piece.strip()]


def _balanced(
    words: Sequence[str], width_of: Callable[[str], float], width: float, lines: int
) -> tuple[str, ...] | None:
    """One line, or the two whose widths differ least; None when neither fits."""
    whole = "".join(words).strip()
    if width_of(whole) <= width:
        return (whole,)
    best: tuple[float, tuple[str, ...]] | None = None
    for cut in range(1, len(words) if lines > 1 else 0):
        halves = ("".join(words[:cut]).strip(), "".join(words[cut:]).strip())
        first, second = map(width_of, halves)
        if max(first, second) <= width and (best is None or abs(first - second) < best[0]):
            best = (abs(first - second), halves)
    return None if best is None else best[1]
