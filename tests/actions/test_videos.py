from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from appliance.actions.box import Forbidden
from appliance.actions.jobs import cancel_job, delete_jobs, first_job, retry_failed, retry_job
from appliance.actions.upkeep import bury
from appliance.actions.videos import (
    add_video,
    add_videos,
    cancel_video,
    delete_video,
    find_video,
    restore_video,
    retry_video,
)
from appliance.domain.errors import BadInput
from appliance.domain.job import Lane
from appliance.domain.states import IllegalMove, JobState, VideoState
from appliance.domain.trouble import Fault, Trouble
from appliance.domain.user import Role
from appliance.domain.wishes import Wishes
from appliance.jobs.messages import Failed
from appliance.store import jobs, videos
from appliance.store.change import change
from tests.boxes import ADMIN, Clock, person, standing
from tests.jobs.test_settle import ended, taken

LINK = "https://www.youtube.com/watch?v=dQw4w9WgXcQ"


def test_what_is_accepted_is_there_with_its_first_job(tmp_path: Path) -> None:
    """One transaction: the video, its job, and the event."""
    with standing(tmp_path) as box:
        added = add_video(box, ADMIN, LINK, Wishes(top=2))
        assert added.video is not None
        assert (added.new, added.video.state, added.video.wishes.top) == (True, VideoState.NEW, 2)
        (job,) = jobs.of_video(added.video.id)
        assert (job.kind, job.lane, job.state) == ("fetch", Lane.NET, JobState.AVAILABLE)


@pytest.mark.parametrize(
    "same", ["https://youtu.be/dQw4w9WgXcQ?si=x", "http://m.youtube.com/watch?v=dQw4w9WgXcQ&t=4s", f" {LINK} "]
)
def test_the_same_video_is_accepted_once_however_it_is_written(tmp_path: Path, same: str) -> None:
    """The second answers with the first."""
    with standing(tmp_path) as box:
        first = add_video(box, ADMIN, LINK)
        second = add_video(box, ADMIN, same)
        assert second.video is not None
        assert first.video is not None
        assert (second.new, second.video.id) == (False, first.video.id)
        assert len(jobs.of_video(first.video.id)) == 1


def test_each_person_has_a_row_of_their_own(tmp_path: Path) -> None:
    """And another's is not even there."""
    with standing(tmp_path) as box:
        ann, bob = person(box, "ann"), person(box, "bob")
        hers = add_video(box, ann, LINK).video
        assert hers is not None
        assert find_video(box, bob, LINK) is None
        his = add_video(box, bob, LINK).video
        assert his is not None
        assert his.id != hers.id
        with pytest.raises(BadInput, match=f"there is no video {hers.id}"):
            delete_video(box, bob, hers.id)


def test_a_list_drops_what_is_refused_and_goes_on(tmp_path: Path) -> None:
    """Each with its reason; with none left it is an error."""
    with standing(tmp_path, tables={"sources": {"allow": ["youtube"]}}) as box:
        added = add_videos(box, ADMIN, [LINK, "https://www.twitch.tv/videos/1", "data:text/plain,x", LINK])
        assert [bool(one.video) for one in added] == [True, False, False]
        assert "twitch" in added[1].why
        with pytest.raises(BadInput, match="twitch"):
            add_videos(box, ADMIN, ["https://www.twitch.tv/videos/1"])
        with pytest.raises(BadInput, match="no source"):
            add_videos(box, ADMIN, ["", "  "])


@pytest.mark.parametrize("address", ["ftp://host/a.mp4", "data:video/mp4;base64,AA", "", "javascript:alert(1)"])
def test_what_is_no_link_is_refused_before_anything_is_asked(tmp_path: Path, address: str) -> None:
    """In words, with the next step."""
    with standing(tmp_path) as box:
        with pytest.raises(BadInput) as told:
            add_video(box, ADMIN, address)
        assert told.value.hint


def test_files_of_the_server_are_added_from_afar_only_out_of_allowed_folders(tmp_path: Path) -> None:
    """Whoever sits at the machine may name any; a way out by .. or by a link is none."""
    allowed, other = tmp_path / "allowed", tmp_path / "other"
    for folder in (allowed, other):
        folder.mkdir()
        (folder / "a.mp4").write_bytes(b"x")
    (allowed / "out").symlink_to(other)
    with standing(tmp_path / "data", tables={"sources": {"roots": [str(allowed)]}}) as box:
        ann = person(box)
        assert add_video(box, ann, str(allowed / "a.mp4")).new
        for way in (other / "a.mp4", allowed / ".." / "other" / "a.mp4", allowed / "out" / "a.mp4"):
            for said in (str(way), f"file://{way}"):
                with pytest.raises(BadInput, match="may not be added from here"):
                    add_video(box, ann, said)
        assert add_video(box, ADMIN, str(other / "a.mp4")).new


def test_a_viewer_may_add_nothing(tmp_path: Path) -> None:
    """And is told what that needs."""
    with standing(tmp_path) as box, pytest.raises(Forbidden, match="needs editor"):
        add_video(box, person(box, "vic", Role.VIEWER), LINK)


def test_cancelled_before_it_began_it_stays_cancelled_until_it_is_retried(tmp_path: Path) -> None:
    """Then it begins where it stopped."""
    with standing(tmp_path) as box:
        video = add_video(box, ADMIN, LINK).video
        assert video is not None
        assert cancel_video(box, ADMIN, video.id).state is VideoState.CANCELLED
        assert jobs.of_video(video.id, ended=False) == ()
        assert retry_video(box, ADMIN, video.id).state is VideoState.WORKING
        (job,) = jobs.of_video(video.id, ended=False)
        assert job.kind == "fetch"
        with pytest.raises(IllegalMove, match="already"):
            retry_video(box, ADMIN, video.id)
        with pytest.raises(BadInput, match="no stage"):
            retry_video(box, ADMIN, video.id, "boil")


def test_a_failed_job_is_retried_with_the_same_payload_and_fresh_tries(tmp_path: Path) -> None:
    """One by one or all at once; what is completed is not."""
    with standing(tmp_path) as box:
        video = add_video(box, ADMIN, LINK).video
        assert video is not None
        job = ended(box, taken(box, Lane.NET), Failed(Trouble(Fault.PERMANENT, "it is gone")))
        assert videos.get(video.id).state is VideoState.FAILED
        assert retry_failed(box, ADMIN) == 1
        again = jobs.get(job.id)
        assert (again.state, again.attempt, again.video) == (JobState.AVAILABLE, 0, video.id)
        assert videos.get(video.id).state is VideoState.WORKING
        with pytest.raises(IllegalMove, match="available"):
            retry_job(box, ADMIN, job.id)


def test_this_one_first(tmp_path: Path) -> None:
    """Before everything that waits."""
    with standing(tmp_path) as box:
        for name in ("a", "b", "c"):
            add_video(box, ADMIN, f"https://example.org/{name}.mp4")
        last = jobs.available(Lane.NET)[-1]
        first_job(box, ADMIN, last.id)
        assert jobs.available(Lane.NET)[0].id == last.id


def test_only_jobs_that_are_over_can_be_deleted(tmp_path: Path) -> None:
    """Others are cancelled first."""
    with standing(tmp_path) as box:
        video = add_video(box, ADMIN, LINK).video
        assert video is not None
        (job,) = jobs.of_video(video.id)
        with pytest.raises(IllegalMove, match="over"):
            delete_jobs(box, ADMIN, [job.id])
        cancel_job(box, ADMIN, job.id)
        assert videos.get(video.id).state is VideoState.CANCELLED
        assert delete_jobs(box, ADMIN, [job.id]) == 1


def test_a_deleted_video_can_be_brought_back_for_ten_minutes(tmp_path: Path) -> None:
    """Then it goes with its files, and its link may be added anew at any time."""
    clock = Clock()
    with standing(tmp_path, clock) as box:
        video = add_video(box, ADMIN, LINK).video
        assert video is not None
        made = tmp_path / "videos" / "abc" / "scan" / "1"
        made.mkdir(parents=True)
        with change(box.now()) as changed:
            videos.update(changed, video.id, made={"scan": "videos/abc/scan/1"})
        delete_video(box, ADMIN, video.id)
        assert restore_video(box, ADMIN, video.id).deleted is None
        delete_video(box, ADMIN, video.id)
        clock.on(minutes=9)
        assert bury(tmp_path, clock()) == 0
        clock.at += timedelta(minutes=2)
        assert bury(tmp_path, clock()) == 1
        assert not made.exists()
        with pytest.raises(BadInput, match="there is no video"):
            videos.get(video.id)
        assert add_video(box, ADMIN, LINK).new


def test_files_that_somebody_else_uses_stay(tmp_path: Path) -> None:
    """The disk is shared, the rows are not."""
    clock = Clock()
    with standing(tmp_path, clock) as box:
        ann = person(box)
        made = tmp_path / "videos" / "abc" / "scan" / "1"
        made.mkdir(parents=True)
        rows = [add_video(box, who, LINK).video for who in (ADMIN, ann)]
        with change(box.now()) as changed:
            for row in rows:
                assert row is not None
                videos.update(changed, row.id, made={"scan": "videos/abc/scan/1"})
        assert rows[1] is not None
        delete_video(box, ann, rows[1].id)
        clock.on(minutes=20)
        bury(tmp_path, clock())
        assert made.exists()


@pytest.mark.parametrize(
    "address",
    ["http://192.168.1.1/a.mp4", "http://2130706433/a.mp4", "http://[::1]/a.mp4", "http://a.example:22/a.mp4", "http://u:p@a.example/a.mp4"],
)  # fmt: skip
def test_a_link_that_spells_out_a_private_address_is_refused_at_once(tmp_path: Path, address: str) -> None:
    """Names are judged when they are fetched; what needs no looking up is told now."""
    with standing(tmp_path, tables={"sources": {"allow_private": ["10.0.0.7"]}}) as box:
        with pytest.raises(BadInput):
            add_video(box, ADMIN, address)
        assert add_video(box, ADMIN, "http://10.0.0.7/a.mp4").new
