"""A still for a clip: its best frame through the clip's own crop, with a few words if wanted."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from appliance import process
from appliance.domain.errors import BadInput
from appliance.domain.source import Source
from appliance.domain.timeline import Box, Canvas, Cut, Scene, Timeline
from appliance.media.ffmpeg import Ffmpeg, has_filter
from appliance.media.graph import Drawn, build, build_picture
from appliance.media.probe import probe
from appliance.media.render import failure, graph_args, open_sources
from appliance.media.still_words import write_title
from appliance.media.whole_file import unwritable, whole_file

Picture = NDArray[np.uint8]
FindFace = Callable[[Picture], Box | None]

_SAMPLES = 9
_LOOK_WIDTH = 360
_EDGE_SECONDS = 0.4
_MIDDLE_GREY = 0.45
_AUDIOGRAM_SECONDS = 0.5  # an audiogram's bars need a moment to rise


@dataclass(frozen=True, slots=True)
class ThumbnailOptions:
    """How a still is made. `find_face` says where the main face of an RGB picture (height, width, 3) is, in shares of it.

    `title` is cut to five words and set in the font file `font`. `width` is the least width in pixels.
    """

    ffmpeg: Ffmpeg
    title: str = ""
    font: Path | None = None
    find_face: FindFace | None = None
    width: int = 1080
    quality: int = 90
    thumbnail_args: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Still:
    """Which moment was chosen: the source's id and second, and the score of its picture (0 where it could not be judged)."""

    source: str
    time: float
    score: float


def thumbnail(timeline: Timeline, paths: Mapping[str, Path], out: Path, options: ThumbnailOptions) -> Still:
    """Choose the sharpest, best lit frame of the clip (with the largest face) and write it as a JPEG.

    The frame comes from the source through the clip's own filters, not from the finished clip. Raises as `render` does.
    """
    sources = {file.id: probe(paths[file.id]) for file in timeline.sources if _used(timeline, file.id)}
    moments = sample_moments(timeline, sources)
    canvas = timeline.canvas
    small = _canvas(canvas, _LOOK_WIDTH)
    large = _canvas(canvas, max(options.width, canvas.width))
    with tempfile.TemporaryDirectory(prefix="clipper-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        best, score = moments[len(moments) // 2], 0.0
        if len(moments) > 1:
            looks = _frames(timeline, sources, paths, moments, small, folder, options)
            scores = [judge(look, options.find_face(look) if options.find_face else None) for look in looks]
            if scores and max(scores) > 0:
                score = max(scores)
                best = moments[scores.index(score)]
        pictures = _frames(timeline, sources, paths, [best], large, folder, options)
    if not pictures:
        raise BadInput("no frame of the clip could be decoded", "Check the source, or choose another stretch.")
    _write(pictures[0], out, options)
    return Still(best[0].source, best[1], score)


def judge(picture: Picture, face: Box | None = None) -> float:
    """How good a still it is, 0 to 1: sharp, well lit, full of contrast, its face large and sharp.

    Sharpness is the spread of a Laplacian (J. Pech-Pacheco et al., Diatom autofocusing in brightfield microscopy, 2000).
    """
    grey = picture.astype(np.float32) @ np.array([0.2126, 0.7152, 0.0722], np.float32)
    part = grey
    if face is not None:
        height, width = grey.shape
        top, left = round(max(face.y, 0) * height), round(max(face.x, 0) * width)
        part = grey[top : round((face.y + face.height) * height), left : round((face.x + face.width) * width)]
        part = part if min(part.shape, default=0) > 8 else grey
    edges = 4 * part[1:-1, 1:-1] - part[:-2, 1:-1] - part[2:, 1:-1] - part[1:-1, :-2] - part[1:-1, 2:]
    sharp = float(edges.std())
    light = float(part.mean()) / 255
    contrast = float(grey.std()) / 255
    lost = float(((grey < 8) | (grey > 250)).mean())
    score = (
        sharp
        / (sharp + 12)
        * max(0.05, 1 - abs(light - _MIDDLE_GREY) * 1.6)
        * min(1.0, contrast * 5)
        * (1 - 0.7 * lost)
    )
    return score * (0.5 if face is None else min(1.0, 0.6 + 2 * face.height))


def sample_moments(timeline: Timeline, sources: Mapping[str, Source]) -> list[tuple[Cut, float]]:
    """Moments spread over the clip (cut, second of its source), away from the edges of cuts."""
    whole = timeline.seconds
    drawn = any(sources[cut.source].picture is None for cut in timeline.cuts)
    count = 1 if drawn else min(_SAMPLES, max(1, int(whole * 2)))
    found: list[tuple[Cut, float]] = []
    for index in range(count):
        at = whole * (index + 0.5) / count
        for begin, cut in timeline.offsets():
            length = cut.end - cut.start
            if begin <= at < begin + length or cut is timeline.cuts[-1]:
                edge = min(_EDGE_SECONDS, length / 4)
                inside = min(max(at - begin, edge), length - edge)
                time = cut.start + inside
                if sources[cut.source].picture is None:
                    time = max(cut.start, min(time, cut.end - 0.1))
                found.append((cut, time))
                break
    return found


def _frames(
    timeline: Timeline,
    sources: Mapping[str, Source],
    paths: Mapping[str, Path],
    moments: Sequence[tuple[Cut, float]],
    canvas: Canvas,
    folder: Path,
    options: ThumbnailOptions,
) -> list[Picture]:
    """The frames (height, width, 3) of some moments, by one ffmpeg: each is a cut of one frame."""
    drawn = Drawn(tonemap=has_filter(options.ffmpeg, "zscale"))
    single = 1 / canvas.fps
    sounding = any(sources[cut.source].picture is None for cut, _ in moments)
    length = _AUDIOGRAM_SECONDS if sounding else single
    cuts = tuple(_moment(cut, time, length, single) for cut, time in moments)
    still = replace(timeline, canvas=canvas, cuts=cuts, captions=None, overlays=())
    opened = open_sources(still, sources, paths, folder)
    graph = (build if sounding else build_picture)(still, opened.sources, drawn)
    if sounding:
        last = f"trim=start_frame={graph.frames - 1},format=yuv420p[v]"
        graph = replace(graph, filters=graph.filters.replace("format=yuv420p[v]", last))
    argv = options.ffmpeg.argv(
        *graph_args(options.ffmpeg, graph, opened),
        *("-map", "[v]", *options.thumbnail_args, "-f", "rawvideo", "-pix_fmt", "rgb24", "pipe:1"),
        *(("-map", "[a]", "-f", "null", "-") if sounding else ()),
    )
    ended = process.run(argv, cwd=str(folder))
    if ended.code != 0:
        raise failure(ended.err, ended.code, "making a thumbnail")
    size = canvas.width * canvas.height * 3
    return [
        np.frombuffer(ended.out[first : first + size], np.uint8).reshape(canvas.height, canvas.width, 3)
        for first in range(0, len(ended.out) - size + 1, size)
    ]


def _moment(cut: Cut, time: float, length: float, single: float) -> Cut:
    """A cut of `length` seconds that ends with the frame at `time`, in the layout that holds there."""
    start = max(0.0, time - length + single)
    scene = next((scene for scene in cut.scenes if scene.start <= time < scene.end), None)
    scenes = (Scene(start, start + length, scene.layout, scene.views),) if scene else ()
    return Cut(cut.source, start, start + length, scenes)


def _write(picture: Picture, out: Path, options: ThumbnailOptions) -> None:
    from PIL import Image

    image = Image.fromarray(picture)
    if options.title.strip() and options.font is not None:
        image = write_title(
            image, options.title, options.font, options.find_face(picture) if options.find_face else None
        )
    with whole_file(out) as unfinished:
        try:
            image.save(unfinished, "JPEG", quality=options.quality, optimize=True, progressive=True)
        except OSError as error:
            raise unwritable(out, error) from error


def _canvas(canvas: Canvas, width: int) -> Canvas:
    """The same shape at another width, in even pixels."""
    return Canvas(width // 2 * 2, round(canvas.height * width / canvas.width / 2) * 2, canvas.fps)


def _used(timeline: Timeline, name: str) -> bool:
    return any(cut.source == name for cut in timeline.cuts)
