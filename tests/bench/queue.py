"""`queue`: how soon work begins that comes after a silence, from the request to the worker.

It is a latency, so it is measured in wall time, on what may be a busy machine: the limit is far above what an idle one shows.
Five rounds, each after three seconds of silence; `CLIPPER_BENCH_FULL=1` makes it sixty.
"""

from __future__ import annotations

import os
import tempfile
import time
from datetime import datetime
from pathlib import Path
from statistics import median

from tests.bench.figures import Bench
from tests.faults.living import Living, living, settings, until


def measure() -> Bench:
    """Seconds from just before a job is written to the line in the log that says it began."""
    bench = Bench("queue")
    rounds, silence = (5, 60.0) if os.environ.get("CLIPPER_BENCH_FULL") else (5, 3.0)
    with tempfile.TemporaryDirectory(prefix="clipper-queue-") as folder, living(settings(Path(folder))) as box:
        box.up()
        rules = box.ask().get("/api/v1/schedules")["items"]
        tidy = next(one["rule"]["id"] for one in rules if one["rule"]["name"] == "tidy")
        waits = []
        for number in range(rounds):
            time.sleep(silence)
            waits.append(_wait(box, tidy, number + 1))
    bench.add("enqueue_to_start_p95_s", sorted(waits)[-1 - len(waits) // 20], at_most=0.3, goal=0.05)
    bench.add("enqueue_to_start_median_s", median(waits))
    bench.notes = {"rounds": rounds, "silence_s": silence}
    return bench


def _wait(box: Living, rule: int, count: int) -> float:
    began = time.time()
    box.ask().post(f"/api/v1/schedules/{rule}/run")

    def started() -> list[datetime]:
        lines = [line for line in box.log() if line["event"] == "job_started"]
        return [datetime.fromisoformat(line["at"]) for line in lines]

    if not until(lambda: len(started()) >= count, 30, 0.01):
        return 30.0
    return started()[count - 1].timestamp() - began
