"""Where the hook title stands when a face is where it usually stands."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from appliance.domain.span import Span
from appliance.domain.timeline import Box, Canvas, Layout, Scene, View
from appliance.planning.captions_area import Areas, areas
from appliance.planning.framing_boxes import FACE_SHARE, FIT_AT_LEAST
from appliance.planning.framing_footage import Footage

_SECONDS = 3.5  # of the clip, in which the title stands
_COVERED = 0.06  # of a face: less is hair and forehead, and no reason to leave
_CAPTIONS = 0.69  # where captions have their middle on a high canvas
_ABOVE_CAPTIONS = 0.085  # from there up to the title's lower edge


@dataclass(frozen=True, slots=True)
class _Pane:
    """A part of the canvas, and what part of the picture it shows; both in shares."""

    view: View
    on: Box

    def placed(self, part: Box, at: float) -> Box:
        """Where a part of the picture is drawn at a time."""
        shown = standing(self.view, at)
        across, down = self.on.width / shown.width, self.on.height / shown.height
        x = self.on.x + (part.x - shown.x) * across
        y = self.on.y + (part.y - shown.y) * down
        left, top = max(x, self.on.x), max(y, self.on.y)
        right = min(x + part.width * across, self.on.x + self.on.width)
        bottom = min(y + part.height * down, self.on.y + self.on.height)
        return Box(left, top, max(0.0, right - left), max(0.0, bottom - top))


def title_place(footage: Footage | None, scenes: Sequence[Scene], span: Span, canvas: Canvas) -> float:
    """The middle of a title over the first seconds of `span`, in shares of the canvas' height; 0.0 is its own place.

    When faces are known and one lies under the title's own place, the title goes to just above the captions, if it covers
    clearly less of the face there. `scenes` are those of the span, on the source's clock.
    """
    if footage is None:
        return 0.0
    area = areas(canvas)
    own, low = area.title, lowered(area)
    hidden = [
        (_covered(faces, own), _covered(faces, low))
        for faces in _faces(footage, scenes, Span(span.start, min(span.end, span.start + _SECONDS)), canvas)
    ]
    if not hidden:
        return 0.0
    above, below = np.mean(hidden, axis=0)
    return round(low.y + low.height / 2, 4) if above > _COVERED and below < 0.5 * above else 0.0


def lowered(area: Areas) -> Box:
    """The title's other place, its lower edge just above two lines of captions."""
    bottom = _CAPTIONS + area.shift - _ABOVE_CAPTIONS * area.scale
    return Box(area.title.x, bottom - area.title.height, area.title.width, area.title.height)


def standing(view: View, at: float) -> Box:
    """What a view shows at a time; between two keys it moves evenly."""
    times = [key.at for key in view.keys]
    x = float(np.interp(at, times, [key.box.x for key in view.keys]))
    y = float(np.interp(at, times, [key.box.y for key in view.keys]))
    return Box(x, y, view.keys[0].box.width, view.keys[0].box.height)


def _faces(footage: Footage, scenes: Sequence[Scene], span: Span, canvas: Canvas) -> Iterator[list[Box]]:
    """For every look that saw a face: where on the canvas they are. Two who share it have a place of their own for the title."""
    for look in footage.looks:
        scene = next((one for one in scenes if one.start <= look.at < one.end), None)
        if not look.faces or not span.start <= look.at < span.end or scene is None or scene.layout is Layout.SPLIT:
            continue
        panes = _panes(scene, footage.width / footage.height, canvas)
        yield [pane.placed(face.box, look.at) for face in look.faces for pane in panes]


def _panes(scene: Scene, ratio: float, canvas: Canvas) -> tuple[_Pane, ...]:
    if scene.layout is Layout.STACK and len(scene.views) > 1:
        return (
            _Pane(scene.views[0], Box(0.0, 0.0, 1.0, FACE_SHARE)),
            _Pane(scene.views[1], Box(0.0, FACE_SHARE, 1.0, 1 - FACE_SHARE)),
        )
    if scene.layout is not Layout.FIT or not scene.views:
        return tuple(_Pane(view, Box(0.0, 0.0, 1.0, 1.0)) for view in scene.views[:1])
    shown = scene.views[0].keys[0].box
    shape = shown.width * ratio / shown.height / (canvas.width / canvas.height)  # of the view, seen from the canvas
    wide, high = min(1.0, shape), min(1.0, 1 / shape)
    if canvas.height > canvas.width and not scene.whole and high < FIT_AT_LEAST:
        wide, high = wide * FIT_AT_LEAST / high, FIT_AT_LEAST
    return (_Pane(scene.views[0], Box((1 - wide) / 2, (1 - high) / 2, wide, high)),)


def _covered(faces: Sequence[Box], title: Box) -> float:
    """How much of the most hidden face lies under the title."""
    return max(
        (_shared(face, title) / max(face.width * face.height, 1e-9) for face in faces if face.width), default=0.0
    )


def _shared(one: Box, two: Box) -> float:
    across = min(one.x + one.width, two.x + two.width) - max(one.x, two.x)
    down = min(one.y + one.height, two.y + two.height) - max(one.y, two.y)
    return max(0.0, across) * max(0.0, down)
