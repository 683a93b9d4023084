from __future__ import annotations

import http.client
import socket
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as tuned
from hypothesis import strategies as st

from appliance.domain.user import Role
from tests.web.serving import Site
from tests.web.serving import site as served

KEYS = "/api/v1/keys"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """One for all tests here: what they change they put back."""
    with served(tmp_path_factory.mktemp("site")) as one:
        yield one


@pytest.mark.parametrize(
    ("raw", "place"),
    [
        (b"", "no JSON"),
        (b"{", "no JSON"),
        (b'{"name": "x"', "no JSON"),
        (b"\xff\xfe", "no JSON"),
        (b"[]", "should be an object, not a list"),
        (b"null", "should be an object, not nothing"),
        (b'{"name": 3}', "name should be text, not a whole number"),
        (b'{"name": ""}', "name should be text of length >= 1"),
        (b'{"name": "x", "role": "king"}', "role"),
        (b'{"name": "x", "days": "soon"}', "days should be a number or nothing, not text"),
        (b'{"name": "x", "days": -1}', "days"),
        (b'{"name": "x", "colour": 1}', "colour"),
        (b'{"role": "viewer"}', "name"),
        (b"[" * 100_000, "object"),
        (b'{"name": "x", "user": 99999999999999999999999999}', "user"),
    ],
)
def test_a_wrong_body_is_refused_with_the_place(site: Site, raw: bytes, place: str) -> None:
    """Broken JSON and wrong types are 400, and the answer says which field and what it should be."""
    said = site.ask("POST", KEYS, raw=raw, role=Role.ADMIN, headers={"Content-Type": "application/json"})
    assert said.status == 400
    assert said.headers["content-type"] == "application/problem+json"
    assert place in said.json["detail"]


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""])
def test_a_body_that_is_not_called_json_is_refused(site: Site, kind: str) -> None:
    """What a foreign page's form can send is never taken for JSON."""
    said = site.ask("POST", KEYS, raw=b'{"name":"x"}', role=Role.ADMIN, headers={"Content-Type": kind})
    assert said.status == 415


@pytest.mark.parametrize("size", [2_000_001, 5_000_000, 30_000_000])
def test_a_body_that_is_too_large_is_refused(site: Site, size: int) -> None:
    """Beyond max_body_mb nothing is kept, and the sender hears why where they listen."""
    key = site.key(Role.ADMIN)
    connection = http.client.HTTPConnection("127.0.0.1", site.port, timeout=20)
    connection.putrequest("POST", KEYS)
    connection.putheader("Content-Type", "application/json")
    connection.putheader("X-Api-Key", key)
    connection.putheader("Content-Length", str(size))
    connection.endheaders()
    if size < 20_000_000:
        connection.send(b" " * size)
    answer = connection.getresponse()
    assert answer.status == 413
    assert b"max_body_mb" in answer.read()
    connection.close()


def test_a_body_without_a_length_is_counted_too(site: Site) -> None:
    """A chunked body cannot go around the limit."""
    key = site.key(Role.ADMIN)
    connection = http.client.HTTPConnection("127.0.0.1", site.port, timeout=20)
    parts = (b" " * 100_000 for _ in range(25))
    headers = {"X-Api-Key": key, "Content-Type": "application/json"}
    connection.request("POST", KEYS, parts, headers, encode_chunked=True)
    assert connection.getresponse().status == 413
    connection.close()


def test_the_limit_is_that_of_the_settings(site: Site) -> None:
    """max_body_mb counts from the moment that the settings say it."""
    body = {"name": "x" * 60}
    own = site.chosen[0].web.model_copy(update={"max_body_mb": 0.00005})
    site.chosen.append(site.chosen[0].model_copy(update={"web": own}))
    assert site.ask("POST", KEYS, body, role=Role.ADMIN).status == 413
    site.chosen.append(site.chosen[0])
    assert site.ask("POST", KEYS, body, role=Role.ADMIN).status == 201


def test_somebody_who_hangs_up_in_the_middle_harms_nobody(site: Site) -> None:
    """Half a request is dropped without a word, and the next one is answered."""
    key = site.key(Role.ADMIN)
    with socket.create_connection(("127.0.0.1", site.port)) as raw:
        raw.sendall(
            f"POST {KEYS} HTTP/1.1\r\nHost: localhost\r\nX-Api-Key: {key}\r\nContent-Type: application/json\r\n"
            "Content-Length: 500\r\n\r\n{".encode()
        )
    assert site.ask("GET", KEYS, role=Role.ADMIN).status == 200


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("limt=3", "Did you mean limit?"),
        ("limit=many", "whole number"),
        ("limit=0", "limit"),
        ("limit=201", "limit"),
        ("limit=1&limit=2", "twice"),
        ("cursor=%ff", "UTF-8"),
        ("cursor=abc", "next"),
        ("x" * 5000 + "=1", "limit"),
    ],
)
def test_a_wrong_query_is_refused_in_words(site: Site, query: str, said: str) -> None:
    """A filter that is not understood never passes as no filter."""
    answer = site.ask("GET", f"{KEYS}?{query}", role=Role.ADMIN)
    assert answer.status == 400
    assert said in answer.json["detail"] + answer.json["hint"]


def test_a_query_where_none_is_asked_for_is_refused(site: Site) -> None:
    """Also on paths that take no query at all."""
    assert site.ask("GET", "/api/v1/system?verbose=1", role=Role.ADMIN).status == 400


def test_pages_of_a_list_hold_everything_once(site: Site) -> None:
    """Following `next` lists every key once, also when keys are made meanwhile."""
    for number in range(5):
        site.ask("POST", KEYS, {"name": f"key {number}"}, role=Role.EDITOR)
    seen, cursor = [], ""
    while True:
        page = site.ask("GET", f"{KEYS}?limit=2&cursor={cursor}", role=Role.EDITOR).json
        seen += [one["id"] for one in page["items"]]
        site.ask("POST", KEYS, {"name": "meanwhile"}, role=Role.EDITOR)
        cursor = page["next"]
        if not cursor:
            break
    assert len(seen) == len(set(seen)) >= 6
    assert seen == sorted(seen, reverse=True)


@pytest.mark.parametrize(
    "path", ["/api/v1/users/0x1", "/api/v1/users/-1", "/api/v1/users/1e3", f"/api/v1/users/{10**30}", "/api/v1/users/"]
)
def test_a_number_in_a_path_is_a_number(site: Site, path: str) -> None:
    """Anything else is a path that is not there."""
    assert site.ask("GET", path, role=Role.ADMIN).status == 404


def test_unknown_paths_and_methods_are_told_apart(site: Site) -> None:
    """404 for what is not there, 405 with the methods for what is there and cannot do that."""
    assert site.ask("GET", "/api/v1/nothing", role=Role.ADMIN).json["status"] == 404
    wrong = site.ask("DELETE", "/api/v1/system", role=Role.ADMIN)
    assert wrong.status == 405
    assert wrong.headers["allow"] == "GET, HEAD, OPTIONS"
    assert site.ask("TRACE", "/api/v1/system").status == 405
    assert site.ask("OPTIONS", "/api/v1/users/3").headers["allow"] == "DELETE, GET, HEAD, OPTIONS, PATCH"


def test_head_is_get_without_the_body(site: Site) -> None:
    """Same status and headers, no body."""
    got = site.ask("GET", "/api/v1/users/me", role=Role.VIEWER)
    head = site.ask("HEAD", "/api/v1/users/me", role=Role.VIEWER)
    assert (head.status, head.body) == (200, b"")
    assert head.headers["content-length"] == got.headers["content-length"]


def test_what_is_somebody_elses_is_not_there(site: Site) -> None:
    """Another person's account, key or session is 404, as one that was never made."""
    site.key(Role.ADMIN)
    site.key(Role.EDITOR)
    others = next(one for one in site.local.pages("/api/v1/keys") if one["role"] == "admin")
    there = site.ask("DELETE", f"{KEYS}/{others['id']}", role=Role.EDITOR)
    never = site.ask("DELETE", f"{KEYS}/999", role=Role.EDITOR)
    assert there.status == never.status == 404
    assert there.json["detail"].replace(str(others["id"]), "999") == never.json["detail"]
    assert site.ask("GET", f"/api/v1/users/{others['user']}", role=Role.EDITOR).status == 404


@tuned(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(
    st.sampled_from(["POST", "PUT", "PATCH", "GET", "DELETE"]),
    st.sampled_from(
        [KEYS, "/api/v1/users", "/api/v1/users/2", "/api/v1/users/2/password", "/api/v1/sessions", "/api/v1/setup"]
    ),
    st.recursive(
        st.none()
        | st.booleans()
        | st.integers()
        | st.floats(allow_nan=False, allow_infinity=False)
        | st.text(max_size=20),
        lambda inner: (
            st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["name", "role", "password", "x"]), inner)
        ),
        max_leaves=8,
    ),
)
def test_no_json_breaks_anything(site: Site, method: str, path: str, body: object) -> None:
    """Whatever is sent, the answer is never the box's own fault."""
    assert site.ask(method, path, body, role=Role.EDITOR).status < 500
