from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

import pytest

from appliance.actions.conversions import convert, file_of, find
from appliance.actions.jobs import cancel_job, retry_job
from appliance.actions.upkeep import tidy
from appliance.domain.job import Job, Lane
from appliance.domain.states import ENDED, JobState
from appliance.domain.trouble import Fault
from appliance.jobs.kinds import KINDS
from appliance.jobs.messages import Died
from appliance.jobs.settle import settle
from appliance.media.ffmpeg import Ffmpeg
from appliance.media.probe import probe
from appliance.store import jobs
from tests.bench.media import run
from tests.boxes import ADMIN, Clock, standing
from tests.jobs.test_service import at_work, until
from tests.jobs.test_settle import taken

KIND = next(kind for kind in KINDS if kind.name == "convert")


@pytest.fixture(scope="module")
def short(tmp_path_factory: pytest.TempPathFactory, ffmpeg: Ffmpeg) -> Path:
    """Two seconds that an MP4 can hold as they are."""
    file = tmp_path_factory.mktemp("short") / "short.ts"
    inputs = ("-f", "lavfi", "-i", "testsrc2=s=160x90:r=25:d=2", "-f", "lavfi", "-i", "sine=d=2")
    run(ffmpeg, *inputs, "-c:v", "libx264", "-preset", "ultrafast", "-c:a", "aac", str(file))
    return file


@pytest.fixture(scope="module")
def slow(tmp_path_factory: pytest.TempPathFactory, ffmpeg: Ffmpeg) -> Path:
    """Two minutes that have to be encoded, which takes a while."""
    once, file = (tmp_path_factory.mktemp("slow") / name for name in ("once.ts", "slow.ts"))
    run(ffmpeg, "-f", "lavfi", "-i", "testsrc2=s=1280x720:r=25:d=3", "-c:v", "mpeg2video", str(once))
    run(ffmpeg, "-stream_loop", "39", "-i", str(once), "-c", "copy", str(file))
    return file


def over(job: Job) -> bool:
    return jobs.get(job.id).state in ENDED


def test_a_recording_becomes_an_mp4_of_that_name(tmp_path: Path, short: Path) -> None:
    """In a process of its own, alone in its folder; the recording stays."""
    with at_work(tmp_path) as box:
        job = convert(box, ADMIN, str(short), "The night")
        assert until(lambda: over(job))
        assert jobs.get(job.id).state is JobState.COMPLETED, jobs.get(job.id).trouble
        file = find(box, ADMIN, job.id)
        assert [path.name for path in file.parent.iterdir()] == ["The night.mp4"]
        made = probe(file)
        assert "mp4" in made.container
        assert made.seconds == pytest.approx(2, abs=0.2)
        assert short.is_file()


def test_what_is_no_recording_leaves_nothing(tmp_path: Path) -> None:
    """It is given up with the reason."""
    text = tmp_path / "a.ts"
    text.write_text("no video")
    with at_work(tmp_path / "data") as box:
        job = convert(box, ADMIN, str(text), "a")
        assert until(lambda: over(job))
        failed = jobs.get(job.id)
        assert failed.state is JobState.DISCARDED
        assert failed.trouble is not None
        assert failed.trouble.fault is Fault.BAD_INPUT
        assert not (tmp_path / "data" / "converted").exists()


def test_a_cancelled_conversion_leaves_nothing_and_can_be_begun_anew(tmp_path: Path, slow: Path) -> None:
    """It is stopped in the middle of its work, and shows before how far it is."""
    folder = tmp_path / "converted"
    with at_work(tmp_path) as box:
        job = convert(box, ADMIN, str(slow), "a")
        assert until(lambda: 0 < jobs.get(job.id).progress < 1)
        assert list(folder.rglob("*.part"))
        cancel_job(box, ADMIN, job.id)
        assert until(lambda: over(job), 5)
        assert jobs.get(job.id).state is JobState.CANCELLED
        assert not list(folder.iterdir())
        retry_job(box, ADMIN, job.id)
        assert until(lambda: bool(list(folder.rglob("*.part"))))


def test_what_a_killed_try_left_goes_when_the_job_is_given_up(tmp_path: Path, short: Path) -> None:
    """A process that is killed clears nothing away itself."""
    with standing(tmp_path) as box:
        job = convert(box, ADMIN, str(short), "a")
        for end in (JobState.RETRYABLE, JobState.DISCARDED):
            if end is JobState.DISCARDED:
                retry_job(box, ADMIN, job.id)
                jobs.update(job.id, deaths=1)
            left = file_of(box, job).parent / ".0123.part"
            left.parent.mkdir(parents=True, exist_ok=True)
            left.write_bytes(b"half")
            assert settle(taken(box, Lane.CPU), KIND, Died(-9), box).state is end
        assert not left.parent.parent.exists()


def test_an_mp4_is_kept_for_a_week(tmp_path: Path) -> None:
    """Then the nightly tidying takes it away, and no younger one."""
    clock = Clock()
    with standing(tmp_path, clock) as box:
        for number, days in ((1, 8), (2, 6)):
            folder = tmp_path / "converted" / str(number)
            folder.mkdir(parents=True)
            (folder / "a.mp4").write_bytes(b"film")
            made = (clock() - timedelta(days=days)).timestamp()
            os.utime(folder, (made, made))
        assert "1 old conversions" in tidy(box.settings(), box.data_dir, clock())
        assert [path.name for path in (tmp_path / "converted").iterdir()] == ["2"]
