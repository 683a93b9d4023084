"""FETCH: the video and what comes with it, on this machine. A local file stays where it is."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from appliance.domain.located import Fetched
from appliance.domain.verdict import Made
from appliance.media.convert import convert
from appliance.media.ffmpeg import find_ffmpeg
from appliance.media.probe import probe
from appliance.media.ts_clock import clock_jumps
from appliance.pipeline.options import VideoOptions
from appliance.pipeline.stage import Context, Inputs, Lane, Stage
from appliance.sources import fetch
from appliance.store.artifacts import content_key, key_of, read_json, write_json

_FILE = "fetched.json"
_COPY = "copied/video.mp4"


def fetched(inputs: Inputs) -> Fetched:
    """What FETCH found, with absolute paths."""
    folder = inputs.made[FETCH.name]
    found = read_json(folder / _FILE, Fetched)

    def whole(path: str) -> str:
        return str(folder / path) if path else ""

    return replace(
        found,
        media=whole(found.media),
        info=whole(found.info),
        chat=whole(found.chat),
        subtitles=tuple(whole(path) for path in found.subtitles),
    )


def _run(inputs: Inputs, folder: Path, options: VideoOptions, context: Context) -> Made:
    # yt-dlp joins picture and sound, and the pieces of a stream, with the same ffmpeg as everything else.
    ffmpeg = "" if inputs.source.is_file else find_ffmpeg(context.ffmpeg or None).path
    found = fetch(inputs.source, folder, replace(options.fetch, ffmpeg=ffmpeg), context.tell)
    if not inputs.source.is_file:
        found = replace(found, notes=(*found.notes, _obtained(folder / found.media, options)))
    if clock_jumps(folder / found.media):
        found = _evened(found, folder, context)
    found = replace(
        found,
        content=content_key(folder / found.media),
        chat=options.fetch.chat or found.chat,
        subtitles=(options.fetch.subtitles,) if options.fetch.subtitles else found.subtitles,
    )
    write_json(folder / _FILE, found)
    return Made((found.media, _FILE), found.notes)


def _obtained(media: Path, options: VideoOptions) -> str:
    """What really came, in words: a platform may give less than was asked for."""
    picture = probe(media).picture
    if picture is None:
        return "fetched: sound without a picture"
    lines = min(picture.width, picture.height)
    less = f", less than the {options.fetch.max_height} lines asked for" if lines < options.fetch.max_height else ""
    return f"fetched at {picture.width}x{picture.height}{less}"


def _evened(found: Fetched, folder: Path, context: Context) -> Fetched:
    """A recording whose clock jumps, as an MP4 in the folder: nothing can be found by its time in the recording itself."""
    made = convert(
        find_ffmpeg(context.ffmpeg or None, context.ffmpeg_args),
        folder / found.media,
        folder / _COPY,
        on_progress=context.tell,
    )
    how = "copied to" if made.copied else "encoded as"
    if not Path(found.media).is_absolute():
        (folder / found.media).unlink()
    note = f"the recording's clock jumps: it was {how} an MP4 of {made.source.seconds:.0f} s first"
    return replace(found, media=_COPY, notes=(*found.notes, note))


def _identity(inputs: Inputs, options: VideoOptions) -> object:
    """A link by its one name; a file by its path, content and neighbours, so that a new subtitle file is noticed."""
    named = (stamp(options.fetch.chat), stamp(options.fetch.subtitles))
    if not inputs.source.is_file:
        return inputs.source.key, options.fetch.max_height, named
    media = Path(inputs.source.address)
    beside = sorted(stamp(str(path)) for path in media.parent.glob(f"{_escaped(media.stem)}.*") if path != media)
    return str(media), stamp(str(media)), beside, named


def stamp(path: str) -> tuple[str, int, int]:
    """What changes when a file changes: its path, length and time of change."""
    if not path:
        return "", 0, 0
    stat = Path(path).stat()
    return path, stat.st_size, stat.st_mtime_ns


def _escaped(stem: str) -> str:
    return "".join(f"[{sign}]" if sign in "*?[" else sign for sign in stem)


FETCH = Stage(
    "fetch",
    Lane.NET,
    _run,
    place=lambda inputs: f"fetched/{key_of(inputs.source.key)}",
    identity=_identity,
    resumes=True,
)
