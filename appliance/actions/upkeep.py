"""What the box does for itself at night."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from appliance.actions.videos import UNDO
from appliance.store import clips, events, jobs, rules, users, videos
from appliance.store.artifacts import sweep
from appliance.store.change import change
from appliance.store.database import optimize
from config.schema import Settings

_TICKS_KEPT = timedelta(days=90)


def tidy(settings: Settings, data_dir: Path, now: datetime) -> str:
    """Forget what is over: old events, jobs, times and sessions, half-made folders; shrink the journal. In words."""
    with change(now) as made:
        forgotten = jobs.prune(made, now - timedelta(days=settings.jobs.keep_days))
        events.prune(made)
        rules.prune_ticks(now - _TICKS_KEPT)
        users.prune_sessions(now)
        gone = _bury(now)
        for number in gone:
            videos.remove(made, number)
        for number in clips.deleted_before(now - UNDO):
            clips.remove(made, number)
    swept = sweep(data_dir)
    optimize()
    return f"{forgotten} old jobs, {len(gone)} deleted videos and {swept} half-made folders were cleared away"


def retain(settings: Settings, data_dir: Path, now: datetime) -> str:
    """Free what retention allows; in words."""
    raise NotImplementedError


def _bury(now: datetime) -> tuple[int, ...]:
    """Videos whose time to be brought back is over."""
    return videos.deleted_before(now - UNDO)
