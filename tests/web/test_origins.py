from __future__ import annotations

from pathlib import Path
from typing import Any

from appliance.domain.user import Role
from config.service import Web
from tests.web.serving import Site
from tests.web.serving import site as served
from web.security import Rules

PROXIED: dict[str, Any] = {
    "web": {"trusted_proxies": ["127.0.0.0/8", "10.9.0.0/16"], "public_url": "https://clips.example.org"}
}


def test_a_page_of_another_site_cannot_act_with_somebodys_session(site: Site) -> None:
    """Cross-site requests that carry the cookie are refused; the page of the box itself is not."""
    site.key(Role.EDITOR)
    cookie = {"Cookie": site.log_in("editor")}
    body = {"name": "made by a page"}

    def status(**headers: str) -> int:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return site.ask("POST", "/api/v1/keys", body, headers=cookie | named).status

    assert status() == 403  # a browser always says where from
    assert status(Origin="https://evil.example") == 403
    assert status(Origin="null") == 403
    assert status(Sec_Fetch_Site="cross-site") == 403
    assert status(Sec_Fetch_Site="same-site", Origin="http://other.localhost") == 403
    assert status(Sec_Fetch_Site="cross-site", Origin=f"http://127.0.0.1:{site.port}") == 403
    assert status(Origin=f"http://localhost:{site.port + 1}") == 403
    assert status(Origin=f"http://localhost:{site.port}") == 201
    assert status(Sec_Fetch_Site="same-origin") == 201
    assert site.ask("GET", "/api/v1/keys", headers=cookie | {"Sec-Fetch-Site": "cross-site"}).status == 200


def test_a_key_needs_no_origin(site: Site) -> None:
    """No other site knows a key, so where the request comes from does not matter."""
    said = site.ask("POST", "/api/v1/keys", {"name": "x"}, role=Role.EDITOR, headers={"Origin": "https://evil.example"})
    assert said.status == 201


def test_nobody_is_logged_in_by_another_site(site: Site) -> None:
    """A login that another site's page sends is refused: it could log people into an account of its own."""
    site.key(Role.EDITOR)
    body = {"name": "editor", "password": "correct horse battery"}
    said = site.ask("POST", "/api/v1/sessions", body, headers={"Origin": "https://evil.example"})
    assert said.status == 403


def test_the_public_address_may_act_behind_a_proxy(tmp_path: Path) -> None:
    """Behind a proxy that ends https the page's own origin is the public address."""
    with served(tmp_path, PROXIED) as site:
        site.key(Role.EDITOR)
        headers = {"Host": "clips.example.org", "X-Forwarded-Proto": "https"}
        body = {"name": "editor", "password": "correct horse battery"}
        cookie = site.ask("POST", "/api/v1/sessions", body, headers=headers).cookies[0].partition(";")[0]
        asked = {**headers, "Cookie": cookie, "Origin": "https://clips.example.org"}
        assert site.ask("POST", "/api/v1/keys", {"name": "x"}, headers=asked).status == 201
        asked = {"Cookie": cookie, "Origin": "https://clips.example.org", "X-Forwarded-Proto": "https"}
        assert site.ask("POST", "/api/v1/keys", {"name": "x"}, headers=asked).status == 201


def test_only_listed_origins_may_read_the_answers(tmp_path: Path) -> None:
    """CORS is off for everybody but the origins of the settings, and never with cookies."""
    with served(tmp_path, {"web": {"cors": ["https://tools.example.org"]}}) as site:
        good = site.ask("GET", "/api/v1/system", role=Role.VIEWER, headers={"Origin": "https://tools.example.org"})
        assert good.headers["access-control-allow-origin"] == "https://tools.example.org"
        assert good.headers["vary"] == "Origin"
        assert "access-control-allow-credentials" not in good.headers
        bad = site.ask("GET", "/api/v1/system", role=Role.VIEWER, headers={"Origin": "https://evil.example"})
        assert "access-control-allow-origin" not in bad.headers
        asked = {"Origin": "https://tools.example.org", "Access-Control-Request-Method": "POST"}
        before = site.ask("OPTIONS", "/api/v1/keys", headers=asked)
        assert before.status == 204
        assert "X-Api-Key" in before.headers["access-control-allow-headers"]


def test_forwarded_headers_are_believed_only_from_trusted_proxies() -> None:
    """Whoever is not a proxy of the settings cannot choose the address or scheme under which they are counted."""
    rules = Rules(Web.model_validate(PROXIED["web"]))
    headers = {b"x-forwarded-for": b"198.51.100.7, 203.0.113.5, 10.9.1.1", b"x-forwarded-proto": b"https"}
    scope: dict[str, Any] = {"client": ("127.0.0.1", 5), "scheme": "http"}
    rules.believe_proxy(scope, headers)
    assert scope["client"][0] == "203.0.113.5", "the last address that is no proxy of ours"
    assert scope["scheme"] == "https"
    stranger: dict[str, Any] = {"client": ("192.0.2.1", 5), "scheme": "http"}
    rules.believe_proxy(stranger, headers)
    assert stranger == {"client": ("192.0.2.1", 5), "scheme": "http"}
    broken: dict[str, Any] = {"client": ("127.0.0.1", 5), "scheme": "http"}
    rules.believe_proxy(broken, {b"x-forwarded-for": b"evil, '; --", b"x-forwarded-proto": b"gopher"})
    assert broken == {"client": ("127.0.0.1", 5), "scheme": "http"}
