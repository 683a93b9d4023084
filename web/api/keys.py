"""Keys for programs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import msgspec

from appliance.actions import users
from appliance.domain.page import Page
from appliance.domain.user import ApiKey, Role
from web.endpoint import Asked, Endpoint
from web.lists import Part, page_of


class NewKey(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the key is for, what it may do, and for how many days (null: until it is revoked). `user`: whose it is, when an
    admin makes it for somebody else.
    """

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=64, pattern=r"\S")]
    role: Role = Role.VIEWER
    days: Annotated[float, msgspec.Meta(gt=0, le=36_500)] | None = None
    user: Annotated[int, msgspec.Meta(ge=1, le=2**53)] | None = None


@dataclass(frozen=True, slots=True)
class KeyShown:
    """A new key. `token` is the key itself, shown this once."""

    key: ApiKey
    token: str


def list_(asked: Asked) -> Page[ApiKey]:
    """One's own keys, newest first; an admin sees all."""
    return page_of(users.list_keys(asked.actor), asked.query, lambda key: key.id)


def create(asked: Asked) -> KeyShown:
    """A new key."""
    body: NewKey = asked.body
    key, shown = users.create_key(asked.box, asked.actor, body.name, body.role, body.days, body.user)
    return KeyShown(key, shown.token)


def revoke(asked: Asked) -> None:
    """The key works no more, at once."""
    users.revoke_key(asked.box, asked.actor, asked.path["id"])


ENDPOINTS = (
    Endpoint("GET", "/keys", list_, "Your keys; all of them for an admin", query=Part, answer=Page[ApiKey]),
    Endpoint(
        "POST", "/keys", create, "Make a key; it is shown this once", body=NewKey, answer=KeyShown, status=201,
        refusals=(403, 404), replays=False,
    ),
    Endpoint("DELETE", "/keys/{id:int}", revoke, "Revoke a key, at once", status=204),
)  # fmt: skip
