"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

ConfigFile = Annotated[
    Path | None, typer.Option("--config", metavar="FILE", help="Use this clipper.toml.", show_default=False)
]
Overrides = Annotated[
    list[str] | None,
    typer.Option(
        "--set", metavar="TABLE.KEY=VALUE", help="Override one setting (may be given again).", show_default=False
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document on stdout and nothing else.")]
Top = Annotated[
    int | None, typer.Option("--top", min=1, max=100, metavar="N", help="At most this many (6).", show_default=False)
]
MinSeconds = Annotated[
    float | None, typer.Option("--min", min=1, metavar="S", help="Shortest, in seconds (15).", show_default=False)
]
MaxSeconds = Annotated[
    float | None, typer.Option("--max", min=2, metavar="S", help="Longest, in seconds (60).", show_default=False)
]
MinScore = Annotated[
    float | None,
    typer.Option("--min-score", min=0, max=100, metavar="N", help="Leave out lower scores (0).", show_default=False),
]
ChatFile = Annotated[
    str | None, typer.Option("--chat", metavar="FILE", help="What viewers wrote, as a chat file.", show_default=False)
]
Query = Annotated[
    str,
    typer.Option(
        "--query", metavar="TEXT", help="Look for one subject in what is said and written.", show_default=False
    ),
]
Sound = Annotated[
    int | None,
    typer.Option("--sound", min=0, metavar="N", help="Use this sound track, counted from 0.", show_default=False),
]
Keywords = Annotated[
    list[str] | None,
    typer.Option(
        "--keyword", metavar="WORD", help="Raise moments with this word (may be given again).", show_default=False
    ),
]
