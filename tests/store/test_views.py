from __future__ import annotations

import tempfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.domain.errors import BadInput, Gone, Missing
from appliance.domain.job import Lane, NewJob
from appliance.domain.located import Platform
from appliance.domain.page import Page
from appliance.domain.states import ClipState, JobState, VideoState
from appliance.domain.trouble import Fault, Trouble
from appliance.domain.wishes import NONE
from appliance.jobs.works import Works
from appliance.store import channels as channel_rows
from appliance.store import clips as clip_rows
from appliance.store import jobs as job_rows
from appliance.store import lanes, rules, videos
from appliance.store.change import change
from appliance.store.views import box as base
from appliance.store.views import made, totals
from appliance.store.views.channels import ChannelFilter, channels, in_trouble, seen
from appliance.store.views.clips import ClipFilter, clips
from appliance.store.views.events import EventFilter, events
from appliance.store.views.jobs import ERROR, JobFilter, jobs, lane_views, leases_over, oldest_available
from appliance.store.views.paging import MOST, Part
from appliance.store.views.rules import rules as rule_list
from appliance.store.views.videos import ORDERS, VideoFilter
from appliance.store.views.videos import videos as video_list
from tests.boxes import ADMIN, START, Clock, link, person, standing
from tests.web.content import LINES, analysed, moment, rendered, watched

ALL = Part(limit=MOST)


@pytest.fixture
def box(tmp_path: Path) -> Iterator[Works]:
    with standing(tmp_path) as opened:
        yield opened


def add(box: Works, name: str, owner: int = 1, title: str = "") -> int:
    with change(box.now()) as made:
        return videos.accept(made, link(name), owner, NONE, title=title)[0].id


def add_job(box: Works, kind: str = "tidy", lane: Lane = Lane.CPU, **fields: object) -> int:
    with change(box.now()) as made:
        return job_rows.add(made, NewJob(kind, lane, **fields), box.bounds()).id  # type: ignore[arg-type]


def numbers(page: Page[Any]) -> list[int]:
    return [item.id for item in page.items]


@settings(max_examples=30, deadline=None)
@given(
    titles=st.lists(st.sampled_from("abAB"), min_size=1, max_size=12),
    limit=st.integers(1, 5),
    order=st.sampled_from(sorted(ORDERS)),
    down=st.booleans(),
    late=st.lists(st.sampled_from("abAB"), max_size=8),
)
def test_paging_shows_each_row_once_while_rows_are_added(
    *,
    titles: list[str],
    limit: int,
    order: str,
    down: bool,
    late: list[str],
) -> None:
    """Whatever the order and the size of the parts, what was there from the start is shown once, and nothing twice."""
    clock = Clock()
    with tempfile.TemporaryDirectory() as folder, standing(Path(folder), clock) as box:
        there = [add(box, f"first{n}", title=title) for n, title in enumerate(titles)]
        waiting, shown, cursor = list(late), [], ""
        while True:
            found = video_list(VideoFilter(), Part(limit, cursor, f"-{order}" if down else order))
            assert len(found.items) <= limit
            shown += [video.id for video in found.items]
            if waiting:
                clock.on(seconds=1)
                add(box, f"late{len(waiting)}", title=waiting.pop())
            if not found.next:
                break
            cursor = found.next
        assert len(shown) == len(set(shown))
        assert set(there) <= set(shown)


def test_a_list_comes_in_the_order_that_was_asked_for(box: Works) -> None:
    """By title small and large letters are alike; the usual order is the latest first."""
    first, second, third = (add(box, title, title=title) for title in ("banana", "Apple", "cherry"))
    assert numbers(video_list(VideoFilter(), Part(sort="title"))) == [second, first, third]
    assert numbers(video_list(VideoFilter(), Part())) == [third, second, first]


@pytest.mark.parametrize(
    "part",
    [
        Part(sort="owner"),
        Part(limit=0),
        Part(limit=MOST + 1),
        Part(cursor="%%%"),
        Part(cursor="bm8"),
        Part(cursor="WzEsMiwzXQ"),
    ],
)
@pytest.mark.usefixtures("box")
def test_a_part_that_cannot_be_is_refused_in_words(part: Part) -> None:
    """An unknown order, a wrong size or a cursor of nowhere is bad input."""
    with pytest.raises(BadInput):
        video_list(VideoFilter(), part)


def test_a_cursor_belongs_to_its_order(box: Works) -> None:
    """It goes on without the order being named again, and is refused in another one."""
    for name in "abc":
        add(box, name)
    begun = video_list(VideoFilter(), Part(1, sort="title"))
    assert len(video_list(VideoFilter(), Part(5, begun.next)).items) == 2
    with pytest.raises(BadInput, match="cursor"):
        video_list(VideoFilter(), Part(1, begun.next, "-id"))


def test_videos_are_found_by_what_they_are(tmp_path: Path) -> None:
    """State, platform, owner, words, time and waiting clips each leave only what fits; deleted ones are hidden."""
    clock = Clock()
    with standing(tmp_path, clock) as box:
        ann = person(box).user
        old = add(box, "old", title="50% of it_all")
        clock.on(hours=2)
        ready = analysed(box, ann, "match")
        rendered(box, ready)
        gone = add(box, "gone")
        with change(box.now()) as changed:
            videos.update(changed, gone, deleted=changed.now)

        def found(**fields: object) -> list[int]:
            return numbers(video_list(VideoFilter(**fields), ALL))  # type: ignore[arg-type]

        assert found() == [ready.id, old]
        assert found(deleted=True) == [gone]
        assert found(states=(VideoState.READY,)) == [ready.id]
        assert found(owner=ann) == [ready.id]
        assert found(platform=Platform.YOUTUBE) == []
        assert found(q="MATCH") == [ready.id]
        assert found(q="% of it_") == [old]
        assert found(q="_____________________") == []
        assert found(since=START + timedelta(hours=1)) == [ready.id]
        assert found(until=START + timedelta(hours=1)) == [old]
        assert found(waiting=True) == [ready.id]
        assert found(waiting=False) == [old]
        page = video_list(VideoFilter(), ALL)
        assert [video.clips for video in page.items] == [1, 0]
        assert page.total == 2


def test_clips_are_found_by_what_they_are(box: Works) -> None:
    """State, video, channel, score and words each leave only what fits."""
    channel = watched(box, 1)
    video, other = analysed(box, 1, "a", channel.id), analysed(box, 1, "b")
    pending = rendered(box, video, score=90, title="Great goal").id
    approved = rendered(box, other, ClipState.APPROVED, score=50, title="So so").id
    with change(box.now()) as changed:
        draft = clip_rows.add(changed, other.id, 1, moment(score=20), NONE).id

    def found(**fields: object) -> list[int]:
        return numbers(clips(ClipFilter(**fields), Part(MOST, sort="id")))  # type: ignore[arg-type]

    assert found() == [pending, approved, draft]
    assert found(states=(ClipState.APPROVED, ClipState.DRAFT)) == [approved, draft]
    assert found(video=other.id) == [approved, draft]
    assert found(channel=channel.id) == [pending]
    assert found(min_score=50) == [pending, approved]
    assert found(q="goal", video=video.id) == [pending]
    assert found(waiting=True) == [pending]
    assert found(waiting=False) == [approved, draft]
    assert numbers(clips(ClipFilter(), Part(MOST, sort="-score"))) == [pending, approved, draft]


def test_jobs_are_found_by_what_they_are(box: Works) -> None:
    """What failed is a list of its own; a person sees only what is about their videos."""
    ann = person(box).user
    mine = add_job(box, "fetch", Lane.NET, video=add(box, "mine", ann), unique="video:1")
    add_job(box, unique="a")
    failing = add_job(box, unique="b")
    with change(box.now()) as changed:
        job_rows.move(changed, failing, JobState.EXECUTING)
        job_rows.move(changed, failing, JobState.DISCARDED, trouble=Trouble(Fault.PERMANENT, "no"))
    failed = jobs(JobFilter(states=ERROR), ALL)
    assert numbers(failed) == [failing]
    assert failed.items[0].trouble is not None
    assert failed.items[0].trouble.message == "no"
    assert numbers(jobs(JobFilter(owner=ann), ALL)) == [mine]
    assert numbers(jobs(JobFilter(lane=Lane.NET, kind="fetch"), ALL)) == [mine]
    assert jobs(JobFilter(), Part(limit=1)).total == 3


def test_lanes_show_how_full_they_are(tmp_path: Path) -> None:
    """What may start, what waits, which lane is paused and why, since when the oldest waits, and whose worker is silent."""
    clock = Clock()
    with standing(tmp_path, clock) as box:
        add_job(box, unique="a")
        clock.on(minutes=3)
        add_job(box, unique="b")
        add_job(box, unique="c", due=box.now() + timedelta(hours=1))
        with change(box.now()) as changed:
            lanes.pause(changed, Lane.GPU, "hot")
        gpu, cpu, net = lane_views({Lane.CPU: 2})
        assert (cpu.available, cpu.waiting, cpu.executing, cpu.workers) == (2, 1, 0, 2)
        assert (gpu.paused, gpu.why, net.available) == (True, "hot", 0)
        assert oldest_available(Lane.CPU) == START
        assert oldest_available(Lane.NET) is None
        with change(box.now()) as changed:
            taken = job_rows.claim(changed, Lane.CPU, "b1", timedelta(seconds=60))
        assert taken is not None
        assert leases_over(box.now()) == ()
        assert leases_over(box.now() + timedelta(minutes=2)) == (taken.id,)


def test_channels_show_their_troubles_and_what_they_showed(tmp_path: Path) -> None:
    """A channel that has failed for a day is named; what was seen of one comes in parts."""
    clock = Clock()
    with standing(tmp_path, clock) as box:
        good, bad = watched(box, 1, "good"), watched(box, 1, "bad")
        with change(box.now()) as changed:
            channel_rows.update(changed, bad.id, errors=3)
        clock.on(days=2)
        assert in_trouble(box.now() - timedelta(days=1)) == ("bad",)
        assert numbers(channels(ChannelFilter(trouble=True), ALL)) == [bad.id]
        assert numbers(channels(ChannelFilter(q="goo"), ALL)) == [good.id]
        assert numbers(channels(ChannelFilter(paused=True), ALL)) == []
        first = seen(good.id, Part(limit=1))
        assert [item.title for item in (*first.items, *seen(good.id, Part(5, first.next)).items)] == [
            "Stream 1",
            "Stream 0",
        ]
        assert totals.channels_failing() == 1


def test_events_are_for_those_they_concern(box: Works) -> None:
    """What is about a video is its owner's, though nobody said so; what is about nobody is everybody's."""
    ann, bob = person(box).user, person(box, "bob").user
    number = add(box, "mine", ann)
    with change(box.now()) as changed:
        changed.tell("job_progress", video=number)
        changed.tell("channel_added")
    kinds = [event.kind for event in events(EventFilter(owner=ann), ALL).items]
    assert kinds[:3] == ["channel_added", "job_progress", "video_added"]
    others = [event.kind for event in events(EventFilter(owner=bob), ALL).items]
    assert others[0] == "channel_added"
    assert not {"job_progress", "video_added"} & set(others)
    assert [event.kind for event in events(EventFilter(video=number, kinds=("job_progress",)), ALL).items] == [
        "job_progress"
    ]


def test_rules_are_listed(box: Works) -> None:
    """By name, in parts."""
    from appliance.actions.schedules import adopt_rules

    adopt_rules(box)
    assert [rule.name for rule in rule_list(Part(sort="name")).items] == ["retention", "tidy"]
    assert len(rules.all_rules()) == 2


def test_a_transcript_is_read_and_searched(box: Works) -> None:
    """All lines with their times, or those with the words, in any case."""
    video = analysed(box, 1)
    whole = made.transcript(box.data_dir, video)
    assert [line.text for line in whole.lines] == list(LINES)
    found = made.transcript(box.data_dir, video, " goal ")
    assert [(line.start, line.text) for line in found.lines] == [(10.0, LINES[1])]
    assert (found.sentences, found.language) == (3, "en")


def test_curves_are_thinned_by_their_peaks(box: Works) -> None:
    """No more values than wanted; each is the largest of its stretch; what is unknown is nothing."""
    video = analysed(box, 1)
    (whole,) = made.curves(box.data_dir, video, 1000)
    assert (whole.signal, whole.hop, len(whole.values), whole.values[0]) == ("loudness", 1.0, 600, None)
    (thin,) = made.curves(box.data_dir, video, 10)
    assert (thin.hop, thin.values) == (60.0, (58.0, *[59.0] * 9))


def test_what_is_not_there_yet_and_what_is_gone_are_told_apart(box: Works) -> None:
    """A video that is not ranked has no moments yet; one whose folder was deleted has none any more."""
    new = videos.get(add(box, "new"))
    with pytest.raises(Missing, match="yet"):
        made.moments(box.data_dir, new)
    video = analysed(box, 1)
    assert made.moments(box.data_dir, video).moments[0].title == "The goal"
    (box.data_dir / video.made["rank"] / "moments.json").unlink()
    with pytest.raises(Gone):
        made.moments(box.data_dir, video)


def test_the_database_is_tried(box: Works) -> None:
    """It says where it is, and reads and writes, also inside a change."""
    base.try_it()
    with change(box.now()):
        base.try_it()
    assert base.place() == box.data_dir / "clipper.db"
    assert ADMIN.local
