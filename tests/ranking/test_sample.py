from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from config.presets import FOLDER

# What is good in the sample talk: the town clock, the kettle, the watch and the advice, from the first word of each story
# to the end of its laughter or applause.
STORIES = ((23.3, 54.5), (70.4, 97.6), (108.4, 134.4), (142.0, 166.1))


@pytest.fixture(scope="module")
def moments(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """The moments of the sample at default options, in order of time."""
    folder = tmp_path_factory.mktemp("sample")
    sample = Path(FOLDER) / "sample" / "talk.mp4"
    command = [sys.executable, "-m", "appliance", "moments", str(sample), "--json"]
    ended = subprocess.run([*command, "--set", f"paths.data_dir={folder}"], capture_output=True, text=True, check=True)
    found: list[dict[str, Any]] = json.loads(ended.stdout)["moments"]
    return sorted(found, key=lambda moment: moment["start"])


def test_every_story_of_the_sample_is_one_clip(moments: list[dict[str, Any]]) -> None:
    """The four good stories are four moments that begin and end within a second of them, and nothing dull is among them."""
    assert len(moments) == len(STORIES)
    for moment, (start, end) in zip(moments, STORIES, strict=True):
        assert start - 1.0 <= moment["start"] <= start
        assert end <= moment["end"] <= end + 1.0


def test_titles_of_the_sample_are_whole(moments: list[dict[str, Any]]) -> None:
    """No title of the sample breaks off, and each is short enough to read at a glance."""
    for moment in moments:
        assert 10 <= len(moment["title"]) <= 60
        assert not moment["title"].endswith(("…", ",", ".", ":"))
