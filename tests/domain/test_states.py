from __future__ import annotations

import importlib.util
from enum import StrEnum
from pathlib import Path

import pytest

from appliance.domain.states import (
    CLIP_MOVES,
    ENDED,
    JOB_MOVES,
    VIDEO_MOVES,
    ClipState,
    IllegalMove,
    JobState,
    VideoState,
    check_move,
)

TABLES = [(VideoState, VIDEO_MOVES), (ClipState, CLIP_MOVES), (JobState, JOB_MOVES)]


@pytest.mark.parametrize(("states", "moves"), TABLES)
def test_every_state_has_its_line_in_the_table(states: type[StrEnum], moves: dict[StrEnum, frozenset[StrEnum]]) -> None:
    """No state is forgotten, and none moves to itself."""
    assert set(moves) == set(states)
    assert all(state not in onward for state, onward in moves.items())


@pytest.mark.parametrize(("states", "moves"), TABLES)
def test_every_state_but_the_first_can_be_reached(
    states: type[StrEnum], moves: dict[StrEnum, frozenset[StrEnum]]
) -> None:
    """From the first state there is a way to each other one."""
    reached, waiting = set[StrEnum](), [next(iter(states))]
    while waiting:
        state = waiting.pop()
        reached.add(state)
        waiting += [onward for onward in moves[state] if onward not in reached]
    assert reached == set(states)


def test_a_completed_job_stays_completed() -> None:
    """What was done is not done again."""
    assert not JOB_MOVES[JobState.COMPLETED]
    assert JobState.COMPLETED in ENDED


def test_an_illegal_move_says_what_and_the_next_step() -> None:
    """The person hears what stands where, not a stack trace."""
    with pytest.raises(IllegalMove, match="clip 7 is draft and cannot become approved") as told:
        check_move(CLIP_MOVES, "clip 7", ClipState.DRAFT, ClipState.APPROVED)
    assert told.value.hint


def test_the_page_of_the_states_is_up_to_date() -> None:
    """It is generated from the tables."""
    root = Path(__file__).resolve().parents[2]
    spec = importlib.util.spec_from_file_location("make_states", root / "packaging" / "make_states.py")
    assert spec is not None
    assert spec.loader is not None
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    assert (root / "docs" / "states.md").read_text(encoding="utf-8") == made.page()
