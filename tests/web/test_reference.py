from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from appliance.domain.user import Role
from tests.web.serving import Site
from tests.web.serving import site as served
from web.api import all as everything
from web.docs import STATIC
from web.matching import Map
from web.openapi import document
from web.problems import KINDS


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """One for all tests here: they only read."""
    with served(tmp_path_factory.mktemp("site")) as one:
        yield one


@pytest.fixture(scope="module")
def said(site: Site) -> Any:
    """The document as a stranger gets it."""
    return site.ask("GET", "/api/openapi.json").json


def test_every_endpoint_is_documented(said: Any) -> None:
    """Each line of the table is an operation with a summary, a name of its own and its statuses, and nothing else is."""
    documented = {(method.upper(), path) for path, methods in said["paths"].items() for method in methods}
    table = {(one.method, re.sub(r":\w+}", "}", f"/api/v1{one.path}")) for one in everything.ENDPOINTS}
    table |= {(one.method, re.sub(r":\w+}", "}", one.path)) for one in everything.FROM_ROOT}
    assert documented == table
    operations = [one for methods in said["paths"].values() for one in methods.values()]
    assert len({one["operationId"] for one in operations}) == len(operations)
    for one in operations:
        assert one["summary"]
        assert {"400", "429", "500"} <= set(one["responses"]), one["operationId"]
        assert not one["security"] or "401" in one["responses"]


def test_every_reference_leads_somewhere(said: Any) -> None:
    """No schema or response is named that is not there."""
    text = json.dumps(said)
    for kind, name in set(re.findall(r'"#/components/(\w+)/([^"]+)"', text)):
        assert name in said["components"][kind], (kind, name)


def test_times_and_bounds_are_said(said: Any) -> None:
    """What comes as a time is called one, and what a request may hold is bounded in the document too."""
    schemas = said["components"]["schemas"]
    assert schemas["ApiKey"]["properties"]["added"] == {"type": "string", "format": "date-time"}
    assert schemas["NewKey"]["additionalProperties"] is False
    assert schemas["NewKey"]["properties"]["name"]["maxLength"] == 64
    limit = next(one for one in said["paths"]["/api/v1/keys"]["get"]["parameters"] if one["name"] == "limit")
    assert (limit["schema"]["minimum"], limit["schema"]["maximum"]) == (1, 200)


def test_the_document_says_who_may(said: Any) -> None:
    """Open endpoints have no security, all others take a key or a session."""
    assert said["paths"]["/api/v1/setup"]["get"]["security"] == []
    schemes = {name for one in said["paths"]["/api/v1/system"]["get"]["security"] for name in one}
    assert schemes == set(said["components"]["securitySchemes"])


def test_refusals_are_explained_where_their_type_leads(site: Site, said: Any) -> None:
    """`type` of a problem is a link to the reference, and the reference has that kind."""
    problem = site.ask("GET", "/api/v1/nothing", role=Role.VIEWER).json
    page, _, name = problem["type"].partition("#problem-")
    assert page == "/api/docs"
    assert name in {one["name"] for one in said["x-problems"]}
    assert len({kind.status for kind in KINDS}) == len(KINDS)


def test_the_reference_page_needs_nothing_from_elsewhere(site: Site) -> None:
    """Page, style and scripts come from the box itself, hold no code inside the markup, and name no other host."""
    page = site.ask("GET", "/api/docs?from=somewhere")
    assert page.headers["content-type"].startswith("text/html")
    markup = page.body.decode()
    assert "<style" not in markup
    assert not re.search(r"<script(?![^>]*\ssrc=)", markup)
    assert not re.search(r"\son\w+=|\sstyle=", markup)
    wanted = set(re.findall(r'(?:src|href)="(/[^"]+)"', markup)) - {"/api/openapi.json"}
    for path in STATIC.glob("docs*.js"):
        wanted |= {f"/static/{name}" for name in re.findall(r'from "\./([^"]+)"', path.read_text(encoding="utf-8"))}
        assert "innerHTML" not in path.read_text(encoding="utf-8")
    for path_ in wanted:
        assert site.ask("GET", path_).status == 200, path_
    for file in STATIC.iterdir():
        others = re.findall(r"https?://[\w.]+", file.read_text(encoding="utf-8"))
        assert set(others) <= {"http://www.w3.org", "https://videos.example"}, file


def test_static_files_are_fetched_once(site: Site) -> None:
    """A browser that has a file is told that it is still the same."""
    first = site.ask("GET", "/static/docs.css")
    again = site.ask("GET", "/static/docs.css", headers={"If-None-Match": first.headers["etag"]})
    assert (first.status, again.status) == (200, 304)


@pytest.mark.parametrize(
    "path", ["/static/../app.py", "/static/%2e%2e/app.py", "/static/..%2fapp.py", "/static//etc/passwd"]
)
def test_nothing_beside_the_static_files_can_be_fetched(site: Site, path: str) -> None:
    """No path leads out of the folder."""
    assert site.ask("GET", path).status == 404


def test_the_front_door_leads_to_the_reference(site: Site) -> None:
    """Whoever types the address of the box gets somewhere."""
    said = site.ask("GET", "/")
    assert (said.status, said.headers["location"]) == (307, "/api/docs")


def test_settings_are_shown_with_where_each_comes_from(site: Site) -> None:
    """An admin sees every key in force and its origin."""
    found = site.ask("GET", "/api/v1/settings", role=Role.ADMIN).json
    assert found["origins"]["paths.data_dir"] == "--set"
    assert found["origins"]["web.port"] == "default"
    assert found["settings"]["web"]["port"] == 8484
    assert site.ask("GET", "/api/v1/settings/schema", role=Role.VIEWER).json["properties"]["web"]


def test_two_endpoints_cannot_share_a_place() -> None:
    """The table is refused when a method of a path stands in it twice."""
    with pytest.raises(ValueError, match="twice"):
        Map([("GET", "/a/{id:int}", 1), ("GET", "/a/{id:int}", 2)])


def test_a_literal_path_wins_over_a_parameter() -> None:
    """`me` is not taken for somebody's name."""
    places = Map([("GET", "/api/v1/users/{name}", "any"), ("GET", "/api/v1/users/me", "me")])
    found = places.find("/api/v1/users/me")
    other = places.find("/api/v1/users/ann")
    assert found is not None
    assert found[0].methods["GET"] == "me"
    assert other is not None
    assert (other[0].methods["GET"], other[1]) == ("any", {"name": "ann"})
    assert places.find("/api/v1/users/") is None


def test_the_document_can_be_made_of_nothing() -> None:
    """A box without endpoints still has a valid document."""
    assert document({}, "1")["paths"] == {}


def test_all_of_it_is_in_the_package() -> None:
    """The page's files lie inside the package that is shipped."""
    assert STATIC.parent == Path(everything.__file__).parent.parent
    assert {path.suffix for path in STATIC.iterdir()} == {".html", ".css", ".js", ".svg"}
