from __future__ import annotations

import signal
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.faults.clipping import frames_of
from tests.faults.living import Living, settings, until
from tests.faults.material import make_video
from tests.journeys.night.town import Town, program
from tests.standins.server import served

_FULL = 900_000  # gigabytes: more than any disk has free


class Night:
    """A box that watches three channels, and what happens to it."""

    def __init__(self, folder: Path, town: Town) -> None:
        self.town = town
        channels = "".join(
            f'[[channel]]\nurl = "{one.id}"\nmin_video_minutes = 0\ntop_k = 1\n' for one in town.stations
        )
        self._tables = (
            f'[yt_dlp]\npath = "{program(folder)}"\n'
            f'[sources]\nallow_private = ["127.0.0.1"]\n[sources.bases]\nyoutube = "{town.base}"\n{channels}'
        )
        self.box = Living(settings(folder, self._tables))
        self._right = self.box.file.read_text()

    def up(self) -> None:
        """Started, and it answers."""
        self.box.start()
        assert self.box.up(), self.box.said()

    def publish(self, *stations: int) -> None:
        """New videos of these channels, and the box asks."""
        for station in stations:
            self.town.publish(station)
        self.box.ask().post("/api/v1/channels/sync")
        wanted = self.published
        assert until(lambda: len(self.videos()) == wanted, 30), (self.videos(), self.box.said()[-3000:])

    @property
    def published(self) -> int:
        """How many videos came since the evening: each channel had two before."""
        return sum(len(one.videos) - 2 for one in self.town.stations)

    def videos(self) -> list[Mapping[str, Any]]:
        """All videos of the box."""
        return self.box.rows("SELECT * FROM video ORDER BY id")

    def crash_during(self, kind: str) -> None:
        """Kill -9 while a job of that kind runs, and start again."""
        running = "SELECT id FROM job WHERE state = 'executing' AND kind = ?"
        assert until(lambda: self.box.rows(running, kind), 60, 0.01), f"no {kind} ran"
        self.box.kill()
        assert not self.box.orphans()
        self.up()

    def reload(self, text: str, event: str) -> None:
        """Other settings, told by a signal as systemd does, and how the log answers."""

        def answers() -> int:
            return sum(line["event"] == event for line in self.box.log())

        told = answers()
        self.box.file.write_text(text)
        self.box.send(signal.SIGHUP)
        assert until(lambda: answers() > told, 10), self.box.said()[-2000:]

    def disk_full(self, *, full: bool) -> None:
        """The marks below which nothing is done rise above what any disk has free, or fall again."""
        text = self._right
        for mark in ("warn_gb", "stop_downloads_gb", "stop_gb") if full else ():
            text = text.replace(f"\n{mark} = 0\n", f"\n{mark} = {_FULL}\n")
        self.reload(text, "reloaded")

    def break_settings(self) -> None:
        """A typing mistake, and after a look at the log the right file again."""
        self.reload(self._right + "\n[rank\ntop_n = many", "reload_refused")
        self.reload(self._right, "reloaded")


def test_a_night_with_crashes_a_full_disk_and_a_typing_mistake_loses_nothing(tmp_path: Path) -> None:
    """Three channels, ten videos, two kill -9, one full disk, one bad reload: in the morning every clip is pending."""
    town = Town(tmp_path / "town", make_video(tmp_path / "base.mp4", seconds=40, size="320x180", rate=10))
    for station in (0, 1, 2, 0, 1, 2):
        town.publish(station)
    with served(town):
        night = Night(tmp_path, town)
        try:
            _through(night)
            _in_the_morning(night)
        finally:
            if night.box.running:
                night.box.kill()


def _through(night: Night) -> None:
    box = night.box
    night.up()
    seen = "SELECT count(*) AS many FROM channel WHERE last_good IS NOT NULL"
    assert until(lambda: box.rows(seen)[0]["many"] == 3, 30), box.said()
    assert night.videos() == []  # what was there before is left alone
    night.publish(0, 1, 2)
    night.crash_during("render")
    night.publish(0, 0, 1)
    night.crash_during("fetch")
    night.disk_full(full=True)
    night.publish(1, 2)  # channels are asked however full the disk is
    waiting = "SELECT id FROM job WHERE state = 'available' AND kind = 'fetch' AND waiting LIKE '%GB are free%'"
    assert until(lambda: len(box.rows(waiting)) >= 2, 30), box.rows("SELECT kind, state, waiting FROM job")
    night.disk_full(full=False)
    night.break_settings()
    night.town.stations[2].feed_is_down = True  # then its page is asked
    night.publish(0, 2)
    assert until(lambda: not box.busy(), 240, 0.2), box.rows("SELECT kind, state, waiting, troubles FROM job")
    code, seconds = box.stop()
    assert (code, seconds < 25) == (0, True)


def _in_the_morning(night: Night) -> None:
    box = night.box
    videos, clips = night.videos(), box.rows("SELECT * FROM clip")
    published = [video for one in night.town.stations for video in one.videos[2:]]
    assert sorted(video["key"].rpartition("/")[2].rpartition("=")[2][-11:] for video in videos) == sorted(published)
    assert len(published) == 10
    assert {video["state"] for video in videos} == {"ready"}, [video["trouble"] for video in videos]
    assert Counter(clip["video_id"] for clip in clips) == {video["id"]: 1 for video in videos}
    assert {clip["state"] for clip in clips} == {"pending"}
    assert all(frames_of(box.data / clip["folder"] / "clip.mp4") >= 24 for clip in clips)
    assert not [path for sign in (".making-*", "*.part", ".going-*") for path in box.data.rglob(sign)]
    stages = box.rows("SELECT kind, count(*) AS many FROM job WHERE video_id IS NOT NULL GROUP BY kind")
    assert {row["kind"]: row["many"] for row in stages} == dict.fromkeys(
        ("fetch", "scan", "transcribe", "rank", "frame", "render"), 10
    )
    assert box.rows("PRAGMA integrity_check")[0]["integrity_check"] == "ok"
    assert box.rows("PRAGMA foreign_key_check") == []
    _the_log_tells(box.logs())


def _the_log_tells(lines: list[dict[str, Any]]) -> None:
    """The story of the night: what came, what was done, what went wrong, in words."""
    events = Counter(line["event"] for line in lines)
    assert events["started"] == 3
    assert events["stopped"] == 1
    assert events["video_added"] == 10
    rescued = [line["kind"] for line in lines if line["event"] == "job_rescued"]
    assert "render" in rescued
    assert "fetch" in rescued
    assert any("GB are free" in line["why"] for line in lines if line["event"] == "work_waits")
    assert events["work_goes_on"] >= 1
    (refused,) = [line for line in lines if line["event"] == "reload_refused"]
    assert "clipper.toml:" in refused["message"]
    changed = [change for line in lines if line["event"] == "reloaded" for change in line["changes"]]
    assert f"disk.stop_gb: 0.0 is now {_FULL}.0" in changed
    assert sum(line["event"] == "video_state" and line["state"] == "ready" for line in lines) == 10
    assert sum(line["event"] == "clip_state" and line["state"] == "pending" for line in lines) == 10
    assert not [line for line in lines if line["event"] in {"clock_broke", "job_broke", "lane_trouble"}]
