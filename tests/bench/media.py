"""Material for the benches and tests: made once by the real ffmpeg, kept under .bench/, never committed.

`numbered` pictures carry their own number as 16 black or white fields, so that a frame can be told after any encoding.
"""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from appliance.media.ffmpeg import Ffmpeg

CACHE = Path(__file__).resolve().parents[2] / ".bench"
BITS = 16
WIDTH, HEIGHT = 320, 180
_STRIP = 48

Grey = NDArray[np.uint8]


def cached(name: str, make: Callable[[Path], None]) -> Path:
    """The file of that name in the cache, made first if it is not there."""
    path = CACHE / name
    if not path.exists():
        CACHE.mkdir(exist_ok=True)
        unfinished = path.with_name(f"unfinished-{name}")
        make(unfinished)
        unfinished.replace(path)
    return path


def numbered(ffmpeg: Ffmpeg, out: Path, frames: int, *args: str, rate: str = "30", sound: bool = True) -> None:
    """A video of numbered frames (320x180) and a ticking sound; `args` are output options."""
    reading = ["-f", "rawvideo", "-pix_fmt", "gray", "-s", f"{WIDTH}x{HEIGHT}", "-r", rate, "-i", "pipe:0"]
    tick = f"sine=f=440:b=4:r=48000:d={frames / float(Fraction(rate)):.3f}"
    listening = ["-f", "lavfi", "-i", tick] if sound else []
    argv = [*ffmpeg.argv(*reading, *listening), "-pix_fmt", "yuv420p", "-c:a", "aac", *args, "-y", str(out)]
    with subprocess.Popen(argv, stdin=subprocess.PIPE) as child:
        assert child.stdin is not None
        for number in range(frames):
            child.stdin.write(picture(number).tobytes())
        child.stdin.close()
    if child.returncode:
        raise RuntimeError(f"ffmpeg ended with {child.returncode}")


def picture(number: int) -> Grey:
    """One numbered frame: its bits above, a slowly moving slope below."""
    frame = ((np.arange(WIDTH)[None, :] // 4 + np.arange(HEIGHT)[:, None] // 3 + number) % 200 + 20).astype(np.uint8)
    bits = [(number >> bit) & 1 for bit in range(BITS)]
    frame[:_STRIP] = np.repeat(np.array(bits, np.uint8) * 255, WIDTH // BITS)[None, :]
    return frame


def read_number(frame: Grey) -> int:
    """The number of a frame as shown (any size of the whole picture)."""
    height, width = frame.shape
    row = frame[height * _STRIP // HEIGHT // 2]
    return sum(1 << bit for bit in range(BITS) if row[width * (2 * bit + 1) // (2 * BITS)] > 127)


def grey_frames(ffmpeg: Ffmpeg, path: Path, width: int, height: int) -> list[Grey]:
    """All frames of a file in grey."""
    argv = ffmpeg.argv(
        "-i", str(path), "-an", "-f", "rawvideo", "-pix_fmt", "gray", "-fps_mode", "passthrough", "pipe:1"
    )
    out = subprocess.run(argv, capture_output=True, check=True).stdout
    return list(np.frombuffer(out, np.uint8).reshape(-1, height, width))


def run(ffmpeg: Ffmpeg, *args: str) -> None:
    """Run ffmpeg; an error if it fails."""
    done = subprocess.run(ffmpeg.argv("-y", *args), capture_output=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr.decode("utf-8", "replace")[-2000:])


def turn(ffmpeg: Ffmpeg, path: Path, out: Path, degrees: int) -> None:
    """The same video with a mark that it is to be shown turned, in degrees against the clock."""
    if ffmpeg.major >= 6:
        run(ffmpeg, "-display_rotation", str(degrees), "-i", str(path), "-c", "copy", str(out))
    else:
        run(ffmpeg, "-i", str(path), "-c", "copy", "-metadata:s:v", f"rotate={-degrees % 360}", str(out))


def talk(ffmpeg: Ffmpeg, out: Path, seconds: int) -> None:
    """1080p30 like a stream: a large textured picture panned slowly, grain, a new view every 8 s, speech-like sound."""
    rng = np.random.default_rng(7)
    base = np.zeros((1440, 2560, 3), np.float32)
    for scale in (8, 24, 80, 240):
        small = rng.normal(size=(1440 // scale + 2, 2560 // scale + 2, 3)).astype(np.float32)
        base += np.kron(small, np.ones((scale, scale, 1), np.float32))[:1440, :2560] * scale**0.5
    base = (base - base.min()) / np.ptp(base) * 220 + 16
    texture = out.with_suffix(".ppm")
    texture.write_bytes(b"P6\n2560 1440\n255\n" + base.astype(np.uint8).tobytes())
    place = "x='(iw-ow)*(0.5+0.5*sin(t/9+floor(t/8)*2.4))':y='(ih-oh)*(0.5+0.5*cos(t/11+floor(t/8)))'"
    voice = (
        "aevalsrc='0.35*sin(2*PI*(140+30*sin(2*PI*0.7*t))*t)*(0.4+0.6*abs(sin(2*PI*1.9*t)))*gt(sin(2*PI*0.23*t)\\,-0.8)"
    )
    voice += f"+0.02*(random(0)-0.5)':s=48000:d={seconds}"
    try:
        run(
            ffmpeg,
            *("-loop", "1", "-framerate", "30", "-t", str(seconds), "-i", str(texture), "-f", "lavfi", "-i", voice),
            *("-vf", f"crop=1920:1080:{place},noise=alls=7:allf=t,format=yuv420p", "-ac", "2"),
            *("-c:v", "libx264", "-preset", "veryfast", "-crf", "21", "-g", "120", "-c:a", "aac", "-b:a", "160k"),
            *("-f", "mp4", str(out)),
        )
    finally:
        texture.unlink(missing_ok=True)
