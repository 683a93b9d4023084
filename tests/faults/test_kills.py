from __future__ import annotations

import os
import random
import subprocess
from pathlib import Path

from appliance.store.artifacts import making, sweep
from tests.faults.serving import kill_and_drain


def test_a_service_that_is_killed_while_it_accepts_and_while_it_works_loses_nothing(tmp_path: Path) -> None:
    """The short form of `./dev faults`: three ends, then everything that was accepted is done once, and nobody is left."""
    tally = kill_and_drain(tmp_path, 3, random.Random(3))
    assert tally.problems == []
    assert tally.accepted
    assert tally.jobs["completed"] >= 6


def test_what_a_process_was_making_is_swept_even_when_its_number_lives_on(tmp_path: Path) -> None:
    """Process numbers are used again: the maker is known by when it started, too."""
    with making(tmp_path / "mine") as mine:
        number, started = mine.name.removeprefix(".making-").split("-")[0].split(".")
        assert int(number) == os.getpid()
        later = tmp_path / f".making-{number}.{int(started) - 1}-theirs-x"
        later.mkdir()
        assert sweep(tmp_path) == 1
        assert (mine.is_dir(), later.exists()) == (True, False)


def test_what_was_half_removed_is_swept(tmp_path: Path) -> None:
    """A crash in the middle of deleting leaves nothing behind for long."""
    (tmp_path / "a" / ".going-key").mkdir(parents=True)
    (tmp_path / "a" / ".going-key" / "file").write_text("left")
    ended = subprocess.Popen(["true"])
    ended.wait()
    (tmp_path / "a" / f".making-{ended.pid}.1-key").mkdir()
    assert sweep(tmp_path) == 2
    assert list((tmp_path / "a").iterdir()) == []
