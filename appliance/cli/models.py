"""`clipper models`: the models that make Clipper better, all of them optional."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated

import typer

from appliance.cli.options import ConfigFile, Json, Overrides

if TYPE_CHECKING:
    from pathlib import Path

    from appliance.media.models import ModelCard

app = typer.Typer(help="Models that hear speech and find faces.", no_args_is_help=True, rich_markup_mode=None)
Name = Annotated[str, typer.Argument(metavar="NAME", help="See `clipper models list`.")]


@app.command("list")
def list_(*, as_json: Json = False, config: ConfigFile = None, overrides: Overrides = None) -> int:
    """List the models: what each is for, its size and licence, and whether it is here."""
    from rich.table import Table

    from appliance.cli.screen import out
    from appliance.media.models import is_here, where

    cards, folder = _catalogue(config, overrides)
    if as_json:
        rows = [
            {
                "name": card.name,
                "kind": card.kind,
                "about": card.about,
                "size_bytes": card.size_bytes,
                "licence": card.licence,
                "here": is_here(card, folder),
                "path": str(where(card, folder)),
            }
            for card in cards.values()
        ]
        typer.echo(json.dumps(rows, ensure_ascii=False))
        return 0
    table = Table(box=None, pad_edge=False, header_style="dim", padding=(0, 2, 0, 0))
    for column in ("model", "here", "size", "licence", "what it does"):
        table.add_column(column, justify="right" if column == "size" else "left")
    for card in cards.values():
        size = (
            f"{card.size_bytes / 1e6:,.1f} MB" if card.size_bytes < 10_000_000 else f"{card.size_bytes / 1e6:,.0f} MB"
        )
        table.add_row(card.name, "yes" if is_here(card, folder) else "-", size, card.licence, card.about)
    out().print(table)
    out().print(f"[dim]They are kept in {folder}[/]", soft_wrap=True)
    return 0


@app.command("pull")
def pull(name: Name, *, config: ConfigFile = None, overrides: Overrides = None) -> int:
    """Fetch a model; goes on where it stopped."""
    from appliance.cli.screen import bars
    from appliance.media.models import is_here
    from appliance.media.models import pull as fetch

    cards, folder = _catalogue(config, overrides)
    card = _known(cards, name)
    if is_here(card, folder):
        typer.echo(f"{name} is here already")
        return 0
    with bars() as bar:
        place = fetch(card, folder, bar(name))
    typer.echo(str(place))
    return 0


@app.command("remove")
def remove(name: Name, *, config: ConfigFile = None, overrides: Overrides = None) -> int:
    """Delete a model from this machine."""
    from appliance.media.models import remove as delete

    cards, folder = _catalogue(config, overrides)
    delete(_known(cards, name), folder)
    typer.echo(f"{name} is removed")
    return 0


def _catalogue(config: Path | None, overrides: list[str] | None) -> tuple[dict[str, ModelCard], Path]:
    from appliance import app as root
    from appliance.media.models import cards
    from config import presets

    chosen = root.settings(config, overrides or ()).settings
    return {card.name: card for card in cards(presets.table(".", "models"))}, root.data_dir(chosen) / "models"


def _known(cards: dict[str, ModelCard], name: str) -> ModelCard:
    from appliance.domain.errors import BadInput

    if name not in cards:
        raise BadInput(f"there is no model {name}", f"One of: {', '.join(cards)}.")
    return cards[name]
