"""`clipper moments`: which moments there are, without making anything."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

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


def moments(
    source: Annotated[
        str | None, typer.Argument(metavar="[SOURCE]", help="A video or sound file, or a link.", show_default=False)
    ] = None,
    *,
    chat: ChatFile = None,
    transcript: Annotated[
        str | None,
        typer.Option("--transcript", metavar="FILE", help="What is said, as a subtitle file.", show_default=False),
    ] = None,
    top: Top = None,
    min_seconds: MinSeconds = None,
    max_seconds: MaxSeconds = None,
    min_score: MinScore = None,
    query: Query = "",
    keyword: Keywords = None,
    sound: Sound = None,
    plot: Annotated[
        Path | None,
        typer.Option("--plot", metavar="FILE.svg|.png", help="Draw the curves and the moments.", show_default=False),
    ] = None,
    as_json: Json = False,
    config: ConfigFile = None,
    overrides: Overrides = None,
) -> int:
    """Rank the moments of a video, or of a chat or a transcript alone."""
    from appliance import app
    from appliance.cli import analysing, listing
    from appliance.domain.errors import BadInput

    wishes = Wishes(
        top=top,
        min_seconds=min_seconds,
        max_seconds=max_seconds,
        min_score=min_score,
        captions=transcript,
        chat=chat,
        query=query,
        sound=sound,
        keywords=tuple(keyword or ()),
    )
    if source is None and chat is None and transcript is None:
        raise BadInput("nothing to rank was given", "Give a video, --chat FILE, or --transcript FILE.")
    if plot is not None and plot.suffix.lower() not in {".svg", ".png"}:
        raise BadInput(f"--plot {plot}: a plot is an .svg or a .png", "Name it so.")
    chosen = app.settings(config, overrides or ()).settings
    if source is None:
        found = listing.without_media(chosen, wishes)
    else:
        found = listing.of(analysing.analyse(analysing.Job(source, wishes, chosen, app.context(chosen))))
    if plot is not None:
        listing.draw(found, plot)
    return listing.tell(found, as_json=as_json)
