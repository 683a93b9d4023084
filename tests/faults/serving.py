"""The service killed again and again while it takes and does work, then left to finish."""

from __future__ import annotations

import random
import signal
import sqlite3
import sys
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from tests.faults.clipping import frames_of
from tests.faults.living import Living, settings, until
from tests.faults.material import another, make_video

_GOES_ON_SECONDS = 5.0
_STOP_SECONDS = 25.0
_DRAIN_SECONDS = 900.0
_FEWEST_FRAMES = 24
_BACKLOG = 4  # jobs; with fewer than that to do it is given more
_MOST_BACKLOG = 12  # with more than that it is given what it has already
# How a run is killed: within its first second, while it accepts, while it works.
_KILLS = {"starting": 20, "accepting": 25, "working": 55}
# Beside the kills, one in ten as many ends by SIGTERM: as `kill` sends it, and to every process as systemd does.
_STOPS = ("told to stop", "all told to stop")


@dataclass
class Tally:
    """What was done to the service, and what came of it."""

    problems: list[str] = field(default_factory=list)
    ways: Counter[str] = field(default_factory=Counter)
    accepted: dict[int, Path] = field(default_factory=dict)
    unanswered: list[Path] = field(default_factory=list)
    dropped: list[Path] = field(default_factory=list)
    first_jobs: list[float] = field(default_factory=list)
    stops: list[float] = field(default_factory=list)
    made: dict[Path, tuple[int, int]] = field(default_factory=dict)
    made_again: int = 0
    orphans: int = 0
    drain_seconds: float = 0.0
    jobs: Counter[str] = field(default_factory=Counter)

    def figures(self) -> list[str]:
        """What a person reads of it."""
        slowest = max(self.first_jobs, default=0.0)
        middle = median(self.first_jobs) if self.first_jobs else 0.0
        return [
            "runs ended: " + ", ".join(f"{count} {way}" for way, count in self.ways.items()),
            f"accepted {len(self.accepted)} videos over the API, {len(self.dropped)} in a folder",
            f"requests that died unanswered: {len(self.unanswered)}",
            f"finished stages {len(self.made)}, made twice {self.made_again}; orphans {self.orphans}",
            f"restart to first job: {len(self.first_jobs)} times, median {middle:.2f} s, slowest {slowest:.2f} s",
            f"SIGTERM to exit: {', '.join(f'{seconds:.1f} s' for seconds in self.stops) or 'not tried'}",
            f"jobs started {self.jobs['started']}, completed {self.jobs['completed']}",
            f"the rest was done {self.drain_seconds:.0f} s after the last start",
        ]


def kill_and_drain(folder: Path, kills: int, chance: random.Random) -> Tally:
    """End the service so many times at random, let it finish its work, and say what is wrong."""
    base = make_video(folder / "base.mp4", size="320x180", rate=10)
    watched = folder / "watched"
    watched.mkdir()
    box = Living(settings(folder, f'[[folder]]\npath = "{watched}"\nstable_seconds = 1\ntop_k = 2\n'))
    tally = Tally()
    try:
        for number, way in enumerate(_plan(kills, chance)):
            _once(box, base, tally, chance, number, way)
            _look(box, tally, f"run {number + 1}")
        _drain(box, tally)
        _look(box, tally, "the last run")
        _looked_over(box, tally)
    finally:
        if box.running:
            box.kill()
    return tally


def _plan(kills: int, chance: random.Random) -> list[str]:
    """How each life ends. The first accept and do work, so that every later start has something to go on with."""
    ways = chance.choices(list(_KILLS), list(_KILLS.values()), k=kills)
    ways += [_STOPS[number % 2] for number in range(kills // 10)]
    chance.shuffle(ways)
    for number, way in enumerate(("accepting", "working")[:kills]):
        if (there := next((at for at in range(number, len(ways)) if ways[at] == way), None)) is not None:
            ways[number], ways[there] = ways[there], ways[number]
    return ways


def _once(box: Living, base: Path, tally: Tally, chance: random.Random, number: int, way: str) -> None:
    """One life of the service: start, some work, its end."""
    tally.ways[way] += 1
    waited_for = box.busy()
    fresh = _to_give(box, base, tally, chance, number, waited_for)
    if number % 10 == 5:
        tally.dropped.append(another(base, box.folder / "watched" / f"dropped {number:04}.mp4"))
    box.start()
    if way == "starting":
        time.sleep(chance.uniform(0.05, 1.0))
    elif not box.up():
        tally.problems.append(f"run {number + 1} did not come up: {box.said()[-500:]}")
    elif way == "accepting":
        adding = threading.Thread(target=_add_all, args=(box, tally, fresh))
        adding.start()
        time.sleep(chance.uniform(0.0, 0.1))
        box.kill()
        adding.join()
    else:
        if box.busy() < _BACKLOG:
            _add(box, tally, fresh[0])
        time.sleep(chance.uniform(0.3, 6.5))
    _went_on(box, tally, waited_for, number)
    _end(box, tally, way, number)


def _to_give(box: Living, base: Path, tally: Tally, chance: random.Random, number: int, waiting: int) -> list[Path]:
    """Two videos: new ones, or, while it has enough to do, some that it knows."""
    known = sorted(tally.accepted.values())
    if waiting > _MOST_BACKLOG and known:
        return chance.choices(known, k=2)
    return [another(base, box.folder / "given" / f"{number:04}-{one}.mp4") for one in range(2)]


def _add(box: Living, tally: Tally, video: Path) -> None:
    accepted = box.add(video)
    if accepted is None:
        tally.unanswered.append(video)
    elif tally.accepted.get(accepted, video) != video:
        tally.problems.append(f"{video.name} was answered with the number of {tally.accepted[accepted].name}")
    else:
        tally.accepted[accepted] = video


def _add_all(box: Living, tally: Tally, videos: list[Path]) -> None:
    for video in videos:
        _add(box, tally, video)


def _went_on(box: Living, tally: Tally, waited_for: int, number: int) -> None:
    """With work left over from the life before, the first job begins soon."""
    lived = time.time() - box.began.timestamp()
    first = box.first_job_after()
    if first is not None and waited_for:
        tally.first_jobs.append(first)
    if waited_for and (first or lived) > _GOES_ON_SECONDS:
        tally.problems.append(f"run {number + 1}: no job began for {first or lived:.1f} s, {waited_for} were waiting")


def _end(box: Living, tally: Tally, way: str, number: int) -> None:
    if "told to stop" not in way:
        box.kill()
        return
    if way.startswith("all"):
        for member in box.family():
            box.send_to(member, signal.SIGTERM)
    code, seconds = box.stop()
    tally.stops.append(seconds)
    if code != 0 or seconds > _STOP_SECONDS:
        tally.problems.append(f"run {number + 1}: SIGTERM ended with {code} after {seconds:.1f} s")
    held = box.rows("SELECT id, kind FROM job WHERE state = 'executing'")
    tally.problems += [f"run {number + 1}: job {job['id']} ({job['kind']}) is still held" for job in held]


def _look(box: Living, tally: Tally, when: str) -> None:
    """After a life: nobody is left, and no finished stage was made anew."""
    left = box.orphans()
    tally.orphans += len(left)
    tally.problems += [f"{when} left a process: {one}" for one in left]
    for line in box.log():
        if line.get("event") in {"job_started", "job_ended"} and line.get("kind") != "poll":
            tally.jobs["started" if line["event"] == "job_started" else str(line.get("state"))] += 1
    now = {}
    for path in box.data.rglob("done.json"):
        if not path.parent.name.startswith(".making-"):
            stat = path.stat()
            now[path] = (stat.st_ino, stat.st_mtime_ns)
    again = [path for path, was in tally.made.items() if now.get(path) != was]
    tally.made_again += len(again)
    tally.problems += [f"{when} made a finished stage anew: {path.parent.relative_to(box.data)}" for path in again]
    tally.made |= now


def _drain(box: Living, tally: Tally) -> None:
    """Give again what was not answered, wait for the end of all work, and stop in order."""
    began = time.monotonic()
    box.start()
    if not box.up():
        tally.problems.append(f"the last start did not come up: {box.said()[-500:]}")
        return
    unanswered, tally.unanswered = tally.unanswered, []
    for video in unanswered:
        _add(box, tally, video)
    if tally.unanswered:
        tally.problems.append(f"{len(tally.unanswered)} videos were not accepted at the end")
    tally.unanswered = unanswered
    until(lambda: _taken(box, tally) and not box.busy(), _DRAIN_SECONDS, 0.5)
    tally.drain_seconds = time.monotonic() - began
    code, seconds = box.stop()
    tally.stops.append(seconds)
    if code != 0 or seconds > _STOP_SECONDS:
        tally.problems.append(f"the last SIGTERM ended with {code} after {seconds:.1f} s")


def _taken(box: Living, tally: Tally) -> bool:
    """Whether the folder's files are all known."""
    known = {row["address"] for row in box.rows("SELECT address FROM video")}
    return all(str(path) in known for path in tally.dropped)


def _looked_over(box: Living, tally: Tally) -> None:
    """What is wrong with what lies there at the end."""
    say = tally.problems.append
    rows = {row["id"]: row for row in box.rows("SELECT * FROM video")}
    for number, path in tally.accepted.items():
        if number not in rows or rows[number]["address"] != str(path):
            say(f"video {number} ({path.name}) was accepted and is lost")
    wanted = sorted({*map(str, tally.accepted.values()), *map(str, tally.dropped)})
    if sorted(row["address"] for row in rows.values()) != wanted:
        say(f"there are {len(rows)} videos, {len(wanted)} were accepted")
    for row in rows.values():
        top = 2 if Path(row["address"]) in tally.dropped else 1
        clips = box.rows("SELECT * FROM clip WHERE video_id = ?", row["id"])
        states = Counter(clip["state"] for clip in clips)
        if row["state"] != "ready" or states["pending"] != top or len(clips) != top:
            say(f"video {row['id']} is {row['state']} with {dict(states)} clips: {row['trouble']}")
        for clip in clips:
            file = box.data / clip["folder"] / "clip.mp4"
            if clip["folder"] and frames_of(file) < _FEWEST_FRAMES:
                say(f"{file} has only {frames_of(file)} frames")
    twice = box.rows(
        "SELECT kind, video_id, clip_id, count(*) AS many FROM job WHERE kind != 'poll' AND video_id IS NOT NULL "
        "GROUP BY kind, video_id, clip_id HAVING many > 1"
    )
    tally.problems += [f"{row['kind']} of video {row['video_id']} is {row['many']} jobs" for row in twice]
    tried = box.rows("SELECT id, kind, attempt, deaths FROM job WHERE attempt > 1 OR deaths > 0")
    tally.problems += [f"job {row['id']} ({row['kind']}) lost a try: {row}" for row in tried]
    half = [path for sign in (".making-*", "*.part", ".going-*") for path in box.data.rglob(sign)]
    tally.problems += [f"half made: {path.relative_to(box.data)}" for path in half]
    tally.problems += _damage(box.database)


def _damage(database: Path) -> list[str]:
    """What SQLite says of the file."""
    raw = sqlite3.connect(database)
    try:
        said = [str(row[0]) for row in raw.execute("PRAGMA integrity_check") if row[0] != "ok"]
        return said + [f"a row of {row[0]} points to nothing" for row in raw.execute("PRAGMA foreign_key_check")]
    finally:
        raw.close()


def tell(tally: Tally) -> None:
    """Print the figures and what is wrong."""
    for line in tally.figures():
        sys.stdout.write(f"  {line}\n")
    for problem in tally.problems:
        sys.stdout.write(f"BROKEN: {problem}\n")
