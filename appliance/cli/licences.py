"""`clipper licences`: whose work is inside, and on what terms."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import typer

from appliance.cli.options import Json

if TYPE_CHECKING:
    from importlib.metadata import PackageMetadata

_APART = (
    ("ffmpeg (the binary of imageio-ffmpeg)", "GPL-3.0-or-later"),
    ("x264 and x265, inside ffmpeg and PyAV", "GPL-2.0-or-later"),
)


def licences(*, as_json: Json = False) -> int:
    """List everything that Clipper is made with and its licence. Clipper's own source is MIT."""
    from config import presets

    rows = [("clipper", "MIT"), *sorted(_packages(), key=lambda row: row[0].lower()), *_APART]
    rows += [(f"font {path.parent.name}", "OFL-1.1") for path in sorted((presets.FOLDER / "fonts").glob("*/OFL.txt"))]
    if as_json:
        typer.echo(json.dumps([{"name": name, "licence": licence} for name, licence in rows], ensure_ascii=False))
        return 0
    width = max(len(name) for name, _ in rows)
    for name, licence in rows:
        typer.echo(f"{name:<{width}}  {licence}")
    return 0


def _packages() -> list[tuple[str, str]]:
    """Every library that Clipper needs to run, with what its own metadata says."""
    from importlib import metadata

    found: dict[str, str] = {}
    waiting = ["clipper-appliance"]
    while waiting:
        name = waiting.pop()
        try:
            package = metadata.distribution(name)
        except metadata.PackageNotFoundError:
            continue
        for needed in package.requires or ():
            bare = re.split(r"[\s;<>=!~\[(]", needed, maxsplit=1)[0].lower().replace("_", "-")
            if "extra ==" not in needed and bare not in found:
                found[bare] = ""
                waiting.append(bare)
        found[name] = _licence(package.metadata)
    found.pop("clipper-appliance", None)
    return [(name, licence or "see its own page") for name, licence in found.items() if licence]


def _licence(about: PackageMetadata) -> str:
    fields = about.json
    if expression := fields.get("license_expression"):
        return str(expression)
    classified = [
        str(line).rsplit("::", 1)[-1].strip()
        for line in fields.get("classifier", [])
        if str(line).startswith("License :: ") and not str(line).endswith("OSI Approved")
    ]
    if classified:
        return ", ".join(classified)
    first = str(fields.get("license", "")).strip().splitlines()[:1]
    return first[0][:60] if first else "see its own page"
