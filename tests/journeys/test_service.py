"""The service as a person uses it: started, given work, looked at, reloaded, stopped."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.faults.material import make_video

TABLES = """
[paths]
data_dir = "data"
[web]
host = "127.0.0.1"
port = {port}
[ffmpeg]
encode_args = ["-preset", "ultrafast"]
[rank]
top_n = 1
[disk]
warn_gb = 0
stop_downloads_gb = 0
stop_gb = 0
"""


def free_port() -> int:
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Box:
    """A running `clipper serve`, and the command line beside it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.file = folder / "clipper.toml"
        self.file.write_text(TABLES.format(port=free_port()))
        self.said = (folder / "said").open("w+")
        argv = [sys.executable, "-m", "appliance", "serve", "--config", str(self.file)]
        self.process = subprocess.Popen(argv, stdout=self.said, stderr=self.said, cwd=folder)

    def run(self, *words: str) -> tuple[int, str, str]:
        argv = [sys.executable, "-m", "appliance", *words, "--config", str(self.file)]
        ended = subprocess.run(argv, capture_output=True, text=True, check=False, timeout=120, cwd=self.folder)
        return ended.returncode, ended.stdout, ended.stderr

    def asked(self, *words: str) -> Any:
        code, out, err = self.run(*words, "--json")
        assert code == 0, err
        return json.loads(out)

    def until_up(self) -> None:
        for _ in range(100):
            if self.run("status")[0] == 0:
                return
            time.sleep(0.2)
        raise AssertionError((self.folder / "said").read_text())

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=25)


@pytest.fixture
def box(tmp_path: Path) -> Iterator[Box]:
    """One that is up; ended afterwards whatever happened."""
    made = Box(tmp_path)
    try:
        made.until_up()
        yield made
    finally:
        if made.process.poll() is None:
            made.stop()
        made.said.close()


def test_a_file_is_added_made_decided_and_the_service_stops_in_order(box: Box, tmp_path: Path) -> None:
    """From `add` to an approved clip with the command line alone; a broken reload changes nothing."""
    video = make_video(tmp_path / "talk.mp4")
    answer = box.asked("add", str(video), "--wait")
    assert answer["videos"][0]["state"] == "ready", answer
    (clip,) = box.asked("clips", "list", "--waiting")["items"]
    assert (tmp_path / "data" / clip["folder"] / "clip.mp4").stat().st_size > 1000
    assert box.asked("clips", "approve", str(clip["id"]))[0]["state"] == "approved"
    assert box.asked("add", str(video))["taken"][0]["new"] is False

    done = box.asked("jobs", "list", "--status", "completed")
    assert {job["kind"] for job in done["items"]} >= {"fetch", "scan", "transcribe", "rank", "frame", "render"}
    code, log, _ = box.run("jobs", "log", str(done["items"][0]["id"]))
    assert code == 0
    assert all(json.loads(line) for line in log.splitlines())

    good = box.file.read_text()
    box.file.write_text(good + "\n[rank]\ntop_n = 'many'\n")
    code, _, err = box.run("reload")
    assert code == 2
    assert "clipper.toml" in err
    box.file.write_text(good.replace("top_n = 1", "top_n = 2"))
    code, out, _ = box.run("reload")
    assert (code, "top_n" in out) == (0, True)

    code, _, err = box.run("videos", "show", "999")
    assert (code, "no video 999" in err) == (2, True)
    assert box.stop() == 0
    code, _, err = box.run("status")
    assert (code, "clipper serve" in err) == (1, True)


def test_a_wrong_file_at_the_start_gives_safe_mode_and_mending_it_starts_the_work(tmp_path: Path) -> None:
    """The box stays reachable and says what is wrong."""
    box = Box(tmp_path)
    box.process.kill()
    box.process.wait()
    good = box.file.read_text()
    box.file.write_text(good + "\n[lanes]\ngpu = 'three'\n")
    argv = [sys.executable, "-m", "appliance", "serve", "--config", str(box.file)]
    box.process = subprocess.Popen(argv, stdout=box.said, stderr=box.said, cwd=tmp_path)
    try:
        box.until_up()
        system = box.asked("status")["system"]
        assert system["safe_mode"]
        assert "gpu" in system["problem"]
        box.file.write_text(good)
        box.process.send_signal(signal.SIGHUP)
        for _ in range(50):
            if not box.asked("status")["system"]["safe_mode"]:
                break
            time.sleep(0.2)
        video = make_video(tmp_path / "talk.mp4")
        assert box.asked("add", str(video), "--candidates", "--wait")["videos"][0]["state"] == "ready"
        assert box.stop() == 0
    finally:
        box.process.kill()
        box.said.close()
