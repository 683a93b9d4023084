"""What a person may ask of the ranking."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class RankOptions:
    """How many moments, how long, and of what kind.

    `min_score` (0..100) is kept to strictly; without it the weakest are left out by themselves, but never below `floor`
    moments where the material allows that many. `weights` multiply the shipped weight of a signal (0 turns it off).
    `keywords` raise sentences that hold one of them; `query` looks for one subject. `chat_preset` is "" or "kick-classic".
    """

    top_n: int = 6
    min_score: float = 0.0
    min_seconds: float = 15.0
    max_seconds: float = 60.0
    floor: int = 4
    query: str = ""
    keywords: tuple[str, ...] = ()
    weights: Mapping[str, float] = field(default_factory=dict)
    chat_preset: str = ""
