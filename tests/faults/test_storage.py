from __future__ import annotations

import resource
import shutil
import subprocess
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from appliance.actions.room import MARKER
from appliance.actions.videos import add_video, retry_video
from appliance.domain.errors import ClipperError
from appliance.domain.job import Lane
from appliance.domain.states import JobState, VideoState
from appliance.domain.wishes import Wishes
from appliance.jobs.service import Service
from appliance.jobs.work import work
from appliance.store import jobs, videos
from appliance.store.models import database
from tests.boxes import ADMIN, standing
from tests.faults.living import Living, living, settings, until
from tests.faults.working import QUICK, at_work


def test_below_the_watermark_work_waits_in_words_and_goes_on_when_that_is_changed(tmp_path: Path, video: Path) -> None:
    """Nothing is lost and no try is used up."""
    full = {"disk": {"warn_gb": 0, "stop_downloads_gb": 900_000, "stop_gb": 900_000}}
    with at_work(tmp_path, full) as bench:
        number = bench.add(video)
        assert until(lambda: "GB are free" in (bench.job("fetch") or pytest.fail("no job")).waiting, 10)
        time.sleep(0.5)
        (fetch,) = jobs.of_video(number)
        assert (fetch.state, fetch.attempt) == (JobState.AVAILABLE, 0)
        assert "fetching waits until there are 900000 GB" in fetch.waiting
        bench.choose({})
        assert until(lambda: videos.get(number).state is VideoState.READY)
        assert jobs.get(fetch.id).waiting == ""


def test_work_pauses_while_the_storage_is_away_and_goes_on_when_it_is_back(tmp_path: Path, video: Path) -> None:
    """A mount point without its disk has no marker: nothing is written to it, and what ran is not blamed."""
    with at_work(tmp_path) as bench:
        number = bench.add(video)
        bench.child("scan")
        (tmp_path / MARKER).rename(tmp_path / "marker")
        shutil.move(tmp_path / "fetched", tmp_path / "away")
        assert until(lambda: "Is its disk mounted?" in " ".join(job.waiting for job in jobs.of_video(number)), 20)
        assert videos.get(number).state is VideoState.WORKING
        shutil.move(tmp_path / "away", tmp_path / "fetched")
        (tmp_path / "marker").rename(tmp_path / MARKER)
        assert until(lambda: videos.get(number).state is VideoState.READY, 40)
        assert all(job.attempt <= 1 and not job.deaths for job in jobs.of_video(number))


@pytest.mark.parametrize("damaged", ["*.json", "*.npz", "done.json"])
def test_a_damaged_result_is_told_and_a_retry_from_its_stage_mends_it(
    tmp_path: Path, video: Path, damaged: str
) -> None:
    """It is noticed before anything is built upon it, and made anew; what was made before it is not."""
    with at_work(tmp_path) as bench:
        number = bench.add(video)
        assert until(lambda: videos.get(number).state is VideoState.READY)
        made = videos.get(number).made
        file = next(tmp_path.joinpath(made["scan"]).glob(damaged))
        file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])
        fetched = tmp_path.joinpath(made["fetch"], "done.json").stat().st_mtime_ns
        retry_video(bench.box, ADMIN, number, "rank")
        assert until(lambda: videos.get(number).state is VideoState.FAILED)
        trouble = videos.get(number).trouble
        assert trouble is not None
        assert trouble.message == f"{file} is damaged"
        assert trouble.hint == "Retry it from scan: that is made anew."
        retry_video(bench.box, ADMIN, number, "scan")
        assert until(lambda: videos.get(number).state is VideoState.READY)
        assert tmp_path.joinpath(made["fetch"], "done.json").stat().st_mtime_ns == fetched


def test_a_database_that_may_only_be_read_is_told_and_outlived(tmp_path: Path, video: Path) -> None:
    """The workers say so and stay; when it may be written again everything is done."""
    with standing(tmp_path, tables=QUICK) as box:
        added = add_video(box, ADMIN, str(video), Wishes(auto_render=False)).video
        assert added is not None
        database.execute_sql("PRAGMA query_only = 1")
        with pytest.raises(ClipperError, match="readonly database") as told:
            work(Lane.NET, box)
        assert "may only be read" in told.value.hint
        with pytest.raises(ClipperError, match="readonly database"):
            add_video(box, ADMIN, str(Path(__file__)))
        database.execute_sql("PRAGMA query_only = 0")
        with Service(box, tmp_path).running():
            assert until(lambda: videos.get(added.id).state is VideoState.READY)


def test_a_disk_that_takes_nothing_more_stops_no_service_and_loses_nothing(tmp_path: Path, video: Path) -> None:
    """Every write fails for a while, those of the database and the log too: the pages stay up, and work goes on after."""
    with living(settings(tmp_path)) as box:
        assert box.up(), box.said()
        number = box.add(video)
        assert number is not None
        assert box.process is not None
        _, hard = resource.prlimit(box.process.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(box.process.pid, resource.RLIMIT_FSIZE, (0, hard))
        assert box.add(tmp_path / "clipper.toml") is None
        with pytest.raises(ClipperError) as refused:
            box.ask().post("/api/v1/videos", {"sources": [str(video.with_suffix(".srt"))]})
        assert "disk" in f"{refused.value.message} {refused.value.hint}".lower()
        assert box.ask().get("/api/v1/videos")["items"][0]["id"] == number
        time.sleep(2.0)
        resource.prlimit(box.process.pid, resource.RLIMIT_FSIZE, (hard, hard))
        assert box.running
        assert until(lambda: box.ask().get(f"/api/v1/videos/{number}")["state"] in {"ready", "failed", "held"}, 90)
        video_now = box.ask().get(f"/api/v1/videos/{number}")
        assert video_now["state"] == "ready", (video_now["trouble"], box.said()[-3000:])
        code, _ = box.stop()
        assert code == 0


def _small_disk(folder: Path, megabytes: int) -> Living:
    """A service whose data folder is a small disk of its own, in a mount namespace that ends with it."""
    tried = subprocess.run(["unshare", "--mount", "true"], capture_output=True, check=False)
    if tried.returncode:
        pytest.skip("a small disk needs root and a kernel that lets it mount one")
    (folder / "data").mkdir()
    mount = f'mount -t tmpfs -o size={megabytes}m tmpfs {folder / "data"} && exec "$@"'
    return Living(settings(folder), ("unshare", "--mount", "sh", "-c", mount, "sh"))


def _fill(ballast: Path) -> None:
    with suppress(OSError), ballast.open("wb", 0) as file:
        while True:
            file.write(b"x" * 4096)


def test_a_full_disk_is_waited_for_and_work_goes_on_when_there_is_room(tmp_path: Path, video: Path) -> None:
    """With not a byte left the pages stay up and new work is refused in words; no try is used up and no clip is lost."""
    box = _small_disk(tmp_path, 40)
    box.start()
    try:
        assert box.up(), box.said()
        assert box.process is not None
        number = box.add(video)
        assert number is not None
        inside = Path(f"/proc/{box.process.pid}/root{box.data}")
        ballast = inside / "ballast"
        _fill(ballast)

        def asked(path: str) -> Any:
            return box.ask().get(f"/api/v1/{path}")

        time.sleep(4.0)
        with pytest.raises(ClipperError) as refused:
            box.ask().post("/api/v1/videos", {"sources": [str(video.with_name("talk.srt"))]})
        assert "disk is full" in f"{refused.value.message} {refused.value.hint}"
        assert asked(f"videos/{number}")["state"] in {"new", "working"}
        ballast.unlink()
        assert until(lambda: asked(f"videos/{number}")["state"] not in {"new", "working"}, 100)
        assert asked(f"videos/{number}")["state"] == "ready", (asked(f"videos/{number}"), box.said()[-2000:])
        assert all(job["attempt"] <= 1 for job in asked(f"jobs?video={number}")["items"])
    finally:
        box.kill()
