"""The lanes: one Huey queue each, with its own workers, in one file beside the database.

Huey removes a task before it runs it, so a crash loses what it held. That is why a task carries nothing but the number
of a job: the job table knows the rest, and rings again for whatever was lost.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from huey import Huey
from huey.consumer import Consumer
from huey.storage import SqliteStorage

from appliance.domain.job import Lane
from appliance.store.change import Change

LONGEST_NAP = 20.0  # seconds after which a worker looks without having been called
Run = Callable[[Lane, int], None]


class Doorbell(SqliteStorage):  # type: ignore[misc]  # huey has no types
    """Huey's own SQLite queue, whose workers sleep until somebody rings instead of asking again and again."""

    blocking = True

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._rung = threading.Condition()
        self._rings = 0
        self._closed = False

    def enqueue(self, data: bytes, priority: float | None = None) -> None:
        """Put a task into the queue and wake one worker."""
        super().enqueue(data, priority)
        with self._rung:
            self._rings += 1
            self._rung.notify()

    def dequeue(self) -> bytes | None:
        """The most urgent task; waits for a ring when there is none."""
        with self._rung:
            heard = self._rings
        found: bytes | None = super().dequeue()
        if found is not None:
            return found
        with self._rung:
            if self._rings == heard and not self._closed:
                self._rung.wait(LONGEST_NAP)
        again: bytes | None = super().dequeue()
        return again

    def wake_all(self) -> None:
        """Let every worker look up: the lanes close."""
        with self._rung:
            self._closed = True
            self._rung.notify_all()


class Workers(Consumer):  # type: ignore[misc]  # huey has no types
    """Huey's workers inside a program that has signal handlers of its own."""

    def _set_signal_handlers(self) -> None:
        """The program stops its lanes itself."""


class Lanes:
    """The queues and their workers. `run` is called, in a worker of the lane, once for every ring."""

    def __init__(self, folder: Path, workers: Mapping[Lane, int], run: Run) -> None:
        self._run = run
        self.workers = dict(workers)
        self.hueys = {lane: _huey(folder / "queue.db", lane) for lane in Lane}
        # The name is ours, so that a queue written by an older program is understood by a newer one.
        self._tasks = {
            lane: huey.task(name="run_job", retries=0)(self._answer(lane)) for lane, huey in self.hueys.items()
        }
        self._consumers: list[Workers] = []

    def start(self) -> None:
        """Start the workers."""
        for lane, huey in self.hueys.items():
            count = self.workers.get(lane, 0)
            if count:
                consumer = Workers(
                    huey, workers=count, periodic=False, worker_type="thread", check_worker_health=False,
                    scheduler_interval=60,
                )  # fmt: skip
                consumer.start()
                self._consumers.append(consumer)

    def ring(self, change: Change) -> None:
        """Call a worker for every job that a change made available."""
        for ring in change.rings:
            self.call(ring.lane, ring.job, ring.priority)

    def call(self, lane: Lane, job: int, priority: int = 0) -> None:
        """Call a worker for one job."""
        self._tasks[lane](job, priority=priority)

    def waiting(self, lane: Lane) -> int:
        """How many calls nobody has answered yet."""
        return int(self.hueys[lane].pending_count())

    def forget(self) -> None:
        """Drop all calls of an earlier run: whoever starts the lanes calls anew for what the job table holds."""
        for huey in self.hueys.values():
            huey.storage.flush_queue()
            huey.storage.flush_schedule()
            huey.storage.flush_results()

    def stop(self) -> None:
        """Let the workers end after what they are doing; does not wait."""
        for consumer in self._consumers:
            consumer.stop_flag.set()
        for huey in self.hueys.values():
            huey.storage.wake_all()

    def join(self, seconds: float) -> bool:
        """Wait for the workers; False when some were still busy after that long."""
        until = time.monotonic() + seconds
        threads = [thread for consumer in self._consumers for _, thread in consumer.worker_threads]
        ended = [_ended(thread, until) for thread in threads]
        return all(ended)

    def close(self) -> None:
        """Close the queue file."""
        for huey in self.hueys.values():
            huey.storage.close()

    def _answer(self, lane: Lane) -> Callable[[int], None]:
        def run_job(job: int) -> None:
            self._run(lane, job)

        return run_job


def _huey(path: Path, lane: Lane) -> Huey:
    # Huey's own log repeats what the job log says better; nobody reads results.
    logging.getLogger("huey").setLevel(logging.ERROR)
    return Huey(lane.value, storage_class=Doorbell, filename=str(path), fsync=True, results=False, utc=True)


def _ended(thread: threading.Thread, until: float) -> bool:
    thread.join(max(until - time.monotonic(), 0.0))
    return not thread.is_alive()
