from __future__ import annotations

import contextlib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.domain.errors import BadInput
from appliance.domain.style import CaptionStyle, Lit
from appliance.domain.timeline import (
    Aspect,
    Box,
    Canvas,
    CaptionWord,
    Cut,
    Key,
    Layout,
    Overlay,
    OverlayKind,
    Scene,
    View,
)
from appliance.media.ass import draw
from appliance.media.ass_script import escaped, frame, stamp
from appliance.media.ffmpeg import Ffmpeg
from appliance.media.fonts import FontShelf
from appliance.media.presets import read_styles
from appliance.media.typeset import typesetter
from appliance.planning.captions_area import areas
from tests.media.drawn import PRESETS, SMALL, bounds, near, render, shelf, timeline, words

STYLES = read_styles(PRESETS / "captions")
_SHELF = shelf()
PLAIN = CaptionStyle(
    "plain", "for measuring", "Montserrat", "ExtraBold", accent="#ff0000", lit=Lit.COLOUR, outline=0.0, shadow=0.0
)


@pytest.fixture(scope="module")
def fonts() -> FontShelf:
    return shelf()


def test_there_are_at_least_eight_presets_that_differ() -> None:
    """Every preset file is read, has a font that ships, and no two look the same."""
    assert len(STYLES) >= 8
    looks = {replace(style, name="", about="") for style in STYLES.values()}
    assert len(looks) == len(STYLES)
    for style in STYLES.values():
        typesetter(style, shelf())


@pytest.mark.parametrize("name", sorted(STYLES))
def test_the_spoken_word_has_the_height_that_reads_on_a_phone(name: str) -> None:
    """Capitals are 3.2 to 4.5 % of the frame's height, the outline 0.35 to 0.5 %."""
    style = STYLES[name]
    cap = shelf().face(style.font, style.weight).cap_height * style.size
    assert 0.032 <= cap <= 0.045
    assert 0.0035 <= style.outline <= 0.005


@pytest.mark.parametrize(
    "text", ["Hamburg", "don't", "100%", "{\\b1}x", "a\\Nb", "a\\nb", "\\h", "C:\\new", "}{", "\\{", "it’s", '"q"']
)
def test_every_text_is_drawn_as_it_is_written(ffmpeg: Ffmpeg, fonts: FontShelf, tmp_path: Path, text: str) -> None:
    """What is on screen is as wide as the text measures: nothing in it is taken for a command, nothing is swallowed."""
    script = draw(timeline((CaptionWord(0, text, 0, 2),)), PLAIN, fonts)
    drawing = render(ffmpeg, script, tmp_path / "d", SMALL, 5)
    left, _, right, _ = bounds(drawing.frames[0].max(axis=2) > 100)
    face = fonts.face("Montserrat", "ExtraBold")
    em = PLAIN.size * SMALL.height
    assert right - left == pytest.approx(face.width(text) * em, abs=0.16 * em)
    assert drawing.complaints == []


@pytest.mark.parametrize(
    "text",
    ["漢字です", "简体中文", "한국어", "مرحبا!", "שלום?", "नमस्ते", "สวัสดี", "Ελλάδα", "Привет", "Łódź", "🔥", "عام٢٠٢٤"],
)
def test_every_script_is_drawn_in_a_font_of_its_own(
    ffmpeg: Ffmpeg, fonts: FontShelf, tmp_path: Path, text: str
) -> None:
    """Each script shows as wide as its shipped font says, and libass finds every glyph."""
    script = draw(timeline((CaptionWord(0, text, 0, 2),)), PLAIN, fonts)
    drawing = render(ffmpeg, script, tmp_path / "d", SMALL, 5)
    left, _, right, _ = bounds(drawing.frames[0].max(axis=2) > 100)
    setter = typesetter(PLAIN, fonts)
    em = PLAIN.size * SMALL.height
    assert right - left == pytest.approx(setter.set(text, em).width, abs=0.5 * em)
    assert drawing.complaints == []


def test_letters_have_the_size_and_the_place_that_were_computed(
    ffmpeg: Ffmpeg, fonts: FontShelf, tmp_path: Path
) -> None:
    """A capital H is as high as the font's cap height times the size, in the middle of the screen, to the pixel."""
    canvas = Canvas(1080, 1920, 30)
    script = draw(timeline((CaptionWord(0, "H", 0, 2),), canvas=canvas), PLAIN, fonts)
    left, top, right, bottom = bounds(render(ffmpeg, script, tmp_path / "d", canvas, 3).frames[0].max(axis=2) > 127)
    em = PLAIN.size * 1920
    assert bottom - top == pytest.approx(0.7 * em, abs=1)
    assert (top + bottom) / 2 == pytest.approx(PLAIN.centre * 1920, abs=1)
    assert (left + right) / 2 == pytest.approx(540, abs=1.5)


def test_words_light_up_on_the_frame_nearest_to_their_time(ffmpeg: Ffmpeg, fonts: FontShelf, tmp_path: Path) -> None:
    """At 30 and 25 frames a second each word takes its colour within half a frame of when it is spoken."""
    starts = [0.013, 0.4567, 0.81, 1.2349, 1.5]
    for fps in (30.0, 25.0):
        canvas = Canvas(270, 480, fps)
        said = tuple(
            CaptionWord(number, text, start, start + 0.3)
            for number, (text, start) in enumerate(zip(("HH", "II", "NN", "MM", "EE"), starts, strict=True))
        )
        style = replace(PLAIN, words=5, size=0.03)
        script = draw(timeline(said, canvas=canvas, seconds=3), style, fonts)
        frames = render(ffmpeg, script, tmp_path / f"d{fps}", canvas, 0, round(2.2 * fps)).frames
        middles = [
            None if not near(one, "#ff0000").any() else float(np.mean(bounds(near(one, "#ff0000"))[::2]))
            for one in frames
        ]
        changes = [
            number / fps
            for number, (one, two) in enumerate(zip([None, *middles], middles, strict=False))
            if two is not None and (one is None or abs(one - two) > 2)
        ]
        assert len(changes) == len(starts)
        assert max(abs(found - given) for found, given in zip(changes, starts, strict=True)) <= 0.5 / fps + 1e-6


@pytest.mark.parametrize("name", sorted(set(STYLES) - {"solo"}))
def test_nothing_flickers_and_nothing_jumps_between_words(
    ffmpeg: Ffmpeg, fonts: FontShelf, tmp_path: Path, name: str
) -> None:
    """While a page stands, the first word is on every frame and its place does not change when another is lit."""
    style = STYLES[name]
    said = tuple(replace(word, end=word.start + 0.2) for word in words("HI on it", each=0.5))
    script = draw(timeline(said), style, fonts)
    frames = render(ffmpeg, script, tmp_path / "d", SMALL, 20, 24).frames
    seen = [bounds(near(one, style.colour, 50)) for one in frames[:8]]
    assert len(set(seen)) == 1
    counts = [int((one.max(axis=2) > 90).sum()) for one in frames]
    assert min(counts) > 0.6 * max(counts)


@pytest.mark.parametrize("aspect", list(Aspect))
@pytest.mark.parametrize("name", sorted(STYLES))
def test_nothing_is_drawn_outside_the_safe_area(
    ffmpeg: Ffmpeg, fonts: FontShelf, tmp_path: Path, name: str, aspect: Aspect
) -> None:
    """Captions, title, watermark, author and bar leave the platforms' own places free, in every preset and shape."""
    width, height = aspect.size
    canvas = Canvas(width // 2, height // 2, 30)
    overlays = (
        Overlay(OverlayKind.TITLE, text="WWWW gggg " * 1000, end=3.5),
        Overlay(OverlayKind.WATERMARK, text="@somebody with a rather long name indeed", corner="bottom-right"),
        Overlay(OverlayKind.AUTHOR, text="Creator", corner="top-right", start=3.5),
        Overlay(OverlayKind.PROGRESS),
    )
    said = words("Incomprehensibilities WWWWWWWWWW jumping gypsy 1,000,000 Québec", strong=(4,))
    area = areas(canvas)
    script = draw(timeline(said, overlays, canvas), STYLES[name], fonts)
    for first in (6, 30, 75, 115):
        ink = render(ffmpeg, script, tmp_path / "d", canvas, first).frames[0].max(axis=2) > 40
        left, top, right, bottom = bounds(ink)
        assert top >= area.top * canvas.height - 1
        assert bottom <= area.bottom * canvas.height + 1
        assert left >= area.left * canvas.width - 1
        assert right <= area.right_above * canvas.width + 1
        lower = ink[canvas.height // 2 :]
        assert bounds(lower)[2] <= area.right_below * canvas.width + 1


def test_captions_and_title_never_meet(ffmpeg: Ffmpeg, fonts: FontShelf, tmp_path: Path) -> None:
    """A preset that puts captions at the very top still leaves the title its place."""
    style = replace(STYLES["impact"], centre=0.1)
    overlays = (Overlay(OverlayKind.TITLE, text="A title of quite some length that needs two whole lines"),)
    with_words = render(ffmpeg, draw(timeline(words("some words here now")), style, fonts), tmp_path / "a", SMALL, 20)
    title = render(ffmpeg, draw(timeline((), overlays), style, fonts), tmp_path / "b", SMALL, 20)
    assert bounds(with_words.frames[0].max(axis=2) > 20)[1] > bounds(title.frames[0].max(axis=2) > 20)[3]


def test_on_a_shared_canvas_words_stand_at_the_seam(ffmpeg: Ffmpeg, fonts: FontShelf, tmp_path: Path) -> None:
    """Where two people share the canvas, neither title nor captions lie on the eyes of either."""
    half = View((Key(0.0, Box(0.0, 0.0, 0.5, 0.5)),))
    line = timeline(
        words("some words are spoken here now"), (Overlay(OverlayKind.TITLE, text="A title " * 6, end=1.5),)
    )
    line = replace(line, cuts=(Cut("a", 0.0, 10.0, (Scene(0.0, 10.0, Layout.SPLIT, (half, half)),)),))
    script = draw(line, STYLES["clean"], fonts)
    for first in (20, 55):
        ink = render(ffmpeg, script, tmp_path / "d", SMALL, first).frames[0].max(axis=2) > 40
        _, top, _, bottom = bounds(ink)
        assert top / SMALL.height > 0.36
        assert bottom / SMALL.height < 0.64


def test_a_title_stands_where_it_is_set_unless_captions_do(ffmpeg: Ffmpeg, fonts: FontShelf, tmp_path: Path) -> None:
    """A title with a middle of its own is drawn around it; where captions stand it goes to its usual place."""

    def middle(style: CaptionStyle, centre: float, name: str) -> float:
        overlay = Overlay(OverlayKind.TITLE, text="A title of one line", centre=centre)
        picture = render(ffmpeg, draw(timeline((), (overlay,)), style, fonts), tmp_path / name, SMALL, 20).frames[0]
        _, top, _, bottom = bounds(picture.max(axis=2) > 20)
        return (top + bottom) / 2 / SMALL.height

    usual = middle(PLAIN, 0.0, "usual")
    assert usual < 0.22
    assert middle(PLAIN, 0.55, "low") == pytest.approx(0.55, abs=0.01)
    assert middle(PLAIN, PLAIN.centre, "captions") == pytest.approx(usual, abs=0.002)
    assert middle(replace(PLAIN, centre=0.5), 0.55, "high captions") == pytest.approx(usual, abs=0.002)


def test_the_title_is_there_at_once_and_leaves_in_a_fifth_of_a_second(
    ffmpeg: Ffmpeg, fonts: FontShelf, tmp_path: Path
) -> None:
    """It stands on the first frame, fades over the last 200 ms and is gone on its last."""
    overlays = (Overlay(OverlayKind.TITLE, text="Why we failed", end=2.0),)
    script = draw(timeline((), overlays), STYLES["clean"], fonts)
    light = [int(one.max()) for one in render(ffmpeg, script, tmp_path / "d", SMALL, 0, 62).frames]
    assert light[0] > 230
    assert light[53] > 220
    assert 20 < light[57] < 200
    assert light[60] == 0


def test_a_title_without_end_leaves_by_itself(fonts: FontShelf) -> None:
    """A title that nobody gave an end stands for three and a half seconds."""
    script = draw(timeline((), (Overlay(OverlayKind.TITLE, text="Why"),)), STYLES["clean"], fonts)
    assert ",0:00:03.49,W" in script


def test_right_to_left_words_are_lit_from_the_right(ffmpeg: Ffmpeg, fonts: FontShelf, tmp_path: Path) -> None:
    """In a Hebrew line the first word spoken is the rightmost, and the light wanders to the left."""
    script = draw(timeline(words("שלום לכל העולם", each=0.5)), replace(PLAIN, size=0.03), fonts)
    frames = render(ffmpeg, script, tmp_path / "d", SMALL, 0, 45).frames
    middles = [np.mean(bounds(near(frames[at], "#ff0000"))[::2]) for at in (5, 20, 40)]
    assert middles[0] > middles[1] > middles[2]


def test_the_pill_fits_the_word(ffmpeg: Ffmpeg, fonts: FontShelf, tmp_path: Path) -> None:
    """The field behind the spoken word begins and ends the same distance from it, and is higher than its capitals."""
    style = replace(STYLES["pill"], shadow=0.0, outline=0.0)
    script = draw(timeline(words("Hello HEINZ hello", each=0.5)), style, fonts)
    picture = render(ffmpeg, script, tmp_path / "d", SMALL, 25).frames[0]
    pill = bounds(near(picture, style.accent, 40))
    word = bounds(near(picture, "#ffffff", 60)[pill[1] : pill[3], pill[0] + 4 : pill[2] - 4])
    wide, high = pill[2] - pill[0] - 8, pill[3] - pill[1]
    assert word[0] == pytest.approx(wide - word[2], abs=3)
    assert 4 <= word[1] < high - word[3]


def test_the_bar_grows_evenly(ffmpeg: Ffmpeg, fonts: FontShelf, tmp_path: Path) -> None:
    """Half of the clip fills half of the bar."""
    script = draw(timeline((), (Overlay(OverlayKind.PROGRESS),), seconds=4.0), STYLES["clean"], fonts)
    picture = render(ffmpeg, script, tmp_path / "d", SMALL, 60).frames[0]
    whole = bounds(picture.max(axis=2) > 30)
    full = bounds(near(picture, STYLES["clean"].accent, 60))
    assert (full[2] - full[0]) / (whole[2] - whole[0]) == pytest.approx(0.5, abs=0.02)


def test_a_preset_with_a_missing_font_is_refused(fonts: FontShelf) -> None:
    """A font that is not there is an error, never a clip without captions."""
    with pytest.raises(BadInput, match="Papyrus"):
        draw(timeline(words("hello")), replace(PLAIN, font="Papyrus"), fonts)


def test_frame_times_are_rounded_so_that_the_frame_itself_is_hit() -> None:
    """The written time never lies after its frame nor before the one before it."""
    for fps in (23.976, 24.0, 25.0, 29.97, 30.0, 50.0, 59.94, 60.0):
        for number in range(600):
            hours, minutes, seconds = stamp(number, fps).split(":")
            written = int(hours) * 3600 + int(minutes) * 60 + float(seconds)
            assert written <= number / fps + 1e-9
            assert number == 0 or written > (number - 1) / fps
            assert frame(number / fps, fps) == number


@settings(max_examples=80, deadline=None)
@given(st.lists(st.text(max_size=30), min_size=1, max_size=5), st.text(max_size=60), st.sampled_from(sorted(STYLES)))
def test_no_text_breaks_the_script(texts: list[str], title: str, name: str) -> None:
    """Whatever is said or titled, the script has only lines of its own, or it is refused."""
    said = tuple(CaptionWord(number, text, number * 0.5, number * 0.5 + 0.4) for number, text in enumerate(texts))
    script = ""
    with contextlib.suppress(BadInput):
        script = draw(timeline(said, (Overlay(OverlayKind.TITLE, text=title),)), STYLES[name], _SHELF)
    events = script[script.find("[Events]") :].split("\n")[2:]
    assert all(line.startswith("Dialogue: ") or not line for line in events)


def test_escaped_text_holds_no_line_breaks() -> None:
    """A line break in a text cannot begin a new line of the script."""
    assert "\n" not in escaped("a\nDialogue: 0,0:00:00.00,9:00:00.00,W,,0,0,0,,b")
