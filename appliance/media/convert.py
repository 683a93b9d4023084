"""Recordings in transport streams and other containers to MP4: copied where that works, encoded only where it does not."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from appliance import process
from appliance.domain.errors import BadInput, NeedsPerson, Permanent
from appliance.domain.progress import OnProgress, unwatched
from appliance.domain.source import Source
from appliance.media.encoders import CPU, Encoder
from appliance.media.ffmpeg import Ffmpeg
from appliance.media.probe import probe
from appliance.media.render import MP4_ARGS, SOUND_ARGS, failure
from appliance.media.whole_file import whole_file

_IN_MP4 = frozenset(("h264", "hevc", "av1", "mpeg4", "vp9"))
_SOUND_IN_MP4 = frozenset(("aac", "mp3", "ac3", "eac3", "alac", "opus"))
_SHORTER = 1.5  # seconds that may be lost at the broken ends of a recording


@dataclass(frozen=True, slots=True)
class Converted:
    """The MP4's own facts, whether its streams were copied as they were, and if not, why."""

    source: Source
    copied: bool
    why: str = ""


def convert(
    ffmpeg: Ffmpeg, path: Path, out: Path, encoder: Encoder = CPU, on_progress: OnProgress = unwatched
) -> Converted:
    """Write `path` as an MP4 to `out`: streams copied first; if that fails or loses something, H.264 and AAC.

    Nothing is left behind on an error. Raises what `probe` raises, BadInput for an unwritable place, NeedsPerson for a full
    disk, Permanent where neither way works.
    """
    source = probe(path)
    with whole_file(out) as unfinished:
        why = _not_for_mp4(source) or _copied(ffmpeg, path, source, unfinished, on_progress)
        if why:
            _encoded(ffmpeg, path, source, unfinished, encoder, on_progress)
        made = probe(unfinished)
    on_progress(1.0, "converting")
    return Converted(made, copied=not why, why=why)


def _not_for_mp4(source: Source) -> str:
    """Which stream an MP4 cannot hold or players cannot show; empty when all can stay."""
    if source.picture is not None and source.picture.codec not in _IN_MP4:
        return f"its picture is {source.picture.codec}"
    strange = [track.codec for track in source.sounds if track.codec not in _SOUND_IN_MP4]
    return f"its sound is {strange[0]}" if strange else ""


def _copied(ffmpeg: Ffmpeg, path: Path, source: Source, unfinished: Path, on_progress: OnProgress) -> str:
    """Copy the streams; why that did not work, or empty."""
    try:
        _run(ffmpeg, path, source, ("-c", "copy"), unfinished, on_progress)
        made = probe(unfinished)
    except (Permanent, BadInput) as error:
        return error.message
    if made.seconds < source.seconds - _SHORTER:
        return f"a copy would lose {source.seconds - made.seconds:.1f} s"
    if (made.picture is None) != (source.picture is None) or len(made.sounds) < len(source.sounds):
        return "a copy would lose a stream"
    return ""


def _encoded(
    ffmpeg: Ffmpeg, path: Path, source: Source, unfinished: Path, encoder: Encoder, on_progress: OnProgress
) -> None:
    even = "scale=trunc(iw/2)*2:trunc(ih/2)*2,format=yuv420p"
    filters = ("-vf", f"{even},{encoder.upload}" if encoder.upload else even) if source.picture is not None else ()
    _run(ffmpeg, path, source, (*filters, *encoder.args, *SOUND_ARGS), unfinished, on_progress, encoder.before)


def _run(
    ffmpeg: Ffmpeg,
    path: Path,
    source: Source,
    how: tuple[str, ...],
    unfinished: Path,
    on_progress: OnProgress,
    before: tuple[str, ...] = (),
) -> None:
    indexes = [source.picture.index] if source.picture is not None else []
    indexes += [track.index for track in source.sounds]
    maps = [arg for index in indexes for arg in ("-map", f"0:{index}")]
    argv = ffmpeg.argv(
        *("-nostats", "-progress", "pipe:1", *before),
        *ffmpeg.input(path, "-fflags", "+genpts"),
        *(*maps, *how, *MP4_ARGS, "-y", f"file:{unfinished.absolute()}"),
    )

    def told(line: str) -> None:
        key, _, value = line.partition("=")
        if key == "out_time_us" and value.strip().lstrip("-").isdigit():
            on_progress(min(0.999, max(0.0, int(value) / 1e6 / max(source.seconds, 0.1))), "converting")

    ended = process.run(argv, on_line=told)
    if ended.code != 0:
        fault = failure(ended.err, ended.code, "converting")
        if isinstance(fault, NeedsPerson):
            raise fault
        raise Permanent(fault.message, fault.hint)
