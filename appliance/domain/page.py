"""A part of a long list."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Page(Generic[Item]):
    """Some items, how many there are in all, and what to ask with for the next ones; empty at the end."""

    items: tuple[Item, ...]
    total: int
    next: str = ""
