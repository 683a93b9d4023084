"""Running stages: one, or a whole pipeline in order. A finished stage is reused, an interrupted one leaves nothing half made."""

from __future__ import annotations

import contextlib
import shutil
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeVar

from appliance.domain.errors import BadInput, Permanent
from appliance.domain.progress import OnProgress
from appliance.domain.verdict import Made, Verdict
from appliance.pipeline.stage import Context, Inputs, Stage
from appliance.store.artifacts import content_key, guarded_disk, key_of, making, read_json, write_json

Options = TypeVar("Options")
DONE = "done.json"


@dataclass(frozen=True, slots=True)
class Stepped:
    """A stage that ended: its verdict, its folder, how long it took (0 when it was reused)."""

    stage: str
    verdict: Verdict
    folder: Path
    seconds: float
    reused: bool


def folder_of(stage: Stage[Options], inputs: Inputs, options: Options, context: Context) -> Path:
    """Where the stage's files are, or will be."""
    key = key_of(stage.name, stage.version, stage.identity(inputs, options))
    return context.root / stage.place(inputs) / stage.name / key


def step(stage: Stage[Options], inputs: Inputs, options: Options, context: Context) -> Stepped:
    """Run a stage unless its folder is finished already."""
    folder = folder_of(stage, inputs, options, context)
    if (folder / DONE).is_file() and not damage(folder):
        context.tell(1.0, "done before")
        return Stepped(stage.name, read_json(folder / DONE, Made), folder, 0.0, reused=True)
    began = time.monotonic()
    with _workplace(folder, resumes=stage.resumes) as working:
        context.tell(0.0, "")
        verdict = stage.run(inputs, working, options, context)
        context.tell(1.0, "done")
        if not isinstance(verdict, Made):
            raise _NotMade(verdict)
        if verdict.lasting:
            write_json(working / DONE, _Done(verdict.files, verdict.notes, sealed(working, verdict.files)))
    return Stepped(stage.name, verdict, folder, time.monotonic() - began, reused=False)


def run(
    stages: Sequence[Stage[Options]],
    inputs: Inputs,
    options: Options,
    context: Context,
    watch: Callable[[str], OnProgress] | None = None,
) -> Iterator[Stepped]:
    """Run a pipeline stage by stage; stops after the first that does not answer Made. `watch` gives each stage its onlooker."""
    for stage in stages:
        own = replace(context, tell=watch(stage.name)) if watch else context
        try:
            stepped = step(stage, inputs, options, own)
        except _NotMade as stop:
            yield Stepped(stage.name, stop.verdict, folder_of(stage, inputs, options, context), 0.0, reused=False)
            return
        yield stepped
        inputs = inputs.with_(stage.name, stepped.folder)


def damage(folder: Path) -> str:
    """What of a stage's folder is not as it was made, in words; empty when all is. What does not last is not looked at."""
    if not folder.is_dir():
        return f"{folder} is gone"
    if not (folder / DONE).exists():
        return ""
    try:
        done = read_json(folder / DONE, _Done)
    except (Permanent, OSError):
        return f"{folder / DONE} is damaged"
    now = sealed(folder, tuple(done.seals))
    return next((f"{folder / name} is damaged" for name, seal in done.seals.items() if now[name] != seal), "")


def sealed(folder: Path, files: Sequence[str]) -> dict[str, str]:
    """By what the folder's own files are known again; empty for those that are gone. A source that lies elsewhere is not ours."""
    seals = {}
    for name in files:
        if not Path(name).is_absolute():
            try:
                seals[name] = content_key(folder / name)
            except OSError:
                seals[name] = ""
    return seals


@dataclass(frozen=True, slots=True)
class _Done:
    """What Made says, and how its files looked."""

    files: tuple[str, ...]
    notes: tuple[str, ...] = ()
    seals: Mapping[str, str] = field(default_factory=dict)


class _NotMade(Exception):
    def __init__(self, verdict: Verdict) -> None:
        super().__init__(type(verdict).__name__)
        self.verdict = verdict


@contextlib.contextmanager
def _workplace(folder: Path, *, resumes: bool) -> Iterator[Path]:
    """The folder to work in: a fresh one that vanishes on trouble, or one that stays until the stage ends well."""
    if not resumes:
        with making(folder) as working:
            yield working
        return
    with guarded_disk(folder):
        working = folder.with_name(folder.name + ".part")
        working.mkdir(parents=True, exist_ok=True)
        try:
            yield working
        except BaseException as error:
            # What no second try can use goes at once.
            if isinstance(error, (Permanent, BadInput)) or not any(working.iterdir()):
                shutil.rmtree(working, ignore_errors=True)
            raise
        if folder.exists():
            shutil.rmtree(folder)
        working.rename(folder)
