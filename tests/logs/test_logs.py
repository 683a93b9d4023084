from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from appliance import logs


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A started log."""
    logs.start(tmp_path, "info", 2)
    yield tmp_path
    logs.stop()


def _lines(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def test_a_line_is_json_with_what_is_bound(folder: Path) -> None:
    """The event, its level, its time and everything bound are in the line."""
    with logs.bound(job=12, video=3):
        logs.get("jobs").info("job_started", lane="cpu")
    (line,) = _lines(folder / "clipper.log")
    assert line.pop("at").endswith("Z")
    assert line == {
        "event": "job_started", "lane": "cpu", "job": 12, "video": 3, "level": "info", "logger": "clipper.jobs",
    }  # fmt: skip


def test_a_job_has_its_own_file_with_a_tail(folder: Path) -> None:
    """Lines with a job also stand in its file, of which the last whole lines are read."""
    for number in range(100):
        logs.get("jobs").info("step", job=7, number=number)
    logs.get("jobs").info("other", job=8)
    assert len(_lines(folder / "jobs" / "7.log")) == 100
    last = [json.loads(line) for line in logs.tail(folder, 7, 1000).splitlines()]
    assert last[-1]["number"] == 99
    assert 1 < len(last) < 100
    assert logs.tail(folder, 99) == ""


def test_less_than_the_level_is_left_out(folder: Path) -> None:
    """Debug lines are not written at level info."""
    logs.get("x").debug("nothing")
    logs.get("x").warning("something")
    assert [line["event"] for line in _lines(folder / "clipper.log")] == ["something"]


@pytest.mark.parametrize("name", ["uvicorn.error", "huey", "peewee", "yt_dlp", "anything"])
def test_what_libraries_say_is_in_the_log_without_secrets(folder: Path, name: str) -> None:
    """Python's own logging ends up in the same file, cleaned."""
    logging.getLogger(name).error("GET %s", "https://x.org/a?token=abcdef123456")
    (line,) = _lines(folder / "clipper.log")
    assert (line["event"], line["logger"]) == ("GET https://x.org/a?token=***", name)


def test_an_exception_is_written_without_secrets(folder: Path) -> None:
    """The trace is in the line, the key that it names is not."""
    try:
        int("sk-verysecret123")
    except ValueError:
        logs.get("x").exception("failed")
    (line,) = _lines(folder / "clipper.log")
    assert "ValueError" in line["exception"]
    assert "verysecret" not in line["exception"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_a_full_disk_does_not_stop_work(tmp_path: Path) -> None:
    """A log call on a full disk returns."""
    (tmp_path / "jobs").mkdir()
    (tmp_path / "clipper.log").symlink_to("/dev/full")
    (tmp_path / "jobs" / "1.log").symlink_to("/dev/full")
    logs.start(tmp_path)
    logs.get("x").info("said", job=1)
    logs.stop()
    assert (tmp_path / "clipper.log").is_symlink()


SECRET = "Zm9vYmFyYmF6cXV4"
CORPUS = [
    f"Authorization: Bearer {SECRET}",
    f"{{'Authorization': 'Bearer {SECRET}'}}",
    f"Cookie: a=b; session={SECRET}",
    f"x-api-key: {SECRET}",
    f"https://cdn.discordapp.com/a.mp4?ex=66&is=66&hm={SECRET}&",
    f"https://r1.googlevideo.com/v?expire=1&sig={SECRET}&x=1",
    f"https://x.org/?a=1&key={SECRET}#top",
    f"https://x.org/?access_token={SECRET}",
    f"sk-{SECRET}",
    f"http://me:{SECRET}@proxy:1080/x",
    f"the token {SECRET}== was refused",
    f'{{"token": "{SECRET}"}}',
    f"password={SECRET}",
]


@pytest.mark.parametrize("text", CORPUS)
def test_what_looks_like_a_secret_is_taken_out(text: str) -> None:
    """None of the known forms of a secret survives."""
    assert SECRET not in logs.redacted(text)
    assert SECRET not in str(logs.redacted({"said": [text]}))


def test_named_and_known_secrets_are_taken_out() -> None:
    """A field with the name of a secret, and a value that was named as one."""
    logs.hide("correct horse")
    assert logs.redacted({"api_key": "x", "said": "a correct horse b", "tokens": 12}) == {
        "api_key": "***", "said": "a *** b", "tokens": 12,
    }  # fmt: skip


@pytest.mark.parametrize(
    "text", ["job 12 started", "https://youtu.be/watch?v=dQw4w9WgXcQ", "the token is missing", "8 kB"]
)
def test_ordinary_words_stay(text: str) -> None:
    """Nothing else is changed."""
    assert logs.redacted(text) == text
