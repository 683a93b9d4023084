"""A Timeline as one ffmpeg filter graph: what to open, from where, and every filter up to the encoders. Pure.

Nothing that somebody wrote (titles, captions, paths) enters the graph: words come in through a file of a neutral name.

Clip time is a grid of frames. Cut i begins at the frame nearest to the end of cut i-1, and every frame shows the picture
that is nearest in time to its place on the source's clock: an error of at most half a frame, which never adds up.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from appliance.domain.errors import BadInput
from appliance.domain.source import PictureTrack, Source
from appliance.domain.timeline import Canvas, Cut, Overlay, OverlayKind, Timeline
from appliance.media.audiogram import audiogram
from appliance.media.soundtrack import RATE, Piece, sound_chains, stream_of
from appliance.media.views import Frame, Shot, draw, number, shots

CAPTIONS_FILE, FONTS_FOLDER = "captions.ass", "fonts"
# An input begins this much before its cut, so that the picture that stands at the cut is there to be seen.
_LEAD, _LEAD_VARIABLE, _LEAD_FRAMES = 0.5, 4.0, 3
_TAIL = 0.25
_LOGO_SIZE, _LOGO_SIDE = 0.055, 0.045
_LOGO_TOP, _LOGO_BOTTOM = 0.085, 0.24  # of a high canvas: clear of what the platforms draw there


@dataclass(frozen=True, slots=True)
class Input:
    """Something to open: the cut's source by id from `seek` seconds for `seconds`, or a picture file by its path."""

    name: str
    seek: float = 0.0
    seconds: float = 0.0
    picture: bool = False


@dataclass(frozen=True, slots=True)
class Graph:
    """Inputs in order, and filters whose results are labelled `v` (none for sound alone) and `a`."""

    inputs: tuple[Input, ...]
    filters: str
    frames: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Drawn:
    """What else goes in: whether captions.ass is there, and with it a folder of fonts; filters that set the level; whether
    this ffmpeg can map tones.
    """

    captions: bool = False
    fonts: bool = False
    level: str = ""
    tonemap: bool = True


def build(timeline: Timeline, sources: Mapping[str, Source], drawn: Drawn) -> Graph:
    """The whole clip. `sources` holds the facts of every source by id. BadInput for a Timeline that cannot be drawn."""
    spots = place(timeline, sources)
    inputs, chains, taps = _pictures(timeline, sources, drawn, spots)
    chains += sound_chains(timeline, [spot.piece for spot in spots], "a", drawn.level, taps)
    return Graph(inputs, ";".join(chains), sum(spot.frames for spot in spots), timeline.seconds)


def build_picture(timeline: Timeline, sources: Mapping[str, Source], drawn: Drawn) -> Graph:
    """Only what will be seen. BadInput where a cut has no picture of its own: an audiogram needs the sound as well."""
    spots = place(timeline, sources)
    inputs, chains, taps = _pictures(timeline, sources, drawn, spots)
    if taps:
        raise BadInput("a source has no picture", "Its picture is drawn from its sound.")
    return Graph(inputs, ";".join(chains), sum(spot.frames for spot in spots), timeline.seconds)


def _pictures(
    timeline: Timeline, sources: Mapping[str, Source], drawn: Drawn, spots: Sequence[Spot]
) -> tuple[tuple[Input, ...], list[str], dict[int, str]]:
    """Inputs, the chains up to label `v`, and the labels at which audiograms want the sound of their cuts."""
    rate = frame_rate(timeline.canvas)
    frame = Frame(timeline.canvas.width, timeline.canvas.height, rate, drawn.tonemap)
    chains: list[str] = []
    labels: list[str] = []
    taps: dict[int, str] = {}
    for spot in spots:
        picture = sources[spot.piece.cut.source].picture
        if picture is None:
            taps[spot.piece.number] = f"w{spot.piece.number}"
            label = f"v{spot.piece.number}"
            chains += audiogram(frame, taps[spot.piece.number], label, spot.frames)
            labels.append(label)
        else:
            more, drawn_labels = _cut_chains(spot, picture, frame)
            chains += more
            labels += drawn_labels
    inputs = [Input(spot.piece.cut.source, spot.seek, spot.seconds) for spot in spots]
    joined = (
        f"[{labels[0]}]null"
        if len(labels) == 1
        else f"{''.join(f'[{x}]' for x in labels)}concat=n={len(labels)},{_counted(rate)}"
    )
    logos = [overlay for overlay in timeline.overlays if overlay.kind is OverlayKind.LOGO and overlay.path]
    chains += _over(joined, timeline, logos, len(inputs), drawn)
    inputs += [Input(logo.path, picture=True) for logo in logos]
    return tuple(inputs), chains, taps


def frame_rate(canvas: Canvas) -> Fraction:
    """The canvas' frame rate as the exact fraction that was meant (29.97 is 30000/1001)."""
    for base in (24, 30, 48, 60):
        if abs(canvas.fps - base / 1.001) < 0.004:
            return Fraction(base * 1000, 1001)
    return Fraction(canvas.fps).limit_denominator(1000)


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a cut stands: its sound, its frames, where its input begins, and how far its first frame is from its start."""

    piece: Piece
    frames: int
    seek: float
    seconds: float
    phase: float


def place(timeline: Timeline, sources: Mapping[str, Source]) -> tuple[Spot, ...]:
    """Every cut on the grids of frames and samples."""
    _check(timeline, sources)
    rate = frame_rate(timeline.canvas)
    spots: list[Spot] = []
    offsets = tuple(timeline.offsets())
    # A cut ends where the next begins: computed anew, its end could be rounded to another frame.
    ends = (*(begin for begin, _ in offsets[1:]), timeline.seconds)
    for (begin, cut), end in zip(offsets, ends, strict=True):
        source = sources[cut.source]
        first, last = round(begin * rate), round(end * rate)
        phase = float(first / rate) - begin
        seek = round(max(0.0, cut.start - _lead(source.picture)), 6)
        piece = Piece(
            number=len(spots),
            cut=cut,
            lead=cut.start - seek,
            stream=stream_of(source, timeline.source(cut.source).sound),
            first=round(begin * RATE),
            last=round(end * RATE),
        )
        if last > first:
            spots.append(Spot(piece, last - first, seek, cut.end - seek + _TAIL, phase))
    if not spots:
        raise BadInput("the timeline is shorter than one frame", "Give its cuts some length.")
    return tuple(spots)


def _check(timeline: Timeline, sources: Mapping[str, Source]) -> None:
    if not timeline.cuts:
        raise BadInput("the timeline has no cuts", "A clip needs at least one cut of a source.")
    if (
        timeline.canvas.width % 2
        or timeline.canvas.height % 2
        or min(timeline.canvas.width, timeline.canvas.height) < 16
    ):
        size = f"{timeline.canvas.width}x{timeline.canvas.height}"
        raise BadInput(f"the canvas is {size}: H.264 needs even sizes of 16 or more", "Use 1080x1920, for example.")
    if not 1 <= timeline.canvas.fps <= 240:
        raise BadInput(f"the canvas has {timeline.canvas.fps} frames a second", "Use 1 to 240; 30 is usual.")
    for cut in timeline.cuts:
        if cut.source not in sources or all(file.id != cut.source for file in timeline.sources):
            raise BadInput(f"a cut refers to source {cut.source!r}, which the timeline does not list", "List it.")
        seconds = sources[cut.source].seconds
        if not 0 <= cut.start < cut.end or cut.start >= seconds:
            raise BadInput(
                f"a cut from {cut.start:.2f} to {cut.end:.2f} s does not lie inside its source of {seconds:.2f} s",
                "Cuts are in seconds from the source's beginning.",
            )


def _lead(picture: PictureTrack | None) -> float:
    if picture is None:
        return _LEAD
    return _LEAD_VARIABLE if picture.variable else max(_LEAD, _LEAD_FRAMES / max(picture.fps, 0.1))


def _cut_chains(spot: Spot, picture: PictureTrack, frame: Frame) -> tuple[list[str], list[str]]:
    """The chains of one cut's picture and the labels of its shots, in order."""
    cut: Cut = spot.piece.cut
    name = f"c{spot.piece.number}"
    lead = cut.start + spot.phase - spot.seek
    fields = "bwdif=mode=send_frame:deint=interlaced," if picture.interlaced else ""
    base = (
        f"[{spot.piece.number}:{picture.index}]{fields}setpts=PTS-{number(lead)}/TB,"
        f"fps=fps={frame.rate.numerator}/{frame.rate.denominator}:start_time=0,"
        f"tpad=stop_mode=clone:stop=-1,trim=end_frame={spot.frames}"
    )
    parts = shots(cut.scenes, cut.start + spot.phase, spot.frames, frame.rate)
    if len(parts) == 1:
        return [f"{base}[{name}]", *draw(parts[0], picture, frame, name, f"{name}v0")], [f"{name}v0"]
    names = [f"{name}s{index}" for index in range(len(parts))]
    chains = [f"{base},split={len(parts)}{''.join(f'[{x}]' for x in names)}"]
    labels: list[str] = []
    for index, (shot, inlet) in enumerate(zip(parts, names, strict=True)):
        chains.append(f"[{inlet}]{_stretch(shot)}[{inlet}t]")
        labels.append(f"{name}v{index}")
        chains += draw(shot, picture, frame, f"{inlet}t", labels[-1])
    return chains, labels


def _counted(rate: Fraction) -> str:
    """Times by counting frames: `concat` takes a part of one frame to last no time."""
    return f"setpts=N/({rate.numerator}/{rate.denominator})/TB"


def _stretch(shot: Shot) -> str:
    return f"trim=start_frame={shot.first}:end_frame={shot.last},setpts=PTS-STARTPTS"


def _over(joined: str, timeline: Timeline, logos: list[Overlay], first: int, drawn: Drawn) -> list[str]:
    """From the joined cuts to label `v`: logos, then everything that is written."""
    chains: list[str] = []
    for index, logo in enumerate(logos):
        chains.append(f"{joined}[l{index}]")
        chains += _logo(logo, timeline, first + index, index)
        joined = f"[o{index}]null"
    words = ""
    if drawn.captions:
        words = f",ass={CAPTIONS_FILE}{':fontsdir=' + FONTS_FOLDER if drawn.fonts else ''}"
    return [*chains, f"{joined}{words},format=yuv420p[v]"]


def _logo(logo: Overlay, timeline: Timeline, number_: int, index: int) -> list[str]:
    canvas = timeline.canvas
    high = canvas.height > canvas.width
    height = max(2, round(canvas.height * (logo.size or _LOGO_SIZE) / 2) * 2)
    side = round(canvas.width * _LOGO_SIDE)
    top = round(canvas.height * (_LOGO_TOP if high else _LOGO_SIDE))
    bottom = round(canvas.height * (_LOGO_BOTTOM if high else _LOGO_SIDE))
    x = f"{side}" if "left" in logo.corner else f"W-w-{side}"
    y = f"{top}" if "top" in logo.corner else f"H-h-{bottom}"
    end = timeline.seconds if logo.end is None else logo.end
    when = "" if logo.start <= 0 and logo.end is None else f":enable='between(t,{number(logo.start)},{number(end)})'"
    fade = f"colorchannelmixer=aa={number(min(max(logo.opacity, 0.0), 1.0))}"
    return [
        f"[{number_}:v]scale=-2:{height}:flags=lanczos,format=rgba,{fade}[g{index}]",
        f"[l{index}][g{index}]overlay=x={x}:y={y}{when}[o{index}]",
    ]
