"""Who may do what."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Role(StrEnum):
    """What a person may do on this box: see, work, or run it."""

    VIEWER = "viewer"
    EDITOR = "editor"
    ADMIN = "admin"

    def covers(self, needed: Role) -> bool:
        """Whether this role may do what needs `needed`."""
        order = (Role.VIEWER, Role.EDITOR, Role.ADMIN)
        return order.index(self) >= order.index(needed)


@dataclass(frozen=True, slots=True)
class User:
    """A person with an account."""

    id: int
    name: str
    role: Role
    added: datetime
    disabled: bool = False
    last_seen: datetime | None = None


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key for programs. The key itself is shown once and kept only as a hash; `begins` are its first signs."""

    id: int
    user: int
    name: str
    begins: str
    role: Role
    added: datetime
    expires: datetime | None = None
    last_used: datetime | None = None
    revoked: datetime | None = None


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key to be kept: whose, what it is called, for what (api, setup or invitation), its hash and first signs."""

    user: int
    name: str
    hash: str
    begins: str
    role: Role
    purpose: str = "api"
    expires: datetime | None = None


@dataclass(frozen=True, slots=True)
class Session:
    """A browser that is logged in."""

    id: int
    user: int
    added: datetime
    last_used: datetime
    expires: datetime
    agent: str = ""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who is asking: a user, through what, and as what. The local socket acts as admin."""

    user: int
    name: str
    role: Role
    through: str = "socket"  # socket, key, session or the box itself
    local: bool = False  # may name any file of this machine
    session: int | None = None


# What the box does by itself.
BOX = Actor(user=1, name="clipper", role=Role.ADMIN, through="box", local=True)
