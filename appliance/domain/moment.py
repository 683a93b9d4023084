"""Stretches worth posting, with the reasons."""

from __future__ import annotations

from dataclasses import dataclass

from appliance.domain.curve import Missing
from appliance.domain.span import Span


@dataclass(frozen=True, slots=True)
class Reason:
    """One term of the score: its exact weight in log-odds, and what was seen, in words."""

    signal: str
    weight: float
    text: str


@dataclass(frozen=True, slots=True)
class Moment:
    """A candidate: `score` is the chance in percent that a person keeps it; the reasons add up to its log-odds."""

    start: float
    end: float
    score: float
    title: str
    reasons: tuple[Reason, ...]
    peak: float = 0.0  # where it is strongest, in seconds
    text: str = ""  # what is said in it
    quote: str = ""  # the line that carries it, verbatim, where a judge named one

    @property
    def span(self) -> Span:
        """From start to end."""
        return Span(self.start, self.end)


@dataclass(frozen=True, slots=True)
class Ranking:
    """The moments of one source, best first; what was missing; and, with no moments, why and what to do."""

    seconds: float
    moments: tuple[Moment, ...]
    missing: tuple[Missing, ...] = ()
    why_empty: str = ""
    hint: str = ""
