"""`clipper clip` killed again and again, then left to finish."""

from __future__ import annotations

import json
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil

from tests.faults.material import make_video

_MOST_SECONDS = 12.0


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


def frames_of(clip: Path) -> int:
    """How many pictures of a clip can be decoded."""
    import av

    with av.open(str(clip)) as container:
        return sum(1 for _ in container.decode(video=0))


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
        if (frames := frames_of(Path(clip))) < 24:
            problems.append(f"{clip} has only {frames} frames")
    return problems
