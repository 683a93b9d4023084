"""Cut accuracy: the burnt-in number of a clip's first frame, at random times of four kinds of source."""

from __future__ import annotations

import math
import random
import tempfile
from collections.abc import Callable
from pathlib import Path

from appliance.domain.timeline import Box, Canvas, Cut, Key, Layout, Scene, Sound, SourceFile, Timeline, View
from appliance.media.ffmpeg import Ffmpeg, find_ffmpeg
from appliance.media.probe import open_media
from appliance.media.render import RenderOptions, render
from tests.bench.figures import Bench
from tests.bench.media import HEIGHT, WIDTH, cached, grey_frames, numbered, read_number, run

_FRAMES = 1800
_TIMES = 20


def measure() -> Bench:
    """The largest error in frames over 20 random times: MP4 and late transport streams, even and uneven rates."""
    bench = Bench("seek")
    ffmpeg = find_ffmpeg()
    encode = ("-c:v", "libx264", "-preset", "veryfast", "-crf", "16", "-g", "120", "-f", "mp4")
    even = cached("numbered.mp4", lambda path: numbered(ffmpeg, path, _FRAMES, *encode))
    keep = "select='not(mod(n*n+n*3,7))+gt(mod(n,11),5)'"
    vary = ("-vf", keep, "-fps_mode", "passthrough", *encode[:-2], "-c:a", "copy", "-f", "mp4")
    uneven = cached("uneven.mp4", lambda path: run(ffmpeg, "-i", str(even), *vary, str(path)))
    for name, source in {"even": even, "uneven": uneven}.items():
        bench.add(f"mp4_{name}", _worst(ffmpeg, source, name), at_most=0, goal=0)
        stream = cached(f"{name}.ts", _as_stream(ffmpeg, source))
        bench.add(f"ts_{name}", _worst(ffmpeg, stream, name), at_most=0, goal=0)
    bench.notes["error"] = (
        "whole frames between the shown frame and the one nearest in time, over 20 times and 3 frames each"
    )
    return bench


def _as_stream(ffmpeg: Ffmpeg, source: Path) -> Callable[[Path], None]:
    return lambda path: run(
        ffmpeg, "-i", str(source), "-c", "copy", "-output_ts_offset", "9000.7", "-f", "mpegts", str(path)
    )


def _worst(ffmpeg: Ffmpeg, source: Path, seed: str) -> int:
    with open_media(source) as container:
        stream = container.streams.video[0]
        first = float((stream.start_time or 0) * (stream.time_base or 0)) - (container.start_time or 0) / 1e6
    there = [read_number(frame) for frame in grey_frames(ffmpeg, source, WIDTH, HEIGHT)]
    picks = random.Random(seed)
    worst = 0
    with tempfile.TemporaryDirectory() as name:
        for _ in range(_TIMES):
            start = picks.uniform(0.2, _FRAMES / 30 - 1)
            out = Path(name) / "clip.mp4"
            whole = Scene(start, start + 0.1, Layout.FIT, (View((Key(start, Box(0, 0, 1, 1)),)),))
            cut = Cut("a", start, start + 0.1, (whole,))
            line = Timeline(
                "t", Canvas(WIDTH, HEIGHT, 30), (SourceFile("a", "a"),), (cut,), sound=Sound(target_lufs=None)
            )
            render(line, {"a": source}, out, RenderOptions(ffmpeg))
            for place, frame in enumerate(grey_frames(ffmpeg, out, WIDTH, HEIGHT)):
                at = (start - first) * 30 + place
                near = {max(n for n in there if n <= at + half) for half in (0.49, 0.5, 0.51)}
                shown = read_number(frame)
                worst = max(worst, min(math.ceil(abs(shown - number)) for number in near))
    return worst
