"""Small videos to be interrupted at: moving colours, sound that comes and goes, words beside it."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from appliance.media.ffmpeg import find_ffmpeg

SECONDS = 70


def make_video(path: Path, seconds: int = SECONDS, size: str = "640x360", rate: int = 25) -> Path:
    """Write the video and its subtitles; the path of the video."""
    loud = "if(between(mod(t,20),8,12),0.6,0.08)"
    subprocess.run(
        find_ffmpeg().argv(
            "-f",
            "lavfi",
            "-i",
            f"testsrc2=size={size}:rate={rate}:duration={seconds}",
            "-f",
            "lavfi",
            "-i",
            f"aevalsrc='{loud}*sin(2*PI*220*t)*(0.6+0.4*sin(2*PI*3*t))':duration={seconds}",
            "-c:v",
            "libx264",
            "-preset",
            "ultrafast",
            "-c:a",
            "aac",
            str(path),
        ),
        check=True,
    )
    lines = []
    for number, start in enumerate(range(1, seconds - 4, 4), 1):
        lines.append(
            f"{number}\n00:{start // 60:02}:{start % 60:02},000 --> 00:{start // 60:02}:{start % 60 + 3:02},200\n"
        )
        lines.append(f"This is sentence number {number} of them.\n\n")
    path.with_suffix(".srt").write_text("".join(lines), encoding="utf-8")
    return path


def another(video: Path, path: Path) -> Path:
    """The same pictures and words as a video of its own: no stage of one serves the other. It is there all at once."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if video.with_suffix(".srt").exists():
        shutil.copyfile(video.with_suffix(".srt"), path.with_suffix(".srt"))
    half = path.with_name(f".{path.name}")
    copied = ("-i", str(video), "-c", "copy", "-metadata", f"comment={path.name}")
    subprocess.run(find_ffmpeg().argv(*copied, str(half)), check=True)
    return half.replace(path)
