from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from appliance.actions.conversions import file_of
from appliance.domain.job import Lane
from appliance.domain.states import JobState
from appliance.domain.user import Role
from appliance.store import jobs
from appliance.store.change import change
from tests.jobs.test_settle import taken
from tests.web.content import MOVIE
from tests.web.serving import Site, site


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    root = tmp_path_factory.mktemp("recordings")
    (root / "night.ts").write_bytes(b"G" * 188)
    with site(tmp_path_factory.mktemp("box"), {"sources": {"roots": [str(root)]}}) as served:
        yield served


def asked(here: Site, name: str) -> int:
    """A conversion that an editor asks for; the number of its job."""
    source = str(Path(here.box.settings().sources.roots[0]) / "night.ts")
    said = here.ask("POST", "/api/v1/conversions", {"source": source, "name": name}, role=Role.EDITOR)
    assert (said.status, said.json["kind"], said.json["state"]) == (202, "convert", "available"), said.json
    return int(said.json["id"])


def made(here: Site, number: int) -> Path:
    """Its job is done, and this is its file."""
    assert taken(here.box, Lane.CPU).id == number
    file = file_of(here.box, jobs.get(number))
    file.parent.mkdir(parents=True)
    file.write_bytes(MOVIE)
    with change(here.box.now()) as moved:
        jobs.move(moved, number, JobState.COMPLETED)
    return file


def test_an_mp4_is_downloaded_under_its_name_whole_or_in_ranges(here: Site) -> None:
    """Missing while it is not ready, then there, and not sent again to who has it; gone when it was deleted."""
    number = asked(here, "The night")
    path = f"/api/v1/conversions/{number}/file"
    assert here.ask("GET", path, role=Role.EDITOR).status == 404
    file = made(here, number)
    whole = here.ask("GET", path, role=Role.EDITOR)
    assert (whole.status, whole.body, whole.headers["content-type"]) == (200, MOVIE, "video/mp4")
    assert "The%20night.mp4" in whole.headers["content-disposition"]
    part = here.ask("GET", path, role=Role.EDITOR, headers={"Range": "bytes=1000-1999"})
    assert (part.status, part.body) == (206, MOVIE[1000:2000])
    assert part.headers["content-range"] == f"bytes 1000-1999/{len(MOVIE)}"
    known = here.ask("GET", path, role=Role.EDITOR, headers={"If-None-Match": whole.headers["etag"]})
    assert known.status == 304
    beyond = here.ask("GET", path, role=Role.EDITOR, headers={"Range": f"bytes={len(MOVIE)}-"})
    assert beyond.status == 416
    file.unlink()
    assert here.ask("GET", path, role=Role.EDITOR).status == 410


def test_a_conversion_is_its_owners(here: Site) -> None:
    """An admin may have it; to others it is not even there."""
    number = asked(here, "Mine")
    made(here, number)
    path = f"/api/v1/conversions/{number}/file"
    assert here.ask("GET", path, role=Role.ADMIN).status == 200
    assert here.ask("GET", path, role=Role.VIEWER).status == 404
    assert here.ask("GET", path).status == 401


def test_what_cannot_be_converted_is_refused_in_words(here: Site) -> None:
    """A name with a path in it, a file outside the roots, a link; and a viewer may not ask at all."""
    source = str(Path(here.box.settings().sources.roots[0]) / "night.ts")
    for wrong in (
        {"source": source, "name": "../night"},
        {"source": "/etc/hostname", "name": "a"},
        {"source": "https://videos.example/a.m3u8", "name": "a"},
    ):
        said = here.ask("POST", "/api/v1/conversions", wrong, role=Role.EDITOR)
        assert (said.status, bool(said.json["hint"])) == (400, True), said.json
    viewed = here.ask("POST", "/api/v1/conversions", {"source": source, "name": "a"}, role=Role.VIEWER)
    assert viewed.status == 403
