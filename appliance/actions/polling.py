"""When channels are asked, and what the clock's rules start."""

from __future__ import annotations

from datetime import timedelta

from appliance.actions.box import Box
from appliance.domain.channel import Channel
from appliance.domain.job import Job, Lane, NewJob
from appliance.domain.rule import Rule
from appliance.domain.states import JobState
from appliance.store import channels, jobs
from appliance.store.change import Change

_JITTER = 0.1  # of the interval, either way, so that not all channels are asked at one moment
ACTIONS: dict[str, Lane] = {"sync": Lane.NET, "retention": Lane.CPU, "tidy": Lane.CPU, "daily_best": Lane.CPU}


def schedule(change: Change, channel: Channel, box: Box, *, at_once: bool = False) -> Job:
    """The channel's next poll."""
    spread = 1 + _JITTER * (2 * box.chance() - 1)
    due = change.now if at_once else change.now + timedelta(seconds=channel.rules.every_seconds * spread)
    channels.update(change, channel.id, next_poll=due)
    new = NewJob("poll", Lane.NET, channel=channel.id, unique=f"poll:{channel.id}", due=due)
    return jobs.add(change, new, box.bounds())


def hurry(change: Change, number: int, box: Box) -> Job:
    """Ask a channel now, whatever its next time was."""
    there = jobs.active(f"poll:{number}")
    if there is None:
        return schedule(change, channels.get(number), box, at_once=True)
    if there.state in {JobState.SCHEDULED, JobState.RETRYABLE, JobState.HELD}:
        channels.update(change, number, next_poll=change.now)
        return jobs.move(change, there.id, JobState.AVAILABLE, due=change.now)
    return there


def start_rule(change: Change, rule: Rule, box: Box) -> Job:
    """The job that does what the rule says; the one that is under way when there is one."""
    action, _, argument = rule.action.partition(":")
    new = NewJob(action, ACTIONS[action], unique=f"rule:{rule.action}", argument=argument)
    return jobs.add(change, new, box.bounds())
