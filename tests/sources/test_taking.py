from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from appliance.domain.channel import Intake
from appliance.domain.errors import Transient
from appliance.sources.folder import bring


@pytest.fixture
def elsewhere(tmp_path: Path) -> Iterator[Path]:
    """A folder on another file system than that of `tmp_path`."""
    shared = Path("/dev/shm")
    if not shared.is_dir() or shared.stat().st_dev == tmp_path.stat().st_dev:
        pytest.skip("there is only one file system here")
    with tempfile.TemporaryDirectory(dir=shared) as folder:
        yield Path(folder)


def _made(folder: Path, name: str = "talk.mp4", content: bytes = b"video" * 1000) -> Path:
    (folder / name).write_bytes(content)
    return folder / name


def test_a_link_stays_where_it_is(tmp_path: Path) -> None:
    """Nothing is written."""
    file = _made(tmp_path)
    assert bring(file, tmp_path / "into", Intake.LINK) == file
    assert not (tmp_path / "into").exists()


def test_a_copy_leaves_the_file(tmp_path: Path) -> None:
    """The copy has the content and the time of change, and what lies beside the video comes along."""
    file = _made(tmp_path)
    _made(tmp_path, "talk.en.srt", b"words")
    os.utime(file, ns=(10**18, 10**18))
    made = bring(file, tmp_path / "into", Intake.COPY)
    assert made.read_bytes() == file.read_bytes()
    assert made.stat().st_mtime_ns == 10**18
    assert (tmp_path / "into" / "talk.en.srt").read_bytes() == b"words"
    assert sorted(path.name for path in (tmp_path / "into").iterdir()) == ["talk.en.srt", "talk.mp4"]


def test_a_move_within_a_file_system_takes_the_file_itself(tmp_path: Path) -> None:
    """It is the same file on the disk, under another name."""
    file = _made(tmp_path)
    number = file.stat().st_ino
    made = bring(file, tmp_path / "into", Intake.MOVE)
    assert made.stat().st_ino == number
    assert not file.exists()


def test_a_move_across_file_systems_copies_and_then_removes(tmp_path: Path, elsewhere: Path) -> None:
    """Nothing is left where it was, and nothing half is left where it is."""
    file = _made(elsewhere)
    _made(elsewhere, "talk.chat.jsonl", b"{}")
    content = file.read_bytes()
    made = bring(file, tmp_path / "into", Intake.MOVE)
    assert made.read_bytes() == content
    assert list(elsewhere.iterdir()) == []
    assert sorted(path.name for path in (tmp_path / "into").iterdir()) == ["talk.chat.jsonl", "talk.mp4"]


def test_another_file_of_the_same_name_is_left_alone(tmp_path: Path) -> None:
    """The new one gets a number."""
    (tmp_path / "into").mkdir()
    _made(tmp_path / "into", content=b"other")
    made = bring(_made(tmp_path), tmp_path / "into", Intake.COPY)
    assert made.name == "talk (2).mp4"
    assert (tmp_path / "into" / "talk.mp4").read_bytes() == b"other"


@pytest.mark.parametrize("how", [Intake.COPY, Intake.MOVE])
def test_an_interrupted_try_is_gone_on_with(tmp_path: Path, how: Intake) -> None:
    """A crash before the last step leaves a half copy under a hidden name, or a whole one: in the end there is one file."""
    (tmp_path / "into").mkdir()
    file = _made(tmp_path)
    content = file.read_bytes()
    (tmp_path / "into" / ".talk.mp4.part").write_bytes(b"hal")
    whole = bring(file, tmp_path / "into", Intake.COPY)
    assert bring(file, tmp_path / "into", how) == whole
    assert whole.read_bytes() == content
    assert [path.name for path in (tmp_path / "into").iterdir()] == ["talk.mp4"]
    assert file.exists() == (how is Intake.COPY)


def test_a_file_that_is_gone_may_come_back(tmp_path: Path) -> None:
    """Its disk may be away."""
    with pytest.raises(Transient, match="is gone"):
        bring(tmp_path / "talk.mp4", tmp_path / "into", Intake.COPY)
