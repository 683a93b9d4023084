"""Cutting without encoding, where that is exact and nothing is changed."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from appliance.domain.source import Source
from appliance.domain.timeline import Timeline
from appliance.media.ffmpeg import Ffmpeg
from appliance.media.probe import open_media
from appliance.media.remux import seeks_exactly

_EXACT_SECONDS = 0.004


def can_copy(timeline: Timeline, sources: Mapping[str, Source], paths: Mapping[str, Path]) -> bool:
    """Whether the clip is one cut that stands in its source just as it is wanted: same shape and codecs, nothing drawn, no
    level set, nothing covered, and it begins on a key frame.

    A copy that begins between key frames carries hidden frames that only some players leave out, so that is encoded. Its
    end may be later than wanted by the few frames that others are told from.
    """
    if len(timeline.cuts) != 1 or timeline.captions is not None or timeline.overlays:
        return False
    cut = timeline.cuts[0]
    source = sources[cut.source]
    sound = source.sound(timeline.source(cut.source).sound)
    picture = source.picture
    if picture is None or cut.scenes or timeline.sound.target_lufs is not None or timeline.sound.masked:
        return False
    plain = picture.codec == "h264" and picture.pixel_format == "yuv420p" and not picture.interlaced
    shaped = (picture.coded_width, picture.coded_height) == (timeline.canvas.width, timeline.canvas.height)
    square = picture.rotation == 0 and abs(picture.sample_aspect - 1) < 0.001
    heard = sound is None or sound.codec == "aac"
    if not (
        plain and shaped and square and heard and picture.fps <= timeline.canvas.fps + 0.01 and seeks_exactly(source)
    ):
        return False
    return on_key_frame(paths[cut.source], source, cut.start)


def on_key_frame(path: Path, source: Source, time: float) -> bool:
    """Whether a key frame of the picture begins at that second."""
    assert source.picture is not None
    with open_media(path) as container:
        stream = next(stream for stream in container.streams.video if stream.index == source.picture.index)
        base = float(stream.time_base or 0)
        container.seek(round((source.start_time + time + _EXACT_SECONDS) / base), stream=stream, backward=True)
        for packet in container.demux(stream):
            if packet.pts is not None and packet.is_keyframe:
                return abs(packet.pts * base - source.start_time - time) <= _EXACT_SECONDS
    return False


def copy_args(
    ffmpeg: Ffmpeg, timeline: Timeline, sources: Mapping[str, Source], paths: Mapping[str, Path]
) -> list[str]:
    """The arguments that copy the clip's only cut."""
    cut = timeline.cuts[0]
    source = sources[cut.source]
    assert source.picture is not None
    sound = source.sound(timeline.source(cut.source).sound)
    maps = ["-map", f"0:{source.picture.index}", *(["-map", f"0:{sound.index}"] if sound else [])]
    reading = ffmpeg.input(paths[cut.source], "-ss", f"{cut.start + _EXACT_SECONDS / 2:.6f}")
    return [*reading, "-t", f"{cut.end - cut.start:.6f}", *maps, "-c", "copy", "-avoid_negative_ts", "make_zero"]
