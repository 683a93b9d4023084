from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.domain.errors import BadInput
from appliance.domain.source import PictureTrack, SoundTrack, Source
from appliance.domain.timeline import (
    Box,
    Canvas,
    Cover,
    Cut,
    Key,
    Layout,
    Masked,
    Overlay,
    OverlayKind,
    Scene,
    Sound,
    SourceFile,
    Timeline,
    View,
)
from appliance.media.graph import Drawn, build, frame_rate, place
from appliance.media.views import Frame, crop_places, fitted
from appliance.planning.framing_boxes import FIT_AT_LEAST

GOLDEN = Path(__file__).parent / "golden"
PICTURE = PictureTrack(0, "h264", 1920, 1080, 1920, 1080, 30.0, matrix="bt709")
SOURCE = Source("mp4", 600.0, 0.0, 10**8, PICTURE, (SoundTrack(1, "aac", 2, 48000, default=True),))
PORTRAIT = Canvas(1080, 1920, 30)
HOME = (SourceFile("a", "a.mp4"),)


def view(*keys: tuple[float, float, float, float, float]) -> View:
    """A view of keys (at, x, y, width, height)."""
    return View(tuple(Key(at, Box(x, y, width, height)) for at, x, y, width, height in keys))


LEFT, RIGHT = view((10, 0.0, 0, 0.5, 1)), view((10, 0.5, 0, 0.5, 1))
CLIPS = {
    "plain": Timeline("t", PORTRAIT, HOME, (Cut("a", 10, 14),)),
    "camera": Timeline(
        "t",
        PORTRAIT,
        HOME,
        (
            Cut(
                "a",
                10,
                16,
                (
                    Scene(10, 13, Layout.CROP, (view((11, 0.1, 0, 0.3164, 1), (12, 0.3, 0, 0.3164, 1)),)),
                    Scene(13, 16, Layout.CROP, (view((13, 0.6, 0, 0.3164, 1)),)),
                ),
            ),
        ),
    ),
    "layouts": Timeline(
        "t",
        PORTRAIT,
        HOME,
        (
            Cut("a", 10, 14, (Scene(10, 12, Layout.SPLIT, (LEFT, RIGHT)), Scene(12, 14, Layout.STACK, (LEFT, RIGHT)))),
            Cut("a", 20, 22.5),
        ),
        overlays=(
            Overlay(OverlayKind.LOGO, path="/x/it's; a [logo].png", start=1, end=3, corner="bottom-left", opacity=0.7),
        ),
        sound=Sound(masked=(Masked("a", 11, 11.5), Masked("a", 21, 21.3, Cover.BLEEP))),
    ),
}


@pytest.mark.parametrize("name", CLIPS)
def test_graphs_stay_what_they_were(name: str) -> None:
    """The inputs and filters of known clips are those on record (remove a record to have it written anew)."""
    graph = build(CLIPS[name], {"a": SOURCE}, Drawn(captions=True, fonts=True, level="volume=3dB"))
    told = "\n".join(
        [*(str(wanted) for wanted in graph.inputs), *graph.filters.split(";"), f"{graph.frames} frames", ""]
    )
    record = GOLDEN / f"{name}.txt"
    if not record.exists():
        record.parent.mkdir(exist_ok=True)
        record.write_text(told)
        pytest.fail(f"{record.name} was written anew: look at it, and keep it")
    assert told == record.read_text()


def test_nothing_written_by_people_is_in_the_filters() -> None:
    """Titles, captions and paths never enter the filter graph."""
    timeline = replace(CLIPS["layouts"], title="':[evil];movie=/etc/passwd")
    graph = build(timeline, {"a": SOURCE}, Drawn(captions=True))
    assert "evil" not in graph.filters
    assert "logo" not in graph.filters
    assert any(wanted.picture and "logo" in wanted.name for wanted in graph.inputs)


def test_a_picture_in_a_high_canvas_is_large() -> None:
    """Fitted, a wide picture takes at least 45 % of a high canvas and its whole width; a high one loses nothing."""
    frame = Frame(1080, 1920, frame_rate(PORTRAIT))
    width, height = fitted(1920, 1080, frame)
    assert width == 1080
    assert height == pytest.approx(FIT_AT_LEAST * 1920, abs=2)
    assert fitted(1080, 1920, frame) == (1080, 1920)
    assert fitted(1920, 1080, Frame(1080, 1080, frame_rate(PORTRAIT))) == (1080, 608)


@pytest.mark.parametrize(
    ("fps", "wanted"),
    [(30, (30, 1)), (29.97002997, (30000, 1001)), (23.976, (24000, 1001)), (25, (25, 1)), (12.5, (25, 2))],
)
def test_frame_rates_are_exact(fps: float, wanted: tuple[int, int]) -> None:
    """A rate as it is written is the fraction that was meant."""
    rate = frame_rate(Canvas(100, 100, fps))
    assert (rate.numerator, rate.denominator) == wanted


@given(
    st.lists(st.tuples(st.floats(0, 500), st.floats(0.05, 20)), min_size=1, max_size=12),
    st.sampled_from([24, 25, 29.97, 30]),
)
def test_cuts_never_drift(cuts: list[tuple[float, float]], fps: float) -> None:
    """Any cuts: each begins at most half a frame from its place, and all frames and samples add up."""
    timeline = Timeline("t", Canvas(1080, 1920, fps), HOME, tuple(Cut("a", at, at + length) for at, length in cuts))
    spots = place(timeline, {"a": SOURCE})
    rate = float(frame_rate(timeline.canvas))
    assert all(abs(spot.phase) <= 0.5 / rate + 1e-9 for spot in spots)
    assert sum(spot.frames for spot in spots) == round(timeline.seconds * frame_rate(timeline.canvas))
    assert spots[-1].piece.last == round(timeline.seconds * 48000)
    assert all(0 <= spot.seek <= spot.piece.cut.start for spot in spots)


@given(
    st.floats(-0.2, 1),
    st.floats(-0.2, 1),
    st.floats(0.02, 1.2),
    st.floats(0.02, 1.2),
    st.sampled_from([0, 90, 180, 270]),
)
def test_crops_never_leave_the_picture(x: float, y: float, width: float, height: float, rotation: int) -> None:
    """Any box: the crop has the shape of its place and lies inside the stored picture."""
    turned = rotation in (90, 270)
    shown = (1080, 1920) if turned else (1920, 1080)
    picture = replace(PICTURE, rotation=rotation, width=shown[0], height=shown[1])
    wide, high, places = crop_places([[Key(0, Box(x, y, width, height))]], picture, (1080, 1920))
    _, left, top = places[0][0]
    assert 0 <= left <= shown[0] - wide
    assert 0 <= top <= shown[1] - high
    assert abs(wide - high * 1080 / 1920) <= 1.5


def test_hundreds_of_moves_nest_only_a_little() -> None:
    """A camera with 400 keys stays below the depth that ffmpeg allows."""
    keys = tuple((10 + n * 0.1, 0.3 + 0.2 * (n % 3), 0, 0.3164, 1) for n in range(400))
    cut = Cut("a", 10, 50, (Scene(10, 50, Layout.CROP, (view(*keys),)),))
    filters = build(Timeline("t", PORTRAIT, HOME, (cut,)), {"a": SOURCE}, Drawn()).filters
    depth = deepest = 0
    for character in re.findall(r"[()]", filters):
        depth += 1 if character == "(" else -1
        deepest = max(deepest, depth)
    assert deepest < 30


@pytest.mark.parametrize(
    "timeline",
    [
        Timeline("t", PORTRAIT, HOME, ()),
        Timeline("t", Canvas(1081, 1920, 30), HOME, (Cut("a", 0, 1),)),
        Timeline("t", Canvas(1080, 1920, 0), HOME, (Cut("a", 0, 1),)),
        Timeline("t", PORTRAIT, HOME, (Cut("b", 0, 1),)),
        Timeline("t", PORTRAIT, HOME, (Cut("a", 5, 5),)),
        Timeline("t", PORTRAIT, HOME, (Cut("a", 700, 710),)),
        Timeline("t", PORTRAIT, HOME, (Cut("a", 1, 1.01),)),
    ],
)
def test_what_cannot_be_drawn_is_refused(timeline: Timeline) -> None:
    """No cuts, odd sizes, no rate, unknown sources and cuts without length are named, with a next step."""
    with pytest.raises(BadInput) as raised:
        build(timeline, {"a": SOURCE}, Drawn())
    assert raised.value.hint
