"""`clipper clip`: a long video in, clips out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from appliance.cli import FAILED, NOTHING, OK
from appliance.cli.options import (
    ChatFile,
    ConfigFile,
    Json,
    Keywords,
    MaxSeconds,
    MinScore,
    MinSeconds,
    Overrides,
    Query,
    Sound,
    Top,
)
from appliance.domain.wishes import Wishes

Out = Annotated[
    Path | None, typer.Option("--out", metavar="DIR", help="Where the clips go (clips/TITLE).", show_default=False)
]


def clip(
    source: Annotated[str, typer.Argument(metavar="SOURCE", help="A video or sound file, or a link.")],
    *,
    out: Out = None,
    top: Top = None,
    min_seconds: MinSeconds = None,
    max_seconds: MaxSeconds = None,
    min_score: MinScore = None,
    aspect: Annotated[
        str | None, typer.Option("--aspect", metavar="SHAPE", help="9:16, 1:1, 4:5 or 16:9.", show_default=False)
    ] = None,
    look: Annotated[
        str, typer.Option("--look", metavar="NAME", help="A [look.NAME] of clipper.toml.", show_default=False)
    ] = "",
    style: Annotated[
        str | None, typer.Option("--style", metavar="NAME", help="The caption preset.", show_default=False)
    ] = None,
    captions: Annotated[
        str | None,
        typer.Option("--captions", metavar="auto|asr|off|FILE", help="Where the words come from.", show_default=False),
    ] = None,
    chat: ChatFile = None,
    query: Query = "",
    keyword: Keywords = None,
    sound: Sound = None,
    at: Annotated[
        list[str] | None,
        typer.Option(
            "--at", metavar="FROM-TO", help="This stretch (may be given again), not the ranking.", show_default=False
        ),
    ] = None,
    pick: Annotated[
        str, typer.Option("--pick", metavar="1,3-5", help="Only these of the ranking.", show_default=False)
    ] = "",
    use_llm: Annotated[
        bool, typer.Option("--use-llm", help="Let the language model of [llm] write titles too.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say which moments would be taken.")] = False,
    as_json: Json = False,
    config: ConfigFile = None,
    overrides: Overrides = None,
) -> int:
    """Make clips of the best moments of a video."""
    from appliance import app
    from appliance.cli import analysing, choosing, listing
    from appliance.domain.errors import BadInput

    wishes = Wishes(
        top=top,
        min_seconds=min_seconds,
        max_seconds=max_seconds,
        min_score=min_score,
        aspect=aspect,
        look=look,
        style=style,
        captions=captions,
        chat=chat,
        query=query,
        sound=sound,
        keywords=tuple(keyword or ()),
    )
    chosen = app.settings(config, overrides or ()).settings
    if use_llm and not chosen.llm.base_url:
        raise BadInput("--use-llm: no language model is named", "Set base_url under [llm] in clipper.toml.")
    job = analysing.Job(source, wishes, chosen, app.context(chosen), out, use_llm)
    app.look_options(chosen, wishes, job.context)  # a mistake in the look is told before anything is worked on
    analysed = choosing.chosen(analysing.analyse(job), at or (), pick)
    if dry_run:
        return listing.tell(listing.of(analysed), as_json=as_json)
    from appliance.cli import making
    from appliance.cli.screen import complain

    clips, failed = making.make_clips(job, analysed)
    if as_json:
        typer.echo(json.dumps(making.document(analysed, clips), ensure_ascii=False))
    else:
        making.tell_clips(analysed, clips)
    for error in failed:
        complain(error.message, error.hint)
    return FAILED if failed else OK if clips else NOTHING
