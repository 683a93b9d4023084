"""A clip as data: which stretches of which sources, framed how, captioned how, with what drawn on top and how loud.

A short has one or a few cuts, a montage many. Everything that an editor changes is changed here, and the file is rendered
again from the sources. Times are seconds on the source's own clock; time in the finished clip exists only in `place`.
Positions and sizes are shares of the picture as shown (0 to 1, from the top left).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from appliance.domain.span import Span

VERSION = 1


class Aspect(StrEnum):
    """The shape of the finished picture."""

    PORTRAIT = "9:16"
    SQUARE = "1:1"
    FEED = "4:5"
    LANDSCAPE = "16:9"

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return _SIZES[self]


_SIZES = {
    Aspect.PORTRAIT: (1080, 1920),
    Aspect.SQUARE: (1080, 1080),
    Aspect.FEED: (1080, 1350),
    Aspect.LANDSCAPE: (1920, 1080),
}


@dataclass(frozen=True, slots=True)
class Canvas:
    """The finished picture: pixels and frames a second."""

    width: int
    height: int
    fps: float


@dataclass(frozen=True, slots=True)
class Box:
    """A part of the picture, in shares of it."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Key:
    """Where a view stands at a time. Between two keys of different boxes it moves evenly."""

    at: float
    box: Box


@dataclass(frozen=True, slots=True)
class View:
    """What one part of the canvas shows: keys in order of time, all boxes of one size; one key is a still camera."""

    keys: tuple[Key, ...]


class Layout(StrEnum):
    """How views share the canvas."""

    CROP = "crop"  # one view fills it
    FIT = "fit"  # one view, whole, over a dark blur of itself
    SPLIT = "split"  # two views, equal halves, first on top (first left where the canvas is wider than high)
    STACK = "stack"  # two views, the first (a face camera) on the upper 38 %


@dataclass(frozen=True, slots=True)
class Scene:
    """A stretch with one layout. `by_hand` scenes are never replaced by analysis. A `whole` FIT loses nothing of its view,
    where others lose their sides rather than become too low.
    """

    start: float
    end: float
    layout: Layout
    views: tuple[View, ...]
    by_hand: bool = False
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Cut:
    """A stretch of a source that is shown. Its scenes lie inside it, in order, without gaps (none: the whole picture, fitted)."""

    source: str
    start: float
    end: float
    scenes: tuple[Scene, ...] = ()

    @property
    def span(self) -> Span:
        """From start to end on the source."""
        return Span(self.start, self.end)


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A source that cuts refer to by `id`. `path` is relative to the timeline's own file or absolute; `sound` is the track's number."""

    id: str
    path: str
    content: str = ""
    sound: int | None = None


@dataclass(frozen=True, slots=True)
class CaptionWord:
    """One word to draw. `id` is the spoken word's; `text` may have been edited; `hidden` words are spoken but not drawn."""

    id: int
    text: str
    start: float
    end: float
    strong: bool = False
    sentence_end: bool = False
    hidden: bool = False
    emoji: str = ""


@dataclass(frozen=True, slots=True)
class Captions:
    """The words of a cut's source, drawn in a preset's style. `source` is the id of the source whose clock they follow."""

    style: str
    source: str
    words: tuple[CaptionWord, ...]
    language: str = ""


class OverlayKind(StrEnum):
    """What may be drawn over the picture."""

    TITLE = "title"  # the hook: words in the upper part for the first seconds
    LOGO = "logo"  # a picture file in a corner
    WATERMARK = "watermark"  # faint words in a corner
    PROGRESS = "progress"  # a thin bar that fills
    AUTHOR = "author"  # creator, game and avatar


@dataclass(frozen=True, slots=True)
class Overlay:
    """Something drawn from `start` to `end` seconds of the finished clip (`end` None: to its end)."""

    kind: OverlayKind
    text: str = ""
    path: str = ""
    start: float = 0.0
    end: float | None = None
    corner: str = "top-right"  # top-left, top-right, bottom-left, bottom-right
    opacity: float = 1.0
    size: float = 0.0  # share of the canvas height; 0: the kind's own
    centre: float = 0.0  # of a title: its middle from the top, in shares of the height; 0: its own place


class Cover(StrEnum):
    """How a spoken word is made unheard."""

    MUTE = "mute"
    BLEEP = "bleep"


@dataclass(frozen=True, slots=True)
class Masked:
    """A stretch of the source's sound that is covered."""

    source: str
    start: float
    end: float
    cover: Cover = Cover.MUTE


@dataclass(frozen=True, slots=True)
class Sound:
    """How it sounds. `target_lufs` None leaves the level alone; `fade` is the cross-fade at inner cuts, in seconds."""

    target_lufs: float | None = -14.0
    peak_dbtp: float = -1.5
    fade: float = 0.06
    masked: tuple[Masked, ...] = ()


@dataclass(frozen=True, slots=True)
class Timeline:
    """A whole clip."""

    title: str
    canvas: Canvas
    sources: tuple[SourceFile, ...]
    cuts: tuple[Cut, ...]
    captions: Captions | None = None
    overlays: tuple[Overlay, ...] = ()
    sound: Sound = field(default_factory=Sound)
    version: int = VERSION

    @property
    def seconds(self) -> float:
        """How long the finished clip is."""
        return sum(cut.end - cut.start for cut in self.cuts)

    def source(self, id_: str) -> SourceFile:
        """The source of that id; KeyError when there is none."""
        return next(source for source in self.sources if source.id == id_)

    def offsets(self) -> Iterator[tuple[float, Cut]]:
        """Every cut with the second of the finished clip at which it begins."""
        begin = 0.0
        for cut in self.cuts:
            yield begin, cut
            begin += cut.end - cut.start

    def place(self, source: str, time: float) -> float | None:
        """The second of the finished clip at which that moment of the source is shown first; None when it is not."""
        for begin, cut in self.offsets():
            if cut.source == source and cut.start <= time <= cut.end:
                return begin + time - cut.start
        return None
