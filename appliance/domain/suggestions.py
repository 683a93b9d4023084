"""What a clip or a video could be called when it is posted."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Suggestions:
    """`titles` are all different, best first; `description` is one to three sentences; `hashtags` begin with #.

    Plain text throughout: one line each, no angle brackets, nothing that cannot be seen.
    """

    titles: tuple[str, ...] = ()
    description: str = ""
    hashtags: tuple[str, ...] = ()
