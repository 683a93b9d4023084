"""The jobs of a video: one for each stage of VIDEO, each making room for the next."""

from __future__ import annotations

from typing import Any

from appliance.actions.stages import VIDEO, begin, render
from appliance.domain.job import Job
from appliance.domain.states import ClipState, JobState, VideoState
from appliance.domain.trouble import Fault, Trouble
from appliance.domain.video import SHARES, Video
from appliance.jobs.kind import Kind
from appliance.jobs.messages import Answer, StageDone, StageWork
from appliance.jobs.works import Works
from appliance.store import clips, videos
from appliance.store.change import Change

_NAMES = list(VIDEO)
_WORDS = {"fetch": "fetching", "scan": "scanning", "transcribe": "transcribing", "rank": "ranking"}


def _prepare(job: Job, works: Works) -> StageWork:
    video = videos.get(_number(job.video))
    before = _NAMES[: _NAMES.index(job.kind)]
    made = works.absolute({name: video.made[name] for name in before if name in video.made})
    return StageWork(job.kind, video.located, made, video.wishes, works.settings_json())


def _step(change: Change, job: Job, done: float, step: str) -> None:
    start, end = SHARES[job.kind]
    words = f"{_WORDS[job.kind]}: {step}" if step else _WORDS[job.kind]
    number = _number(job.video)
    if videos.get(number).state is VideoState.NEW:
        videos.move(change, number, VideoState.WORKING)
    videos.progress(change, number, start + (end - start) * min(max(done, 0.0), 1.0), words)


def _waits(change: Change, job: Job, why: str) -> None:
    videos.update(change, _number(job.video), step=why[:200])


def _done(change: Change, job: Job, answer: Answer | None, works: Works) -> None:
    assert isinstance(answer, StageDone)
    video = videos.get(_number(job.video))
    known: dict[str, Any] = {
        "made": {**video.made, job.kind: works.relative(answer.folder)},
        "notes": tuple(dict.fromkeys((*video.notes, *answer.notes))),
        "trouble": None,
    }
    if answer.title and (not video.title or not video.located.is_file):
        known["title"] = answer.title
    if answer.content:
        known["content"] = answer.content
    if answer.seconds is not None:
        known["seconds"] = answer.seconds
    video = videos.move(change, video.id, VideoState.WORKING, **known)
    if why := _unwanted(video):
        videos.move(change, video.id, VideoState.CANCELLED, step=why)
        return
    videos.progress(change, video.id, SHARES[job.kind][1], "")
    following = _NAMES[_NAMES.index(job.kind) + 1 :]
    if following:
        begin(change, video, works, stage=following[0], priority=job.priority)
    elif answer.ranking is not None:
        _ranked(change, video, answer, works)


def _unwanted(video: Video) -> str:
    """Why a video is left alone whose length was not known before it was fetched; empty when it is not."""
    least, most, seconds = video.wishes.min_video_seconds, video.wishes.max_video_seconds, video.seconds
    if seconds is not None and least and seconds < least:
        return f"it is {seconds:.0f} s long, at least {least:.0f} s are wanted"
    if seconds is not None and most and seconds > most:
        return f"it is {seconds:.0f} s long, at most {most:.0f} s are wanted"
    return ""


def _ranked(change: Change, video: Video, answer: StageDone, works: Works) -> None:
    """Drafts for all moments; the best are rendered when that was wished."""
    assert answer.ranking is not None
    wished = video.wishes
    drafts = clips.draft(change, video.id, video.owner, answer.ranking.moments, wished)
    settings = works.settings()
    least = settings.rank.min_score if wished.min_score is None else wished.min_score
    auto = settings.rank.auto_render if wished.auto_render is None else wished.auto_render
    chosen = [clip for clip in drafts if clip.moment.score >= least and clip.state is ClipState.DRAFT] if auto else []
    for clip in chosen:
        render(change, clip, works)
    if answer.ranking.why_empty:
        videos.update(change, video.id, notes=tuple(dict.fromkeys((*video.notes, answer.ranking.why_empty))))
    settle(change, video.id)


def settle(change: Change, number: int) -> None:
    """A video whose clips are all made, or given up, is ready."""
    video = videos.get(number)
    if video.state is not VideoState.WORKING or "rank" not in video.made:
        return
    made = clips.of_video(number)
    rendering = [clip for clip in made if clip.state is ClipState.RENDERING]
    wanted = [clip for clip in made if clip.state is not ClipState.DRAFT]
    start, end = SHARES["render"]
    if rendering:
        share = 1 - len(rendering) / max(len(wanted), 1)
        videos.progress(
            change,
            number,
            start + (end - start) * share,
            f"rendering: {len(rendering)} {'clip' if len(rendering) == 1 else 'clips'} to go",
        )
        return
    videos.progress(change, number, end, "")
    videos.move(change, number, VideoState.READY, step="")


def _ended(change: Change, job: Job, state: JobState, trouble: Trouble | None, works: Works) -> None:
    _ = works
    to = {JobState.HELD: VideoState.HELD, JobState.CANCELLED: VideoState.CANCELLED}.get(state, VideoState.FAILED)
    video = videos.get(_number(job.video))
    if video.state is VideoState.NEW and to is VideoState.HELD:
        video = videos.move(change, video.id, VideoState.WORKING)
    words = "" if trouble is None or trouble.fault is Fault.LOST else trouble.message
    if video.state not in {VideoState.READY, to}:
        videos.move(change, video.id, to, trouble=trouble, step=words[:200])


def _number(number: int | None) -> int:
    assert number is not None
    return number


KINDS = tuple(
    Kind(name, lane, prepare=_prepare, done=_done, ended=_ended, step=_step, waits=_waits)
    for name, lane in VIDEO.items()
)
