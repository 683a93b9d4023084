"""People, their keys and their sessions. Passwords, keys and sessions are kept as hashes only."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from peewee import IntegrityError

from appliance.domain.errors import BadInput, Missing
from appliance.domain.user import ApiKey, NewKey, Role, Session, User
from appliance.store.change import Change
from appliance.store.models import KeyRow, SessionRow, UserRow

BOX_NAME = "clipper"  # the account under which the box itself, and the local socket, act


def ensure_box(change: Change) -> User:
    """The box's own account, which has no password and cannot log in."""
    row = UserRow.get_or_none(UserRow.name == BOX_NAME)
    if row is None:
        row = UserRow.create(name=BOX_NAME, role=Role.ADMIN.value, added=change.now)
    return user(row)


def add(change: Change, name: str, role: Role, password_hash: str) -> User:
    """A new account. BadInput when the name is taken."""
    try:
        row = UserRow.create(name=name, role=role.value, password=password_hash, added=change.now)
    except IntegrityError as error:
        raise BadInput(f"there is already a user {name}", "Choose another name.") from error
    change.tell("user_added", name=name)
    return user(row)


def get(number: int) -> User:
    """One user, Missing when there is none of that number."""
    row = UserRow.numbered(number)
    if row is None:
        raise Missing(f"there is no user {number}", "`clipper users list` shows who there is.")
    return user(row)


def named(name: str) -> tuple[User, str] | None:
    """The user of that name with the hash of their password; None when there is none."""
    row = UserRow.get_or_none(UserRow.name == name)
    return None if row is None else (user(row), row.password)


def all_users() -> tuple[User, ...]:
    """Everybody with an account, by name."""
    return tuple(user(row) for row in UserRow.select().order_by(UserRow.name))


def update(change: Change, number: int, **fields: Any) -> User:
    """Change role, password or whether the account may be used."""
    UserRow.update(**fields).where(UserRow.id == number).execute()
    change.tell("user_changed", user=number)
    return get(number)


def remove(change: Change, number: int) -> None:
    """Take the account away. BadInput while it owns videos or channels."""
    try:
        UserRow.delete().where(UserRow.id == number).execute()
    except IntegrityError as error:
        raise BadInput(
            "that user still owns videos or channels", "Disable the account, or delete these first."
        ) from error
    change.tell("user_removed", user=number)


def seen(number: int, at: datetime) -> None:
    """When the person was last here."""
    UserRow.update(last_seen=at).where(UserRow.id == number).execute()


def add_key(change: Change, new: NewKey) -> ApiKey:
    """Keep a new key's hash."""
    row = KeyRow.create(
        user=new.user,
        name=new.name,
        purpose=new.purpose,
        hash=new.hash,
        begins=new.begins,
        role=new.role.value,
        added=change.now,
        expires=new.expires,
    )
    return key(row)


def key_of(hashed: str, purpose: str = "api") -> tuple[ApiKey, User] | None:
    """The key of that hash with its owner; None when there is none."""
    row = (
        KeyRow.select(KeyRow, UserRow)
        .join(UserRow)
        .where((KeyRow.hash == hashed) & (KeyRow.purpose == purpose))
        .first()
    )
    return None if row is None else (key(row), user(row.user))


def keys(owner: int | None = None, purpose: str = "api") -> tuple[ApiKey, ...]:
    """All keys, or one person's, newest first."""
    query = KeyRow.select().where(KeyRow.purpose == purpose).order_by(KeyRow.id.desc())
    return tuple(key(row) for row in (query if owner is None else query.where(KeyRow.user == owner)))


def used_key(number: int, at: datetime) -> None:
    """When the key was last used."""
    KeyRow.update(last_used=at).where(KeyRow.id == number).execute()


def revoke_key(change: Change, number: int) -> None:
    """The key works no more."""
    KeyRow.update(revoked=change.now).where(KeyRow.id == number).execute()
    change.tell("key_revoked", key=number)


def use_up(change: Change, hashed: str, purpose: str) -> bool:
    """Use a key that may be used once; False when it was used, revoked, is too old or was never made."""
    fresh = (
        (KeyRow.hash == hashed)
        & (KeyRow.purpose == purpose)
        & KeyRow.revoked.is_null()
        & KeyRow.last_used.is_null()
        & (KeyRow.expires.is_null() | (KeyRow.expires > change.now))
    )
    return bool(KeyRow.update(last_used=change.now, revoked=change.now).where(fresh).execute())


def forget_keys(purpose: str) -> None:
    """Drop all keys of a purpose, such as an older setup token."""
    KeyRow.delete().where(KeyRow.purpose == purpose).execute()


def open_session(change: Change, owner: int, hashed: str, expires: datetime, agent: str) -> Session:
    """A browser logged in."""
    row = SessionRow.create(
        user=owner, hash=hashed, added=change.now, last_used=change.now, expires=expires, agent=agent[:200]
    )
    return session(row)


def session_of(hashed: str) -> tuple[Session, User] | None:
    """The session of that hash with its user; None when there is none."""
    row = SessionRow.select(SessionRow, UserRow).join(UserRow).where(SessionRow.hash == hashed).first()
    return None if row is None else (session(row), user(row.user))


def sessions(owner: int) -> tuple[Session, ...]:
    """A person's sessions, newest first."""
    rows = SessionRow.select().where(SessionRow.user == owner).order_by(SessionRow.id.desc())
    return tuple(session(row) for row in rows)


def used_session(number: int, at: datetime) -> None:
    """When the session was last used."""
    SessionRow.update(last_used=at).where(SessionRow.id == number).execute()


def close_sessions(owner: int, only: int | None = None) -> int:
    """Log a person out: everywhere, or one browser."""
    query = SessionRow.delete().where(SessionRow.user == owner)
    return int((query if only is None else query.where(SessionRow.id == only)).execute())


def prune_sessions(before: datetime) -> int:
    """Forget sessions that are over."""
    return int(SessionRow.delete().where(SessionRow.expires < before).execute())


def user(row: UserRow) -> User:
    """A row as its noun."""
    return User(row.id, row.name, Role(row.role), row.added, row.disabled, row.last_seen)


def key(row: KeyRow) -> ApiKey:
    """A row as its noun."""
    return ApiKey(
        id=row.id,
        user=row.user_id,  # type: ignore[attr-defined]
        name=row.name,
        begins=row.begins,
        role=Role(row.role),
        added=row.added,
        expires=row.expires,
        last_used=row.last_used,
        revoked=row.revoked,
    )


def session(row: SessionRow) -> Session:
    """A row as its noun."""
    return Session(row.id, row.user_id, row.added, row.last_used, row.expires, row.agent)  # type: ignore[attr-defined]
