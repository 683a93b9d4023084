"""`./dev faults [--kills N] [--seed S] [--only NAME]`: kill -9 a working Clipper at random times, then let it finish and look.

`service` is `clipper serve` with work that comes over its API and a watched folder; beside the kills there are a tenth as
many ends by SIGTERM. `clip` is the command `clipper clip`, killed a tenth as often. Afterwards everything that was accepted
is there and done, nothing was made twice, nothing half made lies about, the database is sound, and no child process is left.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
from pathlib import Path

from tests.faults import clipping, serving

_NAMES = ("service", "clip")


def main() -> int:
    """Answer 0 when all held."""
    arguments = argparse.ArgumentParser(prog="./dev faults", description=__doc__)
    arguments.add_argument("--kills", type=int, default=20, help="how many times the service is killed")
    arguments.add_argument("--seed", type=int, default=None, help="for the same times again")
    arguments.add_argument("--only", choices=_NAMES, default=None, help="one scenario instead of all")
    arguments.add_argument("--keep", type=Path, default=None, help="work in this folder and leave it there")
    wanted = arguments.parse_args()
    seed = wanted.seed if wanted.seed is not None else random.randrange(1 << 30)
    sys.stdout.write(f"seed {seed}\n")
    broken = 0
    with tempfile.TemporaryDirectory(prefix="clipper-faults-") as scratch:
        for name in _NAMES if wanted.only is None else (wanted.only,):
            folder = (wanted.keep or Path(scratch)) / name
            folder.mkdir(parents=True)
            broken += _service(folder, wanted.kills, seed) if name == "service" else 0
            broken += _clip(folder, max(wanted.kills // 10, 1), seed) if name == "clip" else 0
    return 1 if broken else 0


def _service(folder: Path, kills: int, seed: int) -> int:
    tally = serving.kill_and_drain(folder, kills, random.Random(seed))
    sys.stdout.write(f"service: {kills} kills, {len(tally.problems)} problems\n")
    serving.tell(tally)
    return len(tally.problems)


def _clip(folder: Path, kills: int, seed: int) -> int:
    problems = clipping.kill_and_finish(folder, kills, random.Random(seed))
    sys.stdout.write(f"clip: {kills} kills, {len(problems)} problems\n")
    for problem in problems:
        sys.stdout.write(f"BROKEN: {problem}\n")
    return len(problems)


if __name__ == "__main__":
    sys.exit(main())
