"""What is counted of the work while the program runs: how long stages take, and which faults they meet."""

from __future__ import annotations

import contextlib
import threading
from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass, field

from appliance.domain.errors import ClipperError
from appliance.domain.job import Job
from appliance.domain.states import JobState
from appliance.store import change as changes
from appliance.store import jobs

# Upper borders in seconds: a poll takes one, a fetch minutes, a transcription of a long stream hours.
BORDERS = (0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1800.0, 3600.0, 7200.0)
_FAILED = frozenset({JobState.RETRYABLE, JobState.HELD, JobState.DISCARDED})
_TELLING = frozenset({"job_completed", "job_failed", "job_status_changed"})


@dataclass(slots=True)
class Spans:
    """How often a kind of job took how long: a count for each border and one beyond, and all seconds together."""

    counts: list[int] = field(default_factory=lambda: [0] * (len(BORDERS) + 1))
    seconds: float = 0.0

    def add(self, seconds: float) -> None:
        """One more."""
        self.counts[bisect_left(BORDERS, seconds)] += 1
        self.seconds += seconds


class Measures:
    """Hears every change, and counts."""

    def __init__(self) -> None:
        self.spans: dict[str, Spans] = {}
        self.failures: Counter[tuple[str, str]] = Counter()
        self._lock = threading.Lock()

    def heard(self, made: changes.Change) -> None:
        """Count what ended. What cannot be read any more is not counted: counting never fails the work."""
        ended = dict.fromkeys(event.job for event in made.events if event.kind in _TELLING and event.job is not None)
        for number in ended:
            with contextlib.suppress(ClipperError):
                self._count(jobs.get(number))

    def snapshot(self) -> tuple[dict[str, tuple[tuple[int, ...], float]], dict[tuple[str, str], int]]:
        """The spans by kind (counts, seconds), and the failed tries by kind and fault."""
        with self._lock:
            return {kind: (tuple(one.counts), one.seconds) for kind, one in self.spans.items()}, dict(self.failures)

    def _count(self, job: Job) -> None:
        with self._lock:
            if job.state is JobState.COMPLETED and job.started is not None and job.ended is not None:
                seconds = max((job.ended - job.started).total_seconds(), 0.0)
                self.spans.setdefault(job.kind, Spans()).add(seconds)
            elif job.state in _FAILED and job.trouble is not None:
                self.failures[job.kind, job.trouble.fault.value] += 1


# One program, one count: it begins when the web is loaded, before any worker starts.
MEASURES = Measures()
changes.listeners.append(MEASURES.heard)
