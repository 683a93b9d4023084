from __future__ import annotations

import re
from dataclasses import replace
from fractions import Fraction

from appliance.domain.source import PictureTrack
from appliance.domain.timeline import Box, Key, Layout, Scene, View
from appliance.media.views import Frame, draw, fitted, shots

FRAME = Frame(1080, 1920, Fraction(30))
SLIDE = Scene(0.0, 2.0, Layout.FIT, (View((Key(0.0, Box(0.05, 0.0, 0.9, 1.0)),)),), whole=True)
PICTURE = PictureTrack(0, "h264", 1920, 1080, 1920, 1080, 30.0)


def test_a_whole_view_keeps_its_sides() -> None:
    """On a high canvas a wide view is as wide as the canvas when it is whole, and otherwise zoomed until it is high enough."""
    assert fitted(1728, 1080, FRAME, whole=True) == (1080, 676)
    assert fitted(1728, 1080, FRAME) == (1080, 864)


def test_a_whole_scene_is_drawn_from_all_of_its_box() -> None:
    """The picture of a whole scene is its box but for the rounding to even sizes; without the mark its sides are left out."""
    assert _widest(SLIDE) > 0.995 * 0.9 * 1920
    assert _widest(replace(SLIDE, whole=False)) < 0.8 * 0.9 * 1920


def _widest(scene: Scene) -> int:
    """The width of the widest crop that draws the scene."""
    (shot,) = shots((scene,), 0.0, 60, FRAME.rate)
    return max(int(width) for width in re.findall(r"crop=w=(\d+)", ";".join(draw(shot, PICTURE, FRAME, "i", "o"))))
