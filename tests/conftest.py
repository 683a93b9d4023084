from __future__ import annotations

import os
from pathlib import Path

import pytest

from appliance.media.ffmpeg import Ffmpeg, find_ffmpeg

ROOT = Path(__file__).resolve().parent.parent


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
