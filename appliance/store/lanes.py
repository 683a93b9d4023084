"""Lanes that were paused."""

from __future__ import annotations

from appliance.domain.job import Lane
from appliance.store.change import Change
from appliance.store.models import LaneRow


def paused() -> dict[Lane, str]:
    """The lanes that take no new job, and why."""
    return {Lane(row.name): row.why for row in LaneRow.select().where(LaneRow.paused)}


def pause(change: Change, lane: Lane, why: str) -> None:
    """Take no new job from it; what runs goes on."""
    _write(change, lane, paused=True, why=why)


def resume(change: Change, lane: Lane) -> None:
    """Take jobs again."""
    _write(change, lane, paused=False, why="")


def _write(change: Change, lane: Lane, *, paused: bool, why: str) -> None:
    fields = {"paused": paused, "why": why}
    if not LaneRow.update(**fields).where(LaneRow.name == lane.value).execute():
        LaneRow.create(name=lane.value, **fields)
    change.tell("lane_changed", lane=lane.value, paused=paused, why=why)
