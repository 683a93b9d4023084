from __future__ import annotations

import json
import subprocess
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from appliance.domain.errors import BadInput
from appliance.domain.source import Source
from appliance.domain.span import Span
from appliance.domain.timeline import Aspect, Canvas, Layout
from appliance.media.faces import FaceFinder
from appliance.media.ffmpeg import Ffmpeg
from appliance.media.footage import look
from appliance.media.probe import probe
from appliance.planning.framing import frame
from tests.bench.media import turn
from tests.planning.cameras import at

CUTS = (1.04, 2.48, 3.0)


def make(ffmpeg: Ffmpeg, path: Path, *args: str) -> Path:
    """A small video made by ffmpeg."""
    subprocess.run([ffmpeg.path, "-v", "error", "-y", *args, str(path)], check=True, capture_output=True)
    return path


@pytest.fixture(scope="session")
def shots(ffmpeg: Ffmpeg, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four shots of 4 seconds at 25 frames a second, cut at CUTS; in each a patch of noise flickers somewhere else."""
    looks = [("0x204060", 20), ("0xa08030", 200), ("0x305020", 110), ("0x702050", 20)]
    lengths = [1.04, 1.44, 0.52, 1.0]
    chains = [
        f"color={colour}:s=320x180:r=25:d={length}[b{n}];color=gray:s=90x120:r=25:d={length},"
        f"noise=alls=90:allf=t[n{n}];[b{n}][n{n}]overlay={x}:30[s{n}]"
        for n, ((colour, x), length) in enumerate(zip(looks, lengths, strict=True))
    ]
    graph = ";".join(chains) + ";[s0][s1][s2][s3]concat=n=4:v=1:a=0[v]"
    path = tmp_path_factory.mktemp("shots") / "shots.mp4"
    return make(
        ffmpeg,
        path,
        "-filter_complex",
        graph,
        "-map",
        "[v]",
        "-preset",
        "ultrafast",
        "-pix_fmt",
        "yuv420p",
        "-g",
        "100",
    )


def test_cuts_are_found_to_the_picture(shots: Path) -> None:
    """Every cut of the file is found at the time of the new shot's first picture, and nothing else is."""
    source = probe(shots)
    seen = look(shots, source, Span(0.0, source.seconds))
    assert [round(cut, 3) for cut in seen.cuts] == list(CUTS)
    assert len(seen.shots) == 4


def test_a_window_is_seen_on_the_sources_clock(shots: Path) -> None:
    """Looking at a part finds that part's cuts at their absolute times, though it begins between key frames."""
    source = probe(shots)
    seen = look(shots, source, Span(1.5, 3.5))
    assert [round(cut, 3) for cut in seen.cuts] == [2.48, 3.0]
    assert seen.looks[0].at == pytest.approx(1.5, abs=0.03)
    assert seen.looks[-1].at < 3.5


def test_a_transport_stream_with_a_late_clock_is_seen_right(ffmpeg: Ffmpeg, shots: Path, tmp_path: Path) -> None:
    """Where the container's clock begins far from zero, times still count from the first picture."""
    moved = make(
        ffmpeg, tmp_path / "late.ts", "-i", str(shots), "-c", "copy", "-output_ts_offset", "1000", "-muxdelay", "0"
    )
    source = probe(moved)
    seen = look(moved, source, Span(0.5, 3.5))
    assert [round(cut, 2) for cut in seen.cuts] == list(CUTS)


def test_a_flash_is_no_cut(ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    """Two white pictures inside a shot do not divide it."""
    path = make(
        ffmpeg,
        tmp_path / "flash.mp4",
        *("-f", "lavfi", "-i", "testsrc2=s=320x180:r=25:d=2,drawbox=t=fill:c=white:enable='between(n,20,21)'"),
        *("-pix_fmt", "yuv420p", "-preset", "ultrafast"),
    )
    assert look(path, probe(path), Span(0.0, 2.0)).cuts == ()


def test_a_turned_picture_is_seen_upright(ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    """With a rotation mark in the file, what moves is found where a player would show it."""
    graph = "color=0x405060:s=320x180:r=25:d=2[b];color=gray:s=60x60:r=25:d=2,noise=alls=90:allf=t[n];[b][n]overlay=10:20[v]"
    plain = make(
        ffmpeg,
        tmp_path / "plain.mp4",
        *("-filter_complex", graph, "-map", "[v]", "-pix_fmt", "yuv420p", "-preset", "ultrafast"),
    )
    turned = tmp_path / "turned.mp4"
    turn(ffmpeg, plain, turned, 90)
    upright = make(ffmpeg, tmp_path / "upright.mp4", "-i", str(turned), "-pix_fmt", "yuv420p", "-preset", "ultrafast")
    marked, baked = (look(path, probe(path), Span(0.0, 2.0)) for path in (turned, upright))
    assert (marked.width, marked.height) == (baked.width, baked.height) == (180, 320)
    for one, two in (
        (marked.looks[3].motion, baked.looks[3].motion),
        (marked.looks[3].motion_rows, baked.looks[3].motion_rows),
    ):
        places = np.arange(len(one))
        assert abs(places @ one / one.sum() - places @ two / two.sum()) < 1.5


def test_one_analysis_frames_every_shape_without_a_face_model(shots: Path) -> None:
    """Where a patch moves, the crop follows it from shot to shot, in all four shapes."""
    source = probe(shots)
    seen = look(shots, source, Span(0.0, source.seconds))
    middles = [65, 245, 155, 65]
    for aspect in Aspect:
        scenes = frame(seen, seen.span, Canvas(*aspect.size, 25))
        assert len(scenes) == 4
        for scene, middle in zip(scenes, middles, strict=True):
            box = at(scene.views[0], scene.start)
            assert scene.layout is Layout.CROP
            assert box.x <= middle / 320 <= box.x + box.width


def test_a_page_is_told_from_what_a_camera_sees(ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    """Letters that stand still on flat ground are seen as such, and are all in view, though something flickers beside them."""
    flat = "color=0xf0e8d8:s=640x360:r=25:d=2"
    bars = ",".join(f"drawbox=x={x}:y=60:w=14:h=120:t=fill:c=0x203040" for x in range(60, 340, 30))
    dot = "color=0x904040:s=24x24:r=25:d=2,noise=alls=60:allf=t[n]"
    path = make(
        ffmpeg,
        tmp_path / "page.mp4",
        *("-filter_complex", f"{flat},{bars}[b];{dot};[b][n]overlay=540:200[v]", "-map", "[v]"),
        *("-pix_fmt", "yuv420p", "-preset", "ultrafast"),
    )
    seen = look(path, probe(path), Span(0.0, 2.0))
    written = np.flatnonzero(seen.looks[3].still) / len(seen.looks[3].still)
    assert seen.looks[3].flat > 0.6
    assert written.min() == pytest.approx(60 / 640, abs=0.03)
    assert not any(0.57 < place < 0.81 for place in written)
    (scene,) = frame(seen, seen.span, Canvas(1080, 1920, 25))
    box = scene.views[0].keys[0].box
    assert scene.whole
    assert box.x < 60 / 640
    assert box.x + box.width > 564 / 640


def test_progress_grows_to_one(shots: Path) -> None:
    """Whoever watches sees shares that never go back and end at 1."""
    shares: list[float] = []
    look(shots, probe(shots), Span(0.0, 2.0), None, lambda share, _: shares.append(share))
    assert shares == sorted(shares)
    assert shares[-1] == 1.0


def test_a_stretch_without_pictures_is_an_error(shots: Path) -> None:
    """A span behind the file's end, and a source without a picture, say so."""
    source: Source = probe(shots)
    with pytest.raises(BadInput, match=r"shots\.mp4 from 50\.00"):
        look(shots, source, Span(50.0, 60.0))
    with pytest.raises(BadInput, match="no picture"):
        look(shots, replace(source, picture=None), Span(0.0, 1.0))


@pytest.mark.shared
@pytest.mark.parametrize("with_model", [True, False])
def test_real_faces_stay_inside_the_frame(shared: Path, with_model: bool) -> None:  # noqa: FBT001
    """On real shots the cuts are exact and the face's middle is inside the 9:16 crop, with the model and without."""
    path = shared / "media" / "talk" / "talk_long_multicut.mp4"
    truth = json.loads(path.with_suffix(".truth.json").read_text())
    finder = FaceFinder(shared / "media" / "model" / "face_detection_yunet_2023mar.onnx") if with_model else None
    span = Span(40.0, 75.0)
    seen = look(path, probe(path), span, finder)
    assert [round(cut, 2) for cut in seen.cuts] == [cut for cut in truth["cuts"] if 40 < cut < 75]
    scenes = frame(seen, span, Canvas(1080, 1920, 25))
    for scene in scenes:
        there = next(one for one in reversed(truth["scenes"]) if one["start"] <= scene.start + 0.001)
        box = at(scene.views[0], scene.start)
        assert box.x < there["center_x"] / 854 < box.x + box.width


@pytest.mark.shared
def test_the_camera_goes_to_who_speaks_in_a_real_talk(shared: Path) -> None:
    """Left, right, left, right, every eight seconds."""
    path = shared / "media" / "talk" / "two_speakers_sbs.mp4"
    finder = FaceFinder(shared / "media" / "model" / "face_detection_yunet_2023mar.onnx")
    span = Span(0.0, 20.0)
    scenes = frame(look(path, probe(path), span, finder), span, Canvas(1080, 1920, 25))
    assert [round(scene.start) for scene in scenes] == [0, 8, 16]
    assert [at(scene.views[0], scene.start).x < 0.4 for scene in scenes] == [True, False, True]
