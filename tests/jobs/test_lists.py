from __future__ import annotations

from pathlib import Path

import pytest

from appliance.actions.jobs import cancel_job
from appliance.actions.seeing import see_job
from appliance.actions.videos import add_video
from appliance.domain.errors import BadInput
from appliance.domain.job import Lane
from appliance.domain.listed import Item, Listing
from appliance.domain.states import JobState
from appliance.domain.wishes import Wishes
from appliance.jobs.kinds import KINDS
from appliance.jobs.messages import ExpandWork, Listed
from appliance.jobs.settle import settle
from appliance.store import jobs, videos
from tests.boxes import person, standing
from tests.jobs.test_settle import taken

LIST = "https://www.youtube.com/playlist?list=PLrAXtmErZgOeiKm4sgNOknGvNjby9efdf"
KIND = next(kind for kind in KINDS if kind.name == "expand")


def item(name: str) -> Item:
    return Item(f"youtube:{name}", f"https://www.youtube.com/watch?v={name}", f"Talk {name}")


def test_a_link_to_a_list_becomes_the_videos_in_it(tmp_path: Path) -> None:
    """Each once, for the person who asked, with their wishes; what was left out is told."""
    with standing(tmp_path) as box:
        ann = person(box)
        add_video(box, ann, "https://youtu.be/aaaaaaaaaaa")
        added = add_video(box, ann, LIST, Wishes(top=2))
        assert added.video is None
        assert added.job is not None
        assert add_video(box, ann, LIST).job == added.job
        both = {job.kind: job for job in (taken(box, Lane.NET), taken(box, Lane.NET))}
        assert set(both) == {"fetch", "expand"}
        job = both["expand"]
        assert KIND.prepare is not None
        work = KIND.prepare(job, box)
        assert isinstance(work, ExpandWork)
        assert (work.most, work.list.address) == (50, LIST)
        found = Listing((item("aaaaaaaaaaa"), item("bbbbbbbbbbb")), notes=("more were left out",))
        assert settle(job, KIND, Listed(found), box).state is JobState.COMPLETED
        rows = {video.key: video for video in videos.all_kept()}
        assert set(rows) == {"youtube:aaaaaaaaaaa", "youtube:bbbbbbbbbbb"}
        assert {video.owner for video in rows.values()} == {ann.user}
        assert rows["youtube:bbbbbbbbbbb"].wishes.top == 2
        assert jobs.get(job.id).waiting == "1 videos were taken; 1 were here already; more were left out"


def test_the_job_of_a_list_is_its_owners(tmp_path: Path) -> None:
    """Who asked may look at it and stop it; nobody else."""
    with standing(tmp_path) as box:
        ann, bob = person(box, "ann"), person(box, "bob")
        job = add_video(box, ann, LIST).job
        assert job is not None
        assert see_job(ann, job.id).kind == "expand"
        with pytest.raises(BadInput, match="no job"):
            see_job(bob, job.id)
        with pytest.raises(BadInput):
            cancel_job(box, bob, job.id)
        assert cancel_job(box, ann, job.id).state is JobState.CANCELLED
