from __future__ import annotations

import os
import signal
from contextlib import suppress
from pathlib import Path

import psutil

from appliance import logs
from appliance.actions.jobs import retry_job
from appliance.domain.job import Lane
from appliance.domain.states import JobState, VideoState
from appliance.domain.trouble import Fault
from appliance.logs.jobs import tail
from appliance.store import jobs, videos
from tests.boxes import ADMIN
from tests.faults.living import living, settings, until
from tests.faults.material import another
from tests.faults.working import at_work
from tests.standins.server import Answer, Standin, served


def test_a_stage_whose_process_is_killed_is_tried_once_more(tmp_path: Path, video: Path) -> None:
    """The second try makes it, and the first stays to be read."""
    with at_work(tmp_path) as bench:
        number = bench.add(video)
        bench.strike("scan", signal.SIGKILL)
        assert until(lambda: videos.get(number).state is VideoState.READY)
        (scan,) = [job for job in jobs.of_video(number) if job.kind == "scan"]
        assert (scan.state, scan.attempt, scan.deaths) == (JobState.COMPLETED, 2, 1)
        assert scan.trouble is not None
        assert scan.trouble.message == "the process of scan was killed by signal 9 without an answer"


def test_a_stage_that_kills_its_process_twice_is_set_aside_with_its_log(tmp_path: Path, video: Path) -> None:
    """Others go on meanwhile, and a person can have it tried again."""
    logs.start(tmp_path / "logs")
    try:
        with at_work(tmp_path) as bench:
            number = bench.add(video)
            first = bench.strike("scan", signal.SIGSEGV)
            assert until(lambda: bench.child("scan") != first)
            bench.strike("scan", signal.SIGSEGV)
            assert until(lambda: videos.get(number).state is VideoState.FAILED)
            (scan,) = [job for job in jobs.of_video(number) if job.kind == "scan"]
            assert (scan.state, scan.deaths) == (JobState.DISCARDED, 2)
            assert [trouble.fault for trouble in scan.troubles] == [Fault.CRASH, Fault.CRASH]
            assert "look at its log, then retry it" in scan.troubles[-1].hint
            assert "was killed by signal 11" in tail(tmp_path / "logs", scan.id)
            retry_job(bench.box, ADMIN, scan.id)
            assert until(lambda: videos.get(number).state is VideoState.READY)
    finally:
        logs.stop()


def test_a_child_that_is_told_to_stop_from_outside_is_no_poison(tmp_path: Path, video: Path) -> None:
    """A machine that shuts down tells every process: twice that is no reason to set a stage aside."""
    with at_work(tmp_path) as bench:
        number = bench.add(video)
        first = bench.strike("scan", signal.SIGTERM)
        assert until(lambda: bench.child("scan") != first)
        bench.strike("scan", signal.SIGTERM)
        assert until(lambda: videos.get(number).state is VideoState.READY)
        (scan,) = [job for job in jobs.of_video(number) if job.kind == "scan"]
        assert (scan.deaths, scan.attempt) == (0, 3)


def test_a_gpu_job_an_upload_and_a_download_never_wait_for_each_other(tmp_path: Path, video: Path) -> None:
    """With speech recognition, a scan and a download all standing still at once, another download is still done."""
    site = Standin()
    site.says["/slow.mp4"] = Answer(200, b"x" * 1000, {"Content-Type": "video/mp4"}, wait=20.0)
    stopped = []
    with served(site), at_work(tmp_path, {"sources": {"allow_private": ["127.0.0.1"]}}) as bench:
        try:
            bench.add(another(video, tmp_path / "given" / "a.mp4"))
            stopped.append(bench.strike("transcribe", signal.SIGSTOP))
            bench.add(another(video, tmp_path / "given" / "b.mp4"))
            stopped.append(bench.strike("scan", signal.SIGSTOP))
            bench.add(f"{site.base}/slow.mp4")
            assert until(lambda: {job.lane for job in jobs.executing()} == set(Lane))
            last = bench.add(another(video, tmp_path / "given" / "c.mp4"))
            assert until(lambda: "fetch" in videos.get(last).made, 20)
            assert {job.lane for job in jobs.executing()} == set(Lane)
        finally:
            for pid in stopped:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGCONT)


_FETCHES = """#!/bin/sh
sleep 300 &
echo $! >> {here}/started
wait
"""


def test_what_a_downloader_starts_ends_with_it_and_what_a_crash_left_ends_at_the_next_start(tmp_path: Path) -> None:
    """A program that a program started does not die with its parent by itself: two would write one file."""
    (tmp_path / "fetches").write_text(_FETCHES.format(here=tmp_path))
    (tmp_path / "fetches").chmod(0o755)
    file = settings(tmp_path, f'[yt_dlp]\npath = "{tmp_path / "fetches"}"\n[sources]\nallow_private = ["127.0.0.1"]\n')

    def sleeping() -> list[int]:
        path = tmp_path / "started"
        numbers = [int(line) for line in path.read_text().split()] if path.exists() else []
        return [number for number in numbers if psutil.pid_exists(number)]

    with living(file) as box:
        assert box.up(), box.said()
        box.ask().post("/api/v1/videos", {"sources": ["http://127.0.0.1:8099/talk.mp4"]})
        assert until(lambda: len(sleeping()) == 1, 20), box.said()
        (left,) = sleeping()
        box.kill()
        box.start()
        assert box.up(), box.said()
        assert until(lambda: left not in sleeping(), 5)
        assert until(lambda: len(sleeping()) == 1, 20), box.said()
        (job,) = box.rows("SELECT id FROM job WHERE kind = 'fetch'")
        box.ask().post(f"/api/v1/jobs/{job['id']}/cancel")
        assert until(lambda: not sleeping(), 3)
