from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from appliance.actions import replies, upkeep
from appliance.domain.errors import BadInput
from appliance.domain.reply import Reply
from appliance.domain.user import Role
from appliance.store import users
from appliance.store.change import change
from tests.boxes import ADMIN, person, settings, standing
from tests.web.serving import PASSWORD, Site

USERS = "/api/v1/users"


def _new(name: str) -> dict[str, Any]:
    return {"name": name, "password": PASSWORD}


def test_the_same_request_is_carried_out_once(site: Site) -> None:
    """Sent again with its key it gets the very same answer, says so, and nothing is done twice."""
    key = {"Idempotency-Key": "made-once"}
    first = site.ask("POST", USERS, _new("bea"), role=Role.ADMIN, headers=key)
    again = site.ask("POST", USERS, _new("bea"), role=Role.ADMIN, headers=key)
    assert (first.status, again.status) == (201, 201)
    assert first.body == again.body
    assert "idempotency-replayed" not in first.headers
    assert again.headers["idempotency-replayed"] == "true"
    assert [one["name"] for one in site.local.pages(USERS)].count("bea") == 1


def test_another_request_with_the_same_key_is_refused(site: Site) -> None:
    """A key belongs to one request: another body, query or path with it is 422 and is not carried out."""
    key = {"Idempotency-Key": "mine"}
    site.ask("POST", USERS, _new("bea"), role=Role.ADMIN, headers=key)
    said = site.ask("POST", USERS, _new("cid"), role=Role.ADMIN, headers=key)
    assert said.status == 422
    assert [one["name"] for one in site.local.pages(USERS)].count("cid") == 0


def test_many_at_the_same_time_are_one(site: Site) -> None:
    """Of twenty equal requests at once one is carried out; the others get its answer or are told to wait."""
    site.key(Role.ADMIN)
    key = {"Idempotency-Key": "all-at-once"}
    gate = threading.Barrier(20)

    def send(_number: int) -> int:
        gate.wait()
        return site.ask("POST", USERS, _new("bea"), role=Role.ADMIN, headers=key).status

    with ThreadPoolExecutor(20) as pool:
        statuses = list(pool.map(send, range(20)))
    assert set(statuses) <= {201, 409}
    assert 201 in statuses
    assert [one["name"] for one in site.local.pages(USERS)].count("bea") == 1
    assert site.ask("POST", USERS, _new("bea"), role=Role.ADMIN, headers=key).status == 201


def test_what_was_refused_may_be_tried_again(site: Site) -> None:
    """A refusal is not remembered: the same request works once its reason is gone."""
    site.ask("POST", USERS, _new("bea"), role=Role.ADMIN)
    key = {"Idempotency-Key": "again"}
    assert site.ask("POST", USERS, _new("bea"), role=Role.ADMIN, headers=key).status == 400
    number = next(one["id"] for one in site.local.pages(USERS) if one["name"] == "bea")
    site.local.delete(f"{USERS}/{number}")
    assert site.ask("POST", USERS, _new("bea"), role=Role.ADMIN, headers=key).status == 201


def test_keys_of_different_people_do_not_meet(tmp_path: Path) -> None:
    """The same key from somebody else is another request."""
    with standing(tmp_path) as box:
        for actor in (person(box), ADMIN):
            reply, again = replies.once(box, actor, "k", actor.name, lambda: Reply("", 200, ""))
            assert (reply.status, again) == (200, False)


@pytest.mark.parametrize("key", ["", "a b", "x" * 201, "ü"])
def test_a_key_that_is_none_is_refused(site: Site, key: str) -> None:
    """A key has to be plain text of some length."""
    said = site.ask("POST", USERS, _new("bea"), role=Role.ADMIN, headers={"Idempotency-Key": key})
    assert said.status == 400


def test_an_answer_with_a_secret_is_never_kept(site: Site) -> None:
    """A request whose answer shows a key refuses the header, rather than keep the key or forget the promise."""
    said = site.ask("POST", "/api/v1/keys", {"name": "x"}, role=Role.EDITOR, headers={"Idempotency-Key": "k"})
    assert said.status == 400
    assert "takes no Idempotency-Key" in said.json["detail"]


def test_work_and_its_reply_are_kept_together_or_not_at_all(tmp_path: Path) -> None:
    """An error after the work undoes it, so that the same request can be carried out later."""
    with standing(tmp_path) as box:
        ann = person(box)

        def fails() -> Reply:
            with change(box.now()) as made:
                users.add(made, "bea", Role.VIEWER, "")
            raise BadInput("the last step went wrong")

        with pytest.raises(BadInput):
            replies.once(box, ann, "k", "r", fails)
        assert users.named("bea") is None
        reply, again = replies.once(box, ann, "k", "r", lambda: Reply("r", 200, "{}"))
        assert (reply.status, again) == (200, False)


def test_replies_are_forgotten_after_a_day(tmp_path: Path) -> None:
    """The daily care of the database lets old replies go and keeps the young ones."""
    with standing(tmp_path) as box:
        assert replies.once(box, ADMIN, "old", "r", lambda: Reply("r", 200, ""))[1] is False
        later = box.now() + timedelta(hours=23)
        upkeep.tidy(settings(tmp_path), tmp_path, later)
        assert replies.once(box, ADMIN, "old", "r", lambda: Reply("r", 500, ""))[1] is True
        upkeep.tidy(settings(tmp_path), tmp_path, later + timedelta(hours=2))
        assert replies.once(box, ADMIN, "old", "r", lambda: Reply("r", 200, ""))[1] is False
