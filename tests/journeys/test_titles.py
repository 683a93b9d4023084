from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from config.presets import FOLDER
from tests.llm.standin import completion, ranked, stand_in


def clip(folder: Path, base_url: str) -> tuple[dict[str, Any], str]:
    """Five seconds of the sample talk with a language model at hand: the document, and what was told."""
    command = [
        sys.executable,
        "-m",
        "appliance",
        "clip",
        str(FOLDER / "sample" / "talk.mp4"),
        "--at",
        "0:42-0:50",
        "--use-llm",
    ]
    command += ["--json", "--out", str(folder / "out"), "--set", f"paths.data_dir={folder / 'data'}"]
    command += ["--set", f"llm.base_url={base_url}", "--set", 'ffmpeg.encode_args=["-preset","ultrafast"]']
    ended = subprocess.run(command, capture_output=True, text=True, check=True, timeout=300)
    document = json.loads(ended.stdout)
    assert isinstance(document, dict)
    return document, ended.stderr


def mood(body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    """Judges candidates, and writes titles when it is asked for some."""
    if "candidate" in body["messages"][0]["content"]:
        return completion(ranked(body))
    titles = {"titles": ["The town <b>runs</b> early"], "description": "The mayor calls.", "hashtags": ["#town"]}
    return completion(json.dumps(titles))


def test_a_language_model_writes_titles_that_stand_before_our_own(tmp_path: Path) -> None:
    """What it writes is cleaned, and the words of the clip follow."""
    with stand_in(mood) as server:
        document, _ = clip(tmp_path, server.url)
    made = document["clips"][0]
    assert "<" not in made["titles"][0]
    assert made["titles"][0].startswith("The town")
    assert len(made["titles"]) > 1
    assert (made["description"], made["hashtags"]) == ("The mayor calls.", ["#town"])


def test_a_dead_language_model_costs_nothing_but_a_remark(tmp_path: Path) -> None:
    """The clip is made, its titles are its own words, and the person is told why."""
    document, said = clip(tmp_path, "http://127.0.0.1:9/v1")
    assert document["clips"][0]["titles"]
    assert "no language model answers" in said
    assert "judge" in {missing["signal"] for missing in document["missing"]}
