"""Carrying out a request once that may be sent more than once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from appliance.actions.box import Box
from appliance.domain.reply import Reply
from appliance.domain.user import Actor
from appliance.store import replies
from appliance.store.change import change

KEPT = timedelta(hours=24)


def once(box: Box, actor: Actor, key: str, request: str, work: Callable[[], Reply]) -> tuple[Reply, bool]:
    """The reply to a request, and whether it is one from before. What `work` does and the record of its reply are one
    transaction: after a crash both are there or neither is. An error of `work` undoes all, and nothing is remembered.

    A reply whose `request` is another one belongs to another request with the same key: `work` was not begun.
    """
    with change(box.now()) as made:
        known = replies.find(actor.user, key)
        if known is not None:
            return known, True
        reply = work()
        replies.keep(made, actor.user, key, Reply(request, reply.status, reply.body))
        return reply, False
