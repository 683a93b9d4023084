"""What the stages found out about a video: what was said, the moments, the curves. Read from the stages' folders."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from appliance.domain.curve import Missing as Lack
from appliance.domain.errors import ClipperError, Gone, Missing
from appliance.domain.moment import Ranking
from appliance.domain.video import Video
from appliance.store.artifacts import read_json
from appliance.store.made import CURVE_HOP, CURVES, MOMENTS, TRANSCRIPT, Spoken

if TYPE_CHECKING:
    from collections.abc import Sequence

MOST_POINTS = 100_000
_WHAT = {"transcribe": "transcript", "rank": "ranking"}


@dataclass(frozen=True, slots=True)
class Line:
    """A sentence with its times in seconds."""

    start: float
    end: float
    text: str
    paragraph: bool = False


@dataclass(frozen=True, slots=True)
class Said:
    """A video's transcript as lines: all, or those with the words that were looked for. `sentences` counts all of them.

    `missing` says why there is no transcript, when there is none.
    """

    video: int
    language: str = ""
    origin: str = ""
    detail: str = ""
    sentences: int = 0
    lines: tuple[Line, ...] = ()
    missing: Lack | None = None


@dataclass(frozen=True, slots=True)
class Graph:
    """A signal over time: `values[i]` is its largest value from `i * hop` seconds on; null where nothing is known."""

    signal: str
    hop: float
    values: tuple[float | None, ...]


def transcript(data_dir: Path, video: Video, q: str = "") -> Said:
    """What was said in it. Missing while it is not transcribed."""
    found = read_json(_file(data_dir, video, "transcribe", TRANSCRIPT), Spoken)
    said = found.transcript
    if said is None:
        return Said(video.id, missing=found.missing)
    wanted = q.casefold().strip()
    lines = tuple(Line(one.start, one.end, one.text, one.paragraph) for one in said.sentences)
    chosen = tuple(line for line in lines if wanted in line.text.casefold()) if wanted else lines
    return Said(video.id, said.language, said.origin.value, said.detail, len(lines), chosen)


def moments(data_dir: Path, video: Video) -> Ranking:
    """Its moments, best first. Missing while it is not ranked."""
    return read_json(_file(data_dir, video, "rank", MOMENTS), Ranking)


def curves(data_dir: Path, video: Video, points: int = 2000) -> tuple[Graph, ...]:
    """Its signals, each with at most that many values. Missing while it is not ranked."""
    import numpy as np

    with np.load(_file(data_dir, video, "rank", CURVES)) as arrays:
        return tuple(_thinned(name, arrays[name].tolist(), points) for name in arrays.files)


def _thinned(signal: str, values: Sequence[float], points: int) -> Graph:
    """The largest value of every few, so that peaks stay."""
    step = max(1, -(-len(values) // points))
    thin = []
    for begin in range(0, len(values), step):
        known = [value for value in values[begin : begin + step] if math.isfinite(value)]
        thin.append(round(max(known), 5) if known else None)
    return Graph(signal, CURVE_HOP * step, tuple(thin))


def _file(data_dir: Path, video: Video, stage: str, name: str) -> Path:
    folder = video.made.get(stage)
    if not folder:
        raise Missing(f"there is no {_WHAT[stage]} of video {video.id} yet", "Look at its state: it may be under way.")
    path = data_dir / folder / name
    if not path.is_file():
        raise _gone(path, video)
    return path


def _gone(path: Path, video: Video) -> ClipperError:
    return Gone(f"{path.name} of video {video.id} was deleted", "Retry the video: it is made anew.")
