from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from appliance.domain.span import Span
from appliance.domain.transcript import Word
from appliance.planning.flashes import FLASH, without_flashes

WORDS = [Word(0, "one", 10.5, 11.0), Word(1, "two", 18.0, 19.2)]


def test_a_flash_of_another_shot_is_cut_off() -> None:
    """Both edges move to cuts that are nearer than can be seen."""
    assert without_flashes(Span(10.0, 20.0), [10.2, 15.0, 19.8], WORDS) == Span(10.2, 19.8)


def test_a_shot_that_can_be_seen_stays() -> None:
    """Half a second is a picture of its own."""
    assert without_flashes(Span(10.0, 20.0), [10.5, 19.4], WORDS) == Span(10.0, 20.0)


def test_no_word_is_lost_to_a_cut() -> None:
    """Where somebody speaks over the cut the edge stays."""
    speaking = [Word(0, "so", 10.1, 10.4), Word(1, "end", 19.5, 19.9)]
    assert without_flashes(Span(10.0, 20.0), [10.2, 19.8], speaking) == Span(10.0, 20.0)


@given(st.lists(st.floats(0, 30), max_size=8), st.floats(0, 20), st.floats(0.1, 10))
def test_edges_only_move_inwards_and_never_far(cuts: list[float], start: float, seconds: float) -> None:
    """The new span lies inside the old one, and something is left of it."""
    span = Span(start, start + seconds)
    moved = without_flashes(span, cuts, [])
    assert span.start <= moved.start < span.start + FLASH
    assert span.end - FLASH < moved.end <= span.end
    assert moved.seconds > 0
