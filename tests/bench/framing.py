"""Framing: what looking costs against the clip's own render, and on real shots where faces are and how exact cuts are."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from itertools import pairwise
from pathlib import Path

from appliance.domain.span import Span
from appliance.domain.timeline import Box, Canvas, Scene, View
from appliance.media.faces import FaceFinder
from appliance.media.ffmpeg import find_ffmpeg
from appliance.media.footage import look
from appliance.media.probe import probe
from appliance.planning.framing import frame
from tests.bench.figures import Bench, cpu_seconds

_SECONDS = 20
_CANVAS = Canvas(1080, 1920, 30)


def measure() -> Bench:
    """The figures; the real-media part is left out, and said so, where that media is absent."""
    bench = Bench("framing")
    root = Path(os.environ.get("CLIPPER_SHARED", Path(__file__).resolve().parents[3] / "shared"))
    model = root / "media" / "model" / "face_detection_yunet_2023mar.onnx"
    finder = FaceFinder(model) if model.is_file() else None
    _cost(bench, finder)
    talk = root / "media" / "talk" / "talk_long_multicut.mp4"
    if talk.is_file():
        if finder is not None:
            _accuracy(bench, talk, finder, "with_yunet", 0.98, 0.995)
        _accuracy(bench, talk, None, "without_model", 0.85, 0.95)
    else:
        bench.notes["real_media"] = "absent: CLIPPER_SHARED names no folder with media/ in it"
    return bench


def _cost(bench: Bench, finder: FaceFinder | None) -> None:
    """CPU of looking at a 1080p30 stretch, over the CPU of one plain pass that crops, scales and encodes it."""
    ffmpeg = find_ffmpeg()
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "source.mp4"
        made = "testsrc2=s=1920x1080:r=30,noise=alls=5:allf=t"
        encode = ["-c:v", "libx264", "-preset", "veryfast", "-pix_fmt", "yuv420p"]
        quiet = [ffmpeg.path, "-v", "error", "-nostdin", "-y"]
        subprocess.run(
            [
                *quiet,
                "-f",
                "lavfi",
                "-i",
                made,
                "-t",
                str(_SECONDS + 8),
                *encode,
                "-b:v",
                "7M",
                "-g",
                "120",
                str(source),
            ],
            check=True,
        )
        span = Span(5.0, 5.0 + _SECONDS)
        found = probe(source)
        spent = min(cpu_seconds(lambda: look(source, found, span, finder))[0] for _ in range(2))
        plain = min(cpu_seconds(lambda: look(source, found, span, None))[0] for _ in range(2))
        one_pass = [*quiet, "-ss", str(span.start), "-t", str(_SECONDS), "-i", str(source), "-vf"]
        one_pass += [
            "crop=608:1080,scale=1080:1920:flags=bicubic",
            *encode,
            "-crf",
            "20",
            str(Path(folder) / "clip.mp4"),
        ]
        render = cpu_seconds(lambda: subprocess.run(one_pass, check=True))[0]
    name = "cpu_looking_over_render" if finder is not None else "cpu_looking_over_render_no_model"
    bench.add(name, spent / render, at_most=0.30, goal=0.20)
    bench.add("cpu_looking_without_faces_over_render", plain / render, at_most=0.30, goal=0.20)
    bench.notes["render_cpu_seconds"] = round(render, 2)


def _accuracy(bench: Bench, path: Path, finder: FaceFinder | None, name: str, least: float, goal: float) -> None:
    truth = json.loads(path.with_suffix(".truth.json").read_text())
    source = probe(path)
    span = Span(0.0, source.seconds)
    seen = look(path, source, span, finder)
    scenes = frame(seen, span, _CANVAS)
    fps, width = truth["fps"], truth["canvas"][0]
    inside = jumps = frames = 0
    before: tuple[Scene, Box] | None = None
    for number in range(int(source.seconds * fps)):
        time = number / fps + 1e-6
        scene = next((one for one in scenes if one.start <= time < one.end), scenes[-1])
        box = _at(scene.views[0], time)
        there = next(one for one in reversed(truth["scenes"]) if one["start"] <= time + 1e-4)
        inside += box.x <= there["center_x"] / width <= box.x + box.width
        frames += 1
        if before is not None and abs(before[1].x - box.x) > 0.1 * box.width:
            jumps += not any(abs(time - cut) < 1.5 / fps for cut in truth["cuts"])
        before = (scene, box)
    wrong = {round(cut, 2) for cut in seen.cuts} ^ {round(cut, 2) for cut in truth["cuts"]}
    bench.add(f"face_inside_crop_{name}", inside / frames, at_least=least, goal=goal)
    bench.add(f"jumps_outside_cuts_{name}", jumps, at_most=0, goal=0)
    bench.add(f"wrong_cuts_{name}", len(wrong), at_most=0, goal=0)


def _at(view: View, time: float) -> Box:
    """Where the view stands."""
    for one, two in pairwise(view.keys):
        if one.at <= time < two.at:
            way = (time - one.at) / (two.at - one.at)
            return Box(one.box.x + (two.box.x - one.box.x) * way, one.box.y, one.box.width, one.box.height)
    return view.keys[0].box if time < view.keys[0].at else view.keys[-1].box
