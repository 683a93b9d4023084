"""Looking into watched folders, which may be on a disk that does not answer any more."""

from __future__ import annotations

import threading
from datetime import datetime
from pathlib import Path

from appliance.domain.channel import Channel
from appliance.domain.errors import Transient
from appliance.domain.listed import Listing
from appliance.sources.folder import look

PATIENCE_SECONDS = 20.0
_stuck: dict[int, threading.Thread] = {}


def look_in_time(channel: Channel, now: datetime, patience: float = PATIENCE_SECONDS) -> Listing:
    """What is new in the folder. Transient when its disk does not answer; no second thread is spent on it meanwhile."""
    before = _stuck.get(channel.id)
    if before is not None and before.is_alive():
        raise _silent(channel)
    answer: list[Listing | Exception] = []
    looking = threading.Thread(target=_look, args=(channel, now, answer), name=f"look-{channel.id}", daemon=True)
    looking.start()
    looking.join(patience)
    if not answer:
        _stuck[channel.id] = looking
        raise _silent(channel)
    _stuck.pop(channel.id, None)
    found = answer[0]
    if isinstance(found, Exception):
        raise found
    return found


def _look(channel: Channel, now: datetime, answer: list[Listing | Exception]) -> None:
    rules = channel.rules
    try:
        answer.append(
            look(
                Path(channel.address),
                pattern=rules.pattern,
                now=now,
                stable_seconds=rules.stable_seconds,
                remembered=channel.remembered,
            )
        )
    except Exception as error:  # noqa: BLE001 - it is raised again where somebody waits for it
        answer.append(error)


def _silent(channel: Channel) -> Transient:
    return Transient(
        f"{channel.address} does not answer", "Is its disk or network share there? It is looked into again."
    )
