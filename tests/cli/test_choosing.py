from __future__ import annotations

import pytest

from appliance.cli.choosing import numbers, stretch
from appliance.domain.errors import BadInput


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("1:02-1:35.5", 62.0, 95.5),
        ("62 to 95", 62.0, 95.0),
        ("1:00:02 – 1:00:30", 3602.0, 3630.0),
        ("0-9999", 0.0, 7200.0),
    ],
)
def test_a_stretch_is_written_as_people_write_times(text: str, start: float, end: float) -> None:
    """Hours and minutes may be left out; beyond the end it is cut."""
    span = stretch(text, 7200.0)
    assert (span.start, span.end) == (start, end)


@pytest.mark.parametrize("text", ["", "12", "a-b", "30-10", "1:2:3:4-5", "5-5.1", "9000-9100", "-5-10"])
def test_what_is_no_stretch_is_refused(text: str) -> None:
    """The message repeats what was written."""
    with pytest.raises(BadInput) as caught:
        stretch(text, 7200.0)
    assert text in caught.value.message
    assert caught.value.hint


def test_moments_are_picked_by_number_in_the_order_given() -> None:
    """Ranges count, and nothing is picked twice."""
    assert numbers("3, 1-2,2", 5) == [3, 1, 2]


@pytest.mark.parametrize("text", ["0", "6", "2-1", "x", "1,,2", "4-9"])
def test_numbers_that_are_not_in_the_ranking_are_refused(text: str) -> None:
    """The message says how many there are, or what is no number."""
    with pytest.raises(BadInput):
        numbers(text, 5)
