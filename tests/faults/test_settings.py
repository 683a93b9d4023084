from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from appliance.domain.errors import ClipperError
from tests.faults.living import Living, living, settings, until


def _run_beside(file: Path) -> subprocess.CompletedProcess[str]:
    """Another service started with those settings, to its end."""
    command = [sys.executable, "-m", "appliance", "serve", "--config", str(file)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=30)


def test_a_second_service_on_the_same_data_is_told_whose_it_is(tmp_path: Path) -> None:
    """It ends with the first one's process id and the next step, and the first one goes on."""
    with living(settings(tmp_path)) as box:
        assert box.up(), box.said()
        assert box.process is not None
        second = _run_beside(box.file)
        assert second.returncode not in {0, -9}
        assert f"(process {box.process.pid})" in second.stderr
        assert "stop it first" in second.stderr
        assert "Traceback" not in second.stderr
        assert box.ask().get("/api/v1/videos")["items"] == []


def test_a_port_that_is_taken_is_told_with_the_key_that_changes_it(tmp_path: Path) -> None:
    """The first service keeps it."""
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    with living(settings(tmp_path / "one")) as box:
        assert box.up(), box.said()
        other = settings(tmp_path / "two")
        port = next(line for line in box.file.read_text().splitlines() if line.startswith("port"))
        mine = next(line for line in other.read_text().splitlines() if line.startswith("port"))
        other.write_text(other.read_text().replace(mine, port))
        second = _run_beside(other)
        assert second.returncode not in {0, -9}
        assert f"cannot listen on 127.0.0.1:{port.split()[-1]}" in second.stderr
        assert "port under [web]" in second.stderr
        assert "Traceback" not in second.stderr
        assert box.running


def test_a_broken_file_at_the_start_gives_safe_mode_and_mending_it_starts_work(tmp_path: Path, video: Path) -> None:
    """The pages say what is wrong; what was accepted before waits, and is done once the file is right."""
    file = settings(tmp_path)
    right = file.read_text()
    with living(file) as box:
        assert box.up(), box.said()
        number = box.add(video)
        box.kill()
        file.write_text(right.replace("top_n = 1", "top_m = 1"))
        box.start()
        assert box.up(), box.said()
        with pytest.raises(ClipperError):
            box.ask().get("/health")  # 503: something is wrong with it
        assert "top_m" in str(_problem(box))
        assert not until(lambda: box.first_job_after() is not None, 2.0)
        assert [line["event"] for line in box.log() if line["level"] == "error"] == ["safe_mode"]
        file.write_text(right)
        box.send(signal.SIGHUP)
        assert until(lambda: box.ask().get(f"/api/v1/videos/{number}")["state"] == "ready")
        assert box.ask().get("/health")["status"] == "ok"
        assert "started" in [line["event"] for line in box.log()]


def _problem(box: Living) -> object:
    return box.ask().get("/api/v1/system")


def test_a_broken_file_is_refused_at_a_reload_and_the_old_settings_stay(tmp_path: Path, video: Path) -> None:
    """The answer names the line; a right one counts at once, and work never pauses."""
    file = settings(tmp_path)
    right = file.read_text()
    with living(file) as box:
        assert box.up(), box.said()
        file.write_text(right + "\n[rank\nbroken")
        with pytest.raises(ClipperError, match=r"clipper\.toml:\d+"):
            box.ask().post("/api/v1/system/reload")
        box.send(signal.SIGHUP)
        assert until(lambda: sum(line["event"] == "reload_refused" for line in box.log()) == 2, 5)
        number = box.add(video)
        file.write_text(right.replace("top_n = 1", "top_n = 2"))
        assert "rank.top_n: 1 is now 2" in box.ask().post("/api/v1/system/reload")["changes"]
        assert until(lambda: box.ask().get(f"/api/v1/videos/{number}")["state"] == "ready")
