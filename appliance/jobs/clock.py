"""The clock of the service: makes due what is due, runs the rules, keeps leases alive, looks after orphans.

It sleeps until the next thing is due or somebody wakes it, so an idle box stays idle.
"""

from __future__ import annotations

import threading
import time
from datetime import timedelta

from appliance import logs
from appliance.actions.schedules import run_due
from appliance.domain.errors import ClipperError
from appliance.jobs import lifeline
from appliance.jobs.lanes import Lanes
from appliance.jobs.works import BEAT_SECONDS, Works
from appliance.store import jobs
from appliance.store.change import change

TICK_SECONDS = 60.0
_NAP = 10.0
_SET_BACK = timedelta(seconds=150)  # less than that is waited for


class Clock:
    """One thread. `wake` is called when a change may have brought the next due time nearer."""

    def __init__(self, works: Works, lanes: Lanes) -> None:
        self._works, self._lanes = works, lanes
        self._woken = threading.Event()
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="clock", daemon=True)
        self._looked = works.now(), time.monotonic()
        self._last = {"beat": 0.0, "tick": 0.0}

    def start(self) -> None:
        """Start ticking."""
        self._thread.start()

    def wake(self) -> None:
        """Look now."""
        self._woken.set()

    def stop(self) -> None:
        """Stop ticking, and wait for it."""
        self._stopped.set()
        self._woken.set()
        self._thread.join(5.0)

    def _run(self) -> None:
        while not self._stopped.is_set():
            self._woken.clear()
            nap = _NAP
            try:
                nap = self._look()
            except ClipperError as error:
                logs.get("clock").error("clock_trouble", message=error.message, hint=error.hint)
            except Exception:  # noqa: BLE001 - the clock outlives every mistake, and says so
                logs.get("clock").exception("clock_broke")
            self._woken.wait(nap)

    def _look(self) -> float:
        """Do what is due; how long there is nothing more to do, in seconds."""
        works = self._works
        self._put_right()
        if jobs.next_due() is not None:
            with change(works.now()) as made:
                jobs.come_due(made)
        if self._every("beat", BEAT_SECONDS):
            lifeline.beat(works)
            for job in lifeline.rescue(works):
                logs.get("clock").warning("job_rescued", job=job.id, kind=job.kind)
            lifeline.top_up(self._lanes)  # what waited for room may find some now
        if self._every("tick", TICK_SECONDS):
            run_rules(works)
        due = jobs.next_due()
        away = _NAP if due is None else (due - works.now()).total_seconds()
        return min(max(away, 0.02), _NAP)

    def _put_right(self) -> None:
        """When the wall clock was set back, what waits comes due as much earlier: it would wait that much longer for nothing."""
        wall, steady = self._works.now(), time.monotonic()
        back = timedelta(seconds=steady - self._looked[1]) - (wall - self._looked[0])
        self._looked = wall, steady
        if back > _SET_BACK:
            with change(wall) as made:
                moved = jobs.bring_nearer(made, back)
            logs.get("clock").warning("clock_set_back", seconds=round(back.total_seconds()), jobs=moved)

    def _every(self, what: str, seconds: float) -> bool:
        """Whether that long has gone by on a clock that nobody sets."""
        now = time.monotonic()
        if now - self._last[what] < seconds and self._last[what]:
            return False
        self._last[what] = now
        return True


def run_rules(works: Works) -> int:
    """Start a job for every rule that is due; how many were started."""
    return run_due(works)
