"""What a kind of job is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from appliance.domain.job import Job, Lane
from appliance.domain.states import JobState
from appliance.domain.trouble import Trouble
from appliance.jobs.messages import Answer, Work
from appliance.jobs.works import Works
from appliance.store.change import Change


@dataclass(frozen=True, slots=True)
class Kind:
    """`prepare` says what a child is to do, or knows the answer already; `here` does light work in the service itself (a
    kind has one of the two).

    `done` and `ended` are part of the transaction that moves the job: what its answer means for its subject, and what it
    means that it will not go on by itself (held, discarded or cancelled). `step` tells the subject how far it is, `waits`
    why it does not go on at once. A `patient` kind is tried for ever, at a slowing pace. A `quiet` one is told in the log
    only when something is wrong.
    """

    name: str
    lane: Lane
    prepare: Callable[[Job, Works], Work | Answer] | None = None
    here: Callable[[Job, Works], str] | None = None
    done: Callable[[Change, Job, Answer | None, Works], None] | None = None
    ended: Callable[[Change, Job, JobState, Trouble | None, Works], None] | None = None
    step: Callable[[Change, Job, float, str], None] | None = None
    waits: Callable[[Change, Job, str], None] | None = None
    patient: bool = False
    quiet: bool = False
