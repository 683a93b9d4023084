"""The scans of a whole file: the picture against ffmpeg's own look at key frames, and memory that does not grow with length."""

from __future__ import annotations

import resource
import subprocess
import sys
import time
from pathlib import Path
from statistics import median

from appliance.media.audio import scan_sound
from appliance.media.ffmpeg import Ffmpeg, find_ffmpeg
from appliance.media.picture import scan_picture
from appliance.media.probe import probe
from tests.bench.figures import Bench, cpu_seconds
from tests.bench.media import cached, run, talk

_HOURS = (1, 8)
_LOOK_SECONDS = 0.01
_ROOT = Path(__file__).resolve().parents[2]


def measure() -> Bench:
    """CPU of both scans as ratios of ffmpeg's, and peak memory of the analysis of 8 h as a ratio of that of 1 h."""
    bench = Bench("scan")
    ffmpeg = find_ffmpeg()
    source = cached("talk40.mp4", lambda path: talk(ffmpeg, path, 40))
    facts = probe(source)
    ours, theirs, sound, decode = [], [], [], []
    look = ("-skip_frame", "nokey", "-i", str(source), "-an", "-vf", "scale=64:36,format=gray", "-f", "null", "-")
    for _ in range(5):
        theirs.append(cpu_seconds(lambda: run(ffmpeg, *look))[0])
        ours.append(cpu_seconds(lambda: scan_picture(source, facts))[0])
        decode.append(cpu_seconds(lambda: run(ffmpeg, "-i", str(source), "-vn", "-f", "null", "-"))[0])
        sound.append(cpu_seconds(lambda: scan_sound(ffmpeg, source, facts))[0])
    whole = (median(ours) + median(sound)) / (median(theirs) + median(decode))
    bench.add("picture_vs_ffmpeg_key_frames", median(ours) / median(theirs), at_most=1.3, goal=1.15)
    bench.add("picture_and_sound_vs_ffmpeg_key_frames_and_decode", whole, at_most=3.0)
    bench.notes["sound_cpu_seconds_an_hour"] = round(median(sound) / facts.seconds * 3600, 1)
    memory = [_memory(long(ffmpeg, hours)) for hours in _HOURS]
    bench.add("memory_8h_vs_1h", memory[1] / memory[0], at_most=1.15, goal=1.05)
    bench.notes["memory_mb"] = memory
    return bench


def long(ffmpeg: Ffmpeg, hours: int) -> Path:
    """Many hours of a small picture with little to tell, and sound of speech's rhythm."""
    tone = "aevalsrc='0.2*sin(2*PI*200*t)*abs(sin(2*PI*0.4*t))':s=16000:d=600"

    def piece(path: Path) -> None:
        inputs = ("-f", "lavfi", "-i", "testsrc=s=128x72:r=5:d=600", "-f", "lavfi", "-i", tone)
        encode = (
            "-c:v",
            "libx264",
            "-preset",
            "ultrafast",
            "-g",
            "20",
            "-pix_fmt",
            "yuv420p",
            "-c:a",
            "aac",
            "-b:a",
            "32k",
        )
        run(ffmpeg, *inputs, *encode, "-f", "mp4", str(path))

    ten = cached("ten-minutes.mp4", piece)
    return cached(
        f"long-{hours}h.mp4",
        lambda path: run(
            ffmpeg, "-stream_loop", str(hours * 6 - 1), "-i", str(ten), "-c", "copy", "-f", "mp4", str(path)
        ),
    )


def _memory(path: Path) -> float:
    """Peak resident MB of a process that scans the sound and the picture of a file, with all its children."""
    program = (
        "import sys\nfrom pathlib import Path\n"
        "from appliance.media.audio import scan_sound\nfrom appliance.media.ffmpeg import find_ffmpeg\n"
        "from appliance.media.picture import scan_picture\nfrom appliance.media.probe import probe\n"
        "path = Path(sys.argv[1]); source = probe(path)\n"
        "sound = scan_sound(find_ffmpeg(), path, source); picture = scan_picture(path, source)\n"
        "assert len(sound.rms_db) > 0 and len(picture.times) > 0\n"
    )
    peak = 0.0
    with subprocess.Popen([sys.executable, "-c", program, str(path)], cwd=_ROOT) as child:
        while child.poll() is None:
            peak = max(peak, sum(_resident_mb(number) for number in _family(child.pid)))
            time.sleep(_LOOK_SECONDS)
    if child.returncode:
        raise RuntimeError(f"the scan of {path} ended with {child.returncode}")
    return round(peak, 1)


def _family(number: int) -> list[int]:
    """A process and everything it started."""
    try:
        tasks = list(Path(f"/proc/{number}/task").iterdir())
        started = [int(text) for task in tasks for text in (task / "children").read_text().split()]
    except OSError:
        return [number]
    return [number, *(member for own in started for member in _family(own))]


def _resident_mb(number: int) -> float:
    try:
        return int(Path(f"/proc/{number}/statm").read_text().split()[1]) * resource.getpagesize() / 2**20
    except (OSError, IndexError):
        return 0.0
