"""Where words may stand on each canvas, so that no platform's own buttons and texts cover them."""

from __future__ import annotations

from dataclasses import dataclass

from appliance.domain.span import Span
from appliance.domain.timeline import Box, Canvas, Layout, Timeline


@dataclass(frozen=True, slots=True)
class Areas:
    """Boxes in shares of the canvas; `shift` moves a preset's centre down, `scale` its sizes up, where the shape asks for it."""

    title: Box
    captions: Box
    top: float
    bottom: float
    left: float
    right_above: float  # the right edge in the upper half
    right_below: float
    shift: float = 0.0
    scale: float = 1.0


# Shorts, Reels and TikTok keep the top 12 %, the bottom 22 % and in the lower half the right 14 % for themselves. Captions
# stay centred, so they leave 14 % free on the left as well.
_PORTRAIT = Areas(
    title=Box(0.06, 0.12, 0.88, 0.10),
    captions=Box(0.14, 0.24, 0.72, 0.54),
    top=0.12,
    bottom=0.78,
    left=0.05,
    right_above=0.95,
    right_below=0.86,
)
# Feeds and players draw over the picture only along its edges.
_FEED = Areas(Box(0.06, 0.06, 0.88, 0.13), Box(0.08, 0.22, 0.84, 0.71), 0.05, 0.94, 0.05, 0.95, 0.95, 0.09, 1.15)
_SQUARE = Areas(Box(0.06, 0.06, 0.88, 0.15), Box(0.08, 0.24, 0.84, 0.69), 0.05, 0.94, 0.05, 0.95, 0.95, 0.11, 1.25)
_LANDSCAPE = Areas(Box(0.10, 0.06, 0.80, 0.16), Box(0.15, 0.25, 0.70, 0.67), 0.05, 0.93, 0.04, 0.96, 0.96, 0.14, 1.1)


def areas(canvas: Canvas) -> Areas:
    """The areas of a canvas by its shape."""
    ratio = canvas.width / canvas.height
    if ratio < 0.7:
        return _PORTRAIT
    if ratio < 0.9:
        return _FEED
    return _SQUARE if ratio < 1.3 else _LANDSCAPE


# On a canvas shared by two people the usual places lie on their eyes. There the words stand at the seam: captions on it,
# and while a title stands, the title just above it and the captions just below.
SEAM_TITLE = 0.40
SEAM_CAPTIONS = 0.5
SEAM_CAPTIONS_BELOW_TITLE = 0.575


def shared_stretches(timeline: Timeline) -> tuple[Span, ...]:
    """When, in seconds of the finished clip, two people share a canvas that is not wider than high."""
    if timeline.canvas.width > timeline.canvas.height:
        return ()
    return tuple(
        Span(begin + scene.start - cut.start, begin + max(scene.start, scene.end) - cut.start)
        for begin, cut in timeline.offsets()
        for scene in cut.scenes
        if scene.layout is Layout.SPLIT
    )


def is_shared(stretches: tuple[Span, ...], span: Span) -> bool:
    """Whether the canvas is shared for most of a span."""
    return sum(span.overlap(stretch) for stretch in stretches) > span.seconds / 2
