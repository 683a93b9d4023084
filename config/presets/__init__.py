"""The presets that ship with the program, as plain files: caption styles, criteria texts, word lists, fonts, models."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parent


def names(kind: str, suffix: str) -> tuple[str, ...]:
    """The presets of a kind (a folder here) in order of their names, without the suffix."""
    return tuple(sorted(path.stem for path in (FOLDER / kind).glob(f"*{suffix}")))


def table(kind: str, name: str) -> Mapping[str, Any]:
    """A preset that is a TOML file; KeyError when there is none of that name."""
    return tomllib.loads(_file(kind, name, ".toml").read_text(encoding="utf-8"))


def text(kind: str, name: str) -> str:
    """A preset that is a text file; KeyError when there is none of that name."""
    return _file(kind, name, ".txt").read_text(encoding="utf-8")


def _file(kind: str, name: str, suffix: str) -> Path:
    if name not in names(kind, suffix):
        raise KeyError(name)
    return FOLDER / kind / f"{name}{suffix}"
