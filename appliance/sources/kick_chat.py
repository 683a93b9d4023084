"""The chat of a Kick recording. One answer holds about five seconds; the key is the channel's id, not the chat room's."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

from appliance.sources.replay import Answer, Asking, Said

STEP = 5.0  # seconds that an answer covers
_FULL = 100  # an answer with so many messages may have been cut short


def moment_of(begin: datetime, seconds: float) -> str:
    """A time of day as Kick wants it."""
    return (begin + timedelta(seconds=seconds)).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


def ask(asking: Asking, base: str, channel: str, begin: datetime, at: float) -> Answer:
    """What was said from second `at` on. Empty answers are usual; rows that cannot be read are passed over."""
    known = asking.json(f"{base}/api/v1/chat/{quote(channel)}/history?start_time={quote(moment_of(begin, at))}")
    said = tuple(_said(known, begin))
    last = max((each.at for each in said), default=at)
    if len(said) >= _FULL and at < last < at + STEP:
        return Answer(said, last)
    return Answer(said, max(at + STEP, last))


def _said(known: Any, begin: datetime) -> Iterator[Said]:
    body = known.get("data") if isinstance(known, dict) else None
    rows = body.get("messages") if isinstance(body, dict) else None
    for row in rows if isinstance(rows, list) else []:
        try:
            name, text, written = str(row["id"]), row["content"], datetime.fromisoformat(row["created_at"])
            sender = row.get("sender") or {}
            user = row.get("user_id") or sender.get("id") or str(sender.get("username", ""))
        except (KeyError, TypeError, ValueError, AttributeError):
            continue
        if not isinstance(text, str):
            continue
        offset = ((written if written.tzinfo else written.replace(tzinfo=UTC)) - begin).total_seconds()
        yield Said(
            name,
            offset,
            {"offset": round(offset, 3), "created_at": row["created_at"], "user_id": user, "content": text},
        )
