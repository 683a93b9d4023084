"""What a channel's own rule would approve, before it is allowed to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from appliance.actions.box import Box, owns
from appliance.domain.clip import Clip
from appliance.domain.errors import BadInput
from appliance.domain.states import ClipState
from appliance.domain.user import Actor
from appliance.store import channels
from appliance.store.views.clips import rendered_since

DAYS = 30


@dataclass(frozen=True, slots=True)
class WouldApprove:
    """What a rule "score at least `score`" would have done with a channel's clips of the last `days`.

    `rendered` counts them all, `clips` are those it would have approved, best first. Of these a person approved and
    rejected so many, and of those below the score a person approved `missed`.
    """

    channel: int
    score: float
    days: int
    rendered: int
    clips: tuple[Clip, ...]
    approved: int
    rejected: int
    missed: int


def would_approve(box: Box, actor: Actor, number: int, score: float) -> WouldApprove:
    """Try the rule on what is there. Nothing is changed."""
    channel = channels.get(number)
    owns(actor, channel.owner, f"channel {number}")
    if not 0 <= score <= 100:
        raise BadInput(f"the score is {score:g}", "From 0 to 100.")
    rendered = rendered_since(number, box.now() - timedelta(days=DAYS))
    chosen = tuple(clip for clip in rendered if clip.moment.score >= score)
    by_hand = [clip for clip in rendered if clip.decided_by not in {"", "rule", "time"}]
    return WouldApprove(
        channel=number,
        score=score,
        days=DAYS,
        rendered=len(rendered),
        clips=chosen,
        approved=sum(clip in chosen and clip.state is ClipState.APPROVED for clip in by_hand),
        rejected=sum(clip in chosen and clip.state is ClipState.REJECTED for clip in by_hand),
        missed=sum(clip not in chosen and clip.state is ClipState.APPROVED for clip in by_hand),
    )
