"""What the viewers wrote while they watched."""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Chat:
    """Messages as columns, in order of time, so that a million of them fit.

    `times` (seconds, float64), `users` (a number per chatter, int32) and `texts` (an index into `vocabulary`, int32) are of
    one length; `vocabulary` holds every different text once. `emotes` are the names that the platform itself marked as
    emotes. What had to be left out while reading is counted.
    """

    times: array[float]
    users: array[int]
    texts: array[int]
    vocabulary: tuple[str, ...]
    emotes: frozenset[str] = frozenset()
    before_start: int = 0
    unreadable: int = 0
    platform: str = ""
    unreadable_lines: tuple[int, ...] = field(default=())  # the first few, for the message

    def __len__(self) -> int:
        """How many messages there are."""
        return len(self.times)
