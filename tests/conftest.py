from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from appliance.media.ffmpeg import Ffmpeg, find_ffmpeg

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session", autouse=True)
def _interruptible() -> None:
    """A shell in the background has its children ignore Ctrl-C; the programs that tests start must hear it all the same."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def shared() -> Path:
    """Real media and labelled measurements from outside the repository; what asks for them is skipped where they are absent."""
    folder = Path(os.environ.get("CLIPPER_SHARED", ROOT.parent / "shared"))
    if not (folder / "media").is_dir():
        pytest.skip("no real media here: CLIPPER_SHARED names no folder with media/ in it")
    return folder


@pytest.fixture(scope="session")
def ffmpeg() -> Ffmpeg:
    """The ffmpeg that the program itself would use: media tests never skip."""
    return find_ffmpeg()
