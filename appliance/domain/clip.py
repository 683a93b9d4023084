"""A moment on its way to being a clip that people see."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from appliance.domain.moment import Moment
from appliance.domain.states import ClipState
from appliance.domain.trouble import Trouble
from appliance.domain.wishes import NONE, Wishes


@dataclass(frozen=True, slots=True)
class Clip:
    """One clip of one video. `folder` holds its files once it is rendered, relative to the data folder.

    `place` is its rank among the video's moments, from 1; 0 when a person marked it by hand.
    """

    id: int
    video: int
    owner: int
    state: ClipState
    moment: Moment
    title: str
    added: datetime
    changed: datetime
    place: int = 0
    wishes: Wishes = NONE
    folder: str = ""
    made: Mapping[str, str] = field(default_factory=dict)
    trouble: Trouble | None = None
    notes: tuple[str, ...] = ()
    decided: datetime | None = None
    decided_by: str = ""
    reasons: tuple[str, ...] = ()  # why it was rejected
    deleted: datetime | None = None
