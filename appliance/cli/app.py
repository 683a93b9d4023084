"""All commands, in the order in which help lists them."""

from __future__ import annotations

import typer

from appliance.cli import channels, clips, config, jobs, keys, models, schedules, users, videos
from appliance.cli.add import add
from appliance.cli.clip import clip
from appliance.cli.convert import convert
from appliance.cli.demo import demo
from appliance.cli.doctor import doctor
from appliance.cli.licences import licences
from appliance.cli.moments import moments
from appliance.cli.render import render
from appliance.cli.serve import reload, serve, status

app = typer.Typer(
    name="clipper",
    help="Finds the moments worth posting in long videos and makes vertical, captioned clips of them.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback(invoke_without_command=True)
def _root(
    *,
    version: bool = typer.Option(False, "--version", help="Tell the version.", is_eager=True),  # noqa: FBT003
) -> None:
    if version:
        from appliance import __version__

        typer.echo(f"clipper {__version__}")
        raise typer.Exit


app.command("demo")(demo)
app.command("clip")(clip)
app.command("moments")(moments)
app.command("render")(render)
app.command("convert")(convert)
app.command("serve")(serve)
app.command("status")(status)
app.command("reload")(reload)
app.command("add")(add)
app.add_typer(videos.app, name="videos")
app.add_typer(clips.app, name="clips")
app.add_typer(jobs.app, name="jobs")
app.add_typer(jobs.lanes, name="lanes")
app.add_typer(channels.app, name="channels")
app.add_typer(schedules.app, name="schedules")
app.add_typer(users.app, name="users")
app.add_typer(keys.app, name="keys")
app.command("doctor")(doctor)
app.add_typer(config.app, name="config")
app.add_typer(models.app, name="models")
app.command("licences")(licences)
