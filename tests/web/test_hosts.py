from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.domain.user import Role
from config.service import Web
from tests.web.serving import Site
from tests.web.serving import site as served
from web.security import Rules, host_of


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """One for all tests here: what they change they put back."""
    with served(tmp_path_factory.mktemp("site")) as one:
        yield one


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:80",
        "localhost.evil.example",
        "203.0.113.9",
        "[2001:db8::1]:80",
        "clips.local.evil",
    ],
)
def test_a_foreign_host_is_refused_everywhere(site: Site, host: str) -> None:
    """A name that leads here without being ours gets 421 on every path, with what to set if it is ours after all."""
    for path in ("/", "/api/docs", "/static/docs.css", "/api/v1/system", "/nowhere"):
        said = site.ask("GET", path, headers={"Host": host}, role=Role.ADMIN)
        assert said.status == 421, path
        assert "allowed_hosts" in said.json["hint"]


@pytest.mark.parametrize(
    "host", ["localhost", "LOCALHOST:8484", "clipper.local", "nas.local.:8484", "127.0.0.1", "[::1]:9"]
)
def test_own_names_are_answered(site: Site, host: str) -> None:
    """The names and addresses under which people on this network find the box work without being set."""
    assert site.ask("GET", "/api/v1/setup", headers={"Host": host}).status == 200


@pytest.mark.parametrize("host", ["", "a b", "user@localhost", "localhost/x", "[::1", "localhost:x"])
def test_a_host_that_is_none_is_refused(site: Site, host: str) -> None:
    """Nothing that only looks like a host gets through."""
    assert site.ask("GET", "/api/v1/setup", headers={"Host": host}).status == 400


def test_names_can_be_allowed_without_a_restart(site: Site) -> None:
    """allowed_hosts counts from the moment that the settings say it."""
    asked = {"Host": "clips.example.org"}
    assert site.ask("GET", "/api/v1/setup", headers=asked).status == 421
    own = site.chosen[0].web.model_copy(update={"allowed_hosts": ("clips.example.org",)})
    site.chosen.append(site.chosen[0].model_copy(update={"web": own}))
    assert site.ask("GET", "/api/v1/setup", headers=asked).status == 200
    site.chosen.append(site.chosen[0])
    assert site.ask("GET", "/api/v1/setup", headers=asked).status == 421


@given(st.text(max_size=40))
def test_no_host_header_breaks_the_check(said: str) -> None:
    """Whatever is said as a host, it is a name, an address, or refused."""
    found = host_of(said)
    assert found is None or (found == found.lower() and "@" not in found and "/" not in found)
    if found is not None:
        Rules(Web()).knows(found, "127.0.0.1")
