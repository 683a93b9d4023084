from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any


def clipper(folder: Path, *words: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """The real program with an environment of its own."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("CLIPPER_")}
    argv = [sys.executable, "-m", "appliance", *words]
    return subprocess.run(
        argv, capture_output=True, text=True, check=False, cwd=folder, env={**kept, "HOME": str(folder), **environ}
    )


def shown(folder: Path, *words: str, **environ: str) -> dict[str, Any]:
    ended = clipper(folder, "config", "show", "--origin", "--json", *words, **environ)
    assert ended.returncode == 0, ended.stderr
    found: dict[str, Any] = json.loads(ended.stdout)
    return found


def test_the_environment_stands_between_the_file_and_the_command_line(tmp_path: Path) -> None:
    """And each value says where it comes from."""
    (tmp_path / "clipper.toml").write_text("[web]\nport = 1111\nhost = '127.0.0.1'\n[rank]\ntop_n = 4\n")
    environ = {"CLIPPER_WEB__PORT": "2222", "CLIPPER_RANK__TOP_N": "5"}
    found = json.dumps(shown(tmp_path, "--set", "rank.top_n=6", **environ))
    assert "2222" in found
    assert "1111" not in found
    assert "CLIPPER_WEB__PORT" in found
    assert "--set" in found


def test_a_wrong_word_in_the_environment_is_told_with_its_name(tmp_path: Path) -> None:
    """As one in the file would be."""
    for name, value in (("CLIPPER_WEB__PROT", "1"), ("CLIPPER_WEB__PORT", "many"), ("CLIPPER_WEBB__PORT", "1")):
        ended = clipper(tmp_path, "config", "check", **{name: value})
        assert ended.returncode == 2
        assert name in ended.stderr


def test_relative_paths_begin_at_the_file(tmp_path: Path) -> None:
    """From whatever folder the program is called."""
    (tmp_path / "etc").mkdir()
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "etc" / "clipper.toml").write_text("[paths]\ndata_dir = 'data'\n")
    ended = clipper(tmp_path / "elsewhere", "config", "show", "--json", "--config", "../etc/clipper.toml")
    assert str(tmp_path / "etc" / "data") in ended.stdout


def test_passwords_are_not_shown(tmp_path: Path) -> None:
    """Neither by show nor by export nor by a complaint."""
    (tmp_path / "clipper.toml").write_text("[yt_dlp]\nproxy = 'http://me:sesame@proxy.example:3128'\n")
    for words in (("show",), ("show", "--json"), ("export", "--all"), ("check",)):
        ended = clipper(tmp_path, "config", *words)
        assert ended.returncode == 0, ended.stderr
        assert "sesame" not in ended.stdout + ended.stderr


def test_a_secret_that_everybody_can_read_is_warned_about(tmp_path: Path) -> None:
    """With the file's name."""
    key = tmp_path / "key"
    key.write_text("sk-secret")
    key.chmod(0o644)
    (tmp_path / "clipper.toml").write_text("[llm]\nbase_url = 'http://127.0.0.1:1/v1'\napi_key_file = 'key'\n")
    ended = clipper(tmp_path, "config", "check")
    assert ended.returncode == 0
    assert str(key) in ended.stderr
    key.chmod(0o600)
    assert str(key) not in clipper(tmp_path, "config", "check").stderr


def test_the_schema_describes_every_table(tmp_path: Path) -> None:
    """For editors: types and words of every key, also in lists of tables."""
    schema = json.loads(clipper(tmp_path, "config", "schema").stdout)
    text = json.dumps(schema)
    for words in ("How often it is asked", "Speech recognition.", "At most this many clips of a video"):
        assert words in text
    assert schema["properties"]["channel"]["type"] == "array"
