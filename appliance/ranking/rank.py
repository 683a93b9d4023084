"""From curves to moments: anchors, edges, scores, choice, reasons."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from appliance.domain.curve import Curve, Missing
from appliance.domain.moment import Moment, Ranking
from appliance.domain.span import Span
from appliance.domain.transcript import Transcript, join
from appliance.ranking import search as searching
from appliance.ranking.anchors import Anchor, anchors, from_judge, from_payoffs, fused, is_late, weight_of
from appliance.ranking.boundaries import plain, refine, settle
from appliance.ranking.edges import Edges, edges
from appliance.ranking.explain import reasons
from appliance.ranking.headline import headline
from appliance.ranking.options import RankOptions
from appliance.ranking.payoffs import payoffs
from appliance.ranking.score import Term, chance, logit, terms
from appliance.ranking.select import Choice, select, vectors
from appliance.signals.evidence import Evidence
from appliance.signals.grid import Floats, cells, fit, floats

_JUDGED = 25
_SHORTEST = 1.0  # seconds; less is no clip
_CROSSED = 0.9  # what is left of a moment's worth for every story's end inside it: one clip, one story
_NEAR = 0.5
_SAME = 0.4  # sharing this much of the shorter one, two candidates are of the same moment
_SHORTER = 0.85
_WORTH = 0.06  # log-odds that a second of one above the mean of the fused signals is worth inside a moment
_WEAK = 0.10  # a chance under one in ten is shown only to fill the floor


@dataclass(frozen=True, slots=True)
class _Candidate:
    span: Span
    anchor: Anchor
    terms: tuple[Term, ...]
    odds: float
    text: str
    worth: float  # what it counts for in the choice: its chance, less where it tells of several things


def rank(
    evidence: Evidence,
    curves: Sequence[Curve],
    missing: Sequence[Missing],
    options: RankOptions | None = None,
    shots: Sequence[float] = (),
) -> Ranking:
    """The moments of a source, best first.

    `curves` and `missing` come from `measure`; `shots` are exact cut times where they are known. Without any moment the
    ranking says why and what to do. Never raises for poor evidence: without any signal the source is divided evenly and
    the scores say that nothing is known.
    """
    options = options or RankOptions()
    if evidence.seconds < _SHORTEST:
        return Ranking(
            evidence.seconds, (), tuple(missing), "the video is shorter than a second", "Choose a longer video."
        )
    grid = _on_grid(curves, evidence, options)
    if options.query and not np.any(grid.get("query", 0.0)):
        return Ranking(
            evidence.seconds,
            (),
            tuple(missing),
            f"nothing that is said or written matches “{options.query}”",
            "Try other words, or leave the query out."
            if evidence.transcript is not None or evidence.chat is not None
            else "Searching needs subtitles, a Whisper model or a chat replay.",
        )
    found, chosen = _enough(evidence, grid, options, shots)
    moments = tuple(sorted((_moment(candidate, evidence) for candidate in chosen), key=lambda moment: -moment.score))
    why, hint = ("", "") if moments else _why_empty(found, options)
    return Ranking(evidence.seconds, moments, tuple(missing), why, hint)


def candidates(
    evidence: Evidence, curves: Sequence[Curve], options: RankOptions | None = None, limit: int = _JUDGED
) -> tuple[Moment, ...]:
    """Up to 25 of the best candidates that do not overlap, for a judge to compare: more than are asked for, with their text."""
    options = options or RankOptions()
    if evidence.seconds < _SHORTEST:
        return ()
    found = _candidates(evidence, _on_grid(curves, evidence, options), options, ())
    every = replace(options, top_n=limit, floor=limit, min_score=0.0)
    chosen = _chosen(_seen_best(found), every, evidence.seconds, at_least=0)
    return tuple(_moment(candidate, evidence) for candidate in chosen)


def _enough(
    evidence: Evidence, grid: Mapping[str, Floats], options: RankOptions, shots: Sequence[float]
) -> tuple[list[_Candidate], list[_Candidate]]:
    """All candidates and the chosen ones. Where fewer than the floor can be chosen in a source that has room for them,
    shorter candidates, in steps down to the shortest length, are added and the choice is made again among all.
    """
    found = _candidates(evidence, grid, options, shots)
    chosen = _chosen(_seen_best(found), options, evidence.seconds)
    wanted = min(options.floor, options.top_n)
    if len(chosen) >= wanted or options.min_score > 0:
        return found, chosen
    spans = {candidate.span: candidate for candidate in found}
    longest = min(options.max_seconds, evidence.seconds / max(wanted, 1))
    while longest >= max(options.min_seconds, _SHORTEST):
        for candidate in _candidates(evidence, grid, replace(options, max_seconds=longest), shots):
            spans.setdefault(candidate.span, candidate)
        longest *= _SHORTER
    found = list(spans.values())
    return found, _chosen(found, options, evidence.seconds)


def _seen_best(found: Sequence[_Candidate]) -> list[_Candidate]:
    """Without the pieces of a better moment that ends in a reaction: a story is one clip, not two halves."""
    whole = [candidate for candidate in found if candidate.anchor.told]
    return [
        candidate
        for candidate in found
        if not any(
            other.worth > candidate.worth
            and other.span.overlap(candidate.span) > _SAME * min(other.span.seconds, candidate.span.seconds)
            for other in whole
        )
    ]


def _on_grid(curves: Sequence[Curve], evidence: Evidence, options: RankOptions) -> dict[str, Floats]:
    """All curves on one grid, with those that the options ask for."""
    length = cells(evidence.seconds)
    grid = {curve.signal: fit(floats(curve), length) for curve in curves}
    grid = {name: np.nan_to_num(values) if is_late(name) else values for name, values in grid.items()}
    if options.query:
        grid["query"] = searching.search(evidence.transcript, evidence.chat, options.query, evidence.seconds)
    if options.keywords:
        grid["keywords"] = np.max(
            [searching.search(evidence.transcript, None, word, evidence.seconds) for word in options.keywords], axis=0
        )
    return grid


def _candidates(
    evidence: Evidence, grid: Mapping[str, Floats], options: RankOptions, shots: Sequence[float]
) -> list[_Candidate]:
    length = cells(evidence.seconds)
    heard = weight_of("reaction", options).value > 0
    reactions = payoffs(evidence, grid.get("reaction")) if heard else ()
    places = from_judge(evidence.opinions or (), options, evidence.seconds)
    places += from_payoffs(reactions)
    places += anchors(grid, options, evidence.seconds) if grid else ()
    points = edges(evidence, reactions)
    total = fused(grid, options, length)
    rising = np.concatenate(([0.0], np.cumsum(np.clip(total - float(np.mean(total)), -1.0, 2.0) * _WORTH)))
    spans: dict[Span, Anchor] = {}
    summits: list[float] = []
    for anchor in (*places, *(() if places else _even(evidence.seconds, options))):
        span = settle(anchor, points, rising, options, evidence.seconds)
        # A weaker summit whose moment grew over a stronger one is the same moment, seen worse.
        if span is not None and (anchor.late or not any(span.holds(peak) for peak in summits)):
            spans.setdefault(refine(span, shots, evidence.transcript), anchor)
            summits += [] if anchor.late else [anchor.peak]
    if not spans:
        spans = {plain(anchor, options, evidence.seconds): anchor for anchor in _even(evidence.seconds, options)}
    return [_candidate(span, anchor, evidence, grid, options, _crossed(points, span)) for span, anchor in spans.items()]


def _crossed(points: Edges, span: Span) -> int:
    """How many stories' ends lie inside; one near an edge is that of the moment itself."""
    return int(((points.turns > span.start + _NEAR) & (points.turns < span.end - _NEAR)).sum())


def _candidate(
    span: Span, anchor: Anchor, evidence: Evidence, grid: Mapping[str, Floats], options: RankOptions, crossed: int
) -> _Candidate:
    found = terms(grid, span, options)
    text = "" if evidence.transcript is None else join([word.text for word in evidence.transcript.within(span)])
    odds = logit(found)
    return _Candidate(span, anchor, found, odds, text, chance(odds) * _CROSSED**crossed)


def _even(seconds: float, options: RankOptions) -> tuple[Anchor, ...]:
    """With no signal at all: windows of usual length spread evenly over the source."""
    wanted = min(max(30.0, options.min_seconds), options.max_seconds, seconds)
    count = max(1, min(max(options.top_n, options.floor), int(seconds // max(wanted, 1.0))))
    step = seconds / count
    out = []
    for number in range(count):
        start = number * step + max(0.0, (step - wanted) / 2)
        middle = start + wanted / 2
        out.append(Anchor(Span(middle, middle), Span(start, min(start + wanted, seconds)), middle, 0.0))
    return tuple(out)


def _chosen(
    found: Sequence[_Candidate], options: RankOptions, seconds: float, at_least: int | None = None
) -> list[_Candidate]:
    """The best set, best first. `at_least` so many, whatever they are worth together; the floor, where it is not given."""
    least = options.floor if at_least is None else at_least
    vector = vectors([candidate.text for candidate in found])
    choices = [
        Choice(candidate.span, candidate.worth, candidate.text, vector[place]) for place, candidate in enumerate(found)
    ]
    picked = [found[place] for place in select(choices, max(options.top_n, 0), seconds, least)]
    if options.min_score > 0:
        return [candidate for candidate in picked if 100 * chance(candidate.odds) >= options.min_score]
    return [
        candidate for place, candidate in enumerate(picked) if place < options.floor or chance(candidate.odds) >= _WEAK
    ]


def _moment(candidate: _Candidate, evidence: Evidence) -> Moment:
    span = candidate.span
    opinions = [
        opinion
        for opinion in evidence.opinions or ()
        if Span(opinion.start, opinion.end).overlap(span) > 0.5 * span.seconds
    ]
    opinion = max(opinions, key=lambda one: one.score, default=None)
    peak = min(max(candidate.anchor.peak, span.start), span.end)
    title = (opinion.title if opinion else "") or headline(
        (opinion.quote if opinion else "") or candidate.text, _place(evidence.transcript, span, peak)
    )
    return Moment(
        span.start,
        span.end,
        round(100 * chance(candidate.odds), 1),
        title,
        reasons(candidate.terms, evidence, span),
        peak=peak,
        text=candidate.text,
        quote=opinion.quote if opinion else "",
    )


def _place(transcript: Transcript | None, span: Span, peak: float) -> float:
    """Where in the words of a moment its peak lies, 0 to 1."""
    words = transcript.within(span) if transcript is not None else ()
    return sum(word.start < peak for word in words) / max(len(words), 1)


def _why_empty(found: Sequence[_Candidate], options: RankOptions) -> tuple[str, str]:
    if options.top_n < 1:
        return "no moment was asked for", "Ask for at least one with --top."
    best = max((chance(candidate.odds) for candidate in found), default=0.0)
    if options.min_score > 0 and found:
        return (
            f"the best moment scores {100 * best:.0f}, and at least {options.min_score:.0f} was asked for",
            "Lower min_score, or give more to go by: subtitles, a chat replay.",
        )
    return "nothing in the video stands out", "Add subtitles or a chat replay, or allow shorter clips with --min."
