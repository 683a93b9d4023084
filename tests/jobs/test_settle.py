from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from appliance.actions.stages import CLIP, VIDEO, begin
from appliance.domain.job import Job, Lane
from appliance.domain.moment import Moment, Ranking
from appliance.domain.states import ClipState, JobState, VideoState
from appliance.domain.trouble import Fault, Trouble
from appliance.domain.wishes import NONE, Wishes
from appliance.jobs.kinds import KINDS
from appliance.jobs.messages import Answer, Died, Dropped, Failed, Postponed, StageDone
from appliance.jobs.settle import settle
from appliance.jobs.works import LEASE, Works
from appliance.pipeline import stages
from appliance.store import clips, jobs, videos
from appliance.store.change import change
from tests.boxes import ADMIN, Clock, link, standing

BY_NAME = {kind.name: kind for kind in KINDS}


def accepted(box: Works, wishes: Wishes = NONE, name: str = "a") -> int:
    """A video with its first job."""
    with change(box.now()) as made:
        video, _ = videos.accept(made, link(name), ADMIN.user, wishes)
        begin(made, video, box)
    return video.id


def taken(box: Works, lane: Lane) -> Job:
    with change(box.now()) as made:
        job = jobs.claim(made, lane, box.boot, LEASE)
    assert job is not None
    return job


def ended(box: Works, job: Job, answer: Answer | Died, *, cancelled: bool = False) -> Job:
    return settle(job, BY_NAME[job.kind], answer, box, cancelled=cancelled)


def made_in(box: Works, stage: str, **known: object) -> StageDone:
    return StageDone(str(box.data_dir / "made" / stage), **known)  # type: ignore[arg-type]


def ranked(box: Works, *scores: float, wishes: Wishes = NONE) -> int:
    """A video after RANK, with moments of these scores."""
    number = accepted(box, wishes)
    moments = tuple(Moment(20.0 * at, 20.0 * at + 15, score, f"moment {at}", ()) for at, score in enumerate(scores))
    for stage, lane in VIDEO.items():
        known = {"ranking": Ranking(100.0, moments)} if stage == "rank" else {}
        ended(box, taken(box, lane), made_in(box, stage, **known))
    return number


def test_each_finished_stage_makes_room_for_the_next(tmp_path: Path) -> None:
    """Fetch, scan, transcribe and rank follow each other; the whole only ever goes up."""
    with standing(tmp_path) as box:
        number = accepted(box)
        seen = [0.0]
        for stage, lane in VIDEO.items():
            job = taken(box, lane)
            assert job.kind == stage
            ended(box, job, made_in(box, stage, content="abc", seconds=60.0, title="A talk"))
            video = videos.get(number)
            assert video.made[stage] == f"made/{stage}"
            seen.append(video.progress)
        assert seen == sorted(seen)
        assert (video.title, video.content, video.seconds) == ("A talk", "abc", 60.0)


def test_moments_become_drafts_and_the_good_ones_are_rendered(tmp_path: Path) -> None:
    """With auto_render every moment above the least score is made; the video is ready when all are."""
    with standing(tmp_path, tables={"rank": {"min_score": 50}}) as box:
        number = ranked(box, 80.0, 40.0)
        states = [clip.state for clip in clips.of_video(number)]
        assert states == [ClipState.RENDERING, ClipState.DRAFT]
        ended(box, taken(box, CLIP["frame"]), made_in(box, "frame"))
        assert videos.get(number).state is VideoState.WORKING
        ended(box, taken(box, CLIP["render"]), made_in(box, "render"))
        assert clips.of_video(number)[0].state is ClipState.PENDING
        assert clips.of_video(number)[0].folder == "made/render"
        assert (videos.get(number).state, videos.get(number).progress) == (VideoState.READY, 100.0)


def test_candidates_first_stops_after_the_moments(tmp_path: Path) -> None:
    """Without auto_render nothing is made until a person ticks it."""
    with standing(tmp_path) as box:
        number = ranked(box, 80.0, wishes=Wishes(auto_render=False))
        assert [clip.state for clip in clips.of_video(number)] == [ClipState.DRAFT]
        assert videos.get(number).state is VideoState.READY
        assert not jobs.of_video(number, ended=False)


@pytest.mark.parametrize(("score", "state"), [(90.0, ClipState.APPROVED), (70.0, ClipState.PENDING)])
def test_the_rule_approves_what_scores_enough(tmp_path: Path, score: float, state: ClipState) -> None:
    """And says that it was the rule."""
    with standing(tmp_path) as box:
        number = ranked(box, score, wishes=Wishes(approval="auto", auto_approve_score=85))
        for stage, lane in CLIP.items():
            ended(box, taken(box, lane), made_in(box, stage))
        (clip,) = clips.of_video(number)
        assert clip.state is state
        assert clip.decided_by == ("rule" if state is ClipState.APPROVED else "")


def test_a_passing_fault_is_tried_again_with_growing_pauses(tmp_path: Path) -> None:
    """Each pause is longer, Retry-After is obeyed, and after the last try it is given up with the reason."""
    clock = Clock()
    with standing(tmp_path, clock, {"jobs": {"attempts": 4, "retry_seconds": 30}}) as box:
        number = accepted(box)
        pauses = []
        for _ in range(3):
            job = ended(box, taken(box, Lane.NET), Failed(Trouble(Fault.TRANSIENT, "the server is busy")))
            assert job.state is JobState.RETRYABLE
            pauses.append((job.due - clock()).total_seconds())
            clock.at = job.due
            with change(clock()) as made:
                jobs.come_due(made)
        assert pauses == [30, 60, 120]
        job = ended(box, taken(box, Lane.NET), Failed(Trouble(Fault.TRANSIENT, "the server is busy")))
        assert job.state is JobState.DISCARDED
        assert job.trouble is not None
        assert "4 tries are over" in job.trouble.message
        assert videos.get(number).state is VideoState.FAILED


def test_retry_after_is_obeyed(tmp_path: Path) -> None:
    """An hour is an hour."""
    with standing(tmp_path) as box:
        accepted(box)
        job = ended(box, taken(box, Lane.NET), Failed(Trouble(Fault.TRANSIENT, "busy", retry_after=3600)))
        assert job.due - box.now() >= timedelta(hours=1)


@pytest.mark.parametrize(
    ("fault", "job_state", "video_state"),
    [
        (Fault.NEEDS_PERSON, JobState.HELD, VideoState.HELD),
        (Fault.PERMANENT, JobState.DISCARDED, VideoState.FAILED),
        (Fault.BAD_INPUT, JobState.DISCARDED, VideoState.FAILED),
        (Fault.BUG, JobState.DISCARDED, VideoState.FAILED),
    ],
)
def test_what_another_try_cannot_change_is_not_tried_again(
    tmp_path: Path, fault: Fault, job_state: JobState, video_state: VideoState
) -> None:
    """The video says why, with the next step."""
    with standing(tmp_path) as box:
        number = accepted(box)
        job = ended(box, taken(box, Lane.NET), Failed(Trouble(fault, "the video is private", "Log in.")))
        video = videos.get(number)
        assert (job.state, video.state) == (job_state, video_state)
        assert video.trouble is not None
        assert (video.trouble.message, video.trouble.hint) == ("the video is private", "Log in.")


def test_a_full_disk_is_waited_for_without_using_up_tries(tmp_path: Path) -> None:
    """A hundred times if need be; the history says it once."""
    clock = Clock()
    with standing(tmp_path, clock, {"jobs": {"attempts": 2}}) as box:
        number = accepted(box)
        for _ in range(20):
            job = ended(box, taken(box, Lane.NET), Failed(Trouble(Fault.NO_ROOM, "the disk is full")))
            assert (job.state, job.attempt, job.waiting) == (JobState.SCHEDULED, 0, "the disk is full")
            clock.at = job.due
            with change(clock()) as made:
                jobs.come_due(made)
        assert len(job.troubles) == 1
        assert videos.get(number).state is VideoState.NEW


def test_a_stage_that_kills_its_process_twice_is_set_aside(tmp_path: Path) -> None:
    """Once may be bad luck; twice is the video."""
    clock = Clock()
    with standing(tmp_path, clock) as box:
        number = accepted(box)
        first = ended(box, taken(box, Lane.NET), Died(-11, "Segmentation fault"))
        assert first.state is JobState.RETRYABLE
        clock.at = first.due
        with change(clock()) as made:
            jobs.come_due(made)
        second = ended(box, taken(box, Lane.NET), Died(-11, "Segmentation fault"))
        assert (second.state, second.deaths) == (JobState.DISCARDED, 2)
        assert second.trouble is not None
        assert "signal 11" in second.trouble.message
        assert "log" in second.trouble.hint
        assert videos.get(number).state is VideoState.FAILED


def test_not_now_is_no_failure(tmp_path: Path) -> None:
    """A stream that still runs is asked again later, however often."""
    with standing(tmp_path) as box:
        accepted(box)
        job = ended(box, taken(box, Lane.NET), Postponed(1800, "the stream still runs"))
        assert (job.state, job.attempt, job.waiting) == (JobState.SCHEDULED, 0, "the stream still runs")
        assert not job.troubles


def test_what_was_cancelled_while_it_ran_is_cancelled_whatever_it_answered(tmp_path: Path) -> None:
    """The person's word counts."""
    with standing(tmp_path) as box:
        number = accepted(box)
        job = ended(box, taken(box, Lane.NET), Died(-15), cancelled=True)
        assert (job.state, videos.get(number).state) == (JobState.CANCELLED, VideoState.CANCELLED)


def test_what_drops_itself_is_cancelled_with_the_reason(tmp_path: Path) -> None:
    """Not wanted, and no failure."""
    with standing(tmp_path) as box:
        number = accepted(box)
        job = ended(box, taken(box, Lane.NET), Dropped("it is 12 s long, at least 180 s are wanted"))
        assert (job.state, videos.get(number).state) == (JobState.CANCELLED, VideoState.CANCELLED)
        assert "180 s" in jobs.get(job.id).waiting


def test_one_clip_that_fails_stops_neither_the_others_nor_the_video(tmp_path: Path) -> None:
    """The video is ready; the clip says what is wrong with it."""
    with standing(tmp_path) as box:
        number = ranked(box, 80.0, 70.0)
        ended(box, taken(box, Lane.CPU), Failed(Trouble(Fault.PERMANENT, "the codec is not supported")))
        for stage, lane in CLIP.items():
            ended(box, taken(box, lane), made_in(box, stage))
        states = {clip.place: clip.state for clip in clips.of_video(number)}
        assert states == {1: ClipState.FAILED, 2: ClipState.PENDING}
        assert videos.get(number).state is VideoState.READY


def test_the_lanes_of_the_jobs_are_those_of_the_stages() -> None:
    """The service does not import the pipelines, so this holds the two together."""
    assert {stage.name: stage.lane for stage in stages.VIDEO} == VIDEO
    assert {stage.name: stage.lane for stage in stages.CLIP} == CLIP


def test_a_video_that_was_begun_is_finished_before_the_next(tmp_path: Path) -> None:
    """Its later stages go before the first ones of videos that came after it."""
    with standing(tmp_path) as box:
        first, second = accepted(box), accepted(box, name="b")
        for number in (first, second):
            job = taken(box, Lane.NET)
            assert job.video == number
            ended(box, job, made_in(box, "fetch"))
        ended(box, taken(box, Lane.CPU), made_in(box, "scan"))
        ended(box, taken(box, Lane.GPU), made_in(box, "transcribe"))
        job = taken(box, Lane.CPU)
        assert (job.video, job.kind) == (first, "rank")
