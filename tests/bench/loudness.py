"""What bringing a clip to its loudness costs, and how well it is met: speech, music, quiet, loud and spiky sound."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path
from statistics import median

from appliance.domain.timeline import Canvas, Cut, Sound, SourceFile, Timeline
from appliance.media.ffmpeg import Ffmpeg, find_ffmpeg
from appliance.media.graph import Drawn, build
from appliance.media.loudness import Level, level
from appliance.media.probe import probe
from appliance.media.render import RenderOptions, render
from tests.bench.figures import Bench, cpu_seconds
from tests.bench.media import cached, run, talk

_A_MINUTE = 60 / 36
_VOICE = "sin(2*PI*(150+30*sin(2*PI*0.6*t))*t)*(0.3+0.7*abs(sin(2*PI*1.7*t)))*gt(sin(2*PI*0.21*t)\\,-0.85)"
_KINDS = {
    "speech": f"0.3*{_VOICE}+0.01*(random(0)-0.5)",
    "quiet speech": f"0.03*{_VOICE}+0.001*(random(0)-0.5)",
    "loud and low": "0.99*sin(2*PI*60*t)+0.5*sin(2*PI*147*t)*gt(sin(2*PI*2*t)\\,0)",
    "music": "0.25*(sin(2*PI*220*t)+sin(2*PI*277*t)+sin(2*PI*330*t))*(0.6+0.4*sin(2*PI*2*t))",
    "claps in speech": f"0.12*{_VOICE}+0.85*(random(0)*2-1)*lt(mod(t\\,3)\\,0.02)",
}


def measure() -> Bench:
    """CPU-seconds a minute of clip, the farthest from -14 LUFS, and the highest true peak."""
    bench = Bench("loudness")
    ffmpeg = find_ffmpeg()
    source = cached("talk40.mp4", lambda path: talk(ffmpeg, path, 40))
    facts = probe(source)
    line = Timeline("t", Canvas(1080, 1920, 30), (SourceFile("a", "a"),), (Cut("a", 2, 38),))
    found: list[Level] = []
    level(line, {"a": facts}, {"a": source})  # libraries are loaded once in a process, not once a clip
    measuring = [cpu_seconds(lambda: found.append(level(line, {"a": facts}, {"a": source})))[0] for _ in range(5)]
    with_level = [cpu_seconds(lambda: _sound_only(ffmpeg, line, source, found[0].filters))[0] for _ in range(5)]
    without = [cpu_seconds(lambda: _sound_only(ffmpeg, line, source, ""))[0] for _ in range(5)]
    setting = max(0.0, median(with_level) - median(without))
    bench.add("cpu_seconds_a_minute", (median(measuring) + setting) * _A_MINUTE, at_most=0.15, goal=0.10)
    bench.notes["of_that"] = {
        "measuring": round(median(measuring) * _A_MINUTE, 4),
        "setting": round(setting * _A_MINUTE, 4),
    }
    errors: dict[str, tuple[float, float]] = {}
    with tempfile.TemporaryDirectory() as name:
        for kind, wave in _KINDS.items():
            errors[kind] = _finished(ffmpeg, Path(name), wave)
    bench.add("lufs_off_target", max(abs(lufs + 14) for lufs, _ in errors.values()), at_most=1.0, goal=0.5)
    bench.add("true_peak_dbtp", max(peak for _, peak in errors.values()), at_most=-1.0, goal=-1.5)
    bench.notes["finished"] = {kind: {"lufs": lufs, "dbtp": peak} for kind, (lufs, peak) in errors.items()}
    return bench


def _sound_only(ffmpeg: Ffmpeg, line: Timeline, source: Path, filters: str) -> None:
    graph = build(line, {"a": probe(source)}, Drawn(level=filters))
    sound = ";".join(chain for chain in graph.filters.split(";") if "v]" not in chain and "[c0" not in chain)
    run(ffmpeg, "-ss", "1.5", "-t", "37", "-i", str(source), "-filter_complex", sound, "-map", "[a]", "-f", "null", "-")


def _finished(ffmpeg: Ffmpeg, folder: Path, wave: str) -> tuple[float, float]:
    """Integrated loudness and true peak of a finished clip of that sound."""
    source, out = folder / "source.mkv", folder / "clip.mp4"
    inputs = ("-f", "lavfi", "-i", "color=s=160x90:r=10:d=20", "-f", "lavfi", "-i", f"aevalsrc='{wave}':s=48000:d=20")
    run(ffmpeg, *inputs, "-pix_fmt", "yuv420p", "-c:a", "flac", str(source))
    line = Timeline("t", Canvas(160, 90, 10), (SourceFile("a", "a"),), (Cut("a", 1, 19),), sound=Sound())
    render(line, {"a": source}, out, RenderOptions(ffmpeg))
    return measured(ffmpeg, out)


def measured(ffmpeg: Ffmpeg, path: Path) -> tuple[float, float]:
    """A file's integrated loudness (LUFS) and true peak (dBTP), by ffmpeg's ebur128."""
    from appliance import process

    listen = (
        "-loglevel",
        "info",
        "-nostats",
        "-i",
        str(path),
        "-af",
        "ebur128=peak=true:framelog=quiet",
        "-f",
        "null",
        "-",
    )
    said = process.run(ffmpeg.argv(*listen)).err
    return float(re.findall(r"I:\s+(-?[\d.]+) LUFS", said)[-1]), float(re.findall(r"Peak:\s+(-?[\d.]+) dBFS", said)[-1])
