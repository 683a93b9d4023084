from __future__ import annotations

import pytest

from appliance.actions import users
from appliance.domain.user import Actor, Role
from tests.boxes import ADMIN
from tests.web.serving import PASSWORD, Site
from web.api import all as everything
from web.endpoint import Endpoint

EVERY = [(f"/api/v1{one.path}", one) for one in everything.ENDPOINTS] + [
    (one.path, one) for one in everything.FROM_ROOT
]


def _filled(path: str) -> str:
    """The path with something for each parameter."""
    words = ("1" if ":int}" in word else "x" if word.startswith("{") else word for word in path.split("/"))
    return "/".join(words)


def _ids(found: list[tuple[str, Endpoint]]) -> list[str]:
    return [f"{one.method} {path}" for path, one in found]


def test_every_endpoint_that_is_not_open_refuses_whoever_brings_no_key(site: Site) -> None:
    """Without a key there is nothing but 401, whatever the path, before anything of the request is looked at."""
    closed = [(path, one) for path, one in EVERY if one.role is not None]
    assert len(closed) > 20
    answers = {f"{one.method} {path}": site.ask(one.method, _filled(path)) for path, one in closed}
    assert {name: said.status for name, said in answers.items() if said.status != 401} == {}
    assert all(said.headers["content-type"] == "application/problem+json" for said in answers.values())
    assert all(said.json["hint"] for said in answers.values())


def test_every_answer_carries_the_security_headers(site: Site) -> None:
    """Each route, known or not, answered or refused, says the policy that keeps foreign scripts and frames out."""
    asked = [(one.method, _filled(path)) for path, one in EVERY if "events" not in path]
    asked += [("GET", "/nowhere"), ("GET", "/api/v1/nowhere"), ("GET", "/static/docs.css"), ("PUT", "/api/docs")]
    for method, path in asked:
        said = site.ask(method, path, role=Role.ADMIN if method == "GET" else None)
        policy = said.headers["content-security-policy"]
        assert "default-src 'none'" in policy, path
        assert "frame-ancestors 'none'" in policy, path
        assert said.headers["x-content-type-options"] == "nosniff", path
        assert said.headers["referrer-policy"] == "no-referrer", path
        assert said.headers["cross-origin-opener-policy"] == "same-origin", path
        assert "server" not in said.headers, path


def test_a_role_opens_what_it_covers_and_no_more(site: Site) -> None:
    """Viewers are kept from what editors do, and editors from what admins do."""
    for path, one in EVERY:
        for role in (Role.VIEWER, Role.EDITOR):
            if one.role is None or role.covers(one.role):
                continue
            said = site.ask(one.method, _filled(path), role=role)
            assert said.status == 403, (one.method, path, role)
            assert one.role.value in said.json["detail"]


@pytest.mark.parametrize("role", list(Role))
def test_a_key_says_who_asks(site: Site, role: Role) -> None:
    """A key in either header makes the request that of its owner, with the key's role."""
    me = site.ask("GET", "/api/v1/users/me", role=role).json
    assert (me["name"], me["role"], me["through"]) == (role.value, role.value, "key")
    bearer = site.ask("GET", "/api/v1/users/me", headers={"Authorization": f"Bearer {site.key(role)}"})
    assert bearer.json == me


def test_the_local_socket_acts_as_the_box_itself(site: Site) -> None:
    """The command line of the same user needs no key and may do everything."""
    assert site.local.get("/api/v1/users/me") == {"id": 1, "name": "clipper", "role": "admin", "through": "socket"}


def test_nothing_that_is_sent_makes_a_request_local(site: Site) -> None:
    """Headers cannot pretend to have come through the socket."""
    for name in ("clipper.socket", "X-Clipper-Socket", "X-Forwarded-For", "Forwarded"):
        assert site.ask("GET", "/api/v1/users/me", headers={name: "127.0.0.1"}).status == 401


def test_a_revoked_key_stops_working_at_once(site: Site) -> None:
    """A key that was just used is refused by the very next request after it was revoked."""
    token = site.key(Role.EDITOR)
    assert site.ask("GET", "/api/v1/users/me", role=Role.EDITOR).status == 200
    number = site.local.get("/api/v1/keys")["items"][0]["id"]
    assert site.ask("DELETE", f"/api/v1/keys/{number}", role=Role.ADMIN).status == 204
    said = site.ask("GET", "/api/v1/users/me", headers={"X-Api-Key": token})
    assert said.status == 401
    assert "revoked" in said.json["detail"]


def test_a_key_ends_with_its_time(site: Site) -> None:
    """An expired key is refused, also when it worked a moment before."""
    site.key(Role.EDITOR)
    user = next(one for one in users.list_users(ADMIN) if one.name == "editor")
    actor = Actor(user.id, user.name, user.role, through="session")
    token = users.create_key(site.box, actor, "short", Role.EDITOR, days=1)[1].token
    assert site.ask("GET", "/api/v1/users/me", headers={"X-Api-Key": token}).status == 200
    site.clock.on(days=1, seconds=1)
    assert site.ask("GET", "/api/v1/users/me", headers={"X-Api-Key": token}).status == 401


def test_a_disabled_account_is_out_at_once(site: Site) -> None:
    """Its keys and its browsers are refused by the very next request."""
    token = site.key(Role.EDITOR)
    cookie = site.log_in("editor")
    site.key(Role.ADMIN)
    number = next(one["id"] for one in site.local.pages("/api/v1/users") if one["name"] == "editor")
    assert site.ask("GET", "/api/v1/users/me", headers={"X-Api-Key": token}).status == 200
    assert site.ask("GET", "/api/v1/users/me", headers={"Cookie": cookie}).status == 200
    site.local.patch(f"/api/v1/users/{number}", {"disabled": True})
    assert site.ask("GET", "/api/v1/users/me", headers={"X-Api-Key": token}).status == 401
    assert site.ask("GET", "/api/v1/users/me", headers={"Cookie": cookie}).status == 401


def test_a_smaller_role_counts_at_once(site: Site) -> None:
    """A key never may more than its owner may now."""
    site.key(Role.ADMIN)
    assert site.ask("GET", "/api/v1/settings", role=Role.ADMIN).status == 200
    other = site.local.post("/api/v1/users", {"name": "boss", "password": PASSWORD, "role": "admin"})
    number = next(one["id"] for one in site.local.pages("/api/v1/users") if one["name"] == "admin")
    site.local.patch(f"/api/v1/users/{number}", {"role": "viewer"})
    assert site.ask("GET", "/api/v1/settings", role=Role.ADMIN).status == 403
    assert other["role"] == "admin"


def test_a_session_ends_by_logging_out_and_by_time(site: Site) -> None:
    """Logging out ends it at once; one that nobody used for long ends by itself."""
    site.key(Role.EDITOR)
    here = {"Sec-Fetch-Site": "same-origin"}
    first, second = site.log_in("editor"), site.log_in("editor")
    assert site.ask("DELETE", "/api/v1/sessions/current", headers={"Cookie": first, **here}).json == {"closed": 1}
    assert site.ask("GET", "/api/v1/users/me", headers={"Cookie": first}).status == 401
    listed = site.ask("GET", "/api/v1/sessions", headers={"Cookie": second}).json
    assert [one["current"] for one in listed["items"]] == [True]
    site.clock.on(days=8)
    assert site.ask("GET", "/api/v1/users/me", headers={"Cookie": second}).status == 401


def test_the_cookie_cannot_be_read_by_scripts_and_is_secure_where_it_can_be(site: Site) -> None:
    """HttpOnly and SameSite always; over https also Secure, and bound to this host by its name."""
    site.key(Role.EDITOR)
    body = {"name": "editor", "password": PASSWORD}
    plain = site.ask("POST", "/api/v1/sessions", body).cookies[0]
    assert plain.startswith("clipper_session=")
    assert "HttpOnly; SameSite=Lax" in plain
    assert "Secure" not in plain
    site.chosen.append(site.chosen[0].model_copy(update={"web": _behind_a_proxy(site)}))
    headers = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "192.0.2.7"}
    safe = site.ask("POST", "/api/v1/sessions", body, headers=headers)
    assert safe.cookies[0].startswith("__Host-clipper_session=")
    assert "; Secure" in safe.cookies[0]
    assert "strict-transport-security" in safe.headers


def _behind_a_proxy(site: Site) -> object:
    own = site.chosen[0].web
    return own.model_copy(update={"trusted_proxies": ("127.0.0.0/8",), "public_url": "https://clips.example.org"})
