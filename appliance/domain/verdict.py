"""What a stage answers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Made:
    """Done: the files stand in the stage's folder. `notes` are sentences for the person who asked.

    A result that is not `lasting` serves this run only: something was missing that may be there next time.
    """

    files: tuple[str, ...]
    notes: tuple[str, ...] = ()
    lasting: bool = True


@dataclass(frozen=True, slots=True)
class Snooze:
    """Not now; again after that while."""

    after: timedelta
    why: str


@dataclass(frozen=True, slots=True)
class Cancel:
    """Not at all, and that is no failure."""

    why: str


Verdict = Made | Snooze | Cancel
