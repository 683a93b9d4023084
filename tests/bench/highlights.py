"""How well chat alone finds the highlights that people marked in 48 Twitch streams, and whether the chance shown is honest.

Moments of 25 to 45 s, ten a video. P: share of ten moments that hold 60 % or more of a marked highlight; R: share of the
highlights held. Nothing is fitted here but, for the note that is cross-validated, one slope and one intercept.
"""

from __future__ import annotations

import gzip
import json
import math
import sys
from array import array
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from appliance.domain.chat import Chat
from appliance.domain.curve import Curve
from appliance.domain.moment import Moment
from appliance.ranking import RankOptions, candidates, rank
from appliance.ranking import measure as measured
from appliance.ranking.weights import WEIGHTS
from appliance.signals.evidence import Evidence
from tests.bench.figures import Bench
from tests.bench.talk import folder

OPTIONS = RankOptions(top_n=10, min_seconds=25.0, max_seconds=45.0, floor=10)
_ALL = 1000
_LIMITS = {  # P@10, R@10, P@5: the limit and the goal
    "lol": ((0.54, 0.60), (0.33, 0.38), (0.60, 0.68)),
    "dota2": ((0.55, 0.60), (0.48, 0.52), (0.61, 0.68)),
}
Figures = dict[str, tuple[float, float, float]]


@dataclass(frozen=True)
class Video:
    """A chat, its curves, and what people marked."""

    game: str
    evidence: Evidence
    curves: tuple[Curve, ...]
    marked: Sequence[tuple[float, float]]


def videos(path: Path) -> Iterator[Video]:
    """Every labelled video of the file, measured."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for line in file:
            row = json.loads(line)
            said = sorted((message for message in row["chat"] if message[0] >= 0), key=lambda message: message[0])
            texts: dict[str, int] = {}
            chat = Chat(
                array("d", [float(time) for time, _, _ in said]),
                array("i", [int(user) for _, user, _ in said]),
                array("i", [texts.setdefault(text, len(texts)) for _, _, text in said]),
                tuple(texts),
            )
            # The length of the video is not told: it ends a little after the last message or highlight.
            evidence = Evidence(max(said[-1][0], *(end for _, end in row["highlights"])) + 30.0, chat=chat)
            yield Video(row["game"], evidence, measured(evidence, OPTIONS)[0], row["highlights"])


def held(moment: Moment, marked: tuple[float, float]) -> bool:
    """Whether the moment holds 60 % of the highlight."""
    begin, end = marked
    return min(moment.end, end) - max(moment.start, begin) >= 0.6 * (end - begin)


def figures(material: Sequence[Video], options: RankOptions) -> Figures:
    """P@10, R@10 and P@5 a game, each a mean over its videos."""
    rows: dict[str, list[tuple[float, float, float]]] = {}
    for video in material:
        moments = rank(video.evidence, video.curves, (), options).moments
        good = [any(held(moment, marked) for marked in video.marked) for moment in moments]
        found = sum(any(held(moment, marked) for moment in moments) for marked in video.marked)
        rows.setdefault(video.game, []).append((sum(good) / 10, found / len(video.marked), sum(good[:5]) / 5))
    return {game: tuple(float(mean) for mean in np.mean(row, axis=0)) for game, row in rows.items()}  # type: ignore[misc]


def chances(material: Sequence[Video]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Of every candidate of every video: the chance shown, whether it held a highlight, and the video's number."""
    rows = [
        (moment.score / 100, float(any(held(moment, marked) for marked in video.marked)), number)
        for number, video in enumerate(material)
        for moment in candidates(video.evidence, video.curves, OPTIONS, limit=_ALL)
    ]
    table = np.array(rows)
    return table[:, 0], table[:, 1], table[:, 2]


def skill(shown: np.ndarray, kept: np.ndarray) -> float:
    """1 - Brier score over that of always saying the base rate."""
    return float(1 - np.mean((shown - kept) ** 2) / np.mean((kept.mean() - kept) ** 2))


def refitted(shown: np.ndarray, kept: np.ndarray, video: np.ndarray, folds: int = 8) -> np.ndarray:
    """The chances with slope and intercept set on the other videos (Newton's method on two numbers)."""
    odds = np.log(shown / (1 - shown))
    out = np.empty(len(shown))
    for fold in range(folds):
        inside = video % folds == fold
        slope, base = 1.0, 0.0
        for _ in range(20):
            chance = 1 / (1 + np.exp(-(slope * odds[~inside] + base)))
            away, weight = kept[~inside] - chance, chance * (1 - chance)
            table = np.array(
                [
                    [np.sum(weight * odds[~inside] ** 2), np.sum(weight * odds[~inside])],
                    [np.sum(weight * odds[~inside]), np.sum(weight)],
                ]
            )
            step = np.linalg.solve(table, [np.sum(away * odds[~inside]), np.sum(away)])
            slope, base = slope + step[0], base + step[1]
        out[inside] = 1 / (1 + np.exp(-(slope * odds[inside] + base)))
    return out


def ablation(material: Sequence[Video]) -> dict[str, Mapping[str, list[float]]]:
    """P@10, R@10, P@5 a game with each number of the chat set to nothing, and with the count of people alone."""
    parts = [name for name in WEIGHTS if name.startswith("chat.")]
    cases = {"all": {}, **{f"without {name}": {name: 0.0} for name in ["chat", *parts]}}
    cases["chat alone"] = dict.fromkeys(parts, 0.0)
    # Off is a weight of next to nothing, because a signal that is switched off altogether proposes no moments either.
    soft = {case: {name: value or 1e-9 for name, value in weights.items()} for case, weights in cases.items()}
    soft["without chat"] |= dict.fromkeys(parts, 1.0)
    return {
        case: {
            game: [round(figure, 3) for figure in row]
            for game, row in figures(material, replace(OPTIONS, weights=weights)).items()
        }
        for case, weights in soft.items()
    }


def measure() -> Bench:
    """All figures, against their limits; the ablation is in the notes, and as a table on stderr."""
    bench = Bench("highlights")
    path = folder() / "twitch_chat_highlights.dev.jsonl.gz"
    if not path.is_file():
        bench.skipped = f"{path.name} is not here (CLIPPER_SHARED)"
        return bench
    material = list(videos(path))
    for game, row in figures(material, OPTIONS).items():
        for name, value, (least, goal) in zip(("P@10", "R@10", "P@5"), row, _LIMITS[game], strict=True):
            bench.add(f"{game} {name}", value, at_least=least, goal=goal)
    shown, kept, video = chances(material)
    bench.add("Brier skill of the chance shown, all candidates", skill(shown, kept), at_least=0.10, goal=0.18)
    table = ablation(material)
    bench.notes = {
        "candidates": len(shown),
        "base rate": round(float(kept.mean()), 3),
        "Brier skill, slope and intercept set on other videos": round(skill(refitted(shown, kept, video), kept), 3),
        "reliability": reliability(shown, kept),
        "ablation: P@10, R@10, P@5": table,
    }
    for case, games in table.items():
        sys.stderr.write(f"{case:24}" + "   ".join(f"{game} {row}" for game, row in games.items()) + "\n")
    return bench


def reliability(shown: np.ndarray, kept: np.ndarray) -> dict[str, str]:
    """Chance shown to share kept, by fifths of the scale."""
    out = {}
    for low in (0.0, 0.2, 0.4, 0.6, 0.8):
        inside = (shown >= low) & (shown < low + 0.2)
        if inside.any():
            mean = math.fsum(shown[inside]) / int(inside.sum())
            out[f"{low:.1f}-{low + 0.2:.1f}"] = f"{mean:.2f} -> {float(kept[inside].mean()):.2f} of {int(inside.sum())}"
    return out
