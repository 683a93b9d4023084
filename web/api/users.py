"""Accounts: the first one, everybody's, and how new people get one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import msgspec

from appliance.actions import users
from appliance.actions.users import Shown
from appliance.domain.errors import BadInput
from appliance.domain.page import Page
from appliance.domain.user import Role, User
from web.answers import Answer
from web.api.sessions import LoggedIn, with_cookie
from web.endpoint import Asked, Endpoint
from web.lists import Part, page_of

Name = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,31}$", description="A name to log in with.")]
Password = Annotated[str, msgspec.Meta(min_length=10, max_length=256, description="10 to 256 signs.")]


class FirstAccount(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The first account, an admin's. `token` is printed when the service starts, and by `clipper users setup`."""

    token: str
    name: Name
    password: Password


class Registration(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An account of one's own; `token` is that of an invitation, where one is needed."""

    name: Name
    password: Password
    token: str = ""


class NewUser(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An account for somebody else."""

    name: Name
    password: Password
    role: Role = Role.EDITOR


class UserChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is to be different; what is left out stays."""

    role: Role | None = None
    disabled: bool | None = None


class NewPassword(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A new password. `old` is needed for one's own."""

    password: Password
    old: str = ""


class NewInvitation(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """As what the invited person may come."""

    role: Role = Role.EDITOR


@dataclass(frozen=True, slots=True)
class Setup:
    """Whether this box still waits for its first account, and who may make accounts: closed, invitation or open."""

    needs_setup: bool
    registration: str


@dataclass(frozen=True, slots=True)
class Me:
    """Who asks, as what, and by what: a key, a session or the local socket."""

    id: int
    name: str
    role: Role
    through: str


def setup(asked: Asked) -> Setup:
    """Whether the first account is still to be made."""
    return Setup(users.needs_setup(), asked.box.settings().users.registration)


def set_up(asked: Asked) -> Answer:
    """The first account. Its owner is logged in at once."""
    body: FirstAccount = asked.body
    user = users.set_up(asked.box, body.token, body.name, body.password)
    return _welcome(asked, user, body.password)


def setup_token(asked: Asked) -> Shown:
    """A new token for the first account; older ones stop working."""
    shown = users.setup_token(asked.box)
    if shown is None:
        raise BadInput("there are accounts already", "Log in; `clipper users reset NAME` gives a new password.")
    return shown


def register(asked: Asked) -> Answer:
    """An account of one's own. Its owner is logged in at once."""
    body: Registration = asked.body
    user = users.register(asked.box, body.name, body.password, body.token)
    return _welcome(asked, user, body.password)


def invite(asked: Asked) -> Shown:
    """A token with which one person can register."""
    return users.invite(asked.box, asked.actor, asked.body.role)


def list_(asked: Asked) -> Page[User]:
    """Everybody with an account."""
    return page_of(users.list_users(asked.actor), asked.query, lambda user: user.id)


def add(asked: Asked) -> User:
    """An account for somebody else."""
    return users.add_user(asked.box, asked.actor, asked.body.name, asked.body.role, asked.body.password)


def me(asked: Asked) -> Me:
    """Who asks."""
    actor = asked.actor
    return Me(actor.user, actor.name, actor.role, actor.through)


def show(asked: Asked) -> User:
    """One account."""
    return users.show_user(asked.actor, asked.path["id"])


def change(asked: Asked) -> User:
    """Another role, or no entry any more."""
    body: UserChange = asked.body
    return users.change_user(asked.box, asked.actor, asked.path["id"], role=body.role, disabled=body.disabled)


def set_password(asked: Asked) -> User:
    """A new password; all browsers of that person are logged out."""
    return users.set_password(asked.box, asked.actor, asked.path["id"], asked.body.password, asked.body.old)


def remove(asked: Asked) -> None:
    """Take an account away that owns nothing."""
    users.remove_user(asked.box, asked.actor, asked.path["id"])


def _welcome(asked: Asked, user: User, password: str) -> Answer:
    _, shown = users.log_in(asked.box, user.name, password, asked.headers.get("user-agent", ""))
    return with_cookie(asked, user, shown)


ENDPOINTS = (
    Endpoint("GET", "/setup", setup, "Whether the first account is still to be made", None, answer=Setup),
    Endpoint(
        "POST", "/setup", set_up, "Make the first account with the setup token", None, FirstAccount, answer=LoggedIn,
        status=201, refusals=(403, 429), replays=False, guessable=True,
    ),
    Endpoint(
        "POST", "/setup/token", setup_token, "A new setup token", Role.ADMIN, answer=Shown, status=201, replays=False,
    ),
    Endpoint(
        "POST", "/registrations", register, "Make an account of your own", None, Registration, answer=LoggedIn,
        status=201, refusals=(403, 429), replays=False, guessable=True,
    ),
    Endpoint(
        "POST", "/invitations", invite, "Invite one person", Role.ADMIN, NewInvitation, answer=Shown, status=201,
        replays=False,
    ),
    Endpoint("GET", "/users", list_, "Everybody with an account", Role.ADMIN, query=Part, answer=Page[User]),
    Endpoint("POST", "/users", add, "Make an account for somebody", Role.ADMIN, NewUser, answer=User, status=201),
    Endpoint("GET", "/users/me", me, "Who you are", answer=Me, quick=True),
    Endpoint("GET", "/users/{id:int}", show, "One account", answer=User, quick=True),
    Endpoint("PATCH", "/users/{id:int}", change, "Change role or entry", Role.ADMIN, UserChange, answer=User),
    Endpoint(
        "PUT", "/users/{id:int}/password", set_password, "A new password", body=NewPassword, answer=User,
        refusals=(403, 429), guessable=True,
    ),
    Endpoint("DELETE", "/users/{id:int}", remove, "Take an account away that owns nothing", Role.ADMIN, status=204),
)  # fmt: skip
