"""A stream's recording with its chat: the video by yt-dlp, and then the chat as a file beside it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from appliance.domain.errors import ClipperError
from appliance.domain.located import Fetched
from appliance.domain.progress import OnProgress, part
from appliance.sources.base import FetchOptions
from appliance.sources.replay import Got

_VIDEO_SHARE = 0.9
_MILLISECONDS = 200_000  # Kick told lengths in milliseconds once; no recording lasts 55 hours


@dataclass(frozen=True, slots=True)
class Recording:
    """What the chat's host wants to know of a recording. `begin` is None where nobody said when it was."""

    id: str
    channel: str
    begin: datetime | None
    seconds: float


class _Told(msgspec.Struct):
    id: str = ""
    channel_id: str | None = None
    timestamp: float | None = None
    duration: float | None = None


def read_recording(info: Path) -> Recording | None:
    """The recording as its info.json tells it; None when that says no length."""
    try:
        told = msgspec.json.decode(info.read_bytes(), type=_Told)
    except (OSError, msgspec.DecodeError, UnicodeDecodeError):
        return None
    seconds = told.duration or 0.0
    if seconds <= 0:
        return None
    begin = datetime.fromtimestamp(told.timestamp, UTC) if told.timestamp else None
    return Recording(told.id, told.channel_id or "", begin, seconds / 1000 if seconds > _MILLISECONDS else seconds)


def with_chat(
    bring: Callable[[OnProgress], Fetched],
    chat: Callable[[Recording, OnProgress], Got],
    folder: Path,
    options: FetchOptions,
    tell: OnProgress,
) -> Fetched:
    """Bring the video, then its chat, unless a person named one. A chat that cannot be had becomes a note."""
    if options.chat or not options.chat_replay:
        return bring(tell)
    found = bring(part(tell, 0.0, _VIDEO_SHARE))
    about = read_recording(folder / found.info) if found.info else None
    if about is None:
        tell(1.0, "fetched")
        return replace(found, notes=(*found.notes, "no chat: the platform did not tell how long the recording is"))
    try:
        got = chat(about, part(tell, _VIDEO_SHARE, 1.0))
    except (ClipperError, OSError) as error:
        got = Got("", (f"no chat: {error}",))
    tell(1.0, "fetched")
    return replace(found, chat=got.file or found.chat, notes=(*found.notes, *got.notes))
