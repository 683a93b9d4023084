"""Logging in and out with a browser."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import msgspec

from appliance.actions import users
from appliance.actions.users import Shown
from appliance.domain.page import Page
from appliance.domain.user import Role, Session, User
from web.answers import Answer
from web.auth import session_cookie
from web.endpoint import Asked, Endpoint
from web.lists import Part, page_of


class Login(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Name and password."""

    name: str
    password: str


@dataclass(frozen=True, slots=True)
class LoggedIn:
    """Who is logged in now, and until when. The session itself is in the cookie."""

    user: User
    expires: datetime | None


@dataclass(frozen=True, slots=True)
class SessionView:
    """A browser that is logged in; `current` is the one that asks."""

    id: int
    added: datetime
    last_used: datetime
    expires: datetime
    agent: str
    current: bool


@dataclass(frozen=True, slots=True)
class Closed:
    """How many sessions were ended."""

    closed: int


def log_in(asked: Asked) -> Answer:
    """A session for this browser."""
    agent = asked.headers.get("user-agent", "")
    user, shown = users.log_in(asked.box, asked.body.name, asked.body.password, agent)
    return with_cookie(asked, user, shown)


def with_cookie(asked: Asked, user: User, shown: Shown) -> Answer:
    """The answer that keeps a new session in the browser."""
    seconds = (shown.expires - asked.box.now()).total_seconds() if shown.expires else 0
    cookie = session_cookie(shown.token, seconds, secure=asked.secure)
    return Answer(LoggedIn(user, shown.expires), (("Set-Cookie", cookie),))


def list_(asked: Asked) -> Page[SessionView]:
    """Where one is logged in, newest first."""
    here = asked.actor.session
    return page_of([_view(one, here) for one in users.list_sessions(asked.actor)], asked.query, lambda one: one.id)


def log_out_everywhere(asked: Asked) -> Answer:
    """End all of one's sessions, this one too."""
    return _closed(asked, users.log_out(asked.box, asked.actor))


def log_out(asked: Asked) -> Answer:
    """End this session. Without one there is nothing to end."""
    here = asked.actor.session
    return _closed(asked, 0 if here is None else users.log_out(asked.box, asked.actor, here))


def log_out_one(asked: Asked) -> Closed:
    """End one of one's sessions, such as that of a lost phone."""
    return Closed(users.log_out(asked.box, asked.actor, asked.path["id"]))


def _closed(asked: Asked, count: int) -> Answer:
    return Answer(Closed(count), (("Set-Cookie", session_cookie("", 0, secure=asked.secure)),))


def _view(one: Session, here: int | None) -> SessionView:
    return SessionView(one.id, one.added, one.last_used, one.expires, one.agent, one.id == here)


ENDPOINTS = (
    Endpoint(
        "POST", "/sessions", log_in, "Log in with name and password; the answer sets a cookie", None, Login,
        answer=LoggedIn, status=201, refusals=(403, 429), replays=False, guessable=True,
    ),
    Endpoint("GET", "/sessions", list_, "Where you are logged in", query=Part, answer=Page[SessionView]),
    Endpoint("DELETE", "/sessions", log_out_everywhere, "Log out everywhere", answer=Closed),
    Endpoint("DELETE", "/sessions/current", log_out, "Log out here", answer=Closed),
    Endpoint("DELETE", "/sessions/{id:int}", log_out_one, "Log one browser out", Role.VIEWER, answer=Closed),
)  # fmt: skip
