from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from appliance.domain.errors import BadInput
from appliance.media.ffmpeg import Ffmpeg
from appliance.media.picture import HEIGHT, WIDTH, cut_score, scan_picture
from appliance.media.probe import probe
from tests.bench.media import run


@pytest.fixture(scope="module")
def shots(ffmpeg: Ffmpeg, media: Path) -> Path:
    """Three shots of 3 s: dark, bright, and a test picture; key frames every second."""
    out = media / "shots.mp4"
    parts = ("color=c=0x202020:s=320x180:r=30:d=3", "color=c=0xe0e0e0:s=320x180:r=30:d=3", "testsrc=s=320x180:r=30:d=3")
    inputs = [arg for part in parts for arg in ("-f", "lavfi", "-i", part)]
    joined = "[0][1][2]concat=n=3,format=yuv420p[v]"
    run(
        ffmpeg,
        *inputs,
        "-filter_complex",
        joined,
        "-map",
        "[v]",
        "-c:v",
        "libx264",
        "-sc_threshold",
        "0",
        "-g",
        "30",
        "-sc_threshold",
        "0",
        str(out),
    )
    return out


def test_shots_end_where_the_score_is_high(shots: Path) -> None:
    """The cut score is high at the two changes of shot and low elsewhere; brightness follows the shots."""
    scan = scan_picture(shots, probe(shots))
    cuts = {round(float(time)) for time, score in zip(scan.times, scan.cut_score, strict=True) if score > 0.5}
    assert cuts == {3, 6}
    assert scan.brightness[0] < 0.2
    assert scan.brightness[4] > 0.8
    assert scan.change[0] == 0
    assert scan.change[3] > 0.5


def test_times_are_those_of_the_key_frames(shots: Path) -> None:
    """One value a key frame, at its real time."""
    scan = scan_picture(shots, probe(shots))
    assert np.allclose(scan.times, np.arange(9), atol=0.02)


def test_a_late_clock_begins_at_zero(counted_ts: Path) -> None:
    """Times count from the source's beginning, whatever its container's clock shows."""
    scan = scan_picture(counted_ts, probe(counted_ts))
    assert scan.times[0] < 0.1
    assert np.allclose(np.diff(scan.times), 1.5, atol=0.05)


def test_a_file_with_one_key_frame_is_still_seen(ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    """Where key frames are too rare, other frames are looked at."""
    path = tmp_path / "rare.mp4"
    picture = "testsrc2=s=160x90:r=10:d=30"
    run(ffmpeg, "-f", "lavfi", "-i", picture, "-pix_fmt", "yuv420p", "-g", "9999", "-sc_threshold", "0", str(path))
    assert len(scan_picture(path, probe(path)).times) > 20


def test_sound_alone_has_nothing_to_see(sound_only: Path) -> None:
    """A file without a picture says so."""
    with pytest.raises(BadInput, match="no picture"):
        scan_picture(sound_only, probe(sound_only))


def test_a_picture_that_moves_is_no_cut() -> None:
    """The same picture a little further scores low, another one high."""
    rng = np.random.default_rng(3)
    smooth = np.kron(rng.integers(0, 255, (12, 24)), np.ones((6, 6))).astype(np.uint8)
    here, there = smooth[:HEIGHT, :WIDTH], smooth[2 : HEIGHT + 2, 2 : WIDTH + 2]
    other = np.kron(rng.integers(0, 90, (6, 16)), np.ones((6, 4))).astype(np.uint8)
    assert cut_score(here, there) < 0.35
    assert cut_score(here, other) > 0.7
    assert cut_score(here, here) == pytest.approx(0, abs=1e-3)
