from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.domain.span import Span
from appliance.domain.timeline import Aspect, Box, Canvas, Key, Layout, Scene, View
from appliance.planning.framing import FramingOptions, frame
from appliance.planning.framing_footage import Face, Footage, Look
from tests.planning.cameras import at

FULL_HD = (1920, 1080)
Where = Callable[[float], tuple[float, float]]


def face(x: float, eye: float, height: float = 0.2, mouth: float = 0.0, facing: float = 0.0) -> Face:
    """A face whose eyes stand at `eye`; its width is three quarters of its height in pixels of a 16:9 picture."""
    width = height * 0.75 * 9 / 16
    return Face(Box(x - width / 2, eye - 0.4 * height, width, height), 0.9, (x, eye), facing, mouth)


def footage(
    faces: Callable[[float], Sequence[Face]],
    seconds: float = 10.0,
    cuts: tuple[float, ...] = (),
    size: tuple[int, int] = FULL_HD,
) -> Footage:
    times = np.arange(0, seconds, 0.2)
    looks = tuple(Look(float(time), tuple(faces(float(time)))) for time in times)
    return Footage(Span(0.0, seconds), *size, 25.0, cuts, looks, with_faces=True)


def canvas(aspect: Aspect = Aspect.PORTRAIT) -> Canvas:
    return Canvas(*aspect.size, 30)


def scenes(seen: Footage, aspect: Aspect = Aspect.PORTRAIT, options: FramingOptions | None = None) -> tuple[Scene, ...]:
    return frame(seen, seen.span, canvas(aspect), options)


@pytest.mark.parametrize("aspect", list(Aspect))
def test_a_person_is_well_placed_in_every_shape(aspect: Aspect) -> None:
    """The eyes stand at 33 to 38 % of the frame, the head is 18 to 30 % of it, and the face is near the middle."""
    (scene,) = scenes(footage(lambda _: [face(0.3, 0.4, 0.12)]), aspect)
    box = scene.views[0].keys[0].box
    assert scene.layout is Layout.CROP
    assert 0.33 <= (0.4 - box.y) / box.height <= 0.38
    assert 0.18 <= 0.12 * 1.35 / box.height <= 0.30
    assert 0.3 < (0.3 - box.x) / box.width < 0.7
    assert box.width * 1920 / (box.height * 1080) == pytest.approx(aspect.size[0] / aspect.size[1], rel=0.01)


def test_a_small_wobble_moves_nothing() -> None:
    """Someone who rocks in a chair gets a still camera."""
    (scene,) = scenes(footage(lambda time: [face(0.5 + 0.02 * np.sin(5 * time), 0.4)]))
    assert len(scene.views[0].keys) == 1


def test_one_wrong_detection_moves_nothing() -> None:
    """A face seen elsewhere for two looks is not believed."""
    (scene,) = scenes(footage(lambda time: [face(0.9 if 4.0 <= time < 4.3 else 0.4, 0.4)]))
    assert len(scene.views[0].keys) == 1


def test_someone_who_walks_over_is_followed_once_and_smoothly() -> None:
    """The camera stands, moves for about a second, and stands again; the face is never outside."""

    def walk(time: float) -> tuple[float, float]:
        return (float(np.interp(time, [4.0, 6.0], [0.25, 0.75])), 0.4)

    seen = footage(lambda time: [face(*walk(time))])
    (scene,) = scenes(seen)
    keys = scene.views[0].keys
    assert keys[0].box.x < 0.2
    assert keys[-1].box.x > 0.5
    assert all(one.at < two.at for one, two in pairwise(keys))
    for time in np.arange(0, 10, 0.04):
        box = at(scene.views[0], float(time))
        assert box.x < walk(float(time))[0] < box.x + box.width


def test_the_camera_never_springs_inside_a_scene() -> None:
    """Between two pictures it moves less than a thirtieth of what it sees."""
    seen = footage(lambda time: [face(0.2 if time < 5 else 0.7, 0.4)])
    for scene in scenes(seen):
        places = [at(scene.views[0], float(time)).x for time in np.arange(scene.start, scene.end, 1 / 30)]
        width = scene.views[0].keys[0].box.width
        assert max(abs(one - two) for one, two in pairwise(places)) < 0.15 * width


def test_the_frame_cuts_exactly_with_the_picture() -> None:
    """At a shot's first picture the new crop begins, without a move."""
    seen = footage(lambda time: [face(0.2 if time < 4.04 else 0.8, 0.4)], cuts=(4.04,))
    found = scenes(seen)
    assert [(scene.start, scene.end) for scene in found] == [(0.0, 4.04), (4.04, 10.0)]
    assert all(len(scene.views[0].keys) == 1 for scene in found)


def test_looking_room_is_on_the_side_they_face() -> None:
    """Who looks to the right stands left of the middle."""
    right = scenes(footage(lambda _: [face(0.5, 0.4, facing=0.5)]))[0].views[0].keys[0].box
    left = scenes(footage(lambda _: [face(0.5, 0.4, facing=-0.5)]))[0].views[0].keys[0].box
    assert right.x > left.x


def test_the_camera_cuts_to_the_one_who_speaks() -> None:
    """Two people at either end of the picture, one speaking at a time: a crop on each in turn."""

    def both(time: float) -> list[Face]:
        left = time < 5
        wave = 2 + np.sin(9 * time)
        return [face(0.2, 0.4, mouth=wave if left else 0.1), face(0.8, 0.4, mouth=0.1 if left else wave)]

    found = scenes(footage(both))
    assert [scene.layout for scene in found] == [Layout.CROP, Layout.CROP]
    assert found[0].views[0].keys[0].box.x < 0.2
    assert found[1].views[0].keys[0].box.x > 0.3
    assert found[1].start == pytest.approx(5.0, abs=0.5)


def test_a_mouth_is_measured_against_itself() -> None:
    """A lively face that listens does not take the camera from a calm one that speaks."""

    def both(time: float) -> list[Face]:
        speaking = 1.6 + 0.6 * np.sin(11 * time)
        return [
            face(0.2, 0.4, mouth=speaking if time < 5 else 0.3),
            face(0.8, 0.4, mouth=3.0 + 0.1 * np.sin(9 * time) if time < 5 else 6.0 + np.sin(9 * time)),
        ]

    found = scenes(footage(both))
    assert len(found) == 2
    assert found[0].views[0].keys[0].box.x < 0.2


def test_two_who_speak_at_once_share_the_canvas() -> None:
    """Equal halves of the right shape, each person's eyes on the upper third, nothing of the neighbour."""
    seen = footage(
        lambda time: [face(0.25, 0.45, mouth=2 + np.sin(9 * time)), face(0.75, 0.5, mouth=2 + np.cos(9 * time))]
    )
    (scene,) = scenes(seen)
    assert scene.layout is Layout.SPLIT
    for view, x, eye in zip(scene.views, (0.25, 0.75), (0.45, 0.5), strict=True):
        box = view.keys[0].box
        assert 0.3 < (eye - box.y) / box.height < 0.4
        assert box.x < x < box.x + box.width
        assert not box.x < 1 - x < box.x + box.width
        assert box.width * 1920 / (box.height * 1080) == pytest.approx(1080 / 956, rel=0.02)


def test_two_heads_close_together_share_one_crop() -> None:
    """Who fits into one frame is not torn apart."""
    (scene,) = scenes(footage(lambda _: [face(0.45, 0.4, 0.15), face(0.57, 0.4, 0.15)]))
    box = scene.views[0].keys[0].box
    assert scene.layout is Layout.CROP
    assert box.x < 0.4
    assert box.x + box.width > 0.6


def test_a_wide_group_is_shown_whole_and_large_enough() -> None:
    """Four people side by side, none of whom clearly speaks: all of them, at 45 % of the height at least."""
    seen = footage(lambda time: [face(x, 0.4, 0.12, mouth=1 + np.sin(9 * time + x)) for x in (0.2, 0.4, 0.6, 0.8)])
    (scene,) = scenes(seen)
    box = scene.views[0].keys[0].box
    assert scene.layout is Layout.FIT
    assert 1080 / (box.width * 1920 / (box.height * 1080)) / 1920 >= 0.449


def test_a_tall_close_up_is_not_beheaded_on_a_wide_canvas() -> None:
    """A selfie whose head is higher than any wide crop of it is shown whole."""
    seen = footage(lambda _: [face(0.5, 0.4, 0.35)], size=(1080, 1920))
    assert scenes(seen, Aspect.LANDSCAPE)[0].layout is Layout.FIT
    assert scenes(seen)[0].layout is Layout.CROP


def test_a_face_in_the_background_does_not_count() -> None:
    """A much smaller face is a passer-by."""
    (scene,) = scenes(footage(lambda _: [face(0.3, 0.4, 0.25), face(0.85, 0.4, 0.06)]))
    assert scene.layout is Layout.CROP
    assert scene.views[0].keys[0].box.x < 0.3


def test_boxes_by_hand_win() -> None:
    """A scene set by hand is kept as it is, and the rest is decided around it."""
    seen = footage(lambda _: [face(0.5, 0.4)])
    own = Scene(3.0, 5.0, Layout.CROP, (View((Key(3.0, Box(0.0, 0.0, 0.3, 0.9)),)),), by_hand=True)
    found = frame(seen, seen.span, canvas(), by_hand=[own])
    assert [(scene.start, scene.end, scene.by_hand) for scene in found] == [
        (0.0, 3.0, False),
        (3.0, 5.0, True),
        (5.0, 10.0, False),
    ]
    assert found[1] == own


def test_small_pictures_are_not_blown_up() -> None:
    """A distant face in a 480-line picture keeps the full height: closer would be mush."""
    (scene,) = scenes(footage(lambda _: [face(0.5, 0.4, 0.06)], size=(854, 480)))
    assert scene.views[0].keys[0].box.height == 1.0


def test_the_whole_picture_on_request() -> None:
    """Asked to fit, nothing is cropped for a face, and a slide keeps its text all the same."""
    (scene,) = scenes(footage(lambda _: [face(0.5, 0.4)]), options=FramingOptions(fit=True))
    assert scene.layout is Layout.FIT
    assert not scene.whole
    (page,) = scenes(slide(columns()), options=FramingOptions(fit=True))
    assert page.whole


def unseen(
    motion: Sequence[float],
    detail: Sequence[float] | float = 1.0,
    still: Sequence[float] | float = 0.0,
    flat: float = 0.1,
    motion_rows: Sequence[float] = (1.0,) * 20,
    size: tuple[int, int] = FULL_HD,
) -> Footage:
    """Five seconds in which no faces were sought; columns from left to right, rows from top to bottom."""
    across, down = len(motion), len(motion_rows)
    columns = [np.broadcast_to(np.asarray(kind, np.float32), (across,)) for kind in (motion, detail, still)]
    rows = np.asarray(motion_rows, np.float32), np.ones(down, np.float32)
    looks = tuple(Look(number * 0.2, (), columns[0], columns[1], *rows, columns[2], flat) for number in range(25))
    return Footage(Span(0, 5), *size, 25.0, (), looks, with_faces=False)


def test_without_faces_the_crop_goes_where_things_move() -> None:
    """All motion in the right third: the crop is there."""
    (scene,) = scenes(unseen([0.1] * 40 + [6.0] * 10 + [0.1] * 10))
    assert scene.layout is Layout.CROP
    assert scene.views[0].keys[0].box.x > 0.5


def test_what_happens_everywhere_is_shown_as_far_as_it_fits() -> None:
    """Structure everywhere, still or moving as one: most of the picture over its blur, a moving world around its middle."""
    assert scenes(unseen([0.02] * 60))[0].layout is Layout.FIT
    (game,) = scenes(unseen([5.0] * 60))
    box = game.views[0].keys[0].box
    assert game.layout is Layout.FIT
    assert not game.whole
    assert box.x + box.width / 2 == pytest.approx(0.5, abs=0.01)


def columns(*parts: tuple[float, float, float]) -> list[float]:
    """A hundred columns, zero but for `(from, to, value)`."""
    values = np.zeros(100)
    for start, end, value in parts:
        values[round(100 * start) : round(100 * end)] = value
    return list(values)


def slide(motion: Sequence[float]) -> Footage:
    """Flat, text on the left, a clock on the right."""
    text = columns((0.08, 0.55, 8.0), (0.75, 0.92, 2.0))
    return unseen(motion, text, [min(1.0, value / 10) for value in text], flat=0.85)


@pytest.mark.parametrize("hands", [0.0, 0.35])
def test_a_slide_loses_none_of_its_text(hands: float) -> None:
    """All that is written stands in the view, and the view is whole, also when the hands of a drawn clock move."""
    (scene,) = scenes(slide(columns((0.78, 0.9, hands))))
    box = scene.views[0].keys[0].box
    assert (scene.layout, scene.whole) == (Layout.FIT, True)
    assert 0.0 < box.x < 0.08
    assert 0.92 < box.x + box.width < 1.0


def test_a_short_line_on_a_card_fills_the_frame_as_far_as_it_may() -> None:
    """A line a little wider than a crop is shown with its margins, much larger than the whole picture would be."""
    line = columns((0.28, 0.71, 5.0))
    (scene,) = scenes(unseen(columns(), line, [min(1.0, value) for value in line], flat=0.9))
    box = scene.views[0].keys[0].box
    assert scene.whole
    assert box.x < 0.28
    assert box.x + box.width > 0.71
    assert box.width < 0.55


def test_a_blinking_cursor_does_not_take_the_frame() -> None:
    """In text that is wider than a crop, a cursor that blinks within it leaves all of it in view."""
    text = columns((0.05, 0.5, 6.0))
    (scene,) = scenes(unseen(columns((0.2, 0.22, 0.8)), text, [min(1.0, value) for value in text], flat=0.9))
    box = scene.views[0].keys[0].box
    assert scene.whole
    assert box.x < 0.05
    assert box.x + box.width > 0.5


def test_a_still_card_with_a_shaded_ground_is_a_page_and_a_photograph_is_none() -> None:
    """Where nothing moves, few hard edges are letters that must not be cut, many are a picture that may fill more."""
    few, many = columns((0.1, 0.8, 0.15)), columns((0.0, 1.0, 0.4))
    (card,) = scenes(unseen(columns(), columns((0.1, 0.8, 5.0)), few))
    (photograph,) = scenes(unseen(columns(), columns((0.0, 1.0, 5.0)), many))
    assert card.whole
    assert card.views[0].keys[0].box.width > 0.7
    assert photograph.layout is Layout.FIT
    assert not photograph.whole


def test_a_lively_person_on_flat_ground_is_cropped() -> None:
    """One grey behind somebody who moves, with a chair beside that joins the picture of them, is no page of text."""
    (scene,) = scenes(
        unseen(columns((0.6, 0.8, 3.0)), columns((0.5, 0.85, 5.0)), columns((0.5, 0.6, 0.3)), flat=0.7),
    )
    box = scene.views[0].keys[0].box
    assert scene.layout is Layout.CROP
    assert box.x < 0.6
    assert box.x + box.width > 0.8


def test_a_small_head_on_a_page_does_not_take_the_frame() -> None:
    """A speaker in the corner of a slide leaves the slide whole; one who fills the picture is framed."""
    bare = slide(columns((0.78, 0.9, 1.5)))

    def with_head(height: float) -> Footage:
        looks = tuple(replace(look, faces=(face(0.84, 0.8 - height, height),)) for look in bare.looks)
        return replace(bare, looks=looks, with_faces=True)

    assert scenes(with_head(0.1))[0].whole
    assert scenes(with_head(0.4))[0].layout is Layout.CROP


def test_a_stretch_seen_without_rows_is_framed_by_its_columns() -> None:
    """Looks that tell nothing from top to bottom still say where to stand from left to right."""
    seen = unseen([0.1] * 40 + [6.0] * 10 + [0.1] * 10, motion_rows=())
    looks = tuple(replace(look, detail_rows=np.zeros(0, np.float32)) for look in seen.looks)
    (scene,) = scenes(replace(seen, looks=looks))
    assert scene.views[0].keys[0].box.x > 0.5


def test_a_small_figure_is_framed_closer_where_the_picture_has_the_pixels() -> None:
    """Something small that moves in a large picture fills more of the frame, with air above it; in a small picture it does not."""
    across = [0.05] * 60 + [3.0] * 8 + [0.05] * 32
    down = [0.02] * 10 + [2.0] * 7 + [0.02] * 3

    def box(size: tuple[int, int]) -> Box:
        (scene,) = scenes(unseen(across, motion_rows=down, size=size))
        assert scene.layout is Layout.CROP
        return scene.views[0].keys[0].box

    large = box((3840, 2160))
    assert large.height < 0.7
    assert large.x < 0.6
    assert large.x + large.width > 0.68
    assert 0.1 < (0.5 - large.y) / large.height < 0.5
    assert large.y + large.height > 0.85
    assert box((1280, 720)).height > 0.85


def test_heads_have_air_above_them_in_a_low_crop() -> None:
    """Of a tall picture shown on a wide canvas the upper end of what moves is kept, not the middle."""
    down = [0.02] * 10 + [2.0] * 20 + [0.02] * 10
    (scene,) = scenes(unseen([0.05] * 30 + [2.0] * 30, motion_rows=down, size=(1080, 1920)), Aspect.SQUARE)
    box = scene.views[0].keys[0].box
    assert box.y < 0.25 - 0.1 * box.height


_FACES = st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1), st.floats(0.02, 0.9), st.floats(0, 9)), max_size=4)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(_FACES, min_size=1, max_size=30),
    st.lists(st.floats(0.1, 5.9), max_size=4, unique=True),
    st.sampled_from(list(Aspect)),
    st.sampled_from([FULL_HD, (1080, 1920), (480, 480), (854, 480)]),
    st.tuples(st.floats(0, 3), st.floats(3, 6)),
)
def test_scenes_always_cover_the_span_with_boxes_inside_the_picture(
    raw: list[list[tuple[float, float, float, float]]],
    cuts: list[float],
    aspect: Aspect,
    size: tuple[int, int],
    part: tuple[float, float],
) -> None:
    """Whatever was seen: scenes in order without gaps, keys in order, boxes of one size inside the picture."""
    looks = tuple(
        Look(number * 0.2, tuple(face(x, eye, height, mouth) for x, eye, height, mouth in faces))
        for number, faces in enumerate(raw)
    )
    seen = Footage(Span(0.0, 6.0), *size, 25.0, tuple(sorted(cuts)), looks, with_faces=True)
    span = Span(*part)
    found = frame(seen, span, canvas(aspect))
    if span.seconds == 0:
        return
    assert found[0].start == span.start
    assert found[-1].end == span.end
    assert all(one.end == two.start for one, two in pairwise(found))
    for scene in found:
        assert len(scene.views) == (2 if scene.layout is Layout.SPLIT else 1)
        for view in scene.views:
            assert all(one.at < two.at for one, two in pairwise(view.keys))
            assert len({(key.box.width, key.box.height) for key in view.keys}) == 1
            for key in view.keys:
                assert key.box.x >= 0
                assert key.box.y >= 0
                assert key.box.x + key.box.width <= 1.0001
                assert key.box.y + key.box.height <= 1.0001
                assert key.box.width > 0.02
