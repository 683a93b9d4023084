from __future__ import annotations

import pytest

from appliance.domain.span import Span
from appliance.domain.timeline import Aspect, Box, Canvas, Key, Layout, Scene, View
from appliance.planning.captions_area import areas
from appliance.planning.framing_footage import Face, Footage, Look
from appliance.planning.title_place import lowered, standing, title_place

PORTRAIT = Canvas(1080, 1920, 30)
CROP = Box(0.4, 0.0, 0.3164, 1.0)


def seen(top: float, height: float, x: float = 0.5582, seconds: float = 8.0) -> Footage:
    """A face whose upper edge is at `top`, its middle at `x`, looked at every half second of a 16:9 picture."""
    width = 0.75 * height * 9 / 16
    face = Face(Box(x - width / 2, top, width, height), 0.9, (x, top + 0.4 * height))
    looks = tuple(Look(number / 2, (face,)) for number in range(round(2 * seconds)))
    return Footage(Span(0.0, seconds), 1920, 1080, 25.0, (), looks, with_faces=True)


def scene(layout: Layout = Layout.CROP, *boxes: Box, whole: bool = False) -> tuple[Scene, ...]:
    views = tuple(View((Key(0.0, box),)) for box in boxes or (CROP,))
    return (Scene(0.0, 8.0, layout, views, whole=whole),)


def place(footage: Footage | None, scenes: tuple[Scene, ...]) -> float:
    return title_place(footage, scenes, Span(0.0, 8.0), PORTRAIT)


def test_a_face_on_the_third_leaves_the_title_where_it_is() -> None:
    """Eyes at a good height, nobody known, or nobody there: the title keeps its own place."""
    assert place(seen(0.28, 0.18), scene()) == 0.0
    assert place(None, scene()) == 0.0
    assert place(seen(0.1, 0.3, x=0.1), scene()) == 0.0


def test_a_title_goes_below_a_face_that_is_high() -> None:
    """A face that reaches into the title's place is left free; the title then stands between it and the captions."""
    middle = place(seen(0.1, 0.3), scene())
    assert 0.5 < middle < 0.6
    own = areas(PORTRAIT).title
    assert middle - own.height / 2 > 0.4
    assert middle + own.height / 2 < 0.63


def test_a_face_that_fills_the_frame_keeps_its_mouth_free() -> None:
    """Where both places lie on the face, the title stays on the forehead."""
    assert place(seen(0.15, 0.6), scene()) == 0.0


def test_only_the_first_seconds_count() -> None:
    """A face that comes under the title's place when the title is gone does not move it."""
    low, high = scene(Layout.CROP, Box(0.4, 0.0, 0.3164, 1.0)), scene(Layout.CROP, Box(0.0, 0.0, 0.3164, 1.0))
    later = (
        Scene(0.0, 4.0, Layout.CROP, high[0].views),
        Scene(4.0, 8.0, Layout.CROP, low[0].views),
    )
    assert place(seen(0.1, 0.3), later) == 0.0


def test_a_picture_over_its_blur_leaves_the_title_above_it() -> None:
    """Fitted, a face lies in the middle of the canvas, whole or zoomed; two who share it have a title of their own place."""
    whole = Box(0.0, 0.0, 1.0, 1.0)
    assert place(seen(0.1, 0.3), scene(Layout.FIT, whole)) == 0.0
    assert place(seen(0.1, 0.3), scene(Layout.FIT, whole, whole=True)) == 0.0
    assert place(seen(0.1, 0.3), scene(Layout.SPLIT, CROP, CROP)) == 0.0


def test_a_face_camera_above_a_game_is_left_free() -> None:
    """The upper part of a stack is where the title would stand."""
    camera, game = Box(0.45, 0.0, 0.21, 0.5), Box(0.0, 0.0, 0.3, 0.9)
    assert place(seen(0.1, 0.3), scene(Layout.STACK, camera, game)) > 0.5


@pytest.mark.parametrize("aspect", list(Aspect))
def test_the_lower_place_is_clear_of_the_title_s_own(aspect: Aspect) -> None:
    """In every shape the other place lies below the usual one and above the middle of the captions."""
    area = areas(Canvas(*aspect.size, 30))
    assert lowered(area).y > area.title.y + area.title.height
    assert lowered(area).y + area.title.height < 0.69 + area.shift


def test_a_moving_view_stands_between_its_keys() -> None:
    """Halfway between two keys a view is halfway; before and after them it stands."""
    view = View((Key(1.0, Box(0.0, 0.0, 0.3, 1.0)), Key(3.0, Box(0.4, 0.0, 0.3, 1.0))))
    assert [round(standing(view, at).x, 3) for at in (0.0, 2.0, 9.0)] == [0.0, 0.2, 0.4]
