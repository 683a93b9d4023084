"""Edges without a flash: where a clip would begin or end with a few frames of another shot, it begins or ends at the cut.

Exact cuts are known only where a clip was looked at, so this is the last word on edges that were chosen without them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from appliance.domain.span import Span
from appliance.domain.transcript import Word

FLASH = 0.35  # seconds: shorter than this a shot is not seen, only noticed


def without_flashes(span: Span, cuts: Iterable[float], words: Sequence[Word]) -> Span:
    """The span with each edge moved inwards to a cut less than FLASH away, if no word is lost by it."""
    times = sorted(cuts)
    first = next((cut for cut in times if 0 < cut - span.start < FLASH), span.start)
    last = next((cut for cut in reversed(times) if 0 < span.end - cut < FLASH), span.end)
    if any(word.start < first and word.end > span.start for word in words):
        first = span.start
    if any(word.end > last and word.start < span.end for word in words):
        last = span.end
    return Span(first, last) if last - first > 2 * FLASH else span
