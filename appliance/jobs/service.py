"""Starting and stopping everything that works: rescue first, then the lanes, then the clock."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from appliance import logs, process
from appliance.actions.polling import schedule
from appliance.domain.errors import ClipperError
from appliance.domain.job import Lane
from appliance.jobs import lifeline
from appliance.jobs.clock import Clock
from appliance.jobs.lanes import Lanes
from appliance.jobs.running import MARK
from appliance.jobs.scratch import clear_dead
from appliance.jobs.work import work
from appliance.jobs.works import Works
from appliance.store import change as changes
from appliance.store import channels, jobs
from appliance.store.artifacts import sweep

# What a person who reads the log in the morning wants to find there, besides the jobs.
_STORY = frozenset({"video_added", "video_state", "clip_state", "channel_added", "channel_removed", "lane_changed"})
DRAIN_SECONDS = 20.0  # what a stage gets to come to an end when the service stops; systemd waits longer
_DYING_SECONDS = 5.0


class Service:
    """The workers and the clock over the job table."""

    def __init__(self, works: Works, folder: Path) -> None:
        self.works = works
        counts = works.settings().lanes
        sizes = {Lane.GPU: counts.gpu, Lane.CPU: counts.cpu, Lane.NET: counts.net}
        self.lanes = Lanes(folder, sizes, self._answer)
        self.clock = Clock(works, self.lanes)
        self._stopping = False
        self._ended = threading.Event()

    def start(self) -> None:
        """Give back what an earlier run left, call workers for what is due, and begin."""
        self.lanes.forget()
        if left := process.end_marked(MARK, self.works.mark_of_all(), spare=self.works.mark()):
            logs.get("jobs").warning("left_running", processes=left)
        for job in lifeline.rescue(self.works):
            logs.get("jobs").warning("job_rescued", job=job.id, kind=job.kind, video=job.video, clip=job.clip)
        self._watch_channels()
        changes.listeners.append(self._heard)
        self.lanes.start()
        lifeline.call_all(self.lanes)
        self.clock.start()
        threading.Thread(target=self._sweep, name="sweep", daemon=True).start()

    def will_stop(self) -> None:
        """The end is near: take nothing new, and do not blame a stage that is told to stop by whoever stops us too."""
        self._stopping = True
        self._ended.set()
        self.works.runs.ending.set()

    def stop(self, seconds: float = DRAIN_SECONDS) -> None:
        """Take nothing new, give what runs a moment to end, then stop it and give it back."""
        self.will_stop()
        with contextlib.suppress(ValueError):
            changes.listeners.remove(self._heard)
        self.clock.stop()
        self.lanes.stop()
        began = time.monotonic()
        if not self.lanes.join(min(seconds, 2.0)):
            for run in self.works.runs.all():
                run.stop("the service stops", returned=True)
            self.lanes.join(max(seconds - (time.monotonic() - began), 1.0))
        for job in jobs.executing():
            with changes.change(self.works.now()) as moved:
                jobs.give_back(moved, job.id, "Clipper was stopped")
        self.lanes.close()

    def look_again(self) -> None:
        """The settings changed: what waits may start now."""
        lifeline.top_up(self.lanes)
        self.clock.wake()

    @contextlib.contextmanager
    def running(self) -> Iterator[None]:
        """At work while the block lasts."""
        self.start()
        try:
            yield
        finally:
            self.stop()

    def _sweep(self) -> None:
        """Clear away what an earlier run left half made. That may take a while, and nobody waits for it.

        Twice: what a crash took down may still have been dying at the first look, and what lives is left alone.
        """
        for pause in (0.0, _DYING_SECONDS):
            if self._ended.wait(pause):
                return
            clear_dead(self.works.scratch())
            if swept := sweep(self.works.data_dir):
                logs.get("jobs").info("swept", count=swept)

    def _answer(self, lane: Lane, _job: int) -> None:
        """A worker was called: do the most urgent job, and call for the next when there is more."""
        if self._stopping:
            return
        try:
            done = work(lane, self.works)
        except ClipperError as error:
            logs.get("jobs").error("lane_trouble", lane=lane.value, message=error.message, hint=error.hint)
            return
        if done and not self.lanes.waiting(lane):
            for job in jobs.available(lane, 1):
                self.lanes.call(lane, job.id, job.priority)

    def _heard(self, made: changes.Change) -> None:
        """After a change: call workers for what became available, stop what was cancelled, look at the clock."""
        self.lanes.ring(made)
        for event in made.events:
            if event.kind in _STORY:
                logs.get("story").info(event.kind, video=event.video, clip=event.clip, **event.body)
            if event.kind == "job_cancel" and event.job is not None:
                self.works.runs.cancel(event.job)
            if event.kind == "lane_changed" and not event.body.get("paused"):
                lane = Lane(str(event.body["lane"]))
                for job in jobs.available(lane, self.lanes.workers.get(lane, 1)):
                    self.lanes.call(lane, job.id, job.priority)
        if any(event.kind == "job_status_changed" for event in made.events):
            self.clock.wake()

    def _watch_channels(self) -> None:
        """Every channel that is not paused has its next poll."""
        for channel in channels.all_watched():
            if not channel.paused and jobs.active(f"poll:{channel.id}") is None:
                with changes.change(self.works.now()) as made:
                    schedule(made, channel, self.works, at_once=True)
