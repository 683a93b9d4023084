"""The parent's side: children that run now, their progress, their limits, and how they are stopped."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from appliance import process
from appliance.jobs.child import VERB
from appliance.jobs.messages import Answer, Died, Message, Progress, Work
from appliance.jobs.scratch import clear

MARK = "CLIPPER_JOB"  # in the environment of every process that works for a job
OnMessage = Callable[[Progress], None]


@dataclass(frozen=True, slots=True)
class Limits:
    """What one child may take: seconds, and bytes of memory with all its descendants (0: no limit)."""

    seconds: float = 86_400.0
    memory_bytes: int = 0


@dataclass(slots=True)
class Run:
    """A job that runs now. `stopped` says in words why it was stopped, when it was."""

    job: int
    began: float
    limits: Limits
    progress: float = 0.0
    step: str = ""
    stopped: str = ""
    cancelled: bool = False
    returned: bool = False
    child: process.Child | None = None
    lock: threading.Lock = field(default_factory=threading.Lock)

    def stop(self, why: str, *, cancelled: bool = False, returned: bool = False) -> None:
        """End its child, with all that it started: for a person, for a broken limit, or to give the job back."""
        with self.lock:
            self.stopped = self.stopped or why
            self.cancelled = self.cancelled or cancelled
            self.returned = self.returned or returned
            child = self.child
        if child is not None:
            child.end()

    def over_limit(self, now: float) -> str:
        """Which limit it broke, in words; empty when none."""
        if now - self.began > self.limits.seconds:
            return f"it took longer than {self.limits.seconds / 3600:g} h"
        if self.limits.memory_bytes and self.child is not None:
            held = process.memory_bytes(self.child.process.pid)
            if held > self.limits.memory_bytes:
                return f"it took {held / 1e9:.1f} GB of memory, {self.limits.memory_bytes / 1e9:.1f} are allowed"
        return ""


class Runs:
    """All jobs that run now."""

    def __init__(self) -> None:
        self._runs: dict[int, Run] = {}
        self._lock = threading.Lock()
        self.ending = threading.Event()  # the service stops: a child that dies now was told to, by us or with us

    @contextlib.contextmanager
    def entered(self, job: int, limits: Limits) -> Iterator[Run]:
        """A job runs while the block lasts."""
        run = Run(job, time.monotonic(), limits)
        with self._lock:
            self._runs[job] = run
        try:
            yield run
        finally:
            with self._lock:
                self._runs.pop(job, None)

    def all(self) -> tuple[Run, ...]:
        """What runs at this moment."""
        with self._lock:
            return tuple(self._runs.values())

    def has(self, job: int) -> bool:
        """Whether that job runs in this program."""
        with self._lock:
            return job in self._runs

    def cancel(self, job: int) -> None:
        """Stop a job that a person does not want any more."""
        with self._lock:
            run = self._runs.get(job)
        if run is not None:
            # Ending waits up to a second and a half for the child: not in the caller's time.
            threading.Thread(target=run.stop, args=("cancelled",), kwargs={"cancelled": True}, daemon=True).start()


def run_child(
    run: Run, work: Work, scratch: Path, mark: str, on_progress: OnMessage, on_err: Callable[[bytes], None]
) -> Answer | Died:
    """Do the work in a child of this program, to its answer or its end. What it left in `scratch` is taken away.

    Its processes are known by `mark`: when it dies, whatever it started dies too.
    """
    argv, env = process.this_program(VERB), process.environment({MARK: mark})
    with process.talking(argv, msgspec.json.encode(work), env=env, on_err=on_err) as child:
        with run.lock:
            run.child = child
            stopped = run.stopped
        if stopped:
            child.end()
        answer = _read(child, run, on_progress)
        code = child.wait()
        with run.lock:
            run.child = None
    clear(scratch, child.process.pid)
    if answer is not None and not run.stopped:
        return answer
    process.end_marked(MARK, mark)
    return Died(code, child.said()[-2000:], run.stopped)


def _read(child: process.Child, run: Run, on_progress: OnMessage) -> Answer | None:
    """The child's messages up to its answer; None when it ends without one."""
    decoder: msgspec.json.Decoder[Message] = msgspec.json.Decoder(Message)
    for line in child.out:
        try:
            message = decoder.decode(line)
        except msgspec.DecodeError:
            continue  # a line cut off by the child's death
        if isinstance(message, Progress):
            run.progress, run.step = message.done, message.step
            on_progress(message)
        else:
            return message
    return None
