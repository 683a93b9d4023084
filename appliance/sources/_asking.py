"""How the chat of a recording is asked for: through the address guard, like everything that leaves the box."""

from __future__ import annotations

from collections.abc import Mapping

from appliance.sources.base import FetchOptions
from appliance.sources.replay import Reply, Send

_SECONDS = 20.0
_BYTES = 5_000_000


def sender(options: FetchOptions, headers: Mapping[str, str]) -> Send:
    """Sends a question with these headers; with a body it is a POST."""
    from appliance.guard import Guard
    from appliance.guard.fetching import get, post

    guard = Guard(allow_private=options.allow_private, upstream=options.proxy)

    def send(link: str, body: bytes | None) -> Reply:
        if body is None:
            reply = get(link, guard, headers=headers, timeout=_SECONDS, max_bytes=_BYTES)
        else:
            reply = post(link, guard, body, headers=headers, timeout=_SECONDS, max_bytes=_BYTES)
        return reply.status, reply.headers, reply.body

    return send
