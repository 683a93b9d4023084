from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.domain.span import Span
from appliance.ranking.select import cosine, schedule, vectors

_SPANS = st.lists(
    st.tuples(st.integers(0, 40), st.integers(1, 12), st.integers(1, 100)).map(
        lambda row: (Span(float(row[0]), float(row[0] + row[1])), row[2] / 100)
    ),
    max_size=9,
)


@settings(max_examples=200, deadline=None)
@given(_SPANS, st.integers(0, 5))
def test_the_choice_is_exactly_the_best(rows: list[tuple[Span, float]], limit: int) -> None:
    """No other set of at most `limit` spans that do not overlap is worth more: checked against all of them."""
    spans, worths = [row[0] for row in rows], [row[1] for row in rows]
    chosen = schedule(spans, worths, limit)
    assert len(chosen) <= limit
    assert all(spans[one].overlap(spans[two]) == 0 for one, two in combinations(chosen, 2))
    best = max(
        sum(worths[place] for place in group)
        for size in range(limit + 1)
        for group in combinations(range(len(rows)), min(size, len(rows)))
        if all(spans[one].overlap(spans[two]) == 0 for one, two in combinations(group, 2))
    )
    assert sum(worths[place] for place in chosen) == pytest.approx(best)


@settings(max_examples=200, deadline=None)
@given(_SPANS, st.integers(1, 5), st.integers(0, 5))
def test_a_floor_is_kept_where_it_can_be(rows: list[tuple[Span, float]], limit: int, floor: int) -> None:
    """At least `floor` spans, or as many as do not overlap, and of all sets of that size none is worth more."""
    spans, worths = [row[0] for row in rows], [row[1] for row in rows]
    apart = [
        group
        for size in range(min(limit, len(rows)) + 1)
        for group in combinations(range(len(rows)), size)
        if all(spans[one].overlap(spans[two]) == 0 for one, two in combinations(group, 2))
    ]
    least = min(floor, limit, max(map(len, apart)))
    chosen = schedule(spans, worths, limit, floor)
    assert least <= len(chosen) <= limit
    best = max(sum(worths[place] for place in group) for group in apart if len(group) >= least)
    assert sum(worths[place] for place in chosen) == pytest.approx(best)


def test_texts_about_the_same_are_alike() -> None:
    """Two texts with the same rare words are alike, whatever their forms; others are not."""
    first, second, third = vectors(
        ["The penguins were walking in Antarctica", "A penguin walks through Antarctica", "Taxes rose again in spring"]
    )
    assert cosine(first, second) > 0.15
    assert cosine(first, third) == 0
    assert cosine({}, first) == 0
