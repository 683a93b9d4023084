from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from appliance.actions.channels import (
    adopt_tables,
    pause_channel,
    remove_channel,
    resume_channel,
    subscribe,
    sync_channel,
)
from appliance.actions.schedules import adopt_rules
from appliance.domain.channel import Channel, ChannelRules, Intake, Origin
from appliance.domain.errors import BadInput
from appliance.domain.job import Job, Lane
from appliance.domain.listed import Item, Listing, Remembered
from appliance.domain.states import JobState
from appliance.domain.trouble import Fault, Trouble
from appliance.jobs.kinds import KINDS
from appliance.jobs.messages import Answer, Brought, Failed, Listed, ListWork
from appliance.jobs.settle import settle
from appliance.jobs.works import LEASE, Works
from appliance.store import channels, jobs, rules, videos
from appliance.store.change import change
from tests.boxes import ADMIN, Clock, standing

CHANNEL = "UC_x5XG1OV2P6uZZ5FSM9Ttw"
BY_NAME = {kind.name: kind for kind in KINDS}


def item(name: str, title: str = "A talk", seconds: float | None = None, *, live: bool = False) -> Item:
    return Item(f"youtube:{name}", f"https://www.youtube.com/watch?v={name}", title, None, seconds, live)


def poll(box: Works, answer: Answer) -> Job:
    """The next poll comes due, is taken, and answers that."""
    with change(box.now()) as made:
        jobs.come_due(made)
        job = jobs.claim(made, Lane.NET, box.boot, LEASE, ("fetch", "take"))
    assert job is not None
    assert job.kind == "poll"
    return settle(job, BY_NAME["poll"], answer, box)


def listed(*items: Item, **known: Any) -> Listed:
    return Listed(Listing(items, Remembered(etag="e1"), **known))


def titles() -> list[str]:
    return sorted(video.title for video in videos.all_kept())


def watched(box: Works, **wanted: Any) -> Channel:
    return subscribe(box, ADMIN, CHANNEL, ChannelRules(**wanted))


def test_what_was_there_before_is_left_alone_and_what_comes_is_taken_once(tmp_path: Path) -> None:
    """At the first look nothing is taken; then each new video, never twice."""
    clock = Clock()
    with standing(tmp_path, clock) as box:
        channel = watched(box)
        poll(box, listed(item("a", "old"), item("b", "older"), name="The channel"))
        assert titles() == []
        for _ in range(3):
            clock.on(minutes=12)
            poll(box, listed(item("c", "new"), item("a", "old")))
        assert titles() == ["new"]
        now = channels.get(channel.id)
        assert (now.last_good, now.errors, now.remembered.etag) == (clock(), 0, "e1")
        assert [job.kind for job in jobs.of_video(videos.all_kept()[0].id)] == ["fetch"]


def test_backfill_takes_so_many_of_the_old_ones(tmp_path: Path) -> None:
    """The newest two that the rules allow."""
    with standing(tmp_path) as box:
        watched(box, backfill=2)
        poll(box, listed(item("a", "one", 30), item("b", "two", 600), item("c", "three"), item("d", "four")))
        assert titles() == ["three", "two"]


@pytest.mark.parametrize(
    ("rules", "found"),
    [
        ({"title_keywords": ("Finale",)}, ["the finale"]),
        ({"min_video_seconds": 1000.0}, ["long", "the finale"]),
        ({"max_video_seconds": 1000.0, "min_video_seconds": 0.0}, ["short", "the finale"]),
    ],
)
def test_rules_decide_which_videos_are_taken(tmp_path: Path, rules: dict[str, Any], found: list[str]) -> None:
    """By words of the title and by length where the list tells it."""
    clock = Clock()
    with standing(tmp_path, clock) as box:
        watched(box, **rules)
        poll(box, listed())
        clock.on(minutes=12)
        poll(box, listed(item("a", "short", 60), item("b", "long", 5000), item("c", "the finale")))
        assert titles() == found


def test_a_running_stream_is_taken_when_it_has_ended(tmp_path: Path) -> None:
    """Seen live it is not remembered as seen."""
    clock = Clock()
    with standing(tmp_path, clock) as box:
        watched(box)
        poll(box, listed())
        for live in (True, False):
            clock.on(minutes=12)
            poll(box, listed(item("a", "stream", live=live)))
            assert titles() == ([] if live else ["stream"])


def test_the_next_poll_comes_after_the_interval_with_some_jitter(tmp_path: Path) -> None:
    """Ten minutes, more or less."""
    with standing(tmp_path) as box:
        channel = watched(box, every_seconds=600)
        poll(box, listed())
        due = channels.get(channel.id).next_poll
        assert due is not None
        assert timedelta(seconds=540) <= due - box.now() <= timedelta(seconds=660)
        assert jobs.active(f"poll:{channel.id}") is not None


@pytest.mark.parametrize("fault", [Fault.TRANSIENT, Fault.PERMANENT, Fault.BAD_INPUT, Fault.NEEDS_PERSON, Fault.CRASH])
def test_a_channel_that_errors_for_days_is_asked_again_and_says_since_when(tmp_path: Path, fault: Fault) -> None:
    """A 404 never unsubscribes; pauses grow to an hour; the first good poll ends it."""
    clock = Clock()
    with standing(tmp_path, clock) as box:
        channel = watched(box)
        poll(box, listed())
        good = clock()
        clock.on(minutes=12)
        pauses = []
        for _ in range(30):
            job = poll(box, Failed(Trouble(fault, "the feed answered 404", "It may come back.")))
            assert job.state is JobState.RETRYABLE
            pauses.append((job.due - clock()).total_seconds())
            clock.at = job.due
        assert max(pauses) <= 3600
        now = channels.get(channel.id)
        assert (now.errors, now.last_good) == (30, good)
        assert now.trouble is not None
        assert now.trouble.message == "the feed answered 404"
        poll(box, listed(item("z", "back again")))
        now = channels.get(channel.id)
        assert (now.errors, now.trouble, titles()) == (0, None, ["back again"])


def test_a_channel_that_is_paused_is_not_asked(tmp_path: Path) -> None:
    """Until it is resumed: then at once."""
    with standing(tmp_path) as box:
        channel = watched(box)
        pause_channel(box, ADMIN, channel.id)
        assert jobs.active(f"poll:{channel.id}") is None
        with pytest.raises(BadInput, match="paused"):
            sync_channel(box, ADMIN, channel.id)
        resume_channel(box, ADMIN, channel.id)
        assert jobs.active(f"poll:{channel.id}") is not None


def test_sync_asks_now_and_not_twice(tmp_path: Path) -> None:
    """A poll that waits is brought forward; one that is due stays the one."""
    with standing(tmp_path) as box:
        channel = watched(box)
        poll(box, listed())
        first = sync_channel(box, ADMIN, channel.id)
        assert (first.state, sync_channel(box, ADMIN, channel.id).id) == (JobState.AVAILABLE, first.id)


def test_a_channel_that_was_removed_remembers_what_it_saw(tmp_path: Path) -> None:
    """Watched again, its old videos are still old."""
    clock = Clock()
    with standing(tmp_path, clock) as box:
        channel = watched(box)
        poll(box, listed(item("a", "old")))
        remove_channel(box, ADMIN, channel.id)
        with pytest.raises(BadInput, match="no channel"):
            channels.get(channel.id)
        again = watched(box)
        assert again.id == channel.id
        poll(box, listed(item("a", "old")))
        assert titles() == []


def test_a_channel_is_watched_once(tmp_path: Path) -> None:
    """By whatever name it is called."""
    with standing(tmp_path) as box:
        watched(box)
        with pytest.raises(BadInput, match="watched already"):
            subscribe(box, ADMIN, f"https://www.youtube.com/channel/{CHANNEL}/videos", ChannelRules())


def test_channels_of_the_file_win_and_are_only_changed_there(tmp_path: Path) -> None:
    """One that was made by hand becomes the file's; one that leaves the file is no longer watched."""
    table = {"url": CHANNEL, "name": "From the file", "every_minutes": 30, "daily_best_time": "08:15"}
    with standing(tmp_path) as box:
        made = watched(box)
    with standing(tmp_path, tables={"channel": [table]}) as box:
        adopt_tables(box)
        adopt_rules(box)
        (channel,) = channels.all_watched()
        assert (channel.id, channel.name, channel.origin) == (made.id, "From the file", Origin.TOML)
        assert channel.rules.every_seconds == 1800
        assert adopt_tables(box) == ()
        with pytest.raises(BadInput, match=r"clipper\.toml"):
            remove_channel(box, ADMIN, channel.id)
        assert [rule.cron for rule in rules.all_rules() if rule.action == f"daily_best:{channel.id}"] == ["15 8 * * *"]
    with standing(tmp_path) as box:
        adopt_tables(box)
        adopt_rules(box)
        assert channels.all_watched() == ()
        assert not [rule for rule in rules.all_rules() if rule.action.startswith("daily_best")]


def test_a_file_of_a_watched_folder_is_brought_in_before_it_is_fetched(tmp_path: Path) -> None:
    """With copy or move the file's way is a job of its own, so that a crash in the middle loses nothing."""
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    with standing(tmp_path / "data", tables={"folder": [{"path": str(inbox), "take": "move"}]}) as box:
        adopt_tables(box)
        (channel,) = channels.all_watched()
        assert (channel.is_folder, channel.rules.take) == (True, Intake.MOVE)
        poll(box, listed(Item("file:1", str(inbox / "a.mp4"), "a")))
        (video,) = videos.all_kept()
        with change(box.now()) as made:
            job = jobs.claim(made, Lane.NET, box.boot, LEASE)
        assert job is not None
        assert job.kind == "take"
        settle(job, BY_NAME["take"], Brought(str(box.data_dir / "taken" / "a.mp4")), box)
        assert videos.get(video.id).address == str(box.data_dir / "taken" / "a.mp4")
        assert [one.kind for one in jobs.of_video(video.id, ended=False)] == ["fetch"]


def test_what_the_child_is_told_names_the_channel_and_what_is_remembered(tmp_path: Path) -> None:
    """So that the feed is asked with its validators, and backfill only at the first look."""
    clock = Clock()
    with standing(tmp_path, clock) as box:
        channel = watched(box)
        job = jobs.active(f"poll:{channel.id}")
        assert job is not None
        prepare = BY_NAME["poll"].prepare
        assert prepare is not None
        first = prepare(job, box)
        assert isinstance(first, ListWork)
        assert first.first
        poll(box, listed(item("a")))
        second = prepare(job, box)
        assert isinstance(second, ListWork)
        assert (second.first, second.remembered.etag) == (False, "e1")
