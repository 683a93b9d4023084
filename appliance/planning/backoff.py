"""How long to wait before another try."""

from __future__ import annotations

LONGEST_SECONDS = 6 * 3600.0


def delay(attempt: int, first: float, chance: float, asked: float | None = None) -> float:
    """Seconds before the next try: `first` after the first failure, doubling up to 6 hours, spread by half either way.

    `chance` is a random number from 0 to 1, so that many jobs do not come back at one instant. What the other side asked
    for (Retry-After, in seconds) is the least.
    """
    doubled = min(first * 2.0 ** min(max(attempt - 1, 0), 32), LONGEST_SECONDS)
    return max(min(doubled * (0.5 + chance), LONGEST_SECONDS), asked or 0.0)
