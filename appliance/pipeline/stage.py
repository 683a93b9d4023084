"""What a stage is, and what it gets."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Generic, TypeVar

from appliance.domain.job import Lane
from appliance.domain.located import Located
from appliance.domain.progress import OnProgress, unwatched
from appliance.domain.verdict import Verdict

Options = TypeVar("Options")
__all__ = ["Context", "Inputs", "Lane", "Stage"]


@dataclass(frozen=True, slots=True)
class Inputs:
    """What there is before a stage runs: where the video is, and the folders of the stages before, by stage name."""

    source: Located
    made: Mapping[str, Path] = field(default_factory=dict)

    def with_(self, stage: str, folder: Path) -> Inputs:
        """The same with one more finished stage."""
        return replace(self, made={**self.made, stage: folder})


@dataclass(frozen=True, slots=True)
class Context:
    """What is the same for every stage of a run: where things are kept, who looks on, and what must not change a result."""

    root: Path
    models: Path
    tell: OnProgress = unwatched
    ffmpeg: str = ""
    ffmpeg_args: tuple[str, ...] = ()
    api_key: str = ""


@dataclass(frozen=True, slots=True)
class Stage(Generic[Options]):
    """A plain function over a folder. It writes its files there and answers Made, Snooze or Cancel, or raises.

    `place` and `identity` name the folder: `place` groups (a video's content key), `identity` is everything the result
    depends on; a finished folder of the same identity is not made again. `version` goes up when the files change meaning.
    A stage that `resumes` finds what it had before it was interrupted.
    """

    name: str
    lane: Lane
    run: Callable[[Inputs, Path, Options, Context], Verdict]
    place: Callable[[Inputs], str]
    identity: Callable[[Inputs, Options], object]
    version: int = 1
    resumes: bool = False
