from __future__ import annotations

from collections.abc import Iterator

import pytest

from appliance.domain.states import JobState, VideoState
from appliance.domain.user import Role
from appliance.store import jobs, users, videos
from tests.web.content import LINES, analysed, rendered
from tests.web.serving import Site, site

LINK = "https://videos.example/a.mp4"


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with site(tmp_path_factory.mktemp("box")) as served:
        yield served


def user(here: Site, role: Role) -> int:
    """The account of the person with that role."""
    here.key(role)
    found = users.named(role.value)
    assert found is not None
    return found[0].id


def test_a_link_is_accepted_with_its_job(here: Site) -> None:
    """The answer says 202, the video is new, and a job for it is on the disk; the same link again is the same video."""
    said = here.ask("POST", "/api/v1/videos", {"sources": [LINK], "wishes": {"top": 3}}, role=Role.EDITOR)
    assert said.status == 202
    (taken,) = said.json["taken"]
    assert taken["new"]
    assert videos.get(taken["video"]["id"]).wishes.top == 3
    assert [job.kind for job in jobs.of_video(taken["video"]["id"])] == ["fetch"]
    again = here.ask("POST", "/api/v1/videos", {"sources": [f"{LINK}#t=1"]}, role=Role.EDITOR)
    assert not again.json["taken"][0]["new"]


def test_of_a_list_the_good_ones_are_taken(here: Site) -> None:
    """What is refused is told with its reason; with nothing left it is bad input."""
    both = ["https://videos.example/list1.mp4", "gopher://videos.example/x"]
    said = here.ask("POST", "/api/v1/videos", {"sources": both}, role=Role.EDITOR)
    assert said.status == 202
    assert [one["source"] for one in said.json["taken"]] == both[:1]
    assert said.json["refused"][0]["source"] == both[1]
    assert said.json["refused"][0]["why"]
    none = here.ask("POST", "/api/v1/videos", {"sources": both[1:]}, role=Role.EDITOR)
    assert none.status == 400
    assert none.json["hint"]


@pytest.mark.parametrize(
    "wishes",
    [
        {"top": -1},
        {"look": "nobody"},
        {"aspect": "2:1"},
        {"style": "nobody"},
        {"criteria": ["../../etc/passwd"]},
        {"captions": "/etc/hostname"},
        {"chat": "/etc/hostname"},
        {"min_seconds": 50, "max_seconds": 20},
        {"approval": "always"},
        {"query": "x" * 5000},
    ],
)
def test_a_wish_that_cannot_be_fulfilled_is_refused(here: Site, wishes: dict[str, object]) -> None:
    """Before anything is begun; and no file of the server can be named over the network."""
    said = here.ask("POST", "/api/v1/videos", {"sources": [LINK], "wishes": wishes}, role=Role.EDITOR)
    assert said.status == 400, said.json
    assert said.json["hint"]


def test_a_file_of_the_server_is_for_the_local_socket(here: Site) -> None:
    """Over the network it is refused; through the socket it is taken, as is a caption file."""
    file = here.box.data_dir / "own.mp4"
    file.write_bytes(b"not really")
    refused = here.ask("POST", "/api/v1/videos", {"sources": [str(file)]}, role=Role.ADMIN)
    assert refused.status == 400
    taken = here.local.post("/api/v1/videos", {"sources": [str(file)], "wishes": {"captions": str(file)}})
    assert taken["taken"][0]["video"]["platform"] == "file"


def test_a_video_that_is_here_is_a_hit(here: Site) -> None:
    """With its moments and its timeline once it is analysed; a new one is a miss, and another's is a miss too."""
    analysed(here.box, user(here, Role.EDITOR), "known")
    path = "/api/v1/videos/check?url=https://videos.example/known.mp4"
    hit = here.ask("GET", path, role=Role.EDITOR).json
    assert hit["hit"]
    assert hit["moments"]["moments"][0]["title"] == "The goal"
    assert len(hit["timeline"][0]["values"]) == 300
    assert not here.ask("GET", path.replace("known", "unknown"), role=Role.EDITOR).json["hit"]
    assert not here.ask("GET", path, role=Role.VIEWER).json["hit"]


def test_what_was_found_out_is_shown(here: Site) -> None:
    """The transcript with a search, the moments, the curves with as many points as wanted."""
    number = analysed(here.box, user(here, Role.EDITOR), "found").id

    def asked(rest: str) -> object:
        return here.ask("GET", f"/api/v1/videos/{number}/{rest}", role=Role.EDITOR).json

    assert [line["text"] for line in asked("transcript")["lines"]] == list(LINES)  # type: ignore[index]
    assert [line["text"] for line in asked("transcript?q=goal")["lines"]] == [LINES[1]]  # type: ignore[index]
    assert asked("moments")["moments"][1]["score"] == 60.0  # type: ignore[index]
    assert len(asked("curves?points=10")["curves"][0]["values"]) == 10  # type: ignore[index]


def test_another_persons_video_is_not_there(here: Site) -> None:
    """Every way to it answers 404, and no list shows it."""
    video = analysed(here.box, user(here, Role.ADMIN), "private")
    clip = rendered(here.box, video)
    job = here.ask("POST", f"/api/v1/videos/{video.id}/retry", {"stage": "rank"}, role=Role.ADMIN)
    assert job.status == 200
    (number,) = (one.id for one in jobs.of_video(video.id, ended=False))
    paths = [
        f"videos/{video.id}",
        *(f"videos/{video.id}/{what}" for what in ("transcript", "moments", "curves", "thumbnail")),
    ]
    paths += [f"clips/{clip.id}", f"clips/{clip.id}/files", f"clips/{clip.id}/files/clip.mp4"]
    paths += [f"jobs/{number}", f"jobs/{number}/log"]
    for path in paths:
        assert here.ask("GET", f"/api/v1/{path}", role=Role.EDITOR).status == 404, path
    verbs = [f"videos/{video.id}/{verb}" for verb in ("cancel", "first", "restore")]
    verbs += [f"clips/{clip.id}/{verb}" for verb in ("approve", "undo", "restore")]
    verbs += [f"jobs/{number}/{verb}" for verb in ("cancel", "retry", "first")]
    for path in verbs:
        assert here.ask("POST", f"/api/v1/{path}", role=Role.EDITOR).status == 404, path
    for path in (f"videos/{video.id}", f"clips/{clip.id}", f"jobs/{number}"):
        assert here.ask("DELETE", f"/api/v1/{path}", role=Role.EDITOR).status == 404, path
    for noun, theirs in (("videos", video.id), ("clips", clip.id), ("jobs", number)):
        said = here.ask("GET", f"/api/v1/{noun}?limit=200", role=Role.EDITOR).json
        assert theirs not in [one["id"] for one in said["items"]], noun
    mine = here.ask("GET", f"/api/v1/videos?owner={video.owner}", role=Role.EDITOR).json
    assert all(one["owner"] != video.owner for one in mine["items"])


def test_a_video_is_cancelled_retried_deleted_and_brought_back(here: Site) -> None:
    """Each verb answers with the video as it stands then."""
    taken = here.ask("POST", "/api/v1/videos", {"sources": [f"{LINK}?n=2"]}, role=Role.EDITOR).json["taken"][0]
    path = f"/api/v1/videos/{taken['video']['id']}"
    assert here.ask("POST", f"{path}/first", role=Role.EDITOR).status == 200
    assert here.ask("POST", f"{path}/cancel", role=Role.EDITOR).json["state"] == "cancelled"
    assert here.ask("POST", f"{path}/retry", {}, role=Role.EDITOR).json["state"] == "working"
    assert here.ask("POST", f"{path}/retry", {}, role=Role.EDITOR).status == 409
    assert here.ask("POST", f"{path}/retry", {"stage": "polish"}, role=Role.EDITOR).status == 400
    gone = here.ask("DELETE", path, role=Role.EDITOR).json
    assert gone["deleted"]
    assert gone["state"] == "cancelled"
    shown = here.ask("GET", "/api/v1/videos?limit=200", role=Role.EDITOR).json["items"]
    assert taken["video"]["id"] not in [one["id"] for one in shown]
    assert here.ask("POST", f"{path}/restore", role=Role.EDITOR).json["deleted"] is None


def test_deleting_stops_what_waits_for_its_clips(here: Site) -> None:
    """A clip that was to be rendered is a draft again, should the video come back."""
    video = analysed(here.box, user(here, Role.EDITOR), "stopped")
    clip = rendered(here.box, video)
    assert here.ask("POST", "/api/v1/clips/render", {"clips": [clip.id]}, role=Role.EDITOR).status == 202
    here.ask("DELETE", f"/api/v1/videos/{video.id}", role=Role.EDITOR)
    here.ask("POST", f"/api/v1/videos/{video.id}/restore", role=Role.EDITOR)
    assert here.ask("GET", f"/api/v1/clips/{clip.id}", role=Role.EDITOR).json["state"] == "draft"
    assert {job.state for job in jobs.of_video(video.id)} == {JobState.CANCELLED}


def test_a_viewer_may_look_and_not_touch(here: Site) -> None:
    """Adding and deciding need an editor."""
    assert here.ask("GET", "/api/v1/videos", role=Role.VIEWER).status == 200
    assert here.ask("POST", "/api/v1/videos", {"sources": [LINK]}, role=Role.VIEWER).status == 403
    assert here.ask("POST", "/api/v1/clips/1/approve", role=Role.VIEWER).status == 403


def test_analysing_renders_nothing(here: Site) -> None:
    """The answer is 202 with the video and its job; the video wishes for no rendering by itself."""
    said = here.ask("POST", "/api/v1/analyze", {"source": f"{LINK}?n=3"}, role=Role.EDITOR)
    assert said.status == 202
    assert said.json["job"]["kind"] == "fetch"
    assert said.json["video"]["wishes"]["auto_render"] is False


def test_a_list_of_videos_becomes_a_job_of_the_person(here: Site) -> None:
    """Added or analysed: a job looks into it, which its owner sees and another person does not."""
    link = "https://www.youtube.com/playlist?list=PLabcdefghijklmnopqrstuvwxyz0123456"
    (found,) = here.ask("POST", "/api/v1/videos", {"sources": [link]}, role=Role.EDITOR).json["lists"]
    assert (found["source"], found["job"]["kind"]) == (link, "expand")
    said = here.ask("POST", "/api/v1/analyze", {"source": f"{link}x"}, role=Role.EDITOR)
    assert (said.status, said.json["video"], said.json["job"]["kind"]) == (202, None, "expand")
    path = f"/api/v1/jobs/{found['job']['id']}"
    assert here.ask("GET", path, role=Role.EDITOR).status == 200
    assert here.ask("GET", path, role=Role.VIEWER).status == 404
    assert here.ask("POST", f"{path}/cancel", role=Role.EDITOR).json["state"] == "cancelled"


def test_lists_come_in_parts(here: Site) -> None:
    """The cursor of one part leads to the next, until there is none; a wrong filter is told by its name."""
    owner = user(here, Role.ADMIN)
    numbers = {analysed(here.box, owner, f"part{n}", state=VideoState.WORKING).id for n in range(5)}
    found, cursor = [], ""
    while True:
        said = here.ask("GET", f"/api/v1/videos?limit=2&q=part&owner={owner}&cursor={cursor}", role=Role.ADMIN).json
        found += [one["id"] for one in said["items"]]
        assert said["total"] == 5
        cursor = said["next"]
        if not cursor:
            break
    assert sorted(found) == sorted(numbers)
    wrong = here.ask("GET", "/api/v1/videos?state=tired", role=Role.ADMIN)
    assert wrong.status == 400
    assert "state" in wrong.json["detail"]
