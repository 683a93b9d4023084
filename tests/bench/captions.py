"""Captions: when a word lights up on screen against when it is spoken, and what drawing them costs."""

from __future__ import annotations

import subprocess
import tempfile
from dataclasses import replace
from pathlib import Path
from time import process_time

import numpy as np

from appliance.domain.timeline import Canvas, CaptionWord
from appliance.media.ass import draw
from appliance.media.ffmpeg import find_ffmpeg
from appliance.media.presets import read_styles
from tests.bench.figures import Bench, cpu_seconds
from tests.media.drawn import PRESETS, render, shelf, timeline

_FPS = 30.0
_SECONDS = 20.0


def measure() -> Bench:
    """How late or early words light up (ms), at most and in the mean, over random times; CPU of the script's making."""
    bench = Bench("captions")
    rng = np.random.default_rng(7)
    starts = np.cumsum(rng.uniform(0.11, 0.9, 60))
    starts = starts[starts < _SECONDS - 0.5]
    lengths = rng.uniform(0.05, 0.4, len(starts))
    shapes = ["HH", "MMM", "IIII", "NNNNN"]
    said = tuple(
        CaptionWord(number, shapes[number % 4], float(start), float(start + length), sentence_end=number % 9 == 8)
        for number, (start, length) in enumerate(zip(starts, lengths, strict=True))
    )
    styles = read_styles(PRESETS / "captions")
    style = replace(styles["mint"], accent="#ff0000", size=0.03, outline=0.0, shadow=0.0)
    canvas = Canvas(270, 480, _FPS)
    script = draw(timeline(said, canvas=canvas, seconds=_SECONDS), style, shelf())
    with tempfile.TemporaryDirectory() as folder:
        frames = render(find_ffmpeg(), script, Path(folder) / "d", canvas, 0, int(_SECONDS * _FPS)).frames
    changes = _changes(frames) / _FPS
    late = np.array([np.abs(changes - start).min() for start in starts]) * 1000
    bench.add("word_lit_off_by_ms_worst", late.max(), at_most=40, goal=1000 / _FPS / 2)
    bench.add("word_lit_off_by_ms_mean", late.mean(), at_most=20, goal=10)
    bench.notes["words"] = len(starts)
    _cost(bench)
    return bench


def _changes(
    frames: np.ndarray[tuple[int, int, int, int], np.dtype[np.uint8]],
) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """The frames at which what is lit is something else than before."""
    red = (frames[..., 0] > 150) & (frames[..., 1] < 90)
    lit = [None if not one.any() else (int(one.sum()), round(float(np.argwhere(one).mean()), 1)) for one in red]
    return np.array(
        [
            number
            for number in range(len(lit))
            if lit[number] is not None and (number == 0 or lit[number] != lit[number - 1])
        ]
    )


def _cost(bench: Bench) -> None:
    """The script of a minute of fast speech, and what libass adds to an encode of a minute."""
    styles = read_styles(PRESETS / "captions")
    said = tuple(CaptionWord(number, "conversation", number * 0.33, number * 0.33 + 0.3) for number in range(180))
    fonts = shelf()
    line = timeline(said, canvas=Canvas(1080, 1920, 30), seconds=60.0)
    begun = process_time()
    scripts = [draw(line, style, fonts) for style in styles.values()]
    bench.add("script_cpu_seconds_a_minute", (process_time() - begun) / len(scripts), at_most=0.25, goal=0.1)
    worst = max(scripts, key=len)
    ffmpeg = find_ffmpeg()
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "c.ass").write_text(worst, encoding="utf-8")
        fonts.lay_out(worst, Path(folder) / "fonts")
        spent = [_pass(ffmpeg.path, folder, graph) for graph in ("null", "ass=c.ass:fontsdir=fonts")]
    bench.add("captions_over_plain_encode_cpu", spent[1] / spent[0], at_most=1.35, goal=1.2)


def _pass(program: str, folder: str, graph: str) -> float:
    """CPU-seconds of encoding 20 s of a moving 1080x1920 picture."""
    argv = [
        program,
        "-v",
        "error",
        "-nostdin",
        "-y",
        "-f",
        "lavfi",
        "-i",
        "testsrc2=s=1080x1920:r=30,noise=alls=6:allf=t",
    ]
    argv += [
        "-t",
        "20",
        "-vf",
        graph,
        "-c:v",
        "libx264",
        "-preset",
        "veryfast",
        "-crf",
        "20",
        "-pix_fmt",
        "yuv420p",
        "out.mp4",
    ]
    return cpu_seconds(lambda: subprocess.run(argv, cwd=folder, check=True))[0]
