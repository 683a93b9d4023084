"""The jobs of a clip: framing it, then rendering it."""

from __future__ import annotations

from appliance.actions.stages import CLIP, begin_clip
from appliance.domain.job import Job
from appliance.domain.states import ClipState, JobState
from appliance.domain.trouble import Trouble
from appliance.jobs.kind import Kind
from appliance.jobs.messages import Answer, StageDone, StageWork
from appliance.jobs.video_stages import settle
from appliance.jobs.works import Works
from appliance.store import clips, videos
from appliance.store.change import Change


def _prepare(job: Job, works: Works) -> StageWork:
    clip = clips.get(_number(job.clip))
    video = videos.get(clip.video)
    made = {**video.made, **clip.made} if job.kind == "render" else dict(video.made)
    return StageWork(
        job.kind,
        video.located,
        works.absolute(made),
        clip.wishes.over(video.wishes),
        works.settings_json(),
        clip.moment,
    )


def _done(change: Change, job: Job, answer: Answer | None, works: Works) -> None:
    assert isinstance(answer, StageDone)
    clip = clips.get(_number(job.clip))
    folder = works.relative(answer.folder)
    notes = tuple(dict.fromkeys((*clip.notes, *answer.notes)))
    if job.kind == "frame":
        clips.update(change, clip.id, made={**clip.made, "frame": folder}, notes=notes)
        begin_clip(change, clip, works, stage="render", priority=job.priority)
        return
    wished = clip.wishes.over(videos.get(clip.video).wishes)
    least = 85.0 if wished.auto_approve_score is None else wished.auto_approve_score
    approved = wished.approval == "auto" and clip.moment.score >= least
    decided = {"decided": change.now, "decided_by": "rule"} if approved else {"decided": None, "decided_by": ""}
    clips.move(
        change,
        clip.id,
        ClipState.APPROVED if approved else ClipState.PENDING,
        folder=folder,
        made={**clip.made, "render": folder},
        notes=notes,
        trouble=None,
        **decided,
    )
    settle(change, clip.video)


def _ended(change: Change, job: Job, state: JobState, trouble: Trouble | None, works: Works) -> None:
    _ = works
    clip = clips.get(_number(job.clip))
    if clip.state is ClipState.RENDERING:
        if state is JobState.CANCELLED:
            clips.move(change, clip.id, ClipState.DRAFT)
        elif state is JobState.HELD:
            clips.update(change, clip.id, trouble=trouble)
            return
        else:
            clips.move(change, clip.id, ClipState.FAILED, trouble=trouble)
    settle(change, clip.video)


def _number(number: int | None) -> int:
    assert number is not None
    return number


KINDS = tuple(Kind(name, lane, prepare=_prepare, done=_done, ended=_ended) for name, lane in CLIP.items())
