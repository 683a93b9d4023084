"""What somebody asked for, beside what the settings say. None leaves the settings' own word."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields


@dataclass(frozen=True, slots=True)
class Wishes:
    """Wishes for one video or one channel, from the command line, the API or a table of clipper.toml."""

    top: int | None = None
    min_seconds: float | None = None
    max_seconds: float | None = None
    min_score: float | None = None
    aspect: str | None = None
    look: str = ""
    style: str | None = None
    captions: str | None = None
    chat: str | None = None
    query: str = ""
    sound: int | None = None
    keywords: tuple[str, ...] = ()
    criteria: tuple[str, ...] = ()
    weights: Mapping[str, float] = field(default_factory=dict)
    auto_render: bool | None = None
    approval: str = ""
    auto_approve_score: float | None = None
    min_video_seconds: float | None = None  # a shorter video is left alone
    max_video_seconds: float | None = None  # and so is a longer one

    def over(self, below: Wishes) -> Wishes:
        """These wishes, and where nothing is wished, those of `below`."""
        chosen = {field.name: getattr(self, field.name) for field in fields(self)}
        return Wishes(
            **{name: getattr(below, name) if wish in (None, "", (), {}) else wish for name, wish in chosen.items()}
        )


NONE = Wishes()
