"""Draws ASS scripts with the real ffmpeg and libass, and looks at the pixels."""

from __future__ import annotations

import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from appliance.domain.timeline import Canvas, Captions, CaptionWord, Cut, Overlay, SourceFile, Timeline
from appliance.media.ffmpeg import Ffmpeg
from appliance.media.fonts import FontShelf, shelve

PRESETS = Path(__file__).resolve().parents[2] / "config" / "presets"
SMALL = Canvas(540, 960, 30)
_RAW = ("-fps_mode", "passthrough", "-f", "rawvideo", "-pix_fmt", "rgb24", "-")
Pixels = npt.NDArray[np.uint8]
_COMPLAINTS = re.compile(r"Glyph 0x|failed|default font|Error|Invalid")
_CHOSEN = re.compile(r"fontselect: \((.*), \d+, \d+\) -> (.*), -?\d+, ")


@dataclass(frozen=True)
class Drawing:
    """Frames (count x height x width x 3) and what libass complained of."""

    frames: Pixels
    complaints: list[str]


def shelf() -> FontShelf:
    return shelve(PRESETS / "fonts")


def words(text: str, each: float = 0.4, strong: tuple[int, ...] = ()) -> tuple[CaptionWord, ...]:
    return tuple(
        CaptionWord(number, one, number * each, (number + 0.9) * each, strong=number in strong)
        for number, one in enumerate(text.split())
    )


def timeline(
    said: tuple[CaptionWord, ...], overlays: tuple[Overlay, ...] = (), canvas: Canvas = SMALL, seconds: float = 10.0
) -> Timeline:
    return Timeline(
        title="t",
        canvas=canvas,
        sources=(SourceFile("a", "a.mp4"),),
        cuts=(Cut("a", 0.0, seconds),),
        captions=Captions("clean", "a", said),
        overlays=overlays,
    )


def render(
    ffmpeg: Ffmpeg, script: str, folder: Path, canvas: Canvas, first: int, count: int = 1, ground: str = "black"
) -> Drawing:
    """Frames `first` to `first + count` of the script, over one colour."""
    folder.mkdir(exist_ok=True)
    (folder / "c.ass").write_text(script, encoding="utf-8")
    shelf().lay_out(script, folder / "fonts")
    size = f"{canvas.width}x{canvas.height}"
    graph = (
        f"color={ground}:s={size}:r={canvas.fps}:d={count / canvas.fps + 1},trim=end_frame={count},format=rgb24,"
        f"setpts=N+{first},ass=c.ass:fontsdir=fonts"
    )
    done = subprocess.run(
        [ffmpeg.path, "-hide_banner", "-loglevel", "verbose", "-nostdin", "-f", "lavfi", "-i", graph, *_RAW],
        cwd=folder,
        capture_output=True,
        check=True,
    )
    frames = np.frombuffer(done.stdout, np.uint8).reshape(count, canvas.height, canvas.width, 3)
    log = done.stderr.decode("utf-8", "replace").splitlines()
    return Drawing(frames, [line for line in log if _COMPLAINTS.search(line) or _another(line)])


def _another(line: str) -> bool:
    """Whether libass took another font than the script named."""
    chosen = _CHOSEN.search(line)
    return chosen is not None and chosen[1].replace(" ", "") != chosen[2].replace("-", "").replace(" ", "")


def bounds(mask: npt.NDArray[np.bool_]) -> tuple[int, int, int, int]:
    """Left, top, right and bottom (excluded) of what is set."""
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1


def near(frame: Pixels, rgb: str, apart: int = 60) -> npt.NDArray[np.bool_]:
    """Where the frame shows a colour."""
    wanted = np.array([int(rgb[at : at + 2], 16) for at in (1, 3, 5)])
    return np.asarray(np.abs(frame.astype(np.int16) - wanted).max(axis=2) < apart)
