from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from appliance.planning.backoff import LONGEST_SECONDS, delay

chances = st.floats(0, 1)


@given(st.integers(1, 1000), st.floats(0.1, 3600), chances)
def test_a_pause_is_never_longer_than_six_hours(attempt: int, first: float, chance: float) -> None:
    """However often it failed."""
    assert 0 < delay(attempt, first, chance) <= LONGEST_SECONDS


@given(st.integers(1, 12), st.floats(1, 60))
def test_the_pause_doubles(attempt: int, first: float) -> None:
    """At the same chance, each failure doubles it until the limit."""
    now, then = delay(attempt, first, 0.5), delay(attempt + 1, first, 0.5)
    assert then == min(2 * now, LONGEST_SECONDS)


@given(st.integers(1, 100), chances, st.floats(0, 1e6))
def test_what_the_other_side_asked_for_is_the_least(attempt: int, chance: float, asked: float) -> None:
    """Retry-After is obeyed even beyond six hours."""
    assert delay(attempt, 30.0, chance, asked) >= asked
