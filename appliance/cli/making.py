"""Clips from a video's moments, watched, and put where they were wanted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from rich.markup import escape

from appliance import app
from appliance.cli import suggesting
from appliance.cli.analysing import (
    Analysed,
    Job,
    after,
    moment_document,
    moments_table,
    tell_missing,
    tell_nothing,
    video,
    why,
)
from appliance.cli.deliver import Delivered, Finished, deliver, folder_for
from appliance.cli.screen import bars, out, remark
from appliance.domain.errors import BadInput, ClipperError, Permanent
from appliance.domain.moment import Moment
from appliance.domain.progress import OnProgress, part
from appliance.domain.timeline import Timeline
from appliance.pipeline.options import ClipOptions
from appliance.pipeline.stages import CLIP
from appliance.pipeline.step import run
from appliance.store.artifacts import read_json
from appliance.store.made import TIMELINE


def make_clips(job: Job, analysed: Analysed) -> tuple[tuple[Delivered, ...], tuple[ClipperError, ...]]:
    """Run the CLIP pipeline for every moment and put the results where they were wanted.

    A clip that cannot be made does not stop the others; its error comes back. Trouble that all would share is raised.
    """
    look, choice = app.look_options(job.settings, job.wishes, job.context), app.render_choice(job.settings)
    folder = folder_for(job.out, analysed.found.title)
    made: list[tuple[Moment, Path]] = []
    failed: list[ClipperError] = []
    notes: list[str] = []
    with bars() as bar:
        for number, moment in enumerate(analysed.ranking.moments, 1):
            tell = bar(f"clip {number} of {len(analysed.ranking.moments)}")
            options = ClipOptions(moment, look, choice, job.wishes.sound)
            try:
                folder_made = _made(job, analysed, options, tell, notes)
                made.append((_as_cut(moment, folder_made), folder_made))
            except (BadInput, Permanent) as error:
                failed.append(error)
    for note in dict.fromkeys(notes):
        remark(note)
    if failed and not made:
        raise failed[0]
    called = suggesting.for_clips(job, analysed, [moment for moment, _ in made])
    finished = [Finished(moment, stage, suggested) for (moment, stage), suggested in zip(made, called, strict=True)]
    return deliver(finished, folder, analysed.found.title), tuple(failed)


def _made(job: Job, analysed: Analysed, options: ClipOptions, tell: OnProgress, notes: list[str]) -> Path:
    """The folder of one finished clip."""
    inputs = analysed.inputs
    shares = {"frame": (0.0, 0.2), "render": (0.2, 1.0)}
    for stepped in run(CLIP, inputs, options, job.context, lambda name: part(tell, *shares[name])):
        inputs = after(inputs, stepped, analysed.timings, notes)
    return inputs.made["render"]


def _as_cut(moment: Moment, folder: Path) -> Moment:
    """The moment with the edges that its clip really has: a flash of another shot may have gone."""
    cuts = read_json(folder / TIMELINE, Timeline).cuts
    return replace(moment, start=cuts[0].start, end=cuts[-1].end)


def document(analysed: Analysed, clips: Sequence[Delivered]) -> dict[str, Any]:
    """The JSON of `clipper clip`."""
    return {
        "video": {**video(analysed), **suggesting.document(suggesting.for_video(analysed))},
        "clips": [
            {
                "file": str(clip.file),
                "thumbnail": str(clip.thumbnail),
                **moment_document(clip.moment),
                **suggesting.document(clip.suggestions),
                "timeline": str(clip.timeline),
            }
            for clip in clips
        ],
        **why(analysed.ranking),
        "timings": {stage: round(seconds, 3) for stage, seconds in analysed.timings.items()},
    }


def tell_clips(analysed: Analysed, clips: Sequence[Delivered]) -> None:
    """Print the clips and where they are; with none, why."""
    if not clips:
        tell_nothing(analysed.ranking)
        return
    out().print(moments_table([clip.moment for clip in clips], [clip.file for clip in clips]))
    tell_missing(analysed.ranking)
    out().print(f"{len(clips)} clips are in [bold]{escape(str(clips[0].file.parent))}[/]", soft_wrap=True)
