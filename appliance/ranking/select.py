"""Which candidates to show: the set of stretches that do not overlap with the highest sum of chances, exactly.

Weighted interval scheduling with a limit on the count, by dynamic programming. Candidates that say the same as a better
one, or that come from a part of the source that already has many, count for less.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations

from appliance.domain.span import Span
from appliance.planning.terms import terms_of

_PARTS = 6
_CROWDED = 0.01  # what each better candidate of the same part of the source takes away
_ALIKE = 0.55


@dataclass(frozen=True, slots=True)
class Choice:
    """A candidate to choose from."""

    span: Span
    worth: float
    text: str = ""
    vector: Mapping[str, float] = field(default_factory=dict)


def schedule(spans: Sequence[Span], worths: Sequence[float], limit: int, floor: int = 0) -> tuple[int, ...]:
    """The places of at most `limit` spans that do not overlap, with the largest sum of worths.

    Of at least `floor` spans, or of as many as do not overlap where that is fewer. Exact, O(n log n + n * limit).
    """
    order = sorted((place for place in range(len(spans)) if worths[place] > 0), key=lambda place: spans[place].end)
    ends = [spans[place].end for place in order]
    # best[n][c]: the largest sum of exactly c of the first n.
    best = [[0.0] + [-math.inf] * limit for _ in range(len(order) + 1)]
    before = [bisect_right(ends, spans[place].start + 1e-9, hi=number) for number, place in enumerate(order)]
    for number, place in enumerate(order):
        row, above, base = best[number + 1], best[number], best[before[number]]
        for count in range(1, limit + 1):
            row[count] = max(above[count], base[count - 1] + worths[place])
    possible = max(count for count, worth in enumerate(best[-1]) if worth > -math.inf)
    count = max(range(min(floor, possible), possible + 1), key=best[-1].__getitem__)
    chosen = []
    number = len(order)
    while count > 0:
        if best[number][count] == best[number - 1][count]:
            number -= 1
            continue
        chosen.append(order[number - 1])
        number, count = before[number - 1], count - 1
    return tuple(reversed(chosen))


def select(choices: Sequence[Choice], limit: int, seconds: float, floor: int = 0) -> tuple[int, ...]:
    """The places of the chosen candidates, best first; at least `floor` where as many do not overlap."""
    worths = _spread_out(choices, seconds)
    chosen: tuple[int, ...] = ()
    for _ in range(4):
        chosen = schedule([choice.span for choice in choices], worths, limit, floor)
        repeats = _repeats(choices, chosen)
        if not repeats:
            break
        for place in repeats:
            worths[place] *= 0.3
    return tuple(sorted(chosen, key=lambda place: -choices[place].worth))


def _spread_out(choices: Sequence[Choice], seconds: float) -> list[float]:
    """Worths with diminishing returns inside each sixth of the source, so that its whole length is covered."""
    worths = [0.0] * len(choices)
    taken: Counter[int] = Counter()
    for place in sorted(range(len(choices)), key=lambda place: -choices[place].worth):
        middle = (choices[place].span.start + choices[place].span.end) / 2
        part = int(_PARTS * middle / max(seconds, 1e-9))
        worths[place] = max(choices[place].worth - _CROWDED * taken[part], 0.2 * choices[place].worth)
        taken[part] += 1
    return worths


def _repeats(choices: Sequence[Choice], chosen: Sequence[int]) -> list[int]:
    """The weaker ones of pairs that say the same."""
    return [
        min(one, two, key=lambda place: choices[place].worth)
        for one, two in combinations(chosen, 2)
        if cosine(choices[one].vector, choices[two].vector) > _ALIKE
    ]


def vectors(texts: Sequence[str]) -> list[dict[str, float]]:
    """Every text as a tf-idf vector of length one over light stems."""
    counts = [Counter(terms_of(text)) for text in texts]
    spread: Counter[str] = Counter()
    for count in counts:
        spread.update(count.keys())
    out = []
    for count in counts:
        vector = {
            term: (1 + math.log(n)) * math.log((1 + len(texts)) / (1 + spread[term])) for term, n in count.items()
        }
        norm = math.sqrt(sum(value * value for value in vector.values()))
        out.append({term: value / norm for term, value in vector.items()} if norm > 0 else {})
    return out


def cosine(one: Mapping[str, float], two: Mapping[str, float]) -> float:
    """How alike two unit vectors are, 0 to 1."""
    if len(one) > len(two):
        one, two = two, one
    return sum(value * two.get(term, 0.0) for term, value in one.items())
