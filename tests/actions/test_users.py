from __future__ import annotations

from pathlib import Path

from appliance.actions import users
from appliance.domain.user import Role
from appliance.store import users as rows
from appliance.store.models import database
from tests.boxes import ADMIN, Clock, person, standing


def test_a_database_that_cannot_be_written_keeps_nobody_out(tmp_path: Path) -> None:
    """With a full or read-only disk a key still opens the box, so that somebody can look what is wrong."""
    with standing(tmp_path) as box:
        ann = person(box)
        token = users.create_key(box, ann, "k", Role.VIEWER)[1].token
        database.execute_sql("PRAGMA query_only = 1")
        actor = users.who_by_key(box, token)
        assert actor is not None
        assert (actor.name, actor.role) == ("ann", Role.VIEWER)
        database.execute_sql("PRAGMA query_only = 0")


def test_it_is_kept_to_the_minute_when_somebody_was_here(tmp_path: Path) -> None:
    """A key in constant use writes once a minute, not with each request."""
    clock = Clock()
    with standing(tmp_path, clock) as box:
        ann = person(box)
        token = users.create_key(box, ann, "k", Role.VIEWER)[1].token
        users.who_by_key(box, token)
        first = box.now()
        clock.on(seconds=30)
        users.who_by_key(box, token)
        assert rows.keys()[0].last_used == rows.get(ann.user).last_seen == first
        clock.on(seconds=40)
        users.who_by_key(box, token)
        assert rows.keys()[0].last_used == box.now()


def test_an_account_takes_its_keys_with_it(tmp_path: Path) -> None:
    """Once it is taken away, nothing that was made for it opens the box."""
    with standing(tmp_path) as box:
        ann = person(box)
        token = users.create_key(box, ann, "k", Role.VIEWER)[1].token
        users.remove_user(box, ADMIN, ann.user)
        assert users.who_by_key(box, token) is None
        assert users.list_users(ADMIN) == ()
