"""A scene as filters: which part of the picture is shown, and how views share the canvas. Pure."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from appliance.domain.source import PictureTrack
from appliance.domain.timeline import Box, Key, Layout, Scene, View
from appliance.media.tonemap import to_sdr
from appliance.planning.framing_boxes import FACE_SHARE, FIT_AT_LEAST, GAP

WHOLE = Box(0.0, 0.0, 1.0, 1.0)
COLOURS = "setsar=1,setparams=color_primaries=bt709:color_trc=bt709:colorspace=bt709:range=tv"
GAP_COLOUR = "0x0b0b0f"
_BLUR_DARK, _BLUR_COLOUR = 0.58, 0.8
_BLUR_SHRINK = 8


@dataclass(frozen=True, slots=True)
class Frame:
    """What a view draws on: pixels, frames a second, and whether this ffmpeg has the filters for HDR."""

    width: int
    height: int
    rate: Fraction
    tonemap: bool = True


@dataclass(frozen=True, slots=True)
class Shot:
    """One or more scenes of a cut that one chain of filters can draw: `first` to `last` (excluded) frames of the cut.

    `views` hold keys whose times are seconds from the shot's first frame; `jumps` are the times at which a new scene's
    first frame stands, where the view springs instead of moving.
    """

    first: int
    last: int
    layout: Layout
    views: tuple[tuple[tuple[Key, ...], ...], ...]  # for every view, one piece of keys a scene
    jumps: tuple[float, ...] = ()
    whole: bool = False  # a FIT that keeps its sides


def shots(scenes: Sequence[Scene], start: float, frames: int, rate: Fraction) -> tuple[Shot, ...]:
    """The scenes of a cut on its grid of `frames` frames, of which the first shows second `start` of the source.

    Scenes without views fit the whole picture. Neighbours that crop by the same size become one shot, so that a spring
    of the camera costs no further chain.
    """
    if not scenes:
        return (Shot(0, frames, Layout.FIT, (((Key(start, WHOLE),),),)),)
    found: list[Shot] = []
    begin = 0
    for number, scene in enumerate(scenes):
        end = frames if number == len(scenes) - 1 else min(frames, max(begin, round((scene.end - start) * rate)))
        if end > begin:
            shot = _shot(scene, begin, end, start, rate)
            if found and _alike(found[-1], shot):
                found[-1] = _joined(found[-1], shot, rate)
            else:
                found.append(shot)
        begin = end
    return tuple(found)


def draw(shot: Shot, picture: PictureTrack, frame: Frame, inlet: str, outlet: str) -> list[str]:
    """Filter chains from label `inlet` (frames of the source as shown) to `outlet` (frames of the canvas' size)."""
    finish = COLOURS
    if shot.layout is Layout.FIT:
        return _fit(shot, picture, frame, inlet, f"{finish}[{outlet}]")
    if shot.layout is Layout.CROP or len(shot.views) < 2:
        chain = _window(shot, 0, picture, frame, (frame.width, frame.height))
        return [f"[{inlet}]{chain},{finish}[{outlet}]"]
    return _two(shot, picture, frame, inlet, f"{finish}[{outlet}]")


def _shot(scene: Scene, begin: int, end: int, start: float, rate: Fraction) -> Shot:
    views = scene.views or (View((Key(scene.start, WHOLE),)),)
    layout = scene.layout if scene.views else Layout.FIT
    zero = start + begin / float(rate)
    pieces = tuple((tuple(Key(k.at - zero, k.box) for k in view.keys),) for view in views)
    return Shot(begin, end, layout, pieces, whole=scene.whole)


def _alike(one: Shot, other: Shot) -> bool:
    if one.layout is not Layout.CROP or other.layout is not Layout.CROP:
        return False
    first, second = one.views[0][0][0].box, other.views[0][0][0].box
    return abs(first.width - second.width) < 1e-4 and abs(first.height - second.height) < 1e-4


def _joined(one: Shot, other: Shot, rate: Fraction) -> Shot:
    later = (other.first - one.first) / float(rate)
    moved = tuple(Key(key.at + later, key.box) for key in other.views[0][0])
    return Shot(one.first, other.last, one.layout, ((*one.views[0], moved),), (*one.jumps, later))


def _window(shot: Shot, number: int, picture: PictureTrack, frame: Frame, size: tuple[int, int]) -> str:
    """Crop to a view and scale to `size`."""
    pieces = shot.views[number]
    width, height, places = crop_places(pieces, picture, size)
    x = _expression([[(at, x) for at, x, _ in piece] for piece in places], shot.jumps, frame.rate)
    y = _expression([[(at, y) for at, _, y in piece] for piece in places], shot.jumps, frame.rate)
    stored = turned(picture)
    crop = [] if (width, height) == stored else [f"crop=w={width}:h={height}:x={x}:y={y}:exact=1"]
    return ",".join([*crop, *to_sdr(picture, frame.tonemap), scaled(picture, size)])


def scaled(picture: PictureTrack, size: tuple[int, int], flags: str = "bicubic") -> str:
    """The filters that scale to `size` in the colours of HD video, 8 bits.

    A file that does not say how its colours are coded is taken as players take it: by its height. `colormatrix` is exact
    and cheap; the same change inside `scale` goes through RGB, costs more and darkens by a step. It comes after scaling,
    because it takes two lines at a time: of an odd number it writes beyond the last (seen with ffmpeg 5.1).
    """
    matrix = "bt709" if picture.hdr else picture.matrix or ("bt709" if picture.coded_height >= 700 else "bt601")
    recode = "" if matrix == "bt709" else f",colormatrix={matrix}:bt709"
    same = "in_color_matrix=bt709:out_color_matrix=bt709:out_range=tv"
    return f"scale={size[0]}:{size[1]}:flags={flags}:{same},format=yuv420p{recode}"


def turned(picture: PictureTrack) -> tuple[int, int]:
    """The stored size after rotation: what the filters see, pixels not yet square."""
    if picture.rotation in (90, 270):
        return picture.coded_height, picture.coded_width
    return picture.coded_width, picture.coded_height


Place = tuple[float, float, float]


def crop_places(
    pieces: Iterable[Sequence[Key]], picture: PictureTrack, size: tuple[int, int]
) -> tuple[int, int, list[list[Place]]]:
    """Width and height of the crop in stored pixels, and for every piece its (time, x, y).

    The largest part of the box that has the shape of `size` is taken, from the box's middle; it never leaves the picture.
    """
    pieces = [list(piece) for piece in pieces]
    width, height = turned(picture)
    square_x, square_y = picture.width / width, picture.height / height
    box = pieces[0][0].box
    shown_width, shown_height = min(box.width, 1) * picture.width, min(box.height, 1) * picture.height
    shape = size[0] / size[1]
    shown_width, shown_height = min(shown_width, shown_height * shape), min(shown_height, shown_width / shape)
    crop_width = min(width, max(2, round(shown_width / square_x)))
    crop_height = min(height, max(2, round(shown_height / square_y)))
    places = [
        [
            (
                key.at,
                min(max((key.box.x + key.box.width / 2) * width - crop_width / 2, 0.0), float(width - crop_width)),
                min(max((key.box.y + key.box.height / 2) * height - crop_height / 2, 0.0), float(height - crop_height)),
            )
            for key in piece
        ]
        for piece in pieces
    ]
    return crop_width, crop_height, places


def _expression(pieces: list[list[tuple[float, float]]], jumps: Sequence[float], rate: Fraction) -> str:
    """Where the crop stands at `t`: even moves between keys, springs at `jumps`. A tree of conditions, so that even
    hundreds of moves nest only a few levels deep (ffmpeg allows 100).
    """
    half = float(1 / rate) / 2
    steps: list[tuple[float, str]] = []  # (from when, expression), in order
    for piece, begin in zip(pieces, (None, *jumps), strict=True):
        since = -1.0 if begin is None else begin - half
        steps.append((since, number(piece[0][1])))
        for (at, value), (later, target) in itertools.pairwise(piece):
            if later <= since:
                steps[-1] = (since, number(target))
            elif abs(target - value) >= 0.5 and later > at:
                slope = (target - value) / (later - at)
                steps.append((max(at, since), f"{number(value)}+{number(slope)}*(t-{number(at)})"))
                steps.append((max(later, since), number(target)))
            elif target != value:
                steps.append((max(later, since), number(target)))
    told = [step for step, after in zip(steps, [*steps[1:], None], strict=True) if after is None or after[0] > step[0]]
    plain = [step for step, before in zip(told, [None, *told], strict=False) if before is None or step[1] != before[1]]
    return f"'{_tree(plain)}'"


def _tree(steps: Sequence[tuple[float, str]]) -> str:
    if len(steps) == 1:
        return steps[0][1]
    middle = len(steps) // 2
    return f"if(lt(t,{number(steps[middle][0])}),{_tree(steps[:middle])},{_tree(steps[middle:])})"


def _fit(shot: Shot, picture: PictureTrack, frame: Frame, inlet: str, finish: str) -> list[str]:
    """The view whole, or as much as keeps it large enough, over a dark, quiet blur of itself."""
    box = shot.views[0][0][0].box
    width, height = fitted(box.width * picture.width, box.height * picture.height, frame, whole=shot.whole)
    front = _window(shot, 0, picture, frame, (width, height))
    if (width, height) == (frame.width, frame.height):
        return [f"[{inlet}]{front},{finish}"]
    small = frame.width // _BLUR_SHRINK // 2 * 2, frame.height // _BLUR_SHRINK // 2 * 2
    dark = (
        f"gblur=sigma={number(frame.height / _BLUR_SHRINK / 26)}:steps=2,"
        f"lutyuv=y=16+(val-16)*{_BLUR_DARK}:u=128+(val-128)*{_BLUR_COLOUR}:v=128+(val-128)*{_BLUR_COLOUR}"
    )
    back = f"{_window(shot, 0, picture, frame, small).replace('bicubic', 'area')},{dark}"
    back += f",scale={frame.width}:{frame.height}:flags=bicubic"
    front_in, back_in, behind, before = (f"{inlet}{letter}" for letter in "fbBF")
    x, y = (frame.width - width) // 4 * 2, (frame.height - height) // 4 * 2
    return [
        f"[{inlet}]split[{front_in}][{back_in}]",
        f"[{back_in}]{back}[{behind}]",
        f"[{front_in}]{front}[{before}]",
        f"[{behind}][{before}]overlay={x}:{y}:format=yuv420,{finish}",
    ]


def fitted(width: float, height: float, frame: Frame, *, whole: bool = False) -> tuple[int, int]:
    """The size, in even pixels, at which a view of `width` x `height` is shown; on a high canvas it takes at least 45 % of
    the height and loses its sides instead, unless it is to be seen whole.
    """
    times = min(frame.width / width, frame.height / height)
    if frame.height > frame.width and not whole:
        times = max(times, FIT_AT_LEAST * frame.height / height)
    even_width = min(frame.width, max(2, round(width * times / 2) * 2))
    return even_width, min(frame.height, max(2, round(height * times / 2) * 2))


def _two(shot: Shot, picture: PictureTrack, frame: Frame, inlet: str, finish: str) -> list[str]:
    """Two views that share the canvas."""
    beside = shot.layout is Layout.SPLIT and frame.width > frame.height
    gap = max(2, round(frame.height * GAP / 2) * 2) if shot.layout is Layout.SPLIT else 0
    long = frame.width if beside else frame.height
    share = 0.5 if shot.layout is Layout.SPLIT else FACE_SHARE
    first = round((long - gap) * share / 2) * 2
    second = long - gap - first
    sizes = [(part, frame.height) if beside else (frame.width, part) for part in (first, second)]
    ins, outs = [f"{inlet}p", f"{inlet}q"], [f"{inlet}P", f"{inlet}Q"]
    pad = ""
    if gap:
        whole = f"{first + gap}:{frame.height}" if beside else f"{frame.width}:{first + gap}"
        pad = f",pad={whole}:0:0:{GAP_COLOUR}"
    return [
        f"[{inlet}]split[{ins[0]}][{ins[1]}]",
        f"[{ins[0]}]{_window(shot, 0, picture, frame, sizes[0])}{pad}[{outs[0]}]",
        f"[{ins[1]}]{_window(shot, 1, picture, frame, sizes[1])}[{outs[1]}]",
        f"[{outs[0]}][{outs[1]}]{'hstack' if beside else 'vstack'},{finish}",
    ]


def number(value: float) -> str:
    """A number as filters read it: at most six decimals, never an exponent."""
    text = f"{value:.6f}".rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text
