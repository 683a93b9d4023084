"""The edges of a moment: the best pair of a start and an end, found exactly.

Every second has a worth (positive where the evidence is, negative where it is not), summed once over the source; the worth
of a stretch is then one subtraction, and all pairs of allowed starts and ends are compared.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from appliance.domain.span import Span
from appliance.domain.transcript import Transcript
from appliance.ranking.anchors import Anchor
from appliance.ranking.edges import Edges
from appliance.ranking.options import RankOptions
from appliance.signals.grid import Floats

_REACH = 40.0  # how far outside the wanted stretch an edge may lie
_INSIDE, _OUTSIDE = 0.05, -0.05  # log-odds a second
_TURN = 0.4  # log-odds that a change of subject inside a moment costs
_FLASH = 0.3  # a shot shorter than this at an edge is a flash


def settle(anchor: Anchor, points: Edges, rising: Floats, options: RankOptions, seconds: float) -> Span | None:
    """The moment of an anchor; None where no allowed pair of edges holds its core (inside one very long cue, say).

    `rising` is the running sum (length + 1) of what each second is worth by the other signals.
    """
    starts = np.flatnonzero((points.starts >= anchor.ideal.start - _REACH) & (points.starts <= anchor.core.start + 1.0))
    ends = np.flatnonzero((points.ends >= anchor.core.end - 1.0) & (points.ends <= anchor.ideal.end + _REACH))
    if not len(starts) or not len(ends):
        return None
    begin, finish = points.starts[starts], points.ends[ends]
    length = finish[None, :] - begin[:, None]
    worth = (
        points.start_worth[starts][:, None]
        + points.end_worth[ends][None, :]
        + _wanted(anchor, begin, finish)
        + (_at(rising, finish)[None, :] - _at(rising, begin)[:, None])
        - _TURN * _between(points.turns, begin, finish)
    )
    longest = min(options.max_seconds, seconds)
    allowed = (length >= min(options.min_seconds, longest) - 1e-6) & (length <= longest + 1e-6)
    if not allowed.any():
        return None
    worth = np.where(allowed, worth, -np.inf)
    first, last = np.unravel_index(int(np.argmax(worth)), worth.shape)
    return Span(float(begin[first]), float(finish[last]))


def _wanted(anchor: Anchor, begin: Floats, finish: Floats) -> Floats:
    """What agreeing with the anchor's wanted stretch is worth: seconds of it inside, seconds too many, core seconds missed."""
    ideal, core = anchor.ideal, anchor.core
    scale = 1.0 if anchor.late else 0.5
    missed = np.maximum(begin - core.start, 0.0)[:, None] + np.maximum(core.end - finish, 0.0)[None, :]
    inside = np.minimum(finish, ideal.end)[None, :] - np.maximum(begin, ideal.start)[:, None]
    outside = np.maximum(ideal.start - begin, 0.0)[:, None] + np.maximum(finish - ideal.end, 0.0)[None, :]
    return np.asarray(scale * (_INSIDE * inside + _OUTSIDE * outside) - 0.3 * missed)


def _between(turns: Floats, begin: Floats, finish: Floats) -> Floats:
    """How many changes of subject lie inside each pair; one at the very start is none."""
    before = np.searchsorted(turns, begin, side="right")
    inside = np.searchsorted(turns, finish, side="left")[None, :] - before[:, None]
    return np.asarray(np.maximum(inside, 0), dtype=np.float64)


def _at(rising: Floats, times: Floats) -> Floats:
    whole = np.clip(times.astype(np.int64), 0, len(rising) - 2)
    return np.asarray(rising[whole] + (times - whole) * (rising[whole + 1] - rising[whole]))


def plain(anchor: Anchor, options: RankOptions, seconds: float) -> Span:
    """Where no edge serves: the wanted stretch, made long enough and not too long, inside the source."""
    length = min(max(anchor.ideal.seconds, options.min_seconds), options.max_seconds, seconds)
    start = min(max(0.0, anchor.ideal.start), seconds - length)
    return Span(start, start + length)


def refine(span: Span, shots: Sequence[float], transcript: Transcript | None) -> Span:
    """Move an edge onto an exact cut that lies within 0.3 s of it, so that no other shot flashes up; never into a word."""
    if not shots:
        return span
    words = transcript.within(span) if transcript is not None else ()
    first = words[0].start if words else span.end
    last = words[-1].end if words else span.start
    start, end = span.start, span.end
    for cut in shots:
        if span.start < cut <= min(span.start + _FLASH, first):
            start = cut
        if max(span.end - _FLASH, last) <= cut < span.end and cut > start:
            end = cut
    return Span(start, end)
