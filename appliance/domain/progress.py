"""How far a piece of work is."""

from __future__ import annotations

from collections.abc import Callable

# Called with a share from 0 to 1 (never backwards) and the present step in words.
OnProgress = Callable[[float, str], None]


def unwatched(share: float, step: str) -> None:
    """Nobody looks."""


def part(watcher: OnProgress, start: float, end: float) -> OnProgress:
    """The watcher of a piece of work that is the stretch from `start` to `end` of a longer one."""

    def watch(share: float, step: str) -> None:
        watcher(start + (end - start) * min(max(share, 0.0), 1.0), step)

    return watch
