"""A service inside the test's own process, whose clock and settings can be changed under it."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from appliance.actions.room import Room
from appliance.actions.videos import add_video
from appliance.domain.job import Job
from appliance.domain.states import JobState
from appliance.domain.wishes import Wishes
from appliance.jobs.service import Service
from appliance.jobs.works import Works
from appliance.store import jobs
from tests.boxes import ADMIN, Clock, settings, standing
from tests.faults.living import until

QUICK: dict[str, Any] = {
    "rank": {"top_n": 1, "min_seconds": 4, "max_seconds": 6},
    "look": {"default": {"fps": 10}},
    "ffmpeg": {"encoder": "cpu", "encode_args": ["-preset", "ultrafast"]},
    "jobs": {"retry_seconds": 1},
}
UNTIL_RANKED = Wishes(auto_render=False)


class Shifting(Clock):
    """The real time, and so much beside it."""

    def __init__(self) -> None:
        self.beside = timedelta(0)

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.beside


@dataclass
class Bench:
    """The box at work, and what a test may turn."""

    box: Works
    service: Service
    clock: Shifting
    _chosen: list[Any]
    folder: Path

    def choose(self, tables: Mapping[str, Any]) -> None:
        """Other settings from now on, as after a reload."""
        self._chosen[0] = settings(self.folder, {**QUICK, **tables})
        self.service.look_again()

    def add(self, video: Path | str, wishes: Wishes = UNTIL_RANKED) -> int:
        """Accept a video; its number."""
        added = add_video(self.box, ADMIN, str(video), wishes).video
        assert added is not None
        return added.id

    def job(self, kind: str) -> Job | None:
        """The newest job of a kind."""
        found = [job for state in _STATES for job in jobs.in_state(state) if job.kind == kind]
        return max(found, key=lambda job: job.id, default=None)

    def child(self, kind: str) -> int:
        """The process that works on a job of that kind, waited for."""
        found: list[int] = []

        def runs() -> bool:
            for run in self.box.runs.all():
                child = run.child
                if child is not None and jobs.get(run.job).kind == kind:
                    found.append(child.process.pid)
            return bool(found)

        assert until(runs, 30, 0.005), f"no {kind} was begun"
        return found[0]

    def strike(self, kind: str, number: signal.Signals) -> int:
        """Send a signal to the process that works on a job of that kind; its number."""
        pid = self.child(kind)
        os.kill(pid, number)
        return pid


_STATES = tuple(JobState)


@contextmanager
def at_work(folder: Path, tables: Mapping[str, Any] | None = None, boot: str = "b1") -> Iterator[Bench]:
    """A service at work in that folder while the block lasts."""
    clock = Shifting()
    with standing(folder, clock, boot=boot) as standing_box:
        chosen = [settings(folder, {**QUICK, **(tables or {})})]
        now: Callable[[], Any] = lambda: chosen[0]  # noqa: E731 - one name for the two that ask
        box = replace(standing_box, settings=now, room=Room(now, folder, folder))
        service = Service(box, folder)
        with service.running():
            yield Bench(box, service, clock, chosen, folder)
