from __future__ import annotations

import contextlib
import os
import subprocess
from pathlib import Path

import pytest

from appliance.domain.errors import NeedsPerson, Permanent
from appliance.domain.span import Span
from appliance.store.artifacts import content_key, key_of, making, place, read_json, sweep, write_bytes, write_json


def test_a_file_is_known_by_its_content_and_not_by_its_name(tmp_path: Path) -> None:
    """Copies share a key; one changed byte in a sampled piece or another length makes a new one."""
    one, other = tmp_path / "one", tmp_path / "other"
    content = os.urandom(6_000_000)
    one.write_bytes(content)
    other.write_bytes(content)
    assert content_key(one) == content_key(other)
    other.write_bytes(content + b"x")
    assert content_key(one) != content_key(other)
    other.write_bytes(b"y" + content[1:])
    assert content_key(one) != content_key(other)


def test_a_key_depends_on_values_and_not_on_order_in_tables() -> None:
    """Equal options have equal keys."""
    assert key_of(Span(1, 2), {"a": 1, "b": 2}) == key_of(Span(1, 2), {"b": 2, "a": 1})
    assert key_of(Span(1, 2)) != key_of(Span(1, 3))


def test_a_folder_appears_whole_or_not_at_all(tmp_path: Path) -> None:
    """An error while it is made leaves nothing, an old one stays."""
    folder = tmp_path / "stage" / "key"
    with making(folder) as working:
        (working / "file").write_text("old")
    with contextlib.suppress(ZeroDivisionError), making(folder) as working:
        (working / "file").write_text(f"new {1 / 0}")
    assert (folder / "file").read_text() == "old"
    assert [path.name for path in folder.parent.iterdir()] == ["key"]


def test_what_a_crash_left_is_swept(tmp_path: Path) -> None:
    """Half made folders and files of dead processes go; finished ones, and those of living ones, stay."""
    gone = subprocess.Popen(["true"])
    gone.wait()
    (tmp_path / "a" / f".making-{gone.pid}-key-x").mkdir(parents=True)
    (tmp_path / "a" / f".making-{gone.pid}-y").write_text("half")
    (tmp_path / "a" / f".making-{os.getpid()}-z").write_text("being made")
    (tmp_path / "a" / "key").mkdir()
    assert sweep(tmp_path) == 2
    assert sorted(path.name for path in (tmp_path / "a").iterdir()) == [f".making-{os.getpid()}-z", "key"]


def test_a_placed_file_is_whole_and_replaces_the_old_one(tmp_path: Path) -> None:
    """Placing twice leaves one file with the new content."""
    for content in (b"one", b"two"):
        write_bytes(tmp_path / "made", content)
        place(tmp_path / "made", tmp_path / "out" / "clip.mp4")
    assert (tmp_path / "out" / "clip.mp4").read_bytes() == b"two"
    assert len(list((tmp_path / "out").iterdir())) == 1


def test_something_else_in_the_place_of_a_document_is_told(tmp_path: Path) -> None:
    """A broken file is an error that names it, not a guess."""
    (tmp_path / "span.json").write_text('{"start": "soon"}')
    with pytest.raises(Permanent, match=r"span\.json"):
        read_json(tmp_path / "span.json", Span)
    write_json(tmp_path / "span.json", Span(1, 2))
    assert read_json(tmp_path / "span.json", Span) == Span(1, 2)


def test_an_unwritable_place_is_an_error_with_the_next_step(tmp_path: Path) -> None:
    """A file where a folder is needed is told in words."""
    (tmp_path / "file").write_text("")
    with pytest.raises(NeedsPerson, match="cannot be written") as caught:
        write_bytes(tmp_path / "file" / "x", b"")
    assert caught.value.hint


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may mount a small disk")
def test_a_full_disk_is_an_error_and_leaves_nothing_half_written(tmp_path: Path) -> None:
    """On a disk of one megabyte three do not fit: the message says so, and no piece stays."""
    disk = tmp_path / "disk"
    disk.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", disk], check=False).returncode:
        pytest.skip("this machine does not let anybody mount")
    try:
        with pytest.raises(NeedsPerson, match="No space left"):
            write_bytes(disk / "large", bytes(3_000_000))
        assert list(disk.iterdir()) == []
    finally:
        subprocess.run(["umount", disk], check=True)


def test_placing_the_same_file_again_changes_nothing(tmp_path: Path) -> None:
    """A link that is there already stays the only one."""
    write_bytes(tmp_path / "made", b"one")
    for _ in range(2):
        place(tmp_path / "made", tmp_path / "out" / "clip.mp4")
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["clip.mp4"]
