from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.domain.span import Span, merge

times = st.floats(0, 10_000, allow_nan=False)
spans = st.tuples(times, times).map(lambda pair: Span(min(pair), max(pair)))


def test_a_span_cannot_run_backwards() -> None:
    """An end before its start is refused."""
    with pytest.raises(ValueError, match="cannot end before"):
        Span(2.0, 1.0)


@given(spans, spans)
def test_overlap_and_iou_are_the_same_from_both_sides(one: Span, other: Span) -> None:
    """Sharing is mutual and never more than either has."""
    assert one.overlap(other) == other.overlap(one) <= min(one.seconds, other.seconds) + 1e-9
    assert 0.0 <= one.iou(other) <= 1.0


@given(spans, spans)
def test_a_clamped_span_lies_inside(one: Span, outer: Span) -> None:
    """Clamping never leaves the outer span."""
    inside = one.clamp(outer)
    assert outer.start <= inside.start <= inside.end <= outer.end


@given(st.lists(spans, max_size=12), st.floats(0, 5))
def test_merged_spans_are_apart_and_cover_everything(several: list[Span], gap: float) -> None:
    """The union has no overlaps, is in order, and loses nothing."""
    union = merge(several, gap)
    assert all(later.start > earlier.end + gap for earlier, later in pairwise(union))
    assert all(any(whole.start <= span.start and span.end <= whole.end for whole in union) for span in several)
