"""What a request was answered that must not be carried out twice."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reply:
    """`request` tells one request from another, `body` is the JSON that was sent."""

    request: str
    status: int
    body: str
