from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

HEAVY = ("av", "numpy", "onnxruntime", "ctranslate2", "faster_whisper", "openai", "PIL", "yt_dlp", "pydantic", "httpx2")


def clipper(*args: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run the program as a person does."""
    return subprocess.run(
        [sys.executable, "-m", "appliance", *args], capture_output=True, text=True, check=False, cwd=cwd, timeout=300
    )


def test_the_version_is_told_without_loading_anything() -> None:
    """`--version` imports neither the command line nor any library."""
    code = (
        "import sys; sys.argv = ['clipper', '--version']; from appliance.__main__ import main; main();"
        f"assert not {{*{HEAVY}, 'typer'}} & {{*sys.modules}}"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.startswith("clipper ")


def test_help_loads_no_heavy_library() -> None:
    """The list of commands comes without numpy, PyAV and the like."""
    code = (
        "import sys; from appliance.cli import run; code = run(['--help']);"
        f"assert not {{*{HEAVY}}} & {{*sys.modules}}, {{*{HEAVY}}} & {{*sys.modules}}; sys.exit(code)"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    for command in ("clip", "moments", "render", "demo", "doctor", "config", "models", "licences", "convert"):
        assert command in ended.stdout


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("clip", "nothing.mp4"), "there is no such file"),
        (("clip", "https://example.org/page"), "are not taken"),
        (("clip", ".", "--top", "0"), "--top"),
        (("clip", "setup.mp4", "--set", "rank.topn=3"), "did you mean top_n"),
        (("moments",), "nothing to rank was given"),
        (("moments", "--chat", "no.jsonl"), "no.jsonl"),
        (("render", "no.json", "--out", "x.mp4"), "no.json"),
        (("models", "pull", "gpt"), "there is no model gpt"),
        (("config", "check", "--config", "no.toml"), "no.toml"),
        (("wrong",), "wrong"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_bad_input_is_exit_code_2_with_what_and_next(args: tuple[str, ...], said: str, tmp_path: Path) -> None:
    """Every message names the thing; stdout stays empty."""
    ended = clipper(*args, cwd=tmp_path)
    assert ended.returncode == 2, ended.stderr
    assert said in " ".join(ended.stderr.split())
    assert ended.stdout == ""
    assert "Traceback" not in ended.stderr


def test_settings_are_shown_with_their_origin(tmp_path: Path) -> None:
    """File and line, --set, or default."""
    (tmp_path / "clipper.toml").write_text("[rank]\ntop_n = 3\n")
    ended = clipper("config", "show", "--origin", "--json", "--set", "rank.min_score=5", cwd=tmp_path)
    shown = json.loads(ended.stdout)
    assert shown["settings"]["rank"]["top_n"] == 3
    assert shown["origins"] == {"rank.top_n": f"{tmp_path}/clipper.toml:2", "rank.min_score": "--set"}


def test_the_schema_and_the_example_are_printed(tmp_path: Path) -> None:
    """The schema is JSON, and the example passes the check."""
    assert json.loads(clipper("config", "schema").stdout)["title"] == "Settings"
    (tmp_path / "clipper.toml").write_text(clipper("config", "example").stdout)
    assert clipper("config", "check", cwd=tmp_path).returncode == 0


def test_doctor_says_what_works_in_json(tmp_path: Path) -> None:
    """The encoder, ffmpeg and fonts are fine on every machine; each finding has its grade."""
    ended = clipper("doctor", "--json", "--set", f"paths.data_dir={tmp_path}")
    findings = {finding["check"]: finding for finding in json.loads(ended.stdout)}
    assert ended.returncode == 0
    assert findings["ffmpeg"]["grade"] == findings["encoder"]["grade"] == findings["fonts"]["grade"] == "ok"
    assert "clipper models pull small" in findings["speech model"]["step"]


def test_licences_name_what_is_inside() -> None:
    """The libraries, the fonts, and the GPL parts."""
    names = {row["name"]: row["licence"] for row in json.loads(clipper("licences", "--json").stdout)}
    assert names["clipper"] == "MIT"
    assert "font montserrat" in names
    assert any("GPL" in licence for licence in names.values())
    assert {"numpy", "pillow", "faster-whisper", "yt-dlp"} <= set(names)


def test_models_are_listed_with_size_and_licence(tmp_path: Path) -> None:
    """None is here in an empty folder."""
    rows = json.loads(clipper("models", "list", "--json", "--set", f"paths.data_dir={tmp_path}").stdout)
    assert {"yunet", "small", "large-v3-turbo"} <= {row["name"] for row in rows}
    assert not any(row["here"] for row in rows)
    assert all(row["licence"] and row["size_bytes"] for row in rows)
