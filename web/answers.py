"""What an endpoint may answer beside a plain value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Answer:
    """A value together with headers, and a status other than the endpoint's own. An endpoint's `run` may return one.

    It may also return any Starlette response, which is sent as it is: files, streams, plain text.
    """

    value: Any = None
    headers: tuple[tuple[str, str], ...] = ()
    status: int | None = None


@dataclass(frozen=True, slots=True)
class Content:
    """The `answer` of an endpoint that sends no JSON: its media type, such as video/mp4, and what it is."""

    media_type: str
    about: str = ""
    also: tuple[int, ...] = ()  # further good statuses, such as 206 and 304
