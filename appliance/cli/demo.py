"""`clipper demo`: the main job on the sample talk that ships with the program."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from appliance.cli.options import ConfigFile, Json, Overrides


def demo(
    *,
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Where the clips go.", show_default=True)] = Path(
        "clips/demo"
    ),
    as_json: Json = False,
    config: ConfigFile = None,
    overrides: Overrides = None,
) -> int:
    """Make clips of the sample talk and say where they are."""
    from appliance import app
    from appliance.cli.clip import clip
    from config.presets import FOLDER

    app.settings(config, overrides or ())
    return clip(str(FOLDER / "sample" / "talk.mp4"), out=out, as_json=as_json, config=config, overrides=overrides)
