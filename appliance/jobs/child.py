"""The child's side: reads what to do from stdin, does it, and answers on stdout. Nothing here knows the database."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import sys
import tempfile
import threading
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any, BinaryIO, NoReturn

import msgspec

from appliance.domain.errors import ClipperError, NotYet, Permanent, Unwanted
from appliance.domain.trouble import trouble_of
from appliance.jobs.messages import (
    Answer,
    BringWork,
    Brought,
    ConvertWork,
    Dropped,
    ExpandWork,
    Failed,
    Listed,
    ListWork,
    Message,
    Postponed,
    Progress,
    StageDone,
    StageWork,
    Work,
)
from appliance.store.artifacts import guarded_disk
from config.places import use_temp

if TYPE_CHECKING:
    from appliance.domain.listed import Listing
    from appliance.domain.moment import Moment
    from appliance.domain.wishes import Wishes
    from appliance.pipeline.stage import Context
    from appliance.pipeline.step import Stepped

VERB = "_work"  # the hidden verb under which this program is its own child
_TELL_SECONDS = 0.5
_NOT_YET_SECONDS = 600.0


@dataclass(frozen=True, slots=True)
class Bench:
    """How settings, as JSON, become what stages and sources take: the composition root's part in a child."""

    context: Callable[[bytes], Context]
    options: Callable[[bytes, Wishes, Moment | None], object]
    ask: Callable[[ListWork, datetime], Listing]
    expand: Callable[[ExpandWork], Listing]
    scratch: Callable[[bytes], Path]


def main(bench: Bench) -> None:
    """Do what stdin says. The exit code is 0 whenever there is an answer, good or bad."""
    answers = _own_stdout()
    signal.signal(signal.SIGTERM, _stop)
    _step_back()
    work = msgspec.json.decode(sys.stdin.buffer.read(), type=Work)
    try:
        if not isinstance(work, BringWork):
            with guarded_disk(Path(tempfile.gettempdir())):
                use_temp(bench.scratch(bytes(work.settings)) / str(os.getpid()))
        answer = _do(work, bench, answers)
    except NotYet as error:
        answer = Postponed(error.retry_after or _NOT_YET_SECONDS, error.message)
    except Unwanted as error:
        answer = Dropped(error.message)
    except Exception as error:  # noqa: BLE001 - the one place where a job's errors become words
        if not isinstance(error, ClipperError):  # what has words of its own needs no trace
            traceback.print_exc()
        answer = Failed(trouble_of(error))
    answers.say(answer)


def _step_back() -> None:
    """The pages come before the work: less of the processor, and when memory runs out the stage goes, not the service."""
    with contextlib.suppress(OSError):
        os.nice(5)
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("500", encoding="ascii")


class _Answers:
    """The way back to the parent. Progress goes out at most twice a second."""

    def __init__(self, pipe: BinaryIO) -> None:
        self._pipe = pipe
        self._told = 0.0
        self._step = ""
        self._lock = threading.Lock()

    def say(self, message: Message) -> None:
        """One line."""
        with self._lock:
            self._pipe.write(msgspec.json.encode(message) + b"\n")
            self._pipe.flush()

    def tell(self, done: float, step: str) -> None:
        """Progress, when there is something new to say."""
        now = time.monotonic()
        if step == self._step and now - self._told < _TELL_SECONDS:
            return
        self._told, self._step = now, step
        self.say(Progress(done, step))


def _own_stdout() -> _Answers:
    """Keep stdout for answers: whatever else is printed goes to stderr, into the job's log."""
    kept = os.dup(1)
    os.dup2(2, 1)
    return _Answers(os.fdopen(kept, "wb"))


def _stop(number: int, _frame: FrameType | None) -> NoReturn:
    """Leave in order, so that half-made things are cleared away."""
    raise SystemExit(128 + number)


def _do(work: Work, bench: Bench, answers: _Answers) -> Answer:
    match work:
        case StageWork():
            return _stage(work, bench, answers)
        case ListWork():
            return Listed(bench.ask(work, datetime.now(UTC)))
        case ExpandWork():
            return Listed(bench.expand(work))
        case BringWork():
            from appliance.sources.taking import bring

            return Brought(str(bring(Path(work.path), Path(work.into), work.how)))
        case ConvertWork():
            return _convert(work, bench, answers)


def _stage(work: StageWork, bench: Bench, answers: _Answers) -> Answer:
    from appliance.domain.verdict import Cancel, Made, Snooze
    from appliance.pipeline.stage import Inputs
    from appliance.pipeline.stages import CLIP, VIDEO
    from appliance.pipeline.step import damage, run

    for name, folder in work.made.items():
        if why := damage(Path(folder)):
            raise Permanent(why, f"Retry it from {name}: that is made anew.")
    stages: tuple[Any, ...] = (*VIDEO, *CLIP)
    stage = next(stage for stage in stages if stage.name == work.stage)
    inputs = Inputs(work.source, {name: Path(folder) for name, folder in work.made.items()})
    settings = bytes(work.settings)
    context = replace(bench.context(settings), tell=answers.tell)
    options = bench.options(settings, work.wishes, work.moment)
    (stepped,) = run((stage,), inputs, options, context)
    match stepped.verdict:
        case Snooze(after, why):
            return Postponed(after.total_seconds(), why)
        case Cancel(why):
            return Dropped(why)
        case Made():
            return _done(work.stage, inputs.with_(work.stage, stepped.folder), stepped)


def _convert(work: ConvertWork, bench: Bench, answers: _Answers) -> Brought:
    """Whole, or nothing: neither this try nor one that was killed leaves its folder."""
    from appliance.media.convert import convert
    from appliance.media.ffmpeg import find_ffmpeg

    context, into = bench.context(bytes(work.settings)), Path(work.into)
    shutil.rmtree(into.parent, ignore_errors=True)
    try:
        convert(
            find_ffmpeg(context.ffmpeg or None, context.ffmpeg_args), Path(work.path), into, on_progress=answers.tell
        )
    finally:
        if not into.is_file():
            shutil.rmtree(into.parent, ignore_errors=True)
    return Brought(str(into))


def _done(stage: str, inputs: Any, stepped: Stepped) -> StageDone:
    """What was made, with what the faces show of it."""
    from appliance.domain.verdict import Made

    assert isinstance(stepped.verdict, Made)
    answer = StageDone(str(stepped.folder), stepped.verdict.notes, stepped.reused)
    if stage == "fetch":
        from appliance.pipeline.fetch import fetched

        found = fetched(inputs)
        return msgspec.structs.replace(answer, title=found.title, content=found.content)
    if stage == "scan":
        from appliance.pipeline.scan import scanned_source

        source = scanned_source(inputs)
        return msgspec.structs.replace(answer, title=source.title, seconds=source.seconds)
    if stage == "rank":
        from appliance.pipeline.rank import ranking

        return msgspec.structs.replace(answer, ranking=ranking(inputs))
    return answer
