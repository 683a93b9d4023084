"""`start`: what a person waits for before anything happens: the version, help, and ranking a known video again from the shell."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median

from config.presets import FOLDER
from tests.bench.figures import Bench, cpu_seconds

_RUNS = 5


def measure() -> Bench:
    """CPU-seconds of whole processes, each the median of five."""
    bench = Bench("start")
    bench.add("version_cpu_s", _median("--version"), at_most=0.15, goal=0.08)
    bench.add("help_cpu_s", _median("--help"))
    with tempfile.TemporaryDirectory(prefix="clipper-bench-") as folder:
        talk = str(FOLDER / "sample" / "talk.mp4")
        known = ("moments", talk, "--json", "--set", f"paths.data_dir={Path(folder) / 'data'}")
        _run(*known)
        # Another shortest length each time, so that only scanning and reading are reused.
        costs = [_cost(*known, "--min", str(16 + number)) for number in range(_RUNS)]
        bench.add("ranked_again_from_the_shell_cpu_s", median(costs), at_most=1.0, goal=0.5)
        bench.add("asked_again_from_the_shell_cpu_s", median(_cost(*known) for _ in range(_RUNS)))
    return bench


def _median(*args: str) -> float:
    return median(_cost(*args) for _ in range(_RUNS))


def _cost(*args: str) -> float:
    return cpu_seconds(lambda: _run(*args))[0]


def _run(*args: str) -> None:
    subprocess.run([sys.executable, "-m", "appliance", *args], check=True, capture_output=True)
