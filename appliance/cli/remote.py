"""What commands share that ask the running service."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from inspect import Parameter, Signature, signature
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, get_type_hints

import typer

from appliance.cli import OK
from appliance.cli.options import ConfigFile, Json, Overrides

if TYPE_CHECKING:
    from appliance.client import Client

Server = Annotated[
    str,
    typer.Option(
        "--server",
        metavar="URL",
        help="Another box, such as http://nas.lan:8484; its key is read from $CLIPPER_API_KEY.",
        show_default=False,
    ),
]
Limit = Annotated[int, typer.Option("--limit", min=1, max=10_000, metavar="N", help="At most this many lines.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]
_COLOURS = {
    **dict.fromkeys(("ready", "pending", "approved", "completed"), "green"),
    **dict.fromkeys(("working", "executing", "rendering", "available"), "cyan"),
    **dict.fromkeys(("held", "retryable", "scheduled", "new"), "yellow"),
    **dict.fromkeys(("failed", "discarded", "rejected"), "red"),
}


@dataclass(frozen=True, slots=True)
class Service:
    """The running service as a command asks it, and whether JSON is wanted."""

    client: Client
    json: bool = False

    def tell(self, document: Any, sentence: str) -> int:
        """The document as JSON, or a sentence for people."""
        if self.json:
            tell_json(document)
        else:
            typer.echo(sentence)
        return OK


def asking(run: Callable[..., int]) -> Callable[..., int]:
    """A command that asks the service: `run` gets a Service first; where it is, and --json, become options of the command."""
    hints = get_type_hints(run, include_extras=True)
    own = [
        one.replace(annotation=hints[one.name], kind=Parameter.KEYWORD_ONLY)
        for one in list(signature(run).parameters.values())[1:]
    ]
    shared = [
        Parameter("config", Parameter.KEYWORD_ONLY, default=None, annotation=ConfigFile),
        Parameter("overrides", Parameter.KEYWORD_ONLY, default=None, annotation=Overrides),
        Parameter("server", Parameter.KEYWORD_ONLY, default="", annotation=Server),
        Parameter("json_", Parameter.KEYWORD_ONLY, default=False, annotation=Json),
    ]

    def command(*, config: Path | None, overrides: list[str] | None, server: str, json_: bool, **asked: Any) -> int:
        return run(Service(connected(config, overrides, server), json_), **asked)

    command.__name__, command.__doc__ = run.__name__, run.__doc__
    vars(command)["__signature__"] = Signature([*own, *shared])
    command.__annotations__ = {one.name: one.annotation for one in (*own, *shared)}
    return command


def connected(config: Path | None, overrides: Sequence[str] | None, server: str = "") -> Client:
    """The running service: of this machine by its socket, or another one by its address."""
    from appliance import app
    from config.load import load_or_safe

    return app.client(load_or_safe(config, overrides or ()).settings, server)


def tell_json(document: Any) -> None:
    """One JSON document on stdout."""
    sys.stdout.write(json.dumps(document, indent=1, ensure_ascii=False) + "\n")


def listed(client: Client, path: str, limit: int, **query: Any) -> dict[str, Any]:
    """So many items of a list, over as many pages as that takes, with how many there are in all."""
    first = client.get(path, limit=min(limit, 200), **query)
    items, cursor = list(first["items"]), first.get("next")
    while cursor and len(items) < limit:
        page = client.get(path, limit=min(limit - len(items), 200), cursor=cursor, **query)
        items += page["items"]
        cursor = page.get("next")
    return {"items": items, "total": first["total"]}


def tell_table(columns: Sequence[str], rows: Iterable[Sequence[Any]], total: int | None = None) -> None:
    """A table without lines, and how much of it there is."""
    from rich.markup import escape
    from rich.table import Table

    from appliance.cli.screen import out

    table = Table(box=None, pad_edge=False, header_style="dim", padding=(0, 2, 0, 0))
    for column in columns:
        numeric = column in {"#", "score", "clips", "try", "videos", "priority"}
        table.add_column(column, justify="right" if numeric else "left", overflow="fold")
    shown = 0
    for row in rows:
        shown += 1
        table.add_row(*(_cell(value, escape) for value in row))
    console = out()
    if shown:
        console.print(table)
    if total is not None and total > shown:
        console.print(f"[dim]{shown} of {total}; --limit shows more[/]")
    elif not shown:
        console.print("[dim]there is nothing[/]")


def tell_fields(fields: Mapping[str, Any]) -> None:
    """One thing, a field a line; what is empty is left out."""
    from rich.markup import escape

    from appliance.cli.screen import out

    console = out()
    width = max((len(name) for name in fields), default=0)
    for name, value in fields.items():
        if value not in {None, ""} if not isinstance(value, list | dict) else value:
            console.print(f"[dim]{name:<{width}}[/]  {_cell(value, escape)}", soft_wrap=True)


def when(said: str | None) -> str:
    """A time of the API as the terminal shows it: local, to the minute."""
    if not said:
        return ""
    return datetime.fromisoformat(said).astimezone().strftime("%Y-%m-%d %H:%M")


def ago(said: str | None) -> str:
    """How long ago, or until when, in the largest fitting unit."""
    if not said:
        return ""
    seconds = (datetime.now(UTC) - datetime.fromisoformat(said)).total_seconds()
    words = "in " if seconds < 0 else ""
    size = abs(seconds)
    for unit, length in (("d", 86_400), ("h", 3600), ("min", 60)):
        if size >= length:
            return f"{words}{size / length:.0f} {unit}{'' if seconds < 0 else ' ago'}"
    return "now" if size < 5 else f"{words}{size:.0f} s{'' if seconds < 0 else ' ago'}"


def trouble(item: Mapping[str, Any]) -> str:
    """What is wrong with it, in one sentence."""
    found = item.get("trouble") or (item.get("troubles") or [None])[-1]
    return "" if not found else str(found["message"])


def advice(item: Mapping[str, Any]) -> str:
    """The next step, where something is wrong with it."""
    found = item.get("trouble") or (item.get("troubles") or [None])[-1]
    return "" if not found else str(found.get("hint", ""))


def _cell(value: Any, escape: Any) -> str:
    if isinstance(value, float):
        return f"{value:.0f}"
    text = "" if value is None else str(value)
    colour = _COLOURS.get(text)
    return f"[{colour}]{text}[/]" if colour else str(escape(text))
