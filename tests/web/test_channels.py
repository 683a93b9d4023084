from __future__ import annotations

from collections.abc import Iterator

import pytest

from appliance.actions.channels import adopt_tables
from appliance.actions.schedules import adopt_rules
from appliance.domain.states import ClipState
from appliance.domain.user import Role
from appliance.store import channels, jobs, users
from appliance.store.change import change
from tests.web.content import analysed, rendered, watched
from tests.web.serving import Site, site

TABLES = {"channel": [{"url": "https://www.twitch.tv/fromfile"}]}


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with site(tmp_path_factory.mktemp("box"), TABLES) as served:
        served.key(Role.EDITOR)
        adopt_tables(served.box)
        adopt_rules(served.box)
        yield served


def test_a_channel_is_watched_changed_and_left_alone(here: Site) -> None:
    """Subscribing asks it at once; other rules, a pause and a removal take its next poll along."""
    body = {"channel": "https://www.twitch.tv/somebody", "rules": {"title_keywords": ["goal"], "wishes": {"top": 2}}}
    said = here.ask("POST", "/api/v1/channels", body, role=Role.EDITOR)
    assert said.status == 201
    path = f"/api/v1/channels/{said.json['id']}"
    assert jobs.active(f"poll:{said.json['id']}") is not None
    changed = here.ask("PUT", path, {"rules": {"every_seconds": 900}, "name": "Some"}, role=Role.EDITOR).json
    assert (changed["name"], changed["rules"]["every_seconds"]) == ("Some", 900)
    assert here.ask("POST", f"{path}/sync", role=Role.EDITOR).json["kind"] == "poll"
    assert here.ask("POST", f"{path}/pause", role=Role.EDITOR).json["paused"]
    assert jobs.active(f"poll:{said.json['id']}") is None
    assert here.ask("POST", f"{path}/sync", role=Role.EDITOR).status == 400
    assert not here.ask("POST", f"{path}/resume", role=Role.EDITOR).json["paused"]
    assert here.ask("DELETE", path, role=Role.EDITOR).status == 204
    assert here.ask("GET", path, role=Role.EDITOR).status == 404


@pytest.mark.parametrize(
    "body",
    [
        {"channel": "not a channel at all"},
        {"channel": "@x", "rules": {"every_seconds": 1}},
        {"channel": "@x", "rules": {"backfill": 100_000}},
        {"channel": "@x", "rules": {"daily_best_time": "25:00"}},
        {"channel": "@x", "rules": {"wishes": {"top": 0}}},
        {"channel": "@x", "rules": {"min_video_seconds": -5}},
    ],
)
def test_a_channel_that_cannot_be_watched_is_refused(here: Site, body: dict[str, object]) -> None:
    """No channel, or rules that cannot be: in words, and nothing is watched."""
    said = here.ask("POST", "/api/v1/channels", body, role=Role.EDITOR)
    assert said.status == 400
    assert said.json["hint"]


def test_channels_of_the_file_are_read_only(here: Site) -> None:
    """Everybody sees them; who wants to change one is sent to clipper.toml."""
    (one,) = here.ask("GET", "/api/v1/channels?q=fromfile", role=Role.VIEWER).json["items"]
    assert one["origin"] == "toml"
    for method, rest, body in (("POST", "/pause", None), ("DELETE", "", None), ("PUT", "", {"rules": {}})):
        said = here.ask(method, f"/api/v1/channels/{one['id']}{rest}", body, role=Role.ADMIN)
        assert said.status == 400
        assert "clipper.toml" in said.json["detail"]


def test_what_a_channel_showed_is_listed(here: Site) -> None:
    """The latest first, with what was done."""
    number = watched(here.box, 1, "shown").id
    said = here.ask("GET", f"/api/v1/channels/{number}/seen?limit=1", role=Role.VIEWER).json
    assert (said["items"][0]["title"], said["items"][0]["outcome"], said["total"]) == ("Stream 1", "taken", 2)
    assert len(here.ask("POST", "/api/v1/channels/sync", role=Role.EDITOR).json["jobs"]) >= 1


def test_a_rule_is_tried_before_it_decides(here: Site) -> None:
    """Which clips of the last 30 days it would have approved, and how people decided about those; nothing changes."""
    found = users.named("editor")
    assert found is not None
    owner = found[0].id
    channel = watched(here.box, owner, "tried")
    video = analysed(here.box, owner, "tried", channel.id)
    best = rendered(here.box, video, ClipState.APPROVED, 95)
    rendered(here.box, video, ClipState.REJECTED, 90)
    rendered(here.box, video, ClipState.PENDING, 88)
    rendered(here.box, video, ClipState.APPROVED, 40)
    rendered(here.box, video, ClipState.APPROVED, 99, by="rule")
    path = f"/api/v1/channels/{channel.id}/auto-approve"
    said = here.ask("GET", f"{path}?score=85", role=Role.EDITOR).json
    assert [clip["moment"]["score"] for clip in said["clips"]] == [99, 95, 90, 88]
    assert (said["rendered"], said["approved"], said["rejected"], said["missed"]) == (5, 1, 1, 1)
    assert here.ask("GET", f"/api/v1/clips/{best.id}", role=Role.EDITOR).json["state"] == "approved"
    here.clock.on(days=31)
    later = here.ask("GET", f"{path}?score=0", role=Role.EDITOR).json
    here.clock.on(days=-31)
    assert later["rendered"] == 0
    assert here.ask("GET", f"{path}?score=0", role=Role.VIEWER).status == 404
    assert here.ask("GET", path, role=Role.EDITOR).status == 400


def test_rules_of_the_clock_show_their_next_runs(here: Site) -> None:
    """Five of them in UTC; one is made, run and removed by an admin."""
    listed = here.ask("GET", "/api/v1/schedules", role=Role.VIEWER).json["items"]
    assert [one["rule"]["name"] for one in listed] == ["retention", "tidy"]
    assert all(len(one["next"]) == 5 for one in listed)
    body = {"name": "mine", "cron": "0 6 * * 1", "action": "sync", "zone": "Europe/Berlin"}
    assert here.ask("PUT", "/api/v1/schedules", body, role=Role.EDITOR).status == 403
    made = here.ask("PUT", "/api/v1/schedules", body, role=Role.ADMIN).json
    assert made["next"][0] == "2026-05-11T04:00:00Z"
    path = f"/api/v1/schedules/{made['rule']['id']}"
    assert here.ask("POST", f"{path}/run", role=Role.EDITOR).json["kind"] == "sync"
    ticks = here.ask("GET", f"{path}/ticks", role=Role.VIEWER).json["items"]
    assert [one["outcome"] for one in ticks] == ["by hand"]
    assert here.ask("DELETE", path, role=Role.ADMIN).status == 204
    assert here.ask("GET", path, role=Role.ADMIN).status == 404


@pytest.mark.parametrize(
    "wrong",
    [{"cron": "0 0 31 2 *"}, {"cron": "often"}, {"zone": "Mars/Olympus"}, {"action": "dance"}, {"name": "tidy"}],
)
def test_a_rule_that_cannot_be_is_refused(here: Site, wrong: dict[str, str]) -> None:
    """A time that never comes, an unknown zone or action, the name of one of the box's own."""
    body = {"name": "mine", "cron": "0 6 * * *", "action": "sync", **wrong}
    said = here.ask("PUT", "/api/v1/schedules", body, role=Role.ADMIN)
    assert said.status == 400
    assert said.json["hint"]


def test_an_admin_makes_the_clock_tick(here: Site) -> None:
    """What is due by now is started once."""
    here.clock.on(hours=1)
    assert here.ask("POST", "/api/v1/schedules/tick", role=Role.EDITOR).status == 403
    assert here.ask("POST", "/api/v1/schedules/tick", role=Role.ADMIN).json["count"] >= 1
    assert here.ask("POST", "/api/v1/schedules/tick", role=Role.ADMIN).json["count"] == 0


def test_another_persons_channel_is_seen_and_not_touched(here: Site) -> None:
    """Looking is free; every change answers 404."""
    number = watched(here.box, 1, "theirs").id
    assert here.ask("GET", f"/api/v1/channels/{number}", role=Role.EDITOR).status == 200
    assert here.ask("POST", f"/api/v1/channels/{number}/pause", role=Role.EDITOR).status == 404
    with change(here.box.now()) as made:
        channels.remove(made, number)
