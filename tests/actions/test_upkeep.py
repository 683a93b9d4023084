from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from appliance.actions.clips import approve_clip, reject_clip
from appliance.actions.room import MARKER, Room, mark
from appliance.actions.upkeep import retain, tidy
from appliance.domain.clip import Clip
from appliance.domain.errors import NeedsPerson
from appliance.domain.job import Lane
from appliance.domain.moment import Moment
from appliance.domain.states import ClipState, VideoState
from appliance.domain.wishes import NONE
from appliance.jobs.works import Works
from appliance.planning.room import days_left, needed_bytes
from appliance.store import clips, videos
from appliance.store.change import change
from tests.boxes import ADMIN, Clock, link, settings, standing

KEPT = {"retention": {"sources_days": 10, "rejected_days": 5, "pending_days": 20}}


def finished(box: Works, name: str, megabytes: int = 1) -> Clip:
    """A ready video with its source, and one rendered clip that waits for a yes."""
    with change(box.now()) as made:
        video, _ = videos.accept(made, link(name), ADMIN.user, NONE)
        source, clip_folder = f"fetched/{name}/fetch/1", f"videos/{name}/render/1"
        for folder in (source, clip_folder):
            (box.data_dir / folder).mkdir(parents=True)
            (box.data_dir / folder / "file").write_bytes(b"x" * megabytes * 1_000_000)
        videos.move(made, video.id, VideoState.WORKING, made={"fetch": source})
        videos.move(made, video.id, VideoState.READY)
        clip = clips.add(made, video.id, ADMIN.user, Moment(0, 10, 50, name, ()), NONE, place=1)
        clips.move(made, clip.id, ClipState.RENDERING)
        return clips.move(made, clip.id, ClipState.PENDING, folder=clip_folder, made={"render": clip_folder})


def there(box: Works, clip: Clip) -> tuple[bool, bool]:
    """Whether the source and the clip's files are still there."""
    source = videos.get(clip.video).made.get("fetch", "nothing")
    return (box.data_dir / source).is_dir(), (box.data_dir / clip.folder).is_dir()


def free(box: Works, clock: Clock, days: float) -> str:
    clock.on(days=days)
    return retain(box.settings(), box.data_dir, clock(), free_bytes=10**15)


def test_what_was_rejected_goes_first_and_its_source_later(tmp_path: Path) -> None:
    """Each when its days are over; the record of the clip stays."""
    clock = Clock()
    with standing(tmp_path, clock, KEPT) as box:
        clip = finished(box, "a")
        reject_clip(box, ADMIN, clip.id)
        assert "nothing" in free(box, clock, 4)
        free(box, clock, 2)
        assert there(box, clip) == (True, False)
        free(box, clock, 5)
        assert there(box, clip) == (False, False)
        assert clips.get(clip.id).state is ClipState.REJECTED
        assert "fetch" not in videos.get(clip.video).made


def test_approved_and_waiting_clips_and_what_they_are_made_from_stay(tmp_path: Path) -> None:
    """However old, and however full the disk is."""
    clock = Clock()
    with standing(tmp_path, clock, {"retention": {"sources_days": 1, "rejected_days": 1, "pending_days": 0}}) as box:
        approved, waiting = finished(box, "a"), finished(box, "b")
        approve_clip(box, ADMIN, approved.id)
        clock.on(days=300)
        retain(box.settings(), box.data_dir, clock(), free_bytes=0)
        assert there(box, approved) == (True, True)
        assert there(box, waiting) == (True, True)


def test_nobody_decided_so_it_expires(tmp_path: Path) -> None:
    """After its days; then it goes like a rejected one."""
    clock = Clock()
    with standing(tmp_path, clock, KEPT) as box:
        clip = finished(box, "a")
        assert "1 clips expired" in free(box, clock, 21)
        assert clips.get(clip.id).state is ClipState.EXPIRED
        free(box, clock, 6)
        assert there(box, clip)[1] is False


def test_a_full_disk_frees_the_oldest_first_and_no_more_than_it_needs(tmp_path: Path) -> None:
    """Rejected clips go before sources."""
    clock = Clock()
    tables = {
        "retention": {"sources_days": 0, "rejected_days": 0},
        "disk": {"warn_gb": 0.01, "stop_downloads_gb": 0, "stop_gb": 0},
    }
    with standing(tmp_path, clock, tables) as box:
        old = finished(box, "old", 3)
        clock.on(days=1)
        new = finished(box, "new", 3)
        for clip in (old, new):
            reject_clip(box, ADMIN, clip.id)
            clock.on(minutes=1)
        retain(box.settings(), box.data_dir, clock(), free_bytes=8_000_000)  # two short of ten
        assert (there(box, old), there(box, new)) == ((True, False), (True, True))
        retain(box.settings(), box.data_dir, clock(), free_bytes=5_000_000)  # five short
        assert (there(box, old)[0], there(box, new)) == (False, (True, False))


def test_files_of_two_rows_stay_while_one_of_them_needs_them(tmp_path: Path) -> None:
    """A source is gone only when nobody wants it."""
    clock = Clock()
    with standing(tmp_path, clock, KEPT) as box:
        mine, theirs = finished(box, "a"), finished(box, "b")
        with change(clock()) as made:
            videos.update(made, theirs.video, made=dict(videos.get(mine.video).made))
        reject_clip(box, ADMIN, mine.id)
        approve_clip(box, ADMIN, theirs.id)
        free(box, clock, 50)
        assert there(box, theirs) == (True, True)


def test_tidying_says_what_it_did(tmp_path: Path) -> None:
    """And may be done at any time."""
    with standing(tmp_path) as box:
        (tmp_path / ".making-999999-x").mkdir()
        assert "1 half-made" in tidy(box.settings(), tmp_path, box.now())


def test_a_download_that_nobody_went_on_with_is_cleared_away(tmp_path: Path) -> None:
    """After a week; a younger one may still be gone on with."""
    clock = Clock(datetime.now(UTC))
    with standing(tmp_path, clock) as box:
        part = tmp_path / "fetched" / "a" / "fetch" / "1.part"
        part.mkdir(parents=True)
        (part / "video.mp4.part").write_bytes(b"x" * 5000)
        tidy(box.settings(), tmp_path, clock())
        assert part.exists()
        clock.on(days=8)
        tidy(box.settings(), tmp_path, clock())
        assert not part.exists()


def test_below_its_mark_fetching_waits_and_then_everything(tmp_path: Path) -> None:
    """Asking channels and freeing room go on."""
    (tmp_path / MARKER).touch()
    for downloads, everything, waits in ((10**6, 0, {"fetch"}), (10**6, 10**6, {"fetch", "render"}), (0, 0, set())):
        chosen = settings(tmp_path, {"disk": {"warn_gb": 10**6, "stop_downloads_gb": downloads, "stop_gb": everything}})
        room = Room(lambda chosen=chosen: chosen, tmp_path, tmp_path)  # type: ignore[misc]
        told = {kind: room.why_not(kind, Lane.CPU) for kind in ("fetch", "render", "poll", "retention")}
        assert {kind for kind, why in told.items() if why} == waits
        assert all("GB" in why for why in told.values() if why)


def test_a_storage_that_lost_its_marker_is_not_written_to(tmp_path: Path) -> None:
    """An empty mount point is not the disk; it is never marked anew by itself."""
    chosen = settings(tmp_path)
    mark(tmp_path, known=False, require_mount=False)
    assert Room(lambda: chosen, tmp_path, tmp_path).why_not("scan", Lane.CPU) == ""
    (tmp_path / MARKER).unlink()
    mark(tmp_path, known=True, require_mount=False)
    assert "mounted" in Room(lambda: chosen, tmp_path, tmp_path).why_not("scan", Lane.CPU)


def test_a_disk_that_has_to_be_mounted_is_asked_for(tmp_path: Path) -> None:
    """The root disk does not take its place."""
    from appliance.store.mount import mount_point

    if mount_point(tmp_path) != Path("/"):
        pytest.skip("the temporary folder is on a disk of its own here")
    with pytest.raises(NeedsPerson, match="disk of its own"):
        mark(tmp_path, known=False, require_mount=True)


def test_a_job_that_may_not_fit_waits(tmp_path: Path) -> None:
    """Ten hours of video need more than a crumb."""
    (tmp_path / MARKER).touch()
    chosen = settings(tmp_path, {"disk": {"warn_gb": 10**6, "stop_downloads_gb": 0, "stop_gb": 0}})
    room = Room(lambda: chosen, tmp_path, tmp_path)
    assert room.too_little("fetch", 60) == ""
    assert "GB" in room.too_little("fetch", 1e12)
    assert needed_bytes("poll", None) == 0


def test_the_forecast_follows_the_trend() -> None:
    """A gigabyte a day with ten free is ten days; what shrinks is never full."""
    day = 86_400.0
    growing = [(day * n, 10**9 * n) for n in range(5)]
    left = days_left(growing, 10**10)
    assert left is not None
    assert abs(left - 10) < 0.01
    assert days_left([(when, -used) for when, used in growing], 10**10) is None
    assert days_left(growing[:1], 10**10) is None
