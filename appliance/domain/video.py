"""A long video that the box has accepted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from appliance.domain.located import Located, Platform
from appliance.domain.states import VideoState
from appliance.domain.trouble import Trouble
from appliance.domain.wishes import NONE, Wishes

# What part of the way to its clips each stage is, in percent of the whole.
SHARES: Mapping[str, tuple[float, float]] = {
    "fetch": (0.0, 20.0),
    "scan": (20.0, 35.0),
    "transcribe": (35.0, 60.0),
    "rank": (60.0, 80.0),
    "render": (80.0, 100.0),
}


@dataclass(frozen=True, slots=True)
class Video:
    """One person's video. What was made of it is shared on the disk by content; this row is the person's own.

    `made` names the folders of its finished stages, relative to the data folder. `progress` is 0 to 100 and never goes
    back while the video is being worked on. `content` is empty until it was fetched.
    """

    id: int
    owner: int
    address: str
    key: str
    platform: Platform
    state: VideoState
    added: datetime
    changed: datetime
    title: str = ""
    channel: int | None = None
    content: str = ""
    seconds: float | None = None
    published: datetime | None = None
    progress: float = 0.0
    step: str = ""
    trouble: Trouble | None = None
    wishes: Wishes = NONE
    made: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    deleted: datetime | None = None
    clips: int = 0

    @property
    def located(self) -> Located:
        """Where it is."""
        return Located(self.platform, self.address, self.key)
