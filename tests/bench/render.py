"""A clip's render against a hand-written ffmpeg pass with the same settings, and against x264 on frames that are ready."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median

from appliance import process
from appliance.domain.timeline import Box, Canvas, Cut, Key, Layout, Scene, Sound, SourceFile, Timeline, View
from appliance.media.encoders import CPU
from appliance.media.ffmpeg import Ffmpeg, find_ffmpeg
from appliance.media.render import RenderOptions, render
from tests.bench.figures import Bench, cpu_seconds
from tests.bench.media import cached, run, talk

SECONDS = 30
START = 5.3
_RAW_SECONDS = 8
_FONTS = Path(__file__).resolve().parents[2] / "config" / "presets" / "fonts"


def measure() -> Bench:
    """CPU and wall as ratios, and how many video encodes every combination of features takes."""
    bench = Bench("render")
    ffmpeg = find_ffmpeg()
    source = cached("talk40.mp4", lambda path: talk(ffmpeg, path, 40))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        words = captions(SECONDS)
        (folder / "captions.ass").write_text(words)
        by_hand = _timed(lambda: _by_hand(ffmpeg, source, folder, SECONDS))
        ours = [_timed(lambda: _ours(ffmpeg, source, folder, SECONDS, words))]
        by_hand_again = _timed(lambda: _by_hand(ffmpeg, source, folder, SECONDS))
        ours.append(_timed(lambda: _ours(ffmpeg, source, folder, SECONDS, words)))
        hand_cpu, hand_wall = (median(pair) for pair in zip(by_hand, by_hand_again, strict=True))
        our_cpu, our_wall = (median(pair) for pair in zip(*ours, strict=True))
        bench.add("cpu_vs_by_hand", our_cpu / hand_cpu, at_most=1.10, goal=1.05)
        bench.add("wall_vs_by_hand", our_wall / hand_wall, at_most=1.25, goal=1.10)
        floor = _floor(ffmpeg, source, folder)
        short, _ = _timed(lambda: _ours(ffmpeg, source, folder, _RAW_SECONDS, words))
        bench.add("cpu_vs_raw_frames", short / floor, at_most=1.45, goal=1.35)
        bench.add("encodes", _most_encodes(ffmpeg, source, folder, words), at_most=1, goal=1)
    bench.notes["cpu_seconds"] = {"ours": round(our_cpu, 2), "by_hand": round(hand_cpu, 2), "raw_8s": round(floor, 2)}
    return bench


def captions(seconds: int) -> str:
    """A caption style with one event for every word, three words a second."""
    head = (
        "[Script Info]\nScriptType: v4.00+\nPlayResX: 1080\nPlayResY: 1920\n\n[V4+ Styles]\n"
        "Format: Name, Fontname, Fontsize, PrimaryColour, OutlineColour, BorderStyle, Outline, Shadow, Alignment, MarginV\n"
        "Style: Default,Anton,96,&H00FFFFFF,&H000F0B0B,1,8,3,2,560\n\n[Events]\nFormat: Layer, Start, End, Style, Text\n"
    )
    lines = [
        f"Dialogue: 0,0:00:{n / 3:05.2f},0:00:{(n + 1) / 3:05.2f},Default,two {{\\c&H3FD2FF&}}bright{{\\c&HFFFFFF&}} words"
        for n in range(seconds * 3)
    ]
    return head + "\n".join(lines) + "\n"


def _keys() -> tuple[Key, ...]:
    return tuple(
        Key(START + at, Box(x, 0, 0.31640625, 1)) for at, x in ((3, 0.2), (4, 0.4), (14, 0.4), (15, 0.1), (40, 0.1))
    )


def timeline(seconds: float) -> Timeline:
    """One cut with a camera that moves twice, captioned and levelled."""
    scene = Scene(START, START + seconds, Layout.CROP, (View(_keys()),))
    cut = Cut("a", START, START + seconds, (scene,))
    return Timeline("bench", Canvas(1080, 1920, 30), (SourceFile("a", "a"),), (cut,))


def _ours(ffmpeg: Ffmpeg, source: Path, folder: Path, seconds: float, words: str) -> None:
    options = RenderOptions(ffmpeg, ass=words, fonts_dir=_FONTS)
    render(timeline(seconds), {"a": source}, folder / "ours.mp4", options)


def _by_hand(ffmpeg: Ffmpeg, source: Path, folder: Path, seconds: float) -> None:
    x = "if(lt(t,3),384,if(lt(t,4),384+384*(t-3),if(lt(t,14),768,if(lt(t,15),768-576*(t-14),192))))"
    chain = f"crop=608:1080:x='{x}':y=0:exact=1,scale=1080:1920:flags=bicubic,fps=30,ass=captions.ass:fontsdir={_FONTS / 'anton'}"
    argv = ffmpeg.argv(
        *("-ss", str(START), "-t", str(seconds), "-i", str(source), "-vf", chain),
        *(
            "-af",
            "volume=2dB,alimiter=limit=0.7:level=0",
            *CPU.args,
            "-c:a",
            "aac",
            "-b:a",
            "192k",
            "-ar",
            "48000",
            "-ac",
            "2",
        ),
        *("-movflags", "+faststart", "-y", str(folder / "hand.mp4")),
    )
    ended = process.run(argv, cwd=str(folder))
    assert ended.code == 0, ended.err


def _floor(ffmpeg: Ffmpeg, source: Path, folder: Path) -> float:
    """CPU-seconds of x264 alone, on the first seconds as ready-made frames."""
    raw = folder / "raw.yuv"
    chain = "crop=608:1080:384:0,scale=1080:1920:flags=bicubic,fps=30,format=yuv420p"
    run(
        ffmpeg,
        "-ss",
        str(START),
        "-t",
        str(_RAW_SECONDS),
        "-i",
        str(source),
        "-an",
        "-vf",
        chain,
        "-f",
        "rawvideo",
        str(raw),
    )
    reading = ("-f", "rawvideo", "-pix_fmt", "yuv420p", "-s", "1080x1920", "-r", "30", "-i", str(raw))
    spent, _ = _timed(lambda: run(ffmpeg, *reading, *CPU.args, str(folder / "raw.mp4")))
    raw.unlink()
    return spent


def _most_encodes(ffmpeg: Ffmpeg, source: Path, folder: Path, words: str) -> int:
    """The most video encodes that one clip took, over layouts, captions, several cuts, level and no level."""
    two = tuple(View((Key(0, Box(x, 0, 0.5, 1)),)) for x in (0.0, 0.5))
    most = 0
    for layout in Layout:
        for ass in (None, words):
            for sound in (Sound(), Sound(target_lufs=None)):
                views = two if layout in (Layout.SPLIT, Layout.STACK) else two[:1]
                cuts = tuple(Cut("a", at, at + 0.4, (Scene(at, at + 0.4, layout, views),)) for at in (1.0, 3.0))
                line = Timeline("t", Canvas(270, 480, 30), (SourceFile("a", "a"),), cuts, sound=sound)
                started: list[Sequence[str]] = []
                with process.watched(started.append):
                    fonts = _FONTS if ass else None
                    render(line, {"a": source}, folder / "one.mp4", RenderOptions(ffmpeg, ass=ass, fonts_dir=fonts))
                most = max(most, sum("libx264" in argv for argv in started))
    return most


def _timed(work: Callable[[], None]) -> tuple[float, float]:
    """CPU-seconds and wall seconds."""
    begin = time.perf_counter()
    spent, _ = cpu_seconds(work)
    return spent, time.perf_counter() - begin
