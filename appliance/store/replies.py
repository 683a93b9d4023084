"""What requests with an idempotency key were answered."""

from __future__ import annotations

from datetime import datetime

from appliance.domain.reply import Reply
from appliance.store.change import Change
from appliance.store.models import ReplyRow


def find(user: int, key: str) -> Reply | None:
    """What that person's request with that key was answered; None when there was none."""
    row = ReplyRow.get_or_none((ReplyRow.user == user) & (ReplyRow.key == key))
    return None if row is None else Reply(row.request, row.status, row.body)


def keep(change: Change, user: int, key: str, reply: Reply) -> None:
    """Remember it."""
    ReplyRow.create(user=user, key=key, request=reply.request, status=reply.status, body=reply.body, at=change.now)


def prune(before: datetime) -> int:
    """Forget what was answered before; how many."""
    return int(ReplyRow.delete().where(ReplyRow.at < before).execute())
