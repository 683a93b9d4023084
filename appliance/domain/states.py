"""What videos, clips and jobs can be, and which moves between states are legal. One enum and one table each."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar

from appliance.domain.errors import BadInput

State = TypeVar("State", bound=StrEnum)


class VideoState(StrEnum):
    """Where a video stands on its way to clips."""

    NEW = "new"  # accepted, nothing done yet
    WORKING = "working"  # a stage is due or running
    READY = "ready"  # its moments are there, and the clips that were to be made by themselves
    HELD = "held"  # waits until a person does something
    FAILED = "failed"  # given up; it can be tried again
    CANCELLED = "cancelled"  # stopped by a person


class ClipState(StrEnum):
    """Where a clip stands on its way to people."""

    DRAFT = "draft"  # a moment that was found; nothing is rendered
    RENDERING = "rendering"
    PENDING = "pending"  # rendered; waits for a yes or a no
    APPROVED = "approved"
    REJECTED = "rejected"
    EXPIRED = "expired"  # nobody decided in time
    FAILED = "failed"  # could not be rendered


class JobState(StrEnum):
    """Where a job stands. The names are those of Oban, whose life cycle this follows."""

    SCHEDULED = "scheduled"  # due later
    AVAILABLE = "available"  # due, waiting for a worker
    EXECUTING = "executing"  # a worker has it
    RETRYABLE = "retryable"  # failed, due again later
    HELD = "held"  # a person has to do something first
    COMPLETED = "completed"
    DISCARDED = "discarded"  # failed for good
    CANCELLED = "cancelled"


VIDEO_MOVES: Mapping[VideoState, frozenset[VideoState]] = {
    VideoState.NEW: frozenset({VideoState.WORKING, VideoState.CANCELLED, VideoState.FAILED}),
    VideoState.WORKING: frozenset({VideoState.READY, VideoState.HELD, VideoState.FAILED, VideoState.CANCELLED}),
    VideoState.READY: frozenset({VideoState.WORKING}),
    VideoState.HELD: frozenset({VideoState.WORKING, VideoState.FAILED, VideoState.CANCELLED}),
    VideoState.FAILED: frozenset({VideoState.WORKING}),
    VideoState.CANCELLED: frozenset({VideoState.WORKING}),
}

CLIP_MOVES: Mapping[ClipState, frozenset[ClipState]] = {
    ClipState.DRAFT: frozenset({ClipState.RENDERING, ClipState.REJECTED, ClipState.EXPIRED}),
    ClipState.RENDERING: frozenset({ClipState.PENDING, ClipState.APPROVED, ClipState.FAILED, ClipState.DRAFT}),
    ClipState.PENDING: frozenset({ClipState.APPROVED, ClipState.REJECTED, ClipState.EXPIRED, ClipState.RENDERING}),
    ClipState.APPROVED: frozenset({ClipState.PENDING, ClipState.REJECTED, ClipState.RENDERING}),
    ClipState.REJECTED: frozenset({ClipState.PENDING, ClipState.DRAFT, ClipState.RENDERING}),
    ClipState.EXPIRED: frozenset({ClipState.PENDING, ClipState.DRAFT, ClipState.RENDERING}),
    ClipState.FAILED: frozenset({ClipState.RENDERING, ClipState.REJECTED}),
}

JOB_MOVES: Mapping[JobState, frozenset[JobState]] = {
    JobState.SCHEDULED: frozenset({JobState.AVAILABLE, JobState.CANCELLED}),
    JobState.AVAILABLE: frozenset({JobState.EXECUTING, JobState.CANCELLED, JobState.DISCARDED}),
    JobState.EXECUTING: frozenset(
        {
            JobState.COMPLETED,
            JobState.RETRYABLE,
            JobState.SCHEDULED,  # snoozed
            JobState.AVAILABLE,  # given back: the worker went away
            JobState.HELD,
            JobState.DISCARDED,
            JobState.CANCELLED,
        }
    ),
    JobState.RETRYABLE: frozenset({JobState.AVAILABLE, JobState.CANCELLED, JobState.DISCARDED}),
    JobState.HELD: frozenset({JobState.AVAILABLE, JobState.CANCELLED, JobState.DISCARDED}),
    JobState.COMPLETED: frozenset(),
    JobState.DISCARDED: frozenset({JobState.AVAILABLE}),
    JobState.CANCELLED: frozenset({JobState.AVAILABLE}),
}

# A job in one of these is over, unless a person asks for another try.
ENDED = frozenset({JobState.COMPLETED, JobState.DISCARDED, JobState.CANCELLED})


class IllegalMove(BadInput):
    """Something is not in a state from which it could do that; somebody else may have been first."""


def check_move(moves: Mapping[State, frozenset[State]], what: str, old: State, new: State) -> None:
    """IllegalMove, in words, when the table does not know the move."""
    if new not in moves[old]:
        raise IllegalMove(f"{what} is {old.value} and cannot become {new.value}", "Look at it again: it has changed.")
