"""Stretches of time on a source, in absolute float seconds."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """From `start` to `end` in seconds; never negative in length."""

    start: float
    end: float

    def __post_init__(self) -> None:
        if not self.end >= self.start:
            message = f"a span cannot end before it starts: {self.start} to {self.end}"
            raise ValueError(message)

    @property
    def seconds(self) -> float:
        """Its length."""
        return self.end - self.start

    def overlap(self, other: Span) -> float:
        """Seconds that both share."""
        return max(0.0, min(self.end, other.end) - max(self.start, other.start))

    def iou(self, other: Span) -> float:
        """Shared seconds over covered seconds, 0 to 1."""
        shared = self.overlap(other)
        covered = self.seconds + other.seconds - shared
        return shared / covered if covered > 0 else 0.0

    def holds(self, time: float) -> bool:
        """Whether `time` lies inside, the end excluded."""
        return self.start <= time < self.end

    def clamp(self, outer: Span) -> Span:
        """The part of it that lies inside `outer` (empty at the nearer edge when none does)."""
        start = min(max(self.start, outer.start), outer.end)
        return Span(start, max(start, min(self.end, outer.end)))

    def pad(self, before: float, after: float) -> Span:
        """Grown by that many seconds on either side."""
        return Span(self.start - before, self.end + after)


def merge(spans: Iterable[Span], gap: float = 0.0) -> tuple[Span, ...]:
    """The union in order of time; neighbours at most `gap` seconds apart become one."""
    merged: list[Span] = []
    for span in sorted(spans):
        if merged and span.start <= merged[-1].end + gap:
            merged[-1] = Span(merged[-1].start, max(merged[-1].end, span.end))
        else:
            merged.append(span)
    return tuple(merged)
