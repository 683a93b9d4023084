"""`clipper config`: what is in force, and whether it can be."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from appliance.cli.options import ConfigFile, Json, Overrides

app = typer.Typer(help="What clipper.toml says and may say.", no_args_is_help=True, rich_markup_mode=None)


@app.command("check")
def check(*, config: ConfigFile = None, overrides: Overrides = None) -> int:
    """Check clipper.toml: exit code 0, or 2 with the place of every mistake."""
    from appliance import app as root
    from appliance.domain.wishes import Wishes

    loaded = root.settings(config, overrides or ())
    wishes = Wishes()
    root.video_options(loaded.settings, wishes)
    for name in ("", *loaded.settings.look):
        root.look_options(loaded.settings, Wishes(look=name), root.context(loaded.settings))
    for warning in loaded.warnings:
        typer.echo(f"warning: {warning}", err=True)
    typer.echo(f"{loaded.file}: all right" if loaded.file else "no clipper.toml: the defaults are in force")
    return 0


@app.command("show")
def show(
    *,
    origin: Annotated[bool, typer.Option("--origin", help="Say where each value was set.")] = False,
    as_json: Json = False,
    config: ConfigFile = None,
    overrides: Overrides = None,
) -> int:
    """Show the settings in force."""
    from appliance import app as root
    from config.masking import masked
    from config.shape import leaves, spelt

    loaded = root.settings(config, overrides or ())
    tables = masked(loaded.settings.model_dump(mode="json"))
    if as_json:
        answer = {"settings": tables, "origins": dict(loaded.origins)} if origin else tables
        typer.echo(json.dumps(answer, ensure_ascii=False))
        return 0
    for path, value in leaves(tables):
        key = spelt(path)
        where = f"   # {loaded.origins.get(key, 'default')}" if origin else ""
        typer.echo(f"{key} = {json.dumps(value, ensure_ascii=False)}{where}")
    return 0


@app.command("export")
def export(
    *,
    everything: Annotated[bool, typer.Option("--all", help="Defaults too.")] = False,
    config: ConfigFile = None,
    overrides: Overrides = None,
) -> int:
    """Print the settings in force as a clipper.toml, passwords masked."""
    from appliance import app as root
    from config.export import export as text

    typer.echo(text(root.settings(config, overrides or ()).settings, everything=everything), nl=False)
    return 0


@app.command("schema")
def schema() -> int:
    """Print the JSON Schema of clipper.toml, for editors."""
    from config.schema import Settings

    typer.echo(json.dumps(Settings.model_json_schema(), indent=2, ensure_ascii=False))
    return 0


@app.command("example")
def example() -> int:
    """Print a commented clipper.toml with every default."""
    from config.example import example as text

    typer.echo(text())
    return 0
