"""What went wrong with a job, as it is kept and shown."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from appliance.domain.errors import BadInput, ClipperError, NeedsPerson, NoRoom, Permanent, Transient


class Fault(StrEnum):
    """The kinds of trouble; each has its own way on."""

    TRANSIENT = "transient"  # again after a while
    PERMANENT = "permanent"  # given up
    NEEDS_PERSON = "needs_person"  # held
    NO_ROOM = "no_room"  # again when the disk has room; no try is counted
    UNWANTED = "unwanted"  # no failure: it is not what was asked for
    BAD_INPUT = "bad_input"  # given up: what was given cannot be used
    CRASH = "crash"  # the stage's process died; twice is enough
    LOST = "lost"  # the whole program went away under it; again at once
    BUG = "bug"  # a mistake of the program itself


@dataclass(frozen=True, slots=True)
class Trouble:
    """One failed try: which kind, what happened in a sentence, the next step in words, when, and at which attempt."""

    fault: Fault
    message: str
    hint: str = ""
    at: datetime | None = None
    attempt: int = 0
    retry_after: float | None = None


def trouble_of(error: Exception, at: datetime | None = None, attempt: int = 0) -> Trouble:
    """An error as trouble. What is no ClipperError is a mistake of ours and says so."""
    if not isinstance(error, ClipperError):
        return Trouble(
            Fault.BUG,
            f"{type(error).__name__}: {error}"[:2000],
            "This is a mistake in Clipper: please report it with the job's log.",
            at,
            attempt,
        )
    kinds = (
        (Transient, Fault.TRANSIENT),
        (NoRoom, Fault.NO_ROOM),
        (NeedsPerson, Fault.NEEDS_PERSON),
        (BadInput, Fault.BAD_INPUT),
        (Permanent, Fault.PERMANENT),
    )
    fault = next((fault for kind, fault in kinds if isinstance(error, kind)), Fault.PERMANENT)
    return Trouble(fault, error.message, error.hint, at, attempt, getattr(error, "retry_after", None))
