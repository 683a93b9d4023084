from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from appliance.actions import filling
from appliance.actions.health import ClockWatch, health
from appliance.actions.room import MARKER
from appliance.domain.job import Lane, NewJob
from appliance.domain.states import JobState
from appliance.domain.trouble import Fault, Trouble
from appliance.domain.user import Role
from appliance.store import channels, jobs
from appliance.store.change import change
from tests.boxes import START, standing
from tests.web.content import analysed, rendered, watched
from tests.web.serving import Said, Site, site


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Site]:
    with site(tmp_path) as served:
        yield served


def add(here: Site, kind: str = "tidy", lane: Lane = Lane.CPU) -> int:
    with change(here.box.now()) as made:
        return jobs.add(made, NewJob(kind, lane), here.box.bounds()).id


def failing(said: Said) -> dict[str, str]:
    """What is out of order, by name."""
    return {check["name"]: check["said"] for check in said.json["checks"] if not check["ok"]}


def test_a_box_in_order_says_so(here: Site) -> None:
    """200 with every part in words; a stranger is told no more than that it is well, and for how long."""
    said = here.ask("GET", "/health", role=Role.VIEWER)
    assert (said.status, said.json["status"], failing(said)) == (200, "ok", {})
    names = {check["name"] for check in said.json["checks"]}
    assert names == {"settings", "clock", "database", "queue", "workers", "channels", "storage", "disk", "gpu"}
    stranger = here.ask("GET", "/health")
    assert (stranger.status, stranger.json["checks"], stranger.json["version"]) == (200, [], "")
    assert stranger.json["uptime_seconds"] == 43_200
    assert here.ask("GET", "/api/v1/health").status == 401


def test_wrong_settings_are_told(here: Site) -> None:
    """503 with the mistake and the next step."""
    here.problem.append("line 3: no such key")
    said = here.ask("GET", "/health", role=Role.ADMIN)
    assert (said.status, failing(said)) == (503, {"settings": "line 3: no such key"})
    assert here.ask("GET", "/health").json["status"] == "degraded"


def test_work_that_nobody_takes_is_told(here: Site) -> None:
    """After a quarter of an hour in an idle lane; not in a lane that somebody paused, nor behind work that runs."""
    add(here)
    here.clock.on(minutes=14)
    assert here.ask("GET", "/health").status == 200
    here.clock.on(minutes=2)
    assert "16 minutes" in failing(here.ask("GET", "/health", role=Role.ADMIN))["queue"]
    here.ask("POST", "/api/v1/lanes/cpu/pause", {}, role=Role.ADMIN)
    assert here.ask("GET", "/health").status == 200
    here.ask("POST", "/api/v1/lanes/cpu/resume", role=Role.ADMIN)
    add(here)
    with change(here.box.now()) as made:
        jobs.claim(made, Lane.CPU, "b1", timedelta(seconds=60))
    assert here.ask("GET", "/health").status == 200


def test_a_worker_that_fell_silent_is_told(here: Site) -> None:
    """A job whose lease is over by minutes."""
    number = add(here)
    with change(here.box.now()) as made:
        jobs.claim(made, Lane.CPU, "b1", timedelta(seconds=60))
    here.clock.on(minutes=4)
    assert str(number) in failing(here.ask("GET", "/health", role=Role.ADMIN))["workers"]


def test_a_database_that_cannot_be_written_is_told(here: Site) -> None:
    """Soon, and the box still answers; when it can be written again all is well."""
    assert here.ask("GET", "/health").status == 200
    other = sqlite3.connect(here.box.data_dir / "clipper.db", isolation_level=None)
    try:
        other.execute("BEGIN IMMEDIATE")
        assert here.ask("GET", "/health").status == 503
        found = health(here.box, here.about)
        (database,) = (check for check in found.checks if not check.ok)
        assert (database.name, bool(database.hint)) == ("database", True)
        assert "locked" in database.said
        assert "clipper_db_ok 0.0" in here.ask("GET", "/metrics").body.decode()
        other.execute("ROLLBACK")
    finally:
        other.close()
    assert here.ask("GET", "/health").status == 200


def test_a_missing_disk_is_told(here: Site) -> None:
    """The marker is not there: the storage is another one."""
    (here.box.data_dir / MARKER).unlink()
    assert MARKER in failing(here.ask("GET", "/health", role=Role.ADMIN))["storage"]


def test_a_full_disk_is_told(tmp_path: Path) -> None:
    """Below each mark with what waits."""
    with site(tmp_path, {"disk": {"warn_gb": 900_000, "stop_downloads_gb": 0, "stop_gb": 0}}) as here:
        assert "are free" in failing(here.ask("GET", "/health", role=Role.ADMIN))["disk"]
    with site(tmp_path / "2", {"disk": {"warn_gb": 900_000, "stop_downloads_gb": 900_000, "stop_gb": 0}}) as here:
        assert "fetching waits" in failing(here.ask("GET", "/health", role=Role.ADMIN))["disk"]


def test_channels_that_fail_for_a_day_are_told(here: Site) -> None:
    """By name."""
    channel = watched(here.box, 1)
    with change(here.box.now()) as made:
        channels.update(made, channel.id, errors=9)
    assert here.ask("GET", "/health").status == 200
    here.clock.on(days=2)
    assert "somebody" in failing(here.ask("GET", "/health", role=Role.ADMIN))["channels"]


def test_the_metrics_say_what_there_is(here: Site) -> None:
    """Numbers by lane and state, how long stages took, and which faults they met."""
    from prometheus_client.parser import text_string_to_metric_families as parsed

    def values() -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
        said = here.ask("GET", "/metrics")
        assert said.headers["content-type"].startswith("text/plain; version=0.0.4")
        families = parsed(said.body.decode())
        return {(one.name, frozenset(one.labels.items())): one.value for family in families for one in family.samples}

    def read(name: str, **labels: str) -> float:
        return values().get((name, frozenset(labels.items())), 0.0)

    kind = f"kind{id(here)}"
    rendered(here.box, analysed(here.box, 1))
    add(here, kind)
    bad = add(here, kind, Lane.NET)
    assert read("clipper_jobs_queue_length", lane="cpu") == 1
    assert (read("clipper_db_ok"), read("clipper_queue_ok"), read("clipper_uptime_seconds")) == (1, 1, 43_200)
    assert (read("clipper_videos_total"), read("clipper_clips_total"), read("clipper_clips", state="pending")) == (
        1,
        1,
        1,
    )
    with change(here.box.now()) as made:
        job = jobs.claim(made, Lane.CPU, "b1", timedelta(seconds=60))
        assert job is not None
    here.clock.on(seconds=90)
    with change(here.box.now()) as made:
        jobs.move(made, job.id, JobState.COMPLETED)
        jobs.move(made, bad, JobState.EXECUTING)
        jobs.move(made, bad, JobState.RETRYABLE, trouble=Trouble(Fault.TRANSIENT, "busy"))
    assert read("clipper_stage_seconds_sum", kind=kind) == 90
    assert read("clipper_stage_seconds_bucket", kind=kind, le="60.0") == 0
    assert read("clipper_stage_seconds_bucket", kind=kind, le="120.0") == 1
    assert read("clipper_job_failures_total", kind=kind, fault="transient") == 1
    here.ask("POST", "/api/v1/lanes/gpu/pause", {}, role=Role.ADMIN)
    assert read("clipper_lane_paused", lane="gpu") == 1
    assert read("clipper_disk_free_bytes") > 0


def test_metrics_from_elsewhere_need_a_key(here: Site) -> None:
    """What comes through a proxy on this machine is not from this machine."""
    through = {"X-Forwarded-For": "203.0.113.9"}
    assert here.ask("GET", "/metrics", headers=through).status == 401
    assert here.ask("GET", "/metrics", headers=through, role=Role.VIEWER).status == 200


def test_a_jump_of_the_clock_is_told_for_a_while() -> None:
    """Then the new time is the true one; slow corrections are none."""
    watch = ClockWatch()
    assert watch.look(1000.0, 0.0) == 0
    assert watch.look(1020.0, 10.0) == 0
    assert watch.look(5000.0, 20.0) == pytest.approx(3980.0)
    assert watch.look(5100.0, 120.0) == pytest.approx(3980.0)
    assert watch.look(5700.0, 720.0) == 0
    assert watch.look(4000.0, 730.0) == pytest.approx(-1710.0)


def test_the_disks_end_is_foreseen(tmp_path: Path) -> None:
    """From samples an hour apart; a few hours say nothing, and a clock that was set back leaves no future samples."""
    gigabyte = 10**9
    with standing(tmp_path):
        for hour in range(48):
            now = START + timedelta(hours=hour)
            assert filling.sample(now, hour * gigabyte)
            assert not filling.sample(now + timedelta(minutes=10), 0)
            if hour < 6:
                assert filling.forecast(gigabyte) is None
        assert filling.forecast(240 * gigabyte) == pytest.approx(10.0)
        assert filling.sample(START + timedelta(hours=7), 0)
        assert len(filling.samples()) == 8
