"""`./dev faults [--kills N] [--seed S]`: kill -9 a working `clipper clip` at random times, then let it finish and look.

Afterwards every clip is whole, nothing half made lies about, no child process is left, and no clip was made twice.
"""

from __future__ import annotations

import argparse
import json
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil

from tests.faults.material import make_video

_MOST_SECONDS = 12.0


def main() -> int:
    """Answer 0 when all held."""
    arguments = argparse.ArgumentParser(prog="./dev faults", description=__doc__)
    arguments.add_argument("--kills", type=int, default=10, help="how many times it is killed")
    arguments.add_argument("--seed", type=int, default=None, help="for the same times again")
    wanted = arguments.parse_args()
    seed = wanted.seed if wanted.seed is not None else random.randrange(1 << 30)
    sys.stdout.write(f"seed {seed}\n")
    with tempfile.TemporaryDirectory(prefix="clipper-faults-") as scratch:
        problems = kill_and_finish(Path(scratch), wanted.kills, random.Random(seed))
    for problem in problems:
        sys.stdout.write(f"BROKEN: {problem}\n")
    sys.stdout.write(f"{wanted.kills} kills, {len(problems)} problems\n")
    return 1 if problems else 0


def kill_and_finish(folder: Path, kills: int, chance: random.Random) -> list[str]:
    """Kill the program so many times, let it finish once, and say what is wrong."""
    video = make_video(folder / "source.mp4")
    command = [
        sys.executable,
        "-m",
        "appliance",
        "clip",
        str(video),
        "--out",
        str(folder / "out"),
        "--json",
        "--set",
        f"paths.data_dir={folder / 'data'}",
        "--set",
        'ffmpeg.encode_args=["-preset", "ultrafast"]',
    ]
    problems: list[str] = []
    for number in range(kills):
        killed = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(chance.uniform(0.3, _MOST_SECONDS))
        children = psutil.Process(killed.pid).children(recursive=True) if killed.poll() is None else []
        killed.send_signal(signal.SIGKILL)
        killed.wait()
        _, alive = psutil.wait_procs(children, timeout=5)
        problems += [f"kill {number + 1} left {process.name()} running" for process in alive if process.is_running()]
    ended = subprocess.run(command, capture_output=True, text=True, check=False, timeout=600)
    if ended.returncode != 0:
        return [*problems, f"the last run failed: {ended.stderr[-500:]}"]
    return problems + _looked_over(folder, json.loads(ended.stdout))


def _looked_over(folder: Path, document: dict[str, list[dict[str, str]]]) -> list[str]:
    """What is wrong with what lies there now."""
    problems = [f"half made: {path}" for path in folder.rglob("*.making-*")]
    problems += [f"half made: {path}" for path in folder.rglob(".making-*")]
    clips = [clip["file"] for clip in document["clips"]]
    lying = sorted(str(path) for path in (folder / "out").glob("*.mp4"))
    if sorted(clips) != lying:
        problems.append(f"the folder holds {lying}, the document names {clips}")
    if not clips:
        problems.append("no clip was made")
    for clip in clips:
        import av

        with av.open(clip) as container:
            frames = sum(1 for _ in container.decode(video=0))
        if frames < 24:
            problems.append(f"{clip} has only {frames} frames")
    return problems


if __name__ == "__main__":
    sys.exit(main())
