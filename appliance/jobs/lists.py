"""The job of a link to a list: asking what is in it, and accepting its videos."""

from __future__ import annotations

import msgspec

from appliance.actions.stages import begin
from appliance.actions.videos import ToLookInto
from appliance.domain.job import Job, Lane
from appliance.domain.located import Located
from appliance.jobs.kind import Kind
from appliance.jobs.messages import Answer, ExpandWork, Listed
from appliance.jobs.works import Works
from appliance.sources.address import locate
from appliance.store import jobs, videos
from appliance.store.change import Change

MOST = 50  # videos of one list; a list of thousands is a mistake more often than a wish


def _prepare(job: Job, works: Works) -> ExpandWork:
    return ExpandWork(_wanted(job).list, MOST, works.settings_json())


def _done(change: Change, job: Job, answer: Answer | None, works: Works) -> None:
    assert isinstance(answer, Listed)
    assert job.owner is not None
    wanted, new, old = _wanted(job), 0, 0
    for item in answer.listing.items:
        known = locate(item.url)
        located = Located(known.platform, item.url, item.key)
        video, fresh = videos.accept(
            change, located, job.owner, wanted.wishes, title=item.title, published=item.published
        )
        if fresh:
            begin(change, video, works, priority=job.priority)
        new, old = new + fresh, old + (not fresh)
    said = [f"{new} videos were taken", *([f"{old} were here already"] if old else []), *answer.listing.notes]
    jobs.update(job.id, waiting="; ".join(said))


def _wanted(job: Job) -> ToLookInto:
    return msgspec.json.decode(job.argument, type=ToLookInto)


EXPAND = Kind("expand", Lane.NET, prepare=_prepare, done=_done)
