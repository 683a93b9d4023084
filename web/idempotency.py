"""`Idempotency-Key` on POST: the same request is carried out once, however often it is sent."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
from starlette.responses import Response
from starlette.types import Scope

from appliance.actions import replies
from appliance.domain.reply import Reply
from web.answers import Answer
from web.endpoint import Asked, Endpoint
from web.problems import BAD_INPUT, CANNOT, CONFLICT, Refusal

_KEY = re.compile(r"^[\x21-\x7e]{1,200}$")
Run = Callable[[Callable[[], Any]], Awaitable[Any]]


class Memory:
    """Which requests with a key are being carried out now; those that were are in the database for a day."""

    def __init__(self) -> None:
        self._now: set[tuple[int, str]] = set()

    async def once(self, endpoint: Endpoint, asked: Asked, scope: Scope, body: bytes, run: Run) -> Any:
        """The endpoint's answer, or the one that the same request got before. What was refused is not remembered."""
        key = asked.headers.get("idempotency-key") if endpoint.method == "POST" else None
        if key is None or not asked.actor.user:
            return await run(lambda: endpoint.run(asked))
        if not _KEY.match(key):
            raise Refusal(BAD_INPUT, "The Idempotency-Key cannot be used", "Up to 200 letters, digits and signs.")
        if not endpoint.replays:
            raise Refusal(BAD_INPUT, "This request takes no Idempotency-Key", "Its answer is not kept: leave it out.")
        mine = (asked.actor.user, key)
        if mine in self._now:
            raise Refusal(CONFLICT, "The same request is being carried out", "Ask again in a moment.")
        self._now.add(mine)
        try:
            return await run(lambda: _carried_out(endpoint, asked, key, _fingerprint(scope, body)))
        finally:
            self._now.discard(mine)


def _carried_out(endpoint: Endpoint, asked: Asked, key: str, request: str) -> Any:
    """What was answered before, else the answer together with its record, in one transaction."""

    def work() -> Reply:
        answer = endpoint.run(asked)
        if not isinstance(answer, Answer):
            answer = Answer(answer)
        said = "" if answer.value is None else msgspec.json.encode(answer.value).decode()
        return Reply(request, answer.status or endpoint.status, said)

    reply, again = replies.once(asked.box, asked.actor, key, request, work)
    if reply.request != request:
        raise Refusal(CANNOT, "That Idempotency-Key belongs to another request", "Make a new key for each request.")
    headers = {"Cache-Control": "no-store"} | ({"Idempotency-Replayed": "true"} if again else {})
    return Response(reply.body or None, reply.status, headers, "application/json" if reply.body else None)


def _fingerprint(scope: Scope, body: bytes) -> str:
    """What makes two requests the same: path, query and body."""
    sum_ = hashlib.blake2b(digest_size=16)
    for part in (scope["path"].encode("utf-8", "replace"), scope["query_string"], body):
        sum_.update(len(part).to_bytes(8, "big"))
        sum_.update(part)
    return sum_.hexdigest()
