from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.actions.upkeep import FREED
from appliance.domain.clip import Clip
from appliance.domain.states import ClipState
from appliance.domain.user import Role
from appliance.store import clips, users
from appliance.store.change import change
from tests.web.content import MOVIE, analysed, rendered
from tests.web.serving import Said, Site, site
from web.media import Stretch, file_name, ranges


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with site(tmp_path_factory.mktemp("box")) as served:
        served.key(Role.EDITOR)
        yield served


@pytest.fixture
def clip(here: Site, request: pytest.FixtureRequest) -> Clip:
    """A rendered clip of the editor's."""
    found = users.named("editor")
    assert found is not None
    return rendered(here.box, analysed(here.box, found[0].id, request.node.name[:60]), title="Tor für uns! / 100%")


def ask(here: Site, method: str, path: str, body: object = None) -> Said:
    return here.ask(method, f"/api/v1/clips/{path}", body, role=Role.EDITOR)


def fetch(here: Site, clip: Clip, name: str = "clip.mp4", method: str = "GET", **headers: str) -> Said:
    """A file of the clip; underscores of header names are dashes."""
    sent = {key.replace("_", "-"): value for key, value in headers.items()}
    return here.ask(method, f"/api/v1/clips/{clip.id}/files/{name}", role=Role.EDITOR, headers=sent)


def test_a_clip_gets_a_yes_or_a_no(here: Site, clip: Clip) -> None:
    """Twice the same is once; a no has its reasons; undoing makes it wait again."""
    assert ask(here, "POST", f"{clip.id}/approve").json["state"] == "approved"
    assert ask(here, "POST", f"{clip.id}/approve").json["decided_by"] == "editor"
    no = ask(here, "POST", f"{clip.id}/reject", {"reasons": ["too long"]}).json
    assert (no["state"], no["reasons"]) == ("rejected", ["too long"])
    assert ask(here, "POST", f"{clip.id}/undo").json["state"] == "pending"


def test_ticked_clips_are_rendered_all_or_none(here: Site, clip: Clip) -> None:
    """With one that is not there nothing is begun; otherwise all are, with what is wished."""
    assert ask(here, "POST", "render", {"clips": [clip.id, 10**9]}).status == 404
    assert clips.get(clip.id).state is ClipState.PENDING
    said = ask(here, "POST", "render", {"clips": [clip.id], "wishes": {"aspect": "1:1"}})
    assert said.status == 202
    assert (said.json["clips"][0]["state"], said.json["clips"][0]["wishes"]["aspect"]) == ("rendering", "1:1")
    assert ask(here, "POST", "render", {"clips": [clip.id]}).status == 409
    assert ask(here, "POST", "render", {"clips": []}).status == 400


def test_a_moment_is_marked_by_hand(here: Site, clip: Clip) -> None:
    """It becomes a draft; outside the video or backwards it is refused."""
    path = f"/api/v1/videos/{clip.video}/clips"
    said = here.ask("POST", path, {"start": 5, "end": 25.5, "title": "Mine"}, role=Role.EDITOR)
    assert said.status == 201
    assert (said.json["state"], said.json["moment"]["end"], said.json["place"]) == ("draft", 25.5, 0)
    for start, end in ((25, 5), (-1, 10), (590, 900), (5, 5.1)):
        assert here.ask("POST", path, {"start": start, "end": end}, role=Role.EDITOR).status == 400, (start, end)


def test_a_clip_is_deleted_and_brought_back(here: Site, clip: Clip) -> None:
    """For ten minutes it is only hidden."""
    assert ask(here, "DELETE", str(clip.id)).json["deleted"]
    listed = here.ask("GET", f"/api/v1/clips?video={clip.video}", role=Role.EDITOR).json
    assert listed["total"] == 0
    assert ask(here, "POST", f"{clip.id}/restore").json["deleted"] is None


def test_the_files_of_a_clip_are_listed_and_sent(here: Site, clip: Clip) -> None:
    """Each with its type and length; the body is the file."""
    listed = ask(here, "GET", f"{clip.id}/files").json["files"]
    assert [one["name"] for one in listed] == ["clip.mp4", "clip.jpg", "clip.srt", "clip.vtt", "timeline.json"]
    for one in listed:
        said = here.ask("GET", one["url"], role=Role.EDITOR)
        assert said.status == 200
        assert (said.headers["content-type"], len(said.body)) == (one["type"], one["bytes"])
        assert said.headers["cache-control"] == "private, no-cache"
    assert fetch(here, clip).body == MOVIE
    head = fetch(here, clip, method="HEAD")
    assert (head.status, head.headers["content-length"], head.body) == (200, str(len(MOVIE)), b"")


@pytest.mark.parametrize(
    ("wanted", "start", "end"),
    [
        ("bytes=0-0", 0, 1),
        ("bytes=1000000-", 1_000_000, len(MOVIE)),
        ("bytes=-500", len(MOVIE) - 500, len(MOVIE)),
        ("bytes=100-99999999999999999999999999", 100, len(MOVIE)),
        ("bytes=5-9, 10-20", 5, 21),
    ],
)
def test_a_range_is_sent_alone(here: Site, clip: Clip, wanted: str, start: int, end: int) -> None:
    """206 with the very bytes, and where they are."""
    said = fetch(here, clip, Range=wanted)
    assert said.status == 206
    assert said.body == MOVIE[start:end]
    assert said.headers["content-range"] == f"bytes {start}-{end - 1}/{len(MOVIE)}"


def test_several_ranges_come_in_parts(here: Site, clip: Clip) -> None:
    """One body of parts, each with its place."""
    said = fetch(here, clip, Range="bytes=0-9,1000-1009,-10")
    assert said.status == 206
    kind, _, boundary = said.headers["content-type"].partition("; boundary=")
    assert kind == "multipart/byteranges"
    parts = said.body.split(f"\r\n--{boundary}".encode())[1:-1]
    found = [part.partition(b"\r\n\r\n") for part in parts]
    assert [body for _, _, body in found] == [MOVIE[:10], MOVIE[1000:1010], MOVIE[-10:]]
    assert f"Content-Range: bytes 1000-1009/{len(MOVIE)}".encode() in found[1][0]
    assert len(said.body) == int(said.headers["content-length"])


@pytest.mark.parametrize("wanted", ["bytes=99999999-", "bytes=-0", f"bytes={len(MOVIE)}-"])
def test_a_range_outside_the_file_is_told(here: Site, clip: Clip, wanted: str) -> None:
    """416 in words, with how long the file is."""
    said = fetch(here, clip, Range=wanted)
    assert said.status == 416
    assert said.headers["content-range"] == f"bytes */{len(MOVIE)}"
    assert said.json["hint"]


@pytest.mark.parametrize(
    "wanted", ["bytes=x-y", "lines=1-2", "bytes=", "bytes=-", "bytes=9-1", "bytes=" + "0-1," * 30 + "0-1"]
)
def test_a_range_that_is_none_is_overlooked(here: Site, clip: Clip, wanted: str) -> None:
    """All of the file comes."""
    said = fetch(here, clip, Range=wanted)
    assert (said.status, len(said.body)) == (200, len(MOVIE))


def test_what_the_other_side_has_is_not_sent_again(here: Site, clip: Clip) -> None:
    """304 without a body for the same file; a range of another one is not mixed with it."""
    first = fetch(here, clip)
    etag, modified = first.headers["etag"], first.headers["last-modified"]
    for sent in ({"If_None_Match": etag}, {"If_None_Match": f'"x", W/{etag}'}, {"If_Modified_Since": modified}):
        said = fetch(here, clip, **sent)
        assert (said.status, said.body, said.headers["etag"]) == (304, b"", etag)
    assert fetch(here, clip, If_None_Match='"other"').status == 200
    assert fetch(here, clip, Range="bytes=0-9", If_Range=etag).status == 206
    assert fetch(here, clip, Range="bytes=0-9", If_Range=modified).status == 206
    assert fetch(here, clip, Range="bytes=0-9", If_Range='"other"').status == 200


def test_a_download_has_a_name_that_any_disk_takes(here: Site, clip: Clip) -> None:
    """Made of the title, also for browsers that know only ASCII."""
    said = fetch(here, clip, "clip.mp4?download=true")
    assert said.headers["content-disposition"] == (
        "attachment; filename=\"Tor-f_r-uns-100.mp4\"; filename*=UTF-8''Tor-f%C3%BCr-uns-100.mp4"
    )
    assert "content-disposition" not in fetch(here, clip).headers


@pytest.mark.parametrize("name", ["..%2f..%2fclipper.db", "clip.mp4%00", "fonts", "..", "CLIP.MP4", "%2fetc%2fpasswd"])
def test_no_path_leads_out_of_the_folder(here: Site, clip: Clip, name: str) -> None:
    """Only the names that clips are made of lead anywhere."""
    assert fetch(here, clip, name).status == 404


def test_files_that_were_deleted_are_gone(here: Site, clip: Clip) -> None:
    """410 in words, whether the box deleted them to free room or somebody else did; 404 before they are made."""
    shutil.rmtree(here.box.data_dir / clip.folder)
    said = fetch(here, clip)
    assert (said.status, bool(said.json["hint"])) == (410, True)
    with change(here.box.now()) as made:
        clips.update(made, clip.id, folder="", made={}, notes=(FREED,))
    assert fetch(here, clip).status == 410
    with change(here.box.now()) as made:
        draft = clips.add(made, clip.video, clip.owner, clip.moment, clip.wishes)
    assert fetch(here, draft).status == 404
    assert ask(here, "GET", f"{draft.id}/files").json["files"] == []


def test_a_video_shows_the_cover_of_its_best_clip(here: Site, clip: Clip) -> None:
    """Or the platform's own picture, where it was kept."""
    said = here.ask("GET", f"/api/v1/videos/{clip.video}/thumbnail", role=Role.EDITOR)
    assert (said.status, said.headers["content-type"], said.body) == (200, "image/jpeg", b"\xff\xd8jpeg")
    from appliance.store import videos

    folder = here.box.data_dir / videos.get(clip.video).made["fetch"]
    folder.mkdir(parents=True)
    (folder / "video.webp").write_bytes(b"webp")
    kept = here.ask("GET", f"/api/v1/videos/{clip.video}/thumbnail", role=Role.EDITOR)
    assert (kept.headers["content-type"], kept.body) == ("image/webp", b"webp")


@given(st.text(alphabet="bytes=0123456789-, ", max_size=40), st.integers(0, 2000))
def test_ranges_stay_inside_the_file(said: str, size: int) -> None:
    """Whatever is asked for: in order, apart from each other, not empty, and not beyond the end."""
    found = ranges(said, size)
    before = -1
    for one in found or ():
        assert before < one.start < one.end <= size
        before = one.end
    assert ranges("bytes=0-1,1-2,5-", 10) == (Stretch(0, 3), Stretch(5, 10))


@given(st.text(max_size=200))
def test_file_names_are_harmless(title: str) -> None:
    """No sign that means something to a disk or a browser, and never empty."""
    name = file_name(title, ".mp4")
    assert len(name) <= 84
    assert name.removesuffix(".mp4")
    assert not set(name) & set('/\\:*?"<>|\0\r\n') - {"."}
    assert not name.startswith((".", "-"))
