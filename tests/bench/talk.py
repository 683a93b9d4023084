"""Do the moments of a talk hold its audience's reactions, and do they keep to sentences? Marks removed, gaps closed."""

from __future__ import annotations

import gzip
import json
import os
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from appliance.domain.moment import Moment
from appliance.domain.span import Span
from appliance.domain.transcript import Origin, Transcript, Word
from appliance.planning.sentences import sentences
from appliance.ranking import RankOptions, rank
from appliance.ranking import measure as measured
from appliance.signals.evidence import Evidence
from tests.bench.figures import Bench

_MARK = re.compile(r"^\((?:laughter|applause)[^)]*\)$|^\((?:laughs|cheers|cheering)[^)]*\)$", re.IGNORECASE)
_INSIDE = re.compile(r"\((?:laughter|applause|laughs|cheers|cheering)[^)]*\)", re.IGNORECASE)
OPTIONS = RankOptions(top_n=5, min_seconds=30.0, max_seconds=60.0, floor=5)


@dataclass(frozen=True)
class Talk:
    """A talk without its marks, and the seconds at which its audience laughed or clapped."""

    id: str
    evidence: Evidence
    reactions: np.ndarray


def folder() -> Path:
    """Where labelled measurements lie."""
    return Path(os.environ.get("CLIPPER_SHARED", Path(__file__).resolve().parents[3] / "shared")) / "data"


def talks(path: Path, every: int = 1) -> Iterator[Talk]:
    """The talks of the file with at least three reactions; `every` n-th only."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for number, line in enumerate(file):
            if number % every == 0:
                talk = read(json.loads(line))
                if talk is not None and len(talk.reactions) >= 3:
                    yield talk


def read(row: dict[str, object]) -> Talk | None:
    """One talk: cues end where the next kept one starts, so that a removed mark leaves no gap that would tell of it."""
    cues = row["cues"]
    assert isinstance(cues, list)
    kept: list[tuple[float, str, int]] = []
    reactions = []
    for milliseconds, text, paragraph in cues:
        reactions += [milliseconds / 1000.0] * len(_INSIDE.findall(text))
        words = _INSIDE.sub(" ", text).strip()
        if words and not _MARK.match(text.strip()):
            kept.append((milliseconds / 1000.0, words, paragraph))
    if len(kept) < 20:
        return None
    starts = [start for start, _, _ in kept]
    letters = sum(len(text) for _, text, _ in kept[:-1]) / max(starts[-1] - starts[0], 1.0)
    ends = [*starts[1:], starts[-1] + len(kept[-1][1]) / max(letters, 1.0)]
    spoken = tuple(spread([(start, end, text) for (start, text, _), end in zip(kept, ends, strict=True)]))
    said = sentences(spoken)
    seconds = ends[-1]
    transcript = Transcript("en", Origin.SIDECAR, said, (Span(0.0, seconds),))
    inside = np.array([time for time in reactions if time <= seconds])
    return Talk(str(row["id"]), Evidence(seconds, transcript=transcript), inside)


def spread(cues: list[tuple[float, float, str]]) -> Iterator[Word]:
    """The words of cues, each as long as its share of the letters."""
    number = 0
    for start, end, text in cues:
        words = text.split()
        sizes = np.array([len(word) + 1.0 for word in words])
        marks = start + (end - start) * np.concatenate(([0.0], np.cumsum(sizes))) / sizes.sum()
        for place, word in enumerate(words):
            yield Word(number, word, float(marks[place]), float(marks[place + 1]), exact=False)
            number += 1


def lift(moments: tuple[Moment, ...], talk: Talk) -> tuple[float, float]:
    """Reactions inside the moments, and how many as much time holds on average in this talk."""
    held = sum(int(((talk.reactions >= m.start) & (talk.reactions <= m.end)).sum()) for m in moments)
    covered = sum(m.end - m.start for m in moments)
    return held, len(talk.reactions) * covered / talk.evidence.seconds


def edges(moments: tuple[Moment, ...], talk: Talk) -> tuple[int, int]:
    """How many starts and ends lie on sentence edges (air of up to 0.5 s), and how many inside a word."""
    assert talk.evidence.transcript is not None
    starts = np.array([sentence.start for sentence in talk.evidence.transcript.sentences])
    ends = np.array([sentence.end for sentence in talk.evidence.transcript.sentences])
    words = list(talk.evidence.transcript.words)
    first, last = np.array([word.start for word in words]), np.array([word.end for word in words])
    on = sum(bool((abs(starts - m.start) <= 0.5).any()) + bool((abs(ends - m.end) <= 0.5).any()) for m in moments)
    inside = sum(
        int(((first + 0.01 < time) & (time < last - 0.01)).any()) for m in moments for time in (m.start, m.end)
    )
    return on, inside


def measure(every: int = 1, options: RankOptions = OPTIONS) -> Bench:
    """Lift of the top five, and edges, over all talks with at least three reactions."""
    bench = Bench("talk")
    path = folder() / "talk_cues.dev.jsonl.gz"
    if not path.is_file():
        bench.skipped = f"{path.name} is not here (CLIPPER_SHARED)"
        return bench
    held = usual = 0.0
    total = on = inside = count = 0
    for talk in talks(path, every):
        curves, missing = measured(talk.evidence, options)
        ranking = rank(talk.evidence, curves, missing, options)
        here, average = lift(ranking.moments, talk)
        held, usual = held + here, usual + average
        good, bad = edges(ranking.moments, talk)
        on, inside, total, count = on + good, inside + bad, total + 2 * len(ranking.moments), count + 1
    bench.add("reactions in the top five vs the average window", held / max(usual, 1e-9), at_least=1.65, goal=1.8)
    bench.add("share of edges on sentence edges", on / max(total, 1), at_least=0.95, goal=0.99)
    bench.add("edges inside a word", inside, at_most=0.0, goal=0.0)
    bench.notes = {"talks": count, "moments": total // 2, "ablation: lift on every sixth talk": ablation(path)}
    return bench


def ablation(path: Path) -> dict[str, float]:
    """The lift with each signal of a transcript on and off, on every sixth talk."""
    cases = {
        "all": OPTIONS,
        "without pace": replace(OPTIONS, weights={"pace": 0.0}),
        "without wording": replace(OPTIONS, weights={"wording": 0.0}),
    }
    sums = {case: [0.0, 0.0] for case in cases}
    for talk in talks(path, 6):
        curves, missing = measured(talk.evidence, OPTIONS)
        for case, options in cases.items():
            here, average = lift(rank(talk.evidence, curves, missing, options).moments, talk)
            sums[case][0] += here
            sums[case][1] += average
    for case, (here, average) in sums.items():
        sys.stderr.write(f"{case:24}{here / average:.3f}\n")
    return {case: round(here / average, 3) for case, (here, average) in sums.items()}
