"""The jobs that the clock's rules ask for: light work in the service itself."""

from __future__ import annotations

from datetime import timedelta

from appliance.actions import upkeep
from appliance.actions.polling import hurry
from appliance.actions.stages import render
from appliance.domain.job import Job, Lane
from appliance.domain.states import ClipState, JobState
from appliance.domain.trouble import Trouble
from appliance.jobs.kind import Kind
from appliance.jobs.messages import Answer
from appliance.jobs.works import Works
from appliance.store import channels, clips, rules, videos
from appliance.store.change import Change, change

_DAY = timedelta(days=1)


def _sync(_job: Job, works: Works) -> str:
    """Ask every channel now."""
    asked = 0
    for channel in channels.all_watched():
        if not channel.paused:
            with change(works.now()) as made:
                hurry(made, channel.id, works)
            asked += 1
    return f"{asked} channels are being asked"


def _retention(_job: Job, works: Works) -> str:
    return upkeep.retain(works.settings(), works.data_dir, works.now())


def _tidy(_job: Job, works: Works) -> str:
    return upkeep.tidy(works.settings(), works.data_dir, works.now())


def _daily_best(job: Job, works: Works) -> str:
    """Render the best moment of the last day that has no clip yet, of one channel or of each."""
    only = int(job.argument) if job.argument.isdigit() else None
    said = []
    for channel in channels.all_watched():
        if only in {None, channel.id}:
            with change(works.now()) as made:
                drafts = [
                    clip
                    for clip in clips.in_state(ClipState.DRAFT)
                    if made.now - clip.added <= _DAY and videos.get(clip.video).channel == channel.id
                ]
                best = max(drafts, key=lambda clip: clip.moment.score, default=None)
                if best is not None:
                    render(made, best, works)
                    said.append(f"{channel.name}: {best.title}")
    return "; ".join(said) or "there was no new moment"


def _result(_change: Change, job: Job, _answer: Answer | None, _works: Works) -> None:
    _say(job, "done")


def _no_result(_change: Change, job: Job, _state: JobState, trouble: Trouble | None, _works: Works) -> None:
    _say(job, trouble.message if trouble else "stopped")


def _say(job: Job, words: str) -> None:
    for rule in rules.all_rules():
        if rule.action.partition(":")[0] == job.kind:
            rules.result(rule.id, words)


KINDS = (
    Kind("sync", Lane.NET, here=_sync, done=_result, ended=_no_result),
    Kind("retention", Lane.CPU, here=_retention, done=_result, ended=_no_result),
    Kind("tidy", Lane.CPU, here=_tidy, done=_result, ended=_no_result),
    Kind("daily_best", Lane.CPU, here=_daily_best, done=_result, ended=_no_result),
)
