"""One signal over time."""

from __future__ import annotations

from array import array
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Curve:
    """`values[i]` (float32) is the signal at `i * hop` to `(i + 1) * hop` seconds; NaN where nothing is known of it."""

    signal: str
    hop: float
    values: array[float]

    @property
    def seconds(self) -> float:
        """How much time it covers."""
        return len(self.values) * self.hop


@dataclass(frozen=True, slots=True)
class Missing:
    """A signal that has nothing, why, and what would change that."""

    signal: str
    why: str
    hint: str = ""
