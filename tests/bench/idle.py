"""`idle`: what a box takes that watches three channels and has nothing to do: memory, and its share of a processor core.

`CLIPPER_BENCH_FULL=1` looks for a minute instead of twenty seconds.
"""

from __future__ import annotations

import os
import tempfile
import time
from pathlib import Path

import psutil

from tests.bench.figures import Bench
from tests.faults.living import living, settings, until
from tests.standins.server import Answer, Standin, served
from tests.standins.youtube import CHANNEL, feed_xml

_CHANNELS = [f"{CHANNEL[:-1]}{sign}" for sign in "abc"]
_SETTLE_SECONDS = 5.0


def measure() -> Bench:
    """Megabytes of the whole process tree, and CPU-seconds a second."""
    bench = Bench("idle")
    seconds = 60.0 if os.environ.get("CLIPPER_BENCH_FULL") else 20.0
    site = Standin()
    site.says["/feeds/videos.xml"] = Answer(200, feed_xml(5), {"Content-Type": "application/atom+xml"})
    tables = "".join(f'[[channel]]\nurl = "{channel}"\n' for channel in _CHANNELS)
    with tempfile.TemporaryDirectory(prefix="clipper-idle-") as folder, served(site):
        more = f'[sources]\nallow_private = ["127.0.0.1"]\n[sources.bases]\nyoutube = "{site.base}"\n{tables}'
        with living(settings(Path(folder), more)) as box:
            asked = "SELECT count(*) AS many FROM channel WHERE last_good IS NOT NULL"
            if not until(lambda: box.rows(asked) == [{"many": 3}], 60):
                bench.skipped = "the channels were not asked within a minute"
                return bench
            time.sleep(_SETTLE_SECONDS)
            assert box.process is not None
            before = _spent(box.process.pid)
            time.sleep(seconds)
            bench.add("cpu_share_of_a_core", (_spent(box.process.pid) - before) / seconds, at_most=0.01, goal=0.003)
            held = sum(one.memory_info().rss for one in _tree(box.process.pid)) / 1e6
            bench.add("rss_mb", held, at_most=120.0, goal=100.0)
            bench.notes = {"seconds": seconds, "processes": len(_tree(box.process.pid))}
    return bench


def _tree(pid: int) -> list[psutil.Process]:
    top = psutil.Process(pid)
    return [top, *top.children(recursive=True)]


def _spent(pid: int) -> float:
    """CPU-seconds of the tree, and of children that are over."""
    top = psutil.Process(pid).cpu_times()
    now = sum(one.cpu_times().user + one.cpu_times().system for one in _tree(pid))
    return float(now + top.children_user + top.children_system)
