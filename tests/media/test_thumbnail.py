from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from appliance.domain.timeline import Box, Canvas, Cut, Key, Layout, Scene, SourceFile, Timeline, View
from appliance.media.ffmpeg import Ffmpeg
from appliance.media.thumbnail import ThumbnailOptions, judge, thumbnail
from tests.bench.media import run

FONTS = Path(__file__).resolve().parents[2] / "config" / "presets" / "fonts"
HOME = (SourceFile("a", "a"),)


@pytest.fixture(scope="module")
def hazy(ffmpeg: Ffmpeg, media: Path) -> Path:
    """6 s that are blurred but for almost two seconds."""
    out = media / "hazy.mp4"
    picture = "testsrc2=s=320x180:r=30:d=6,lutyuv=y='val*0.6+50',gblur=sigma=8:enable='not(between(t,3,4.9))'"
    run(ffmpeg, "-f", "lavfi", "-i", picture, "-pix_fmt", "yuv420p", "-g", "15", str(out))
    return out


def line(start: float, end: float, size: tuple[int, int] = (270, 480)) -> Timeline:
    """A clip that crops the left third."""
    view = View((Key(start, Box(0, 0, 0.3164, 1)),))
    return Timeline("t", Canvas(*size, 30), HOME, (Cut("a", start, end, (Scene(start, end, Layout.CROP, (view,)),)),))


def test_the_sharp_second_is_found(ffmpeg: Ffmpeg, hazy: Path, tmp_path: Path) -> None:
    """Of a hazy clip the clear moment is taken, as a JPEG of at least 1080 pixels, in the clip's shape."""
    still = thumbnail(line(0.5, 5.5), {"a": hazy}, tmp_path / "a.jpg", ThumbnailOptions(ffmpeg))
    assert 3.0 <= still.time <= 4.9
    with Image.open(tmp_path / "a.jpg") as image:
        assert (image.format, image.size) == ("JPEG", (1080, 1920))


def test_a_title_is_drawn(ffmpeg: Ffmpeg, hazy: Path, tmp_path: Path) -> None:
    """Five words of a title are on the still; the rest of the picture is as before."""
    font = next(FONTS.rglob("Montserrat*.ttf"))
    thumbnail(line(3, 4), {"a": hazy}, tmp_path / "a.jpg", ThumbnailOptions(ffmpeg))
    title = "It's 50%: a [very] long title " * 400
    thumbnail(line(3, 4), {"a": hazy}, tmp_path / "b.jpg", ThumbnailOptions(ffmpeg, title=title, font=font))
    with Image.open(tmp_path / "a.jpg") as one, Image.open(tmp_path / "b.jpg") as other:
        change = np.abs(np.asarray(one).astype(int) - np.asarray(other)).max(2) > 60
    assert change.mean() > 0.01
    assert not change[: change.shape[0] // 3].any()


def test_the_frame_with_the_face_is_taken(ffmpeg: Ffmpeg, hazy: Path, tmp_path: Path) -> None:
    """A large face that is found outweighs sharpness around no face."""
    asked: list[int] = []

    def find(picture: np.ndarray[tuple[int, ...], np.dtype[np.uint8]]) -> Box | None:
        asked.append(len(asked))
        assert picture.shape[2] == 3
        return Box(0.2, 0.1, 0.6, 0.5) if asked[-1] == 2 else None

    still = thumbnail(line(3.05, 4.85), {"a": hazy}, tmp_path / "a.jpg", ThumbnailOptions(ffmpeg, find_face=find))
    assert len(asked) == 3
    assert still.time == pytest.approx(4.45, abs=0.11)


def test_a_clip_of_sound_has_a_still(ffmpeg: Ffmpeg, sound_only: Path, tmp_path: Path) -> None:
    """Sound alone gets a still of its audiogram."""
    clip = Timeline("t", Canvas(270, 480, 30), HOME, (Cut("a", 0.5, 3.5),))
    thumbnail(clip, {"a": sound_only}, tmp_path / "a.jpg", ThumbnailOptions(ffmpeg))
    with Image.open(tmp_path / "a.jpg") as image:
        assert np.asarray(image.convert("L")).max() > 150


def test_sharp_and_well_lit_is_better() -> None:
    """Blur, darkness and glare each make a picture worse."""
    rng = np.random.default_rng(4)
    good = np.kron(rng.integers(30, 220, (60, 40, 3)), np.ones((4, 4, 1))).astype(np.uint8)
    blurred = good.reshape(60, 4, 40, 4, 3).mean((1, 3)).repeat(4, 0).repeat(4, 1)
    smooth = sum(np.roll(blurred, (y, x), (0, 1)) for y in range(6) for x in range(6)) / 36
    assert judge(good) > judge(smooth.astype(np.uint8))
    assert judge(good) > judge((good // 8).astype(np.uint8))
    assert judge(good) > judge(np.minimum(good.astype(int) + 150, 255).astype(np.uint8))
