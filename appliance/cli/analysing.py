"""From a source to its moments, watched, and how both are told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import msgspec
from rich.markup import escape
from rich.table import Table

from appliance import app
from appliance.cli.screen import bars, clock, out, remark
from appliance.domain.errors import Permanent
from appliance.domain.located import Fetched
from appliance.domain.moment import Moment, Ranking
from appliance.domain.source import Source
from appliance.domain.verdict import Made
from appliance.domain.wishes import Wishes
from appliance.pipeline.fetch import fetched
from appliance.pipeline.rank import ranking
from appliance.pipeline.scan import scanned_source
from appliance.pipeline.stage import Context, Inputs
from appliance.pipeline.stages import VIDEO
from appliance.pipeline.step import Stepped, run
from appliance.pipeline.transcribe import spoken
from appliance.sources.address import check_policy, locate
from appliance.store.artifacts import sweep
from config.schema import Settings

_NAMES = {"fetch": "fetching", "scan": "scanning", "transcribe": "transcribing", "rank": "ranking"}


@dataclass(frozen=True, slots=True)
class Job:
    """What the command line asked for."""

    source: str
    wishes: Wishes
    settings: Settings
    context: Context
    out: Path | None = None
    use_llm: bool = False


@dataclass(frozen=True, slots=True)
class Analysed:
    """A source after the VIDEO pipeline."""

    inputs: Inputs
    found: Fetched
    source: Source
    ranking: Ranking
    timings: dict[str, float]
    words: str  # where the words came from


def analyse(job: Job) -> Analysed:
    """Run the VIDEO pipeline with a bar for every stage; notes go to stderr."""
    located = locate(job.source)
    check_policy(located, job.settings.sources.allow, allow_any=job.settings.sources.allow_any)
    options = app.video_options(job.settings, job.wishes)
    sweep(job.context.root / "videos")
    inputs = Inputs(located)
    timings: dict[str, float] = {}
    notes: list[str] = []
    with bars() as bar:
        for stepped in run(VIDEO, inputs, options, job.context, lambda name: bar(_NAMES[name])):
            inputs = after(inputs, stepped, timings, notes)
    for note in dict.fromkeys(notes):
        remark(note)
    said = spoken(inputs)
    words = "" if said.transcript is None else f"{said.transcript.origin.value}: {said.transcript.detail}"
    found, source = fetched(inputs), scanned_source(inputs)
    if located.is_file and source.title:
        found = replace(found, title=source.title)
    return Analysed(inputs, found, source, ranking(inputs), timings, words)


def moments_document(analysed_seconds: float, found: Ranking) -> dict[str, Any]:
    """The JSON of `clipper moments`."""
    return {
        "duration": round(analysed_seconds, 3),
        "moments": [moment_document(moment) for moment in found.moments],
        **why(found),
    }


def moment_document(moment: Moment) -> dict[str, Any]:
    """A moment as the commands print it."""
    return {
        "start": round(moment.start, 3),
        "end": round(moment.end, 3),
        "score": round(moment.score, 1),
        "title": moment.title,
        "reasons": [
            {"signal": reason.signal, "weight": round(reason.weight, 4), "text": reason.text}
            for reason in moment.reasons
        ],
    }


def video(analysed: Analysed) -> dict[str, Any]:
    """What is known of the source, for the JSON documents."""
    return {
        "title": analysed.found.title,
        "file": analysed.found.media,
        "content": analysed.found.content,
        "words": analysed.words,
        **msgspec.to_builtins(analysed.source),
    }


def tell_nothing(found: Ranking) -> None:
    """Why there are no moments, and what to do."""
    remark(found.why_empty or "no moments were found")
    if found.hint:
        remark(found.hint)


def tell_missing(found: Ranking) -> None:
    """The signals that had nothing, in one line each."""
    for missing in found.missing:
        hint = f" {missing.hint}" if missing.hint else ""
        out().print(f"[dim]without {escape(missing.signal)}: {escape(missing.why)}.{escape(hint)}[/]", soft_wrap=True)


def moments_table(moments: Sequence[Moment], files: Sequence[Path] = ()) -> Table:
    """Rank, score, from and to, title and why; the file where there is one."""
    table = Table(box=None, pad_edge=False, header_style="dim", padding=(0, 2, 0, 0))
    table.add_column("#", justify="right")
    table.add_column("score", justify="right")
    table.add_column("from – to", no_wrap=True)
    table.add_column("title", ratio=3)
    table.add_column("why", ratio=4, style="dim")
    for number, moment in enumerate(moments, 1):
        title = escape(moment.title) + (f"\n[dim]{escape(files[number - 1].name)}[/]" if files else "")
        strongest = sorted((r for r in moment.reasons if r.weight > 0), key=lambda reason: -reason.weight)[:3]
        table.add_row(
            str(number),
            f"{moment.score:.0f}",
            f"{clock(moment.start)} – {clock(moment.end)}",
            title,
            escape("; ".join(reason.text for reason in strongest)),
        )
    return table


def why(found: Ranking) -> dict[str, Any]:
    """What was missing, and with no moments why, as the commands print it."""
    answer: dict[str, Any] = {"missing": [msgspec.to_builtins(missing) for missing in found.missing]}
    if not found.moments:
        answer["empty"] = {"why": found.why_empty, "hint": found.hint}
    return answer


def after(inputs: Inputs, stepped: Stepped, timings: dict[str, float], notes: list[str]) -> Inputs:
    """The inputs of the next stage; a stage that did not make anything ends the run in words."""
    if not isinstance(stepped.verdict, Made):
        raise Permanent(f"{stepped.stage}: {stepped.verdict.why}", "Try again later.")
    timings[stepped.stage] = timings.get(stepped.stage, 0.0) + stepped.seconds
    notes.extend(stepped.verdict.notes)
    return inputs.with_(stepped.stage, stepped.folder)
