"""What may be done with accounts, keys and sessions."""

from __future__ import annotations

import contextlib
import re
import secrets as chance
from dataclasses import dataclass
from datetime import datetime, timedelta

from appliance.actions.box import Box, Forbidden, need
from appliance.actions.secrets import KEY_BEGINS, hash_password, hash_token, new_token, password_fits
from appliance.domain.errors import BadInput, ClipperError, Missing
from appliance.domain.user import Actor, ApiKey, NewKey, Role, Session, User
from appliance.store import users
from appliance.store.change import change

SETUP_TIME = timedelta(hours=1)
INVITATION_TIME = timedelta(days=7)
LEAST_PASSWORD = 10
_NAME = re.compile(r"^[A-Za-z0-9][A-Za-z0-9._-]{0,31}$")
_USED_EVERY = timedelta(minutes=1)  # how exactly it is kept when somebody was last here


@dataclass(frozen=True, slots=True)
class Shown:
    """A secret that is shown this once."""

    token: str
    expires: datetime | None = None


def needs_setup() -> bool:
    """Whether nobody but the box itself has an account."""
    return all(user.name == users.BOX_NAME for user in users.all_users())


def setup_token(box: Box) -> Shown | None:
    """A token for the first account: one use, one hour. None when there are accounts. An older one stops working."""
    if not needs_setup():
        return None
    return _once(box, "setup", Role.ADMIN, SETUP_TIME)


def set_up(box: Box, token: str, name: str, password: str) -> User:
    """The first account, an admin."""
    _check_account(name, password)
    with change(box.now()) as made:
        if not needs_setup() or not users.use_up(made, hash_token(token), "setup"):
            raise Forbidden(
                "that setup token was used, is too old or was never made", "`clipper users setup` makes a new one."
            )
        return users.add(made, name, Role.ADMIN, hash_password(password))


def invite(box: Box, actor: Actor, role: Role) -> Shown:
    """A token with which one person may make an account of that role."""
    need(actor, Role.ADMIN)
    return _once(box, "invitation", role, INVITATION_TIME, forget=False)


def register(box: Box, name: str, password: str, token: str = "") -> User:
    """An account of one's own, where the settings allow it or an invitation does."""
    _check_account(name, password)
    how = box.settings().users.registration
    with change(box.now()) as made:
        if token:
            invited = users.key_of(hash_token(token), "invitation")
            if how == "closed" or invited is None or not users.use_up(made, hash_token(token), "invitation"):
                raise Forbidden("that invitation was used, is too old or was never made", "Ask an admin for a new one.")
            return users.add(made, name, invited[0].role, hash_password(password))
        if how != "open":
            raise Forbidden("accounts are made by an admin here", "Ask an admin of this box.")
        return users.add(made, name, Role.EDITOR, hash_password(password))


def add_user(box: Box, actor: Actor, name: str, role: Role, password: str) -> User:
    """An account for somebody else."""
    need(actor, Role.ADMIN)
    _check_account(name, password)
    with change(box.now()) as made:
        return users.add(made, name, role, hash_password(password))


def change_user(box: Box, actor: Actor, number: int, *, role: Role | None = None, disabled: bool | None = None) -> User:
    """Another role, or no entry. The last admin stays one."""
    need(actor, Role.ADMIN)
    user = _person(number)
    fields: dict[str, object] = {}
    if role is not None:
        fields["role"] = role.value
    if disabled is not None:
        fields["disabled"] = disabled
    loses = user.role is Role.ADMIN and (disabled or (role is not None and role is not Role.ADMIN))
    if loses and not _other_admins(number):
        raise BadInput(f"{user.name} is the only admin", "Make somebody else an admin first.")
    with change(box.now()) as made:
        if disabled:
            users.close_sessions(number)
        return users.update(made, number, **fields) if fields else user


def set_password(box: Box, actor: Actor, number: int, password: str, old: str = "") -> User:
    """A new password: one's own with the old one, or anybody's for an admin. All that person's browsers are logged out."""
    user = _person(number)
    if actor.user != number or actor.through == "key":
        need(actor, Role.ADMIN)
    elif actor.role is not Role.ADMIN or actor.through == "session":
        found = users.named(user.name)
        if found is None or not password_fits(old, found[1]):
            raise Forbidden("the old password is another one", "Ask an admin for a new one if it is forgotten.")
    _check_password(password)
    with change(box.now()) as made:
        users.close_sessions(number)
        return users.update(made, number, password=hash_password(password))


def remove_user(box: Box, actor: Actor, number: int) -> None:
    """Take an account away that owns nothing."""
    need(actor, Role.ADMIN)
    user = _person(number)
    if user.role is Role.ADMIN and not _other_admins(number):
        raise BadInput(f"{user.name} is the only admin", "Make somebody else an admin first.")
    with change(box.now()) as made:
        users.remove(made, number)


def log_in(box: Box, name: str, password: str, agent: str) -> tuple[User, Shown]:
    """A session for a browser. What was wrong, name or password, is not told."""
    found = users.named(name)
    fits = password_fits(password, found[1] if found else "")
    if found is None or not fits or found[0].disabled:
        raise Forbidden("name or password is wrong", "Try again, or ask an admin of this box.")
    token = new_token()
    expires = box.now() + timedelta(days=box.settings().users.session_days)
    with change(box.now()) as made:
        users.open_session(made, found[0].id, hash_token(token), expires, agent)
        users.seen(found[0].id, made.now)
    return found[0], Shown(token, expires)


def log_out(box: Box, actor: Actor, only: int | None = None) -> int:
    """End one's sessions: all, or one; how many. Missing when the one is not there."""
    with change(box.now()) as made:
        closed = users.close_sessions(actor.user, only)
        if only is not None and not closed:
            raise Missing(f"there is no session {only}", "It may be over already.")
        made.tell("session_closed", owner=actor.user, count=closed)
        return closed


def who_by_session(box: Box, token: str) -> Actor | None:
    """Who holds that session; None when it is over, idle for too long, or its account is disabled."""
    found = users.session_of(hash_token(token))
    now = box.now()
    if found is None:
        return None
    session, user = found
    idle = timedelta(days=box.settings().users.idle_days)
    if session.expires <= now or session.last_used + idle <= now or user.disabled:
        return None
    if now - session.last_used > _USED_EVERY:
        with contextlib.suppress(ClipperError), change(now, durable=False):  # a full disk keeps nobody out
            users.used_session(session.id, now)
            users.seen(user.id, now)
    return Actor(user.id, user.name, user.role, through="session", session=session.id)


def who_by_key(box: Box, token: str) -> Actor | None:
    """Whose key that is; None when it is revoked, over, or its owner disabled. It never may more than its owner."""
    found = users.key_of(hash_token(token))
    now = box.now()
    if found is None:
        return None
    key, user = found
    if key.revoked or (key.expires and key.expires <= now) or user.disabled:
        return None
    if key.last_used is None or now - key.last_used > _USED_EVERY:
        with contextlib.suppress(ClipperError), change(now, durable=False):
            users.used_key(key.id, now)
            users.seen(user.id, now)
    role = key.role if user.role.covers(key.role) else user.role
    return Actor(user.id, user.name, role, through="key")


def create_key(
    box: Box, actor: Actor, name: str, role: Role, days: float | None = None, owner: int | None = None
) -> tuple[ApiKey, Shown]:
    """A key for a program, of one's own role or a smaller one; it is shown this once. An admin may make one for somebody
    else, which never may more than they may.
    """
    if owner is not None and owner != actor.user:
        need(actor, Role.ADMIN)
        other = users.get(owner)
        if not other.role.covers(role):
            raise Forbidden(f"{other.name} is only {other.role.value}", "Choose a smaller role.")
    if not actor.role.covers(role):
        raise Forbidden(
            f"{actor.name} is {actor.role.value} and cannot give a key of {role.value}", "Choose a smaller role."
        )
    if not name.strip() or len(name) > 64:
        raise BadInput("a key needs a name of at most 64 signs", "Name it after what it is for.")
    token = new_token(KEY_BEGINS)
    expires = None if days is None else box.now() + timedelta(days=days)
    new = NewKey(
        actor.user if owner is None else owner, name.strip(), hash_token(token), token[:10], role, expires=expires
    )
    with change(box.now()) as made:
        return users.add_key(made, new), Shown(token, expires)


def list_keys(actor: Actor) -> tuple[ApiKey, ...]:
    """One's own keys; all of them for an admin."""
    return users.keys(None if actor.role is Role.ADMIN else actor.user)


def revoke_key(box: Box, actor: Actor, number: int) -> None:
    """The key works no more, from now on."""
    if not any(key.id == number for key in list_keys(actor)):
        raise Missing(f"there is no key {number}", "`clipper keys list` shows what there is.")
    with change(box.now()) as made:
        users.revoke_key(made, number)


def list_users(actor: Actor) -> tuple[User, ...]:
    """Everybody with an account, by number; the box's own is not among them."""
    need(actor, Role.ADMIN)
    return tuple(sorted((user for user in users.all_users() if user.name != users.BOX_NAME), key=lambda user: user.id))


def show_user(actor: Actor, number: int) -> User:
    """One account: one's own, or anybody's for an admin."""
    if actor.user != number and actor.role is not Role.ADMIN:
        raise Missing(f"there is no user {number}", "Only an admin sees other accounts.")
    return users.get(number)


def list_sessions(actor: Actor) -> tuple[Session, ...]:
    """Where one is logged in."""
    return users.sessions(actor.user)


def _once(box: Box, purpose: str, role: Role, lasts: timedelta, *, forget: bool = True) -> Shown:
    token = new_token()
    expires = box.now() + lasts
    with change(box.now()) as made:
        if forget:
            users.forget_keys(purpose)
        name = f"{purpose} {chance.token_hex(3)}"
        owner = users.ensure_box(made).id
        users.add_key(made, NewKey(owner, name, hash_token(token), token[:6], role, purpose, expires))
    return Shown(token, expires)


def _person(number: int) -> User:
    user = users.get(number)
    if user.name == users.BOX_NAME:
        raise BadInput("that is the box's own account", "It cannot be changed; make one for yourself.")
    return user


def _other_admins(number: int) -> bool:
    people = (user for user in users.all_users() if user.name != users.BOX_NAME and user.id != number)
    return any(user.role is Role.ADMIN and not user.disabled for user in people)


def _check_account(name: str, password: str) -> None:
    if not _NAME.match(name) or name == users.BOX_NAME:
        raise BadInput(f"{name[:40]!r} cannot be a name", "Letters, digits, dot, dash and underscore, 32 at most.")
    _check_password(password)


def _check_password(password: str) -> None:
    if not LEAST_PASSWORD <= len(password) <= 256:
        raise BadInput(f"a password has {LEAST_PASSWORD} to 256 signs", "A few words in a row are easy to remember.")
