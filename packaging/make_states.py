"""Write docs/states.md from the tables of appliance/domain/states.py. Run by hand after a change; a test compares the two."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path

from appliance.domain import states

_HEAD = """\
# States and legal moves

Generated from `appliance/domain/states.py` by `.venv/bin/python packaging/make_states.py`. A move that is not in the table
is an error in words, never a silent change. A move and its events and jobs are one transaction.
"""
_TABLES = (
    ("Video", states.VideoState, states.VIDEO_MOVES),
    ("Clip", states.ClipState, states.CLIP_MOVES),
    ("Job", states.JobState, states.JOB_MOVES),
)


def page() -> str:
    """The whole page."""
    return "\n".join([_HEAD, *(_section(*table) for table in _TABLES)])


def _section(name: str, kind: type[StrEnum], moves: Mapping[StrEnum, frozenset[StrEnum]]) -> str:
    rows = [
        f"| `{state}` | {', '.join(f'`{to}`' for to in kind if to in moves[state]) or 'it is final'} |"
        for state in kind
    ]
    return "\n".join([f"## {name}", "", "| from | to |", "|---|---|", *rows, ""])


if __name__ == "__main__":
    (Path(__file__).resolve().parent.parent / "docs" / "states.md").write_text(page(), encoding="utf-8")
    sys.stdout.write("docs/states.md is written\n")
