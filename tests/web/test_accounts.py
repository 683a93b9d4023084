from __future__ import annotations

from pathlib import Path

import pytest

from appliance.domain.user import Role
from tests.web.serving import PASSWORD, Site
from tests.web.serving import site as served
from web.limits import Counter, Limits, place_of
from web.problems import Refusal

HERE = {"Sec-Fetch-Site": "same-origin"}


def _first(token: str, name: str = "ann") -> dict[str, str]:
    return {"token": token, "name": name, "password": PASSWORD}


def test_the_first_account_is_made_with_the_token_of_the_box(site: Site) -> None:
    """Whoever has the token becomes the first admin, logged in at once; after that nothing is left to set up."""
    assert site.ask("GET", "/api/v1/setup").json == {"needs_setup": True, "registration": "closed"}
    token = site.local.post("/api/v1/setup/token")["token"]
    made = site.ask("POST", "/api/v1/setup", _first(token))
    assert (made.status, made.json["user"]["role"]) == (201, "admin")
    cookie = {"Cookie": made.cookies[0].partition(";")[0]}
    assert site.ask("GET", "/api/v1/users/me", headers=cookie).json["through"] == "session"
    assert site.ask("GET", "/api/v1/setup").json["needs_setup"] is False
    assert site.ask("POST", "/api/v1/setup", _first(token, "eve")).status == 403


def test_a_setup_token_works_for_an_hour_and_only_the_newest(site: Site) -> None:
    """A newer token replaces the older one, and none outlives its hour."""
    old, new = (site.local.post("/api/v1/setup/token")["token"] for _ in range(2))
    assert site.ask("POST", "/api/v1/setup", _first(old)).status == 403
    site.clock.on(hours=1, seconds=1)
    assert site.ask("POST", "/api/v1/setup", _first(new)).status == 403


def test_a_setup_token_is_worthless_once_there_is_an_account(site: Site) -> None:
    """A token that was not used makes no second admin."""
    token = site.local.post("/api/v1/setup/token")["token"]
    site.local.post("/api/v1/users", {"name": "ann", "password": PASSWORD, "role": "admin"})
    assert site.ask("POST", "/api/v1/setup", _first(token, "eve")).status == 403
    assert site.ask("POST", "/api/v1/setup/token", role=Role.ADMIN).status == 400


def test_nobody_registers_where_registration_is_closed(site: Site) -> None:
    """Not even with an invitation."""
    token = site.local.post("/api/v1/invitations", {"role": "editor"})["token"]
    for body in ({"name": "bob", "password": PASSWORD}, {"name": "bob", "password": PASSWORD, "token": token}):
        assert site.ask("POST", "/api/v1/registrations", body).status == 403


def test_an_invitation_makes_one_account_of_its_role(tmp_path: Path) -> None:
    """It works once, and only with it can an account be made."""
    with served(tmp_path, {"users": {"registration": "invitation"}}) as site:
        token = site.local.post("/api/v1/invitations", {"role": "viewer"})["token"]
        assert site.ask("POST", "/api/v1/registrations", {"name": "bob", "password": PASSWORD}).status == 403
        made = site.ask("POST", "/api/v1/registrations", {"name": "bob", "password": PASSWORD, "token": token})
        assert made.json["user"]["role"] == "viewer"
        again = site.ask("POST", "/api/v1/registrations", {"name": "eve", "password": PASSWORD, "token": token})
        assert again.status == 403


def test_the_last_admin_stays_one(site: Site) -> None:
    """The only admin can neither be made smaller, nor kept out, nor taken away."""
    user = site.local.post("/api/v1/users", {"name": "ann", "password": PASSWORD, "role": "admin"})
    path = f"/api/v1/users/{user['id']}"
    assert site.ask("PATCH", path, {"role": "viewer"}, role=Role.VIEWER).status == 403
    for method, body in (("PATCH", {"role": "viewer"}), ("PATCH", {"disabled": True}), ("DELETE", None)):
        said = _local(site, method, path, body)
        assert "only admin" in said


def _local(site: Site, method: str, path: str, body: object) -> str:
    with pytest.raises(Exception, match="only admin") as refused:
        site.local._ask(method, path, body)
    return str(refused.value)


def test_ones_own_password_needs_the_old_one(site: Site) -> None:
    """A stolen session cannot take the account over; a new password logs all browsers out."""
    site.key(Role.EDITOR)
    cookie = {"Cookie": site.log_in("editor"), **HERE}
    number = site.ask("GET", "/api/v1/users/me", headers=cookie).json["id"]
    path = f"/api/v1/users/{number}/password"
    assert site.ask("PUT", path, {"password": "another password"}, headers=cookie).status == 403
    assert site.ask("PUT", path, {"password": "another password", "old": "wrong"}, headers=cookie).status == 403
    good = {"password": "another password", "old": PASSWORD}
    assert site.ask("PUT", path, good, headers=cookie).status == 200
    assert site.ask("GET", "/api/v1/users/me", headers=cookie).status == 401
    site.log_in("editor", "another password")


def test_what_was_wrong_with_a_login_is_not_told(site: Site) -> None:
    """A wrong name and a wrong password get the same answer."""
    site.key(Role.EDITOR)
    answers = [
        site.ask("POST", "/api/v1/sessions", {"name": name, "password": "wrong password"})
        for name in ("editor", "nobody")
    ]
    assert [said.status for said in answers] == [403, 403]
    assert answers[0].body == answers[1].body


def test_passwords_and_keys_are_nowhere_in_the_database(site: Site) -> None:
    """Only hashes are kept: neither a password, a key, a session nor a setup token can be read from the files."""
    token = site.local.post("/api/v1/setup/token")["token"]
    key = site.key(Role.EDITOR)
    session = site.log_in("editor").partition("=")[2]
    said = b"".join(path.read_bytes() for path in site.box.data_dir.glob("clipper.db*"))
    for secret in (token, key, session, PASSWORD):
        assert secret.encode() not in said


def test_guessing_passwords_is_slowed_down(tmp_path: Path) -> None:
    """The eleventh try in a minute is refused with the time to wait, also with the right password; the next minute works."""
    with served(tmp_path, limits=Limits(logins=5)) as site:
        site.key(Role.EDITOR)
        wrong = {"name": "editor", "password": "wrong password"}
        assert [site.ask("POST", "/api/v1/sessions", wrong).status for _ in range(7)] == [403] * 5 + [429] * 2
        said = site.ask("POST", "/api/v1/sessions", {"name": "editor", "password": PASSWORD})
        assert said.status == 429
        assert 1 <= int(said.headers["retry-after"]) <= 61
        assert site.ask("GET", "/api/v1/users/me", role=Role.EDITOR).status == 200, "who has a key is not held up"


def test_logging_in_rightly_is_not_counted(tmp_path: Path) -> None:
    """A house full of people behind one address can log in all evening."""
    with served(tmp_path, limits=Limits(logins=2)) as site:
        site.key(Role.EDITOR)
        for _ in range(6):
            site.log_in("editor")


def test_strangers_may_not_ask_for_ever(tmp_path: Path) -> None:
    """Requests without a key are limited by address; those with one are not."""
    with served(tmp_path, limits=Limits(unknown=20)) as site:
        statuses = [site.ask("GET", "/api/v1/users/me").status for _ in range(25)]
        assert statuses == [401] * 20 + [429] * 5
        assert site.ask("GET", "/api/v1/users/me", role=Role.VIEWER).status == 200


def test_a_minute_later_everything_is_forgotten() -> None:
    """Each address has a window of its own, which begins with its first request."""
    at = [0.0]
    counter = Counter(2, "tries", lambda: at[0])
    counter.take("a")
    at[0] = 50
    counter.take("a")
    counter.take("b")
    with pytest.raises(Refusal) as refused:
        counter.take("a")
    assert refused.value.headers["Retry-After"] == "10"
    at[0] = 60
    counter.take("a")


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("", ""),
        ("odd", "odd"),
    ],
)
def test_a_network_of_ipv6_counts_as_one_place(address: str, place: str) -> None:
    """Everybody with IPv6 has billions of addresses, and they are one neighbour."""
    assert place_of(address) == place


def test_safe_mode_is_reachable_and_says_why(tmp_path: Path) -> None:
    """With a broken clipper.toml the pages are up: an admin reads the mistake and can have the file read again."""
    with served(tmp_path, problem="clipper.toml:3: rank.top_n should be a whole number") as site:
        system = site.ask("GET", "/api/v1/system", role=Role.ADMIN).json
        assert system["safe_mode"] is True
        assert "clipper.toml:3" in system["problem"]
        assert "clipper.toml:3" not in site.ask("GET", "/api/v1/system", role=Role.VIEWER).json["problem"]
        assert site.ask("GET", "/api/v1/settings", role=Role.ADMIN).json["problem"] == system["problem"]
        assert site.ask("POST", "/api/v1/system/reload", role=Role.ADMIN).json == {"changes": ["nothing changed"]}
        assert site.reloads == ["reloaded"]
