"""How often a host is asked: a distance between two questions, a pause that doubles when it is too much for the host.

Fetches run in processes of their own, so what is known of a host lies in a file for each, under a lock.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from appliance.domain.errors import ClipperError, NotYet
from appliance.sources.failures import presses

FIRST_PAUSE = 60.0
LONGEST_PAUSE = 3600.0
PATIENCE = 20.0  # seconds that are waited here; for longer ones the job comes back
_BUSY_SECONDS = 45.0
IN_USE = "is in use"  # how it is told that somebody else's turn is not over


@dataclass(frozen=True, slots=True)
class Manners:
    """What a host bears: seconds between two questions, and whether it is asked by one process at a time.

    `site` is one name for all hosts of a platform.
    """

    distance: float = 1.0
    alone: bool = False
    site: str = ""

    def hurried(self, *, hurry: bool) -> Manners:
        """Without distance and with company, where a person wants it so; pauses that the host asked for stay."""
        return Manners(0.0, alone=False, site=self.site) if hurry else self


@dataclass(frozen=True, slots=True)
class Pace:
    """What is known of a host. `asked` is when it was last asked (seconds of the epoch), `pause` in seconds."""

    asked: float = 0.0
    pause: float = 0.0

    def wait(self, now: float, distance: float) -> float:
        """Seconds until the next question; never more than the pause, whatever the clock did meanwhile."""
        gap = max(distance, self.pause)
        return min(max(self.asked + gap - now, 0.0), gap)

    def begun(self, at: float) -> Pace:
        """The pace once a question was put."""
        return Pace(at, self.pause)

    def worse(self, now: float, named: float = 0.0) -> Pace:
        """After a refusal: twice the pause, at least what the host named, at most an hour."""
        return Pace(now, min(max(self.pause * 2, FIRST_PAUSE, named), LONGEST_PAUSE))

    def better(self) -> Pace:
        """After an answer."""
        return Pace(self.asked, 0.0)


@contextlib.contextmanager
def turn(folder: str, host: str, manners: Manners) -> Iterator[None]:
    """Wait for this process's turn with `host`, and learn from how it went. Without a folder nothing is waited for.

    NotYet when somebody else is with a host that is asked by one at a time, or when the pause is longer than a moment.
    """
    if not folder:
        yield
        return
    place, host = Path(folder), manners.site or host
    place.mkdir(parents=True, exist_ok=True)
    name = re.sub(r"[^a-z0-9.-]", "_", host.lower())[:100].strip(".") or "_"
    with _only_one(place / f"{name}.busy", host) if manners.alone else contextlib.nullcontext():
        time.sleep(_reserved(place, name, host, manners.distance))
        try:
            yield
        except ClipperError as error:
            if presses(error):
                named = getattr(error, "retry_after", None) or 0.0
                _change(place, name, lambda pace: pace.worse(time.time(), named))
            raise
        _change(place, name, Pace.better)


def _reserved(place: Path, name: str, host: str, distance: float) -> float:
    """Put the question down at its time and say in how many seconds that is."""
    with _locked(place / f"{name}.lock"):
        now = time.time()
        pace = _read(place / f"{name}.json")
        wait = pace.wait(now, distance)
        if wait > PATIENCE:
            raise NotYet(
                f"{host} asked for a pause: {wait:.0f} s are left", "It goes on by itself when the pause is over.", wait
            )
        _write(place / f"{name}.json", pace.begun(now + wait))
        return wait


def _change(place: Path, name: str, change: Callable[[Pace], Pace]) -> None:
    with _locked(place / f"{name}.lock"):
        _write(place / f"{name}.json", change(_read(place / f"{name}.json")))


@contextlib.contextmanager
def _only_one(path: Path, host: str) -> Iterator[None]:
    with path.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise NotYet(
                f"{host} {IN_USE}: another download from it runs", "It is its turn by itself.", _BUSY_SECONDS
            ) from None
        yield


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _read(path: Path) -> Pace:
    """What the file says; nothing when it is not there or is no such file."""
    try:
        known = json.loads(path.read_bytes())
        return Pace(float(known["asked"]), min(max(float(known["pause"]), 0.0), LONGEST_PAUSE))
    except (OSError, ValueError, KeyError, TypeError):
        return Pace()


def _write(path: Path, pace: Pace) -> None:
    part = path.with_suffix(".part")
    part.write_text(json.dumps(asdict(pace)), encoding="utf-8")
    part.replace(path)
