from __future__ import annotations

import sqlite3
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import psutil
import pytest

from appliance import process
from appliance.actions.jobs import cancel_job, pause_lane, resume_lane
from appliance.actions.videos import add_video, cancel_video
from appliance.domain.job import Job, Lane, NewJob
from appliance.domain.states import JobState, VideoState
from appliance.domain.wishes import Wishes
from appliance.jobs.lanes import Lanes
from appliance.jobs.service import Service
from appliance.jobs.works import Works
from appliance.media.ffmpeg import Ffmpeg
from appliance.store import clips, jobs, videos
from appliance.store.change import change
from tests.boxes import ADMIN, Clock, standing


class Now(Clock):
    """The real time: children run in it."""

    def __call__(self) -> datetime:
        return datetime.now(UTC)


def until(true: Callable[[], bool], seconds: float = 60.0) -> bool:
    """Wait for something that other threads bring about."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if true():
            return True
        time.sleep(0.02)
    return False


@contextmanager
def at_work(folder: Path, boot: str = "b1") -> Iterator[Works]:
    with standing(folder, Now(), {"rank": {"top_n": 1}}, boot) as box, Service(box, folder).running():
        yield box


def tidying(box: Works, **fields: object) -> Job:
    with change(box.now()) as made:
        return jobs.add(made, NewJob("tidy", Lane.CPU, **fields), box.bounds())  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def talk(tmp_path_factory: pytest.TempPathFactory, ffmpeg: Ffmpeg) -> Path:
    """Two minutes with loud moments and words, small and quick to render."""
    file = tmp_path_factory.mktemp("talk") / "talk.mp4"
    process.run(
        [ffmpeg.path, "-v", "error", "-f", "lavfi", "-i", "testsrc2=size=320x180:rate=10:duration=90", "-f", "lavfi", "-i",
         "sine=frequency=300:duration=90", "-af", "volume='if(between(mod(t,30),10,14),1,0.05)':eval=frame",
         "-preset", "ultrafast", "-shortest", str(file)],
    )  # fmt: skip
    lines = (f"{n + 1}\n00:{n * 5 // 60:02}:{n * 5 % 60:02},000 --> 00:{n * 5 // 60:02}:{(n * 5 + 4) % 60:02},500\n"
             f"This is what I wanted to say about number {n}.\n" for n in range(17))  # fmt: skip
    file.with_suffix(".srt").write_text("\n".join(lines))
    return file


def test_a_file_becomes_a_clip_that_waits_for_a_yes(tmp_path: Path, talk: Path) -> None:
    """Added, fetched, scanned, transcribed, ranked, framed, rendered: each in a process of its own."""
    with at_work(tmp_path) as box:
        added = add_video(box, ADMIN, str(talk), Wishes(top=1, max_seconds=20))
        assert added.video is not None
        number = added.video.id
        assert until(lambda: videos.get(number).state in {VideoState.READY, VideoState.FAILED, VideoState.HELD}, 120)
        video = videos.get(number)
        assert (video.state, video.progress) == (VideoState.READY, 100.0), video.trouble
        (clip,) = [clip for clip in clips.of_video(number) if clip.folder]
        assert clip.state == "pending"
        assert (tmp_path / clip.folder / "clip.mp4").stat().st_size > 10_000
        log = (tmp_path / clip.folder / "timeline.json").read_text()
        assert "cuts" in log
        again = add_video(box, ADMIN, f"{talk.parent}/./{talk.name}")
        assert (again.new, again.video and again.video.id) == (False, number)


def test_cancelling_reaches_a_running_child_within_two_seconds(tmp_path: Path, talk: Path) -> None:
    """No process is left, and nothing half made."""
    with at_work(tmp_path) as box:
        added = add_video(box, ADMIN, str(talk))
        assert added.video is not None
        assert until(lambda: any(run.child is not None for run in box.runs.all()))
        (run,) = box.runs.all()
        assert run.child is not None
        family = [psutil.Process(run.child.process.pid)]
        began = time.monotonic()
        cancel_video(box, ADMIN, added.video.id)
        assert until(lambda: videos.get(added.video.id).state is VideoState.CANCELLED, 5)  # type: ignore[union-attr]
        assert time.monotonic() - began < 2.0
        assert not [one for one in family if one.is_running() and one.status() != psutil.STATUS_ZOMBIE]
        assert not list(tmp_path.rglob(".making-*"))
        assert not list(tmp_path.rglob("*.part"))


def test_what_ran_when_the_service_stopped_goes_on_when_it_starts(tmp_path: Path, talk: Path) -> None:
    """Stopping loses nothing and costs no try."""
    with at_work(tmp_path) as box:
        added = add_video(box, ADMIN, str(talk), Wishes(auto_render=False))
        assert added.video is not None
        assert until(lambda: any(run.child is not None for run in box.runs.all()))
    with at_work(tmp_path, "b2"):
        assert until(lambda: videos.get(added.video.id).state is VideoState.READY)  # type: ignore[union-attr]
        assert all(job.attempt <= 1 for job in jobs.of_video(added.video.id))


def test_huey_carries_the_call_and_its_workers_do_the_work(tmp_path: Path) -> None:
    """The job's number lies in Huey's own queue, and a thread of Huey's consumer takes it from there."""
    done: list[tuple[int, bool]] = []

    def answer(_lane: Lane, job: int) -> None:
        callers = {Path(frame.filename).parent.name for frame in traceback.extract_stack()}
        done.append((job, "huey" in callers))

    lanes = Lanes(tmp_path, {Lane.CPU: 1}, answer)
    lanes.call(Lane.CPU, 41)
    raw = sqlite3.connect(tmp_path / "queue.db")
    assert raw.execute("SELECT queue, count(*) FROM task GROUP BY queue").fetchall() == [("cpu", 1)]
    raw.close()
    assert done == []
    lanes.start()
    assert until(lambda: bool(done), 5)
    lanes.stop()
    assert lanes.join(5)
    lanes.close()
    assert done == [(41, True)]


def test_a_call_that_was_lost_is_made_again(tmp_path: Path) -> None:
    """Huey forgets what it handed out; the job table does not."""
    with standing(tmp_path, Now()) as box:
        job = tidying(box)
        assert job.state is JobState.AVAILABLE
        with Service(box, tmp_path).running():
            assert until(lambda: jobs.get(job.id).state is JobState.COMPLETED, 10)


def test_a_lane_that_is_paused_takes_nothing_until_it_is_resumed(tmp_path: Path) -> None:
    """And then takes all that waited."""
    with at_work(tmp_path) as box:
        pause_lane(box, ADMIN, Lane.CPU)
        waiting = [tidying(box) for _ in range(3)]
        time.sleep(0.5)
        assert {jobs.get(job.id).state for job in waiting} == {JobState.AVAILABLE}
        resume_lane(box, ADMIN, Lane.CPU)
        assert until(lambda: all(jobs.get(job.id).state is JobState.COMPLETED for job in waiting), 10)


def test_a_job_that_waits_is_cancelled_at_once(tmp_path: Path) -> None:
    """Nothing has to be stopped for it."""
    with standing(tmp_path) as box:
        job = tidying(box)
        assert cancel_job(box, ADMIN, job.id).state is JobState.CANCELLED


def test_many_jobs_are_all_done_once(tmp_path: Path) -> None:
    """A hundred calls, a hundred jobs, one try each."""
    with at_work(tmp_path) as box:
        with change(box.now()) as made:
            added = [
                jobs.add(made, NewJob("tidy", lane), box.bounds()) for lane in (Lane.CPU, Lane.NET) for _ in range(50)
            ]
        assert until(lambda: all(jobs.get(job.id).state is JobState.COMPLETED for job in added), 60)
        assert {jobs.get(job.id).attempt for job in added} == {1}


def test_what_went_into_a_job_is_kept_when_that_is_wished(tmp_path: Path, talk: Path) -> None:
    """Beside its log, without the box's settings; and no scratch space is left."""
    tables = {"log": {"debug_artifacts": True}, "yt_dlp": {"proxy": "http://me:sesame@proxy.example:3128"}}
    with standing(tmp_path, Now(), tables) as box, Service(box, tmp_path).running():
        added = add_video(box, ADMIN, str(talk), Wishes(auto_render=False))
        assert added.video is not None
        assert until(lambda: videos.get(added.video.id).state is VideoState.READY)  # type: ignore[union-attr]
        (rank,) = [job for job in jobs.of_video(added.video.id) if job.kind == "rank"]
    folder = tmp_path / "logs" / "jobs" / str(rank.id)
    assert '"stage": "rank"' in (folder / "work.json").read_text()
    assert '"ranking"' in (folder / "answer.json").read_text()
    assert "sesame" not in (folder / "work.json").read_text()
    assert not list((tmp_path / "temp").iterdir())
