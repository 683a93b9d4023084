"""Something that happened, for everybody who looks on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Event:
    """`kind` is a word such as job_progress; `owner` is whose it is, None for everybody's; `body` plain values."""

    id: int
    at: datetime
    kind: str
    owner: int | None = None
    job: int | None = None
    video: int | None = None
    clip: int | None = None
    body: Mapping[str, str | int | float | bool | None] = field(default_factory=dict)
