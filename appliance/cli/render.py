"""`clipper render`: a timeline into a clip, after whatever was changed in it."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from appliance.cli.options import ConfigFile, Overrides
from appliance.domain.wishes import Wishes

if TYPE_CHECKING:
    from appliance.domain.timeline import Timeline


def render(
    timeline: Annotated[
        Path, typer.Argument(metavar="TIMELINE.json", help="A timeline, as `clip` leaves beside every clip.")
    ],
    *,
    out: Annotated[
        Path, typer.Option("--out", metavar="FILE", help="The MP4 to write; picture and subtitles go beside it.")
    ],
    config: ConfigFile = None,
    overrides: Overrides = None,
) -> int:
    """Render a timeline again, from its sources, in one encode."""
    from appliance import app
    from appliance.cli.screen import bars, remark
    from appliance.pipeline import make
    from appliance.store.artifacts import making, place
    from appliance.store.made import CLIP, COVER, SRT, VTT

    chosen = app.settings(config, overrides or ()).settings
    read = _read(timeline)
    paths = _sources(read, timeline.absolute().parent)
    context = app.context(chosen)
    look = app.look_options(chosen, Wishes(style=read.captions.style if read.captions else None), context)
    with bars() as bar, making(context.root / "rendered" / f"{timeline.stem}-{out.stem}"[:80]) as folder:
        shared = app.watched(context, bar("rendering"))
        done = make.make(read, paths, folder, look, app.render_choice(chosen), shared)
        for name, ending in ((CLIP, ".mp4"), (COVER, ".jpg"), (SRT, ".srt"), (VTT, ".vtt")):
            if (folder / name).is_file():
                place(folder / name, out if ending == ".mp4" else out.with_suffix(ending))
    shutil.rmtree(context.root / "rendered" / f"{timeline.stem}-{out.stem}"[:80], ignore_errors=True)
    for note in done.notes:
        remark(note)
    typer.echo(str(out))
    return 0


def _read(path: Path) -> Timeline:
    """The timeline; BadInput that names the place of a mistake."""
    import msgspec

    from appliance.domain.errors import BadInput
    from appliance.domain.timeline import VERSION, Timeline

    try:
        read = msgspec.json.decode(path.read_bytes(), type=Timeline, strict=False)
    except OSError as error:
        raise BadInput(f"{path}: cannot be read: {error.strerror}", "Check the path.") from error
    except (msgspec.DecodeError, ValueError) as error:
        raise BadInput(f"{path}: is no timeline: {error}", "Compare with one that `clipper clip` made.") from error
    if read.version != VERSION:
        raise BadInput(f"{path}: a timeline of version {read.version}; this program knows {VERSION}", "Update Clipper.")
    if not read.cuts:
        raise BadInput(f"{path}: the timeline is empty", "Give it at least one cut.")
    return read


def _sources(timeline: Timeline, beside: Path) -> dict[str, Path]:
    from appliance.domain.errors import BadInput

    paths = {source.id: beside / source.path for source in timeline.sources}
    for name, path in paths.items():
        if not path.is_file():
            raise BadInput(f"source {name} of the timeline is not there: {path}", "Correct its path in the timeline.")
    return paths
