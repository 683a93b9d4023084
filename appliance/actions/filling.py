"""How the disk fills: a sample an hour, and when it will be full at that pace."""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec

from appliance.planning.room import days_left
from appliance.store import notes
from appliance.store.change import change

_NOTE = "disk_samples"
_EVERY = timedelta(minutes=55)
_KEPT = 24 * 14
_LEAST = timedelta(hours=6)  # of samples, before a pace means anything

Samples = tuple[tuple[float, int], ...]


def samples() -> Samples:
    """(Seconds of the epoch, bytes used), oldest first."""
    said = notes.read(_NOTE)
    try:
        return msgspec.json.decode(said, type=Samples) if said else ()
    except msgspec.DecodeError:
        return ()


def sample(now: datetime, used_bytes: int) -> bool:
    """Write down how full the disk is, when the last time was an hour ago; whether that was done."""
    known = samples()
    if known and 0 <= now.timestamp() - known[-1][0] < _EVERY.total_seconds():
        return False
    earlier = tuple(one for one in known if one[0] < now.timestamp())  # a clock that was set back leaves no future
    with change(now, durable=False):
        kept = (*earlier, (now.timestamp(), used_bytes))[-_KEPT:]
        notes.write(_NOTE, msgspec.json.encode(kept).decode())
    return True


def forecast(free_bytes: int) -> float | None:
    """In how many days the disk is full; None when it does not fill, or nobody knows yet."""
    known = samples()
    if len(known) < 2 or known[-1][0] - known[0][0] < _LEAST.total_seconds():
        return None
    return days_left(known, free_bytes)
