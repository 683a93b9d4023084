"""What a judge is asked, and what it answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from appliance.domain.curve import Missing
from appliance.signals.evidence import Opinion


@dataclass(frozen=True, slots=True)
class JudgeOptions:
    """The language model. `criteria` holds (name, text); `budget` and `context` are tokens, budget 0 knows no limit."""

    base_url: str = ""
    model: str = ""
    budget: int = 60_000
    context: int = 8192
    criteria: tuple[tuple[str, str], ...] = ()
    timeout: float = 120.0


@dataclass(frozen=True, slots=True)
class Shown:
    """A candidate as the model sees it: a stretch and its sentences with their times."""

    start: float
    end: float
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """One sentence."""

    start: float
    end: float
    text: str


@dataclass(frozen=True, slots=True)
class Judgement:
    """What came of it: opinions, remarks for the person, and when there is no opinion at all, why."""

    opinions: tuple[Opinion, ...] = ()
    notes: tuple[str, ...] = ()
    missing: Missing | None = None
    tokens: int = 0


@dataclass(frozen=True, slots=True)
class Memory:
    """Answers of earlier runs, so that a question is paid for once: by key."""

    recall: Callable[[str], str | None]
    keep: Callable[[str, str], None]
