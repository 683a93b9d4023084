"""How the box is: every part that can be out of order, in words, with the next step."""

from __future__ import annotations

import contextlib
import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path

from appliance.actions import filling
from appliance.actions.box import About, Box
from appliance.actions.room import look
from appliance.domain.errors import ClipperError
from appliance.domain.job import Lane, LaneView
from appliance.domain.states import JobState
from appliance.store import jobs
from appliance.store.views import box as base
from appliance.store.views.channels import in_trouble
from appliance.store.views.jobs import lane_views, leases_over, oldest_available

_SLOW = timedelta(minutes=15)  # that long nothing waits in a lane where nobody works
_SILENT = timedelta(minutes=2)  # a worker is heard of every ten seconds
_TROUBLED = timedelta(days=1)
_SOON_DAYS = 3.0
_GIGABYTE = 1e9
_GPUS = Path("/proc/driver/nvidia/gpus")


class Status(StrEnum):
    """How it is on the whole."""

    OK = "ok"
    DEGRADED = "degraded"


@dataclass(frozen=True, slots=True)
class Check:
    """One part: whether it is in order, what there is to say of it, and the next step where it is not."""

    name: str
    ok: bool
    said: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Health:
    """All of it. Strangers are told the status and for how long the box is up, and no more."""

    status: Status
    uptime_seconds: float
    version: str = ""
    queue_length: int | None = None
    disk_free_bytes: int | None = None
    disk_days_left: float | None = None
    checks: tuple[Check, ...] = ()


@dataclass(slots=True)
class ClockWatch:
    """Compares the wall clock with one that nobody sets. A jump is told for ten minutes, then the new time is the true one."""

    told_seconds: float = 600.0
    allowed_seconds: float = 30.0
    _base: float | None = None
    _jumped: float = field(default=0.0)
    _since: float = field(default=0.0)

    def look(self, wall: float, steady: float) -> float:
        """By how many seconds the wall clock jumped lately; 0 when it did not."""
        if self._base is None:
            self._base = wall - steady
        drift = wall - steady - self._base
        if abs(drift) > self.allowed_seconds:
            self._base, self._jumped, self._since = wall - steady, drift, steady
        return self._jumped if self._jumped and steady - self._since < self.told_seconds else 0.0


_CLOCK = ClockWatch()


def steady() -> float:
    """Seconds that nobody sets and that go on while the machine sleeps, where the system has such."""
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


def health(box: Box, about: About) -> Health:
    """Look at everything, in a few milliseconds. A database that does not answer leaves the rest unknown."""
    now = box.now()
    checks = [_settings(about), _clock()]
    queue_length, writes = None, True
    try:
        base.try_it()
        checks.append(Check("database", ok=True, said="it reads and writes"))
        views = lane_views(about.workers)
        queue_length = sum(view.available for view in views)
        checks += [_queue(views, now), _workers(views, now), _channels(now)]
    except ClipperError as error:
        writes = False
        checks.append(Check("database", ok=False, said=error.message, hint=error.hint))
    storage, free, days = _storage(box, now, writes=writes)
    checks += [*storage, _gpu()]
    status = Status.OK if all(check.ok for check in checks) else Status.DEGRADED
    uptime = max((now - about.started).total_seconds(), 0.0)
    return Health(status, uptime, about.version, queue_length, free, days, tuple(checks))


def _settings(about: About) -> Check:
    problem = about.problem()
    if problem:
        return Check(
            "settings", ok=False, said=problem, hint="Mend clipper.toml, then `clipper reload`: no job runs until then."
        )
    return Check("settings", ok=True, said="they are in force")


def _clock() -> Check:
    jumped = _CLOCK.look(time.time(), steady())
    if jumped:
        hint = "Look at the machine's time synchronisation."
        return Check("clock", ok=False, said=f"the clock was set by {jumped:+.0f} s a moment ago", hint=hint)
    return Check("clock", ok=True, said="it goes steadily")


def _queue(views: tuple[LaneView, ...], now: datetime) -> Check:
    """Out of order when work waits for a quarter of an hour in a lane where nothing runs, and nobody paused it."""
    stuck = []
    for view in views:
        oldest = oldest_available(view.name)
        if oldest is not None and now - oldest > _SLOW and not view.executing and not view.paused:
            minutes = (now - oldest).total_seconds() / 60
            why = "it has no worker" if not view.workers else "nobody takes it"
            stuck.append(f"in lane {view.name} work has waited for {minutes:.0f} minutes, and {why}")
    paused = [f"lane {view.name} is paused ({view.why})" for view in views if view.paused]
    available = sum(view.available for view in views)
    said = "; ".join([*stuck, *paused, f"{available} jobs may start"])
    return Check("queue", ok=not stuck, said=said, hint="Look at the log, or restart the service." if stuck else "")


def _workers(views: tuple[LaneView, ...], now: datetime) -> Check:
    silent = leases_over(now - _SILENT)
    if silent:
        numbers = ", ".join(str(number) for number in silent[:5])
        hint = "Look at its log; cancel it, or restart the service."
        return Check("workers", ok=False, said=f"nothing was heard of job {numbers} for minutes", hint=hint)
    busy = sum(view.executing for view in views)
    return Check("workers", ok=True, said=f"{busy} of {sum(view.workers for view in views)} are busy")


def _channels(now: datetime) -> Check:
    troubled = in_trouble(now - _TROUBLED)
    if troubled:
        named = ", ".join(troubled[:5])
        return Check("channels", ok=False, said=f"{named}: could not be asked for more than a day",
                     hint="`clipper channels list` shows why.")  # fmt: skip
    return Check("channels", ok=True, said="all could be asked lately")


def _storage(box: Box, now: datetime, *, writes: bool) -> tuple[list[Check], int | None, float | None]:
    """Whether the disk is there and has room; what is free, and in how many days it is full."""
    disk = box.settings().disk
    seen = look(box.data_dir, base.place().parent, require_mount=disk.require_mount)
    if seen.away:
        hint = "Work waits until it is back; nothing is written elsewhere meanwhile."
        return [Check("storage", ok=False, said=seen.away, hint=hint)], None, None
    checks = [Check("storage", ok=True, said=f"{box.data_dir} is there")]
    free = seen.free_bytes / _GIGABYTE
    days = None
    if writes:  # a database that does not answer would keep this waiting
        with contextlib.suppress(ClipperError):
            filling.sample(now, seen.total_bytes - seen.free_bytes)
            days = filling.forecast(seen.free_bytes)
    soon = "" if days is None else f", full in about {days:.0f} days at this pace"
    said = f"{free:.1f} GB are free{soon}"
    hint = "Free some space, or let [retention] in clipper.toml delete more."
    if free < disk.stop_gb:
        checks.append(
            Check("disk", ok=False, said=f"{said}: all work waits until there are {disk.stop_gb:g} GB", hint=hint)
        )
    elif free < disk.stop_downloads_gb:
        wanted = f"{disk.stop_downloads_gb:g} GB"
        checks.append(Check("disk", ok=False, said=f"{said}: fetching waits until there are {wanted}", hint=hint))
    elif free < disk.warn_gb or (days is not None and days < _SOON_DAYS):
        checks.append(Check("disk", ok=False, said=said, hint=hint))
    else:
        checks.append(Check("disk", ok=True, said=said))
    return checks, seen.free_bytes, days


def _gpu() -> Check:
    """The driver's own list; a box without one is in order."""
    names = []
    with contextlib.suppress(OSError):
        for facts in sorted(_GPUS.glob("*/information")):
            model = next((line for line in facts.read_text().splitlines() if line.startswith("Model:")), "Model: a GPU")
            names.append(model.partition(":")[2].strip())
    return Check("gpu", ok=True, said=", ".join(names) or "there is none: the processor does its work")


def queue_lengths() -> dict[Lane, int]:
    """How many jobs of each lane may start."""
    counts = jobs.counts()
    return {lane: counts.get((lane.value, JobState.AVAILABLE.value), 0) for lane in Lane}
