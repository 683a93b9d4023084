"""`clipper convert`: a stream recording into an MP4 that plays everywhere."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from appliance.cli.options import ConfigFile, Overrides


def convert(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A .ts, .mkv, .flv ... file.")],
    *,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="The MP4 (beside it, same name).", show_default=False)
    ] = None,
    config: ConfigFile = None,
    overrides: Overrides = None,
) -> int:
    """Make an MP4: by copying the streams, or by encoding them where that cannot be."""
    from appliance import app
    from appliance.cli.screen import bars, remark
    from appliance.domain.errors import BadInput
    from appliance.media.convert import convert as to_mp4
    from appliance.media.ffmpeg import find_ffmpeg
    from appliance.pipeline.make import encoder

    chosen = app.settings(config, overrides or ()).settings
    own = chosen.ffmpeg
    wanted = out or file.with_suffix(".mp4")
    if wanted.absolute() == file.absolute():
        raise BadInput(f"{file}: is called .mp4 already", "Name another file with --out.")
    ffmpeg = find_ffmpeg(own.path or None, own.global_args)
    with bars() as bar:
        done = to_mp4(ffmpeg, file, wanted, encoder(ffmpeg, app.render_choice(chosen)), bar("converting"))
    if done.why:
        remark(f"encoded anew: {done.why}")
    typer.echo(str(wanted))
    return 0
