from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from appliance.domain.job import Job, Lane, NewJob
from appliance.domain.states import JobState
from appliance.domain.trouble import Fault, Trouble
from appliance.domain.user import Role
from appliance.store import jobs, lanes, users, videos
from appliance.store.change import change
from tests.web.content import analysed
from tests.web.serving import Site, site


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with site(tmp_path_factory.mktemp("box")) as served:
        served.key(Role.EDITOR)
        yield served


def failed(here: Site, name: str, state: JobState = JobState.DISCARDED) -> Job:
    """A job about the editor's video that failed."""
    found = users.named("editor")
    assert found is not None
    video = analysed(here.box, found[0].id, name)
    with change(here.box.now()) as made:
        job = jobs.add(made, NewJob("rank", Lane.CPU, video=video.id, unique=f"video:{video.id}"), here.box.bounds())
        jobs.move(made, job.id, JobState.EXECUTING, started=made.now)
        trouble = Trouble(Fault.PERMANENT, "the video is gone", "Look for another.", made.now, 1)
        return jobs.move(made, job.id, state, trouble=trouble)


def test_what_failed_is_a_list_of_its_own(here: Site) -> None:
    """With type, payload, error, attempts and times; each can be retried with the same payload."""
    job, held = failed(here, "one"), failed(here, "two", JobState.HELD)
    said = here.ask("GET", "/api/v1/jobs?status=error&limit=100", role=Role.EDITOR).json
    assert {job.id, held.id} <= {one["id"] for one in said["items"]}
    shown = next(one for one in said["items"] if one["id"] == job.id)
    assert (shown["kind"], shown["video"], shown["troubles"][0]["message"]) == ("rank", job.video, "the video is gone")
    assert shown["ended"]
    again = here.ask("POST", f"/api/v1/jobs/{job.id}/retry", role=Role.EDITOR).json
    assert (again["state"], again["kind"], again["video"]) == ("available", "rank", job.video)
    assert here.ask("POST", f"/api/v1/jobs/{job.id}/retry", role=Role.EDITOR).status == 409
    assert here.ask("POST", "/api/v1/jobs/retry", role=Role.EDITOR).json["count"] >= 1
    assert jobs.get(held.id).state is JobState.AVAILABLE


def test_a_job_is_put_first_cancelled_and_forgotten(here: Site) -> None:
    """What is not over cannot be forgotten."""
    job = failed(here, "three", JobState.RETRYABLE)
    path = f"/api/v1/jobs/{job.id}"
    assert here.ask("POST", f"{path}/first", role=Role.EDITOR).json["priority"] >= 1
    assert here.ask("DELETE", path, role=Role.EDITOR).status == 409
    assert here.ask("POST", f"{path}/cancel", role=Role.EDITOR).json["state"] == "cancelled"
    assert here.ask("POST", f"{path}/first", role=Role.EDITOR).status == 409
    other = failed(here, "four")
    said = here.ask("POST", "/api/v1/jobs/delete", {"jobs": [job.id, other.id]}, role=Role.EDITOR)
    assert said.json == {"count": 2}
    assert here.ask("GET", path, role=Role.EDITOR).status == 404
    assert here.ask("DELETE", f"/api/v1/jobs/{failed(here, 'five').id}", role=Role.EDITOR).status == 204


def test_cancelling_a_job_that_waits_cancels_its_video(here: Site) -> None:
    """Nothing is left that looks as if it went on."""
    said = here.ask("POST", "/api/v1/analyze", {"source": "https://videos.example/j.mp4"}, role=Role.EDITOR).json
    here.ask("POST", f"/api/v1/jobs/{said['job']['id']}/cancel", role=Role.EDITOR)
    assert videos.get(said["video"]["id"]).state.value == "cancelled"


def test_the_end_of_a_jobs_log_is_shown(here: Site) -> None:
    """Whole lines only; nothing when it said nothing."""
    job = failed(here, "six")
    path = f"/api/v1/jobs/{job.id}/log"
    assert here.ask("GET", path, role=Role.EDITOR).body == b""
    file = here.box.data_dir / "logs" / "jobs" / f"{job.id}.log"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("".join(json.dumps({"n": n}) + "\n" for n in range(100)))
    whole = here.ask("GET", path, role=Role.EDITOR)
    assert whole.headers["content-type"] == "text/plain; charset=utf-8"
    assert len(whole.body.splitlines()) == 100
    end = here.ask("GET", f"{path}?bytes=50", role=Role.EDITOR).body.splitlines()
    assert [json.loads(line)["n"] for line in end] == [96, 97, 98, 99]


def test_a_lane_is_paused_and_resumed(here: Site) -> None:
    """With a reason; a lane that is none is not there; a viewer may not."""
    said = here.ask("POST", "/api/v1/lanes/gpu/pause", {"why": "hot"}, role=Role.EDITOR).json["lanes"]
    assert [(one["name"], one["paused"], one["why"]) for one in said if one["paused"]] == [("gpu", True, "hot")]
    assert lanes.paused() == {Lane.GPU: "hot"}
    assert here.ask("POST", "/api/v1/lanes/gpu/resume", role=Role.VIEWER).status == 403
    assert here.ask("POST", "/api/v1/lanes/gpu/resume", role=Role.EDITOR).status == 200
    assert lanes.paused() == {}
    assert here.ask("POST", "/api/v1/lanes/sun/resume", role=Role.EDITOR).status == 404


def test_filters_are_checked(here: Site) -> None:
    """A status, lane or number that cannot be is bad input with its name."""
    for query in ("status=lost", "lane=sun", "video=x", "limit=0", "limit=1000", "colour=red"):
        said = here.ask("GET", f"/api/v1/jobs?{query}", role=Role.EDITOR)
        assert said.status == 400, query
        assert query.partition("=")[0] in said.json["detail"]
    some = here.ask("GET", "/api/v1/jobs?status=open&status=completed&lane=cpu&kind=rank", role=Role.EDITOR).json
    assert all(one["lane"] == "cpu" and one["state"] not in {"discarded", "cancelled"} for one in some["items"])


def test_what_happened_is_listed_for_those_it_concerns(here: Site) -> None:
    """The editor's events are not the viewer's."""
    failed(here, "seven")
    mine = here.ask("GET", "/api/v1/events/history?kind=job_failed", role=Role.EDITOR).json
    assert mine["items"][0]["body"]["message"] == "the video is gone"
    others = here.ask("GET", "/api/v1/events/history?kind=job_failed", role=Role.VIEWER).json
    assert others["items"] == []
