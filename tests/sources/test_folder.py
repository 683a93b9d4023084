from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.domain.errors import BadInput, Transient
from appliance.domain.listed import NOTHING, Listing, Remembered
from appliance.sources.address import locate
from appliance.sources.folder import look

T0 = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)


def _at(seconds: float) -> datetime:
    return T0 + timedelta(seconds=seconds)


def _names(listing: Listing) -> list[str]:
    return [Path(item.url).name for item in listing.items]


def _seen(folder: Path, times: tuple[float, ...], since: Remembered = NOTHING, pattern: str = "*") -> list[list[str]]:
    told = []
    for seconds in times:
        found = look(folder, pattern, _at(seconds), 60.0, since)
        since = found.remembered
        told.append(_names(found))
    return told


def test_a_file_is_taken_once_when_it_stands_still(tmp_path: Path) -> None:
    """Not at the first look, not before the time, once, and never again."""
    (tmp_path / "talk.mp4").write_bytes(b"video")
    assert _seen(tmp_path, (0, 30, 61, 120, 10_000)) == [[], [], ["talk.mp4"], [], []]


def test_a_file_that_grows_is_waited_for(tmp_path: Path) -> None:
    """Every change of length or time begins the wait anew, and the note counts what is not whole."""
    file = tmp_path / "talk.mp4"
    file.write_bytes(b"a")
    first = look(tmp_path, "*", _at(0))
    file.write_bytes(b"ab")
    second = look(tmp_path, "*", _at(61), 60.0, first.remembered)
    os.utime(file, ns=(5, 5))
    third = look(tmp_path, "*", _at(122), 60.0, second.remembered)
    fourth = look(tmp_path, "*", _at(183), 60.0, third.remembered)
    assert [_names(found) for found in (first, second, third, fourth)] == [[], [], [], ["talk.mp4"]]
    assert first.notes == ("1 files are not yet whole",)
    assert first.not_modified
    assert not fourth.not_modified


def test_a_file_that_was_replaced_is_taken_again(tmp_path: Path) -> None:
    """Another recording under the old name is new."""
    (tmp_path / "talk.mp4").write_bytes(b"one")
    since = look(tmp_path, "*", _at(0)).remembered
    since = look(tmp_path, "*", _at(61), 60.0, since).remembered
    (tmp_path / "talk.mp4").write_bytes(b"another")
    assert _seen(tmp_path, (120, 200), since) == [[], ["talk.mp4"]]


def test_what_is_no_finished_media_file_is_left_alone(tmp_path: Path) -> None:
    """Hidden and partial files, other kinds, folders and empty files."""
    for name in (".hidden.mp4", "a.mp4.part", "b.crdownload", "c.mp4~", "~d.mp4", "e.tmp", "f.txt", "g.mp4.aria2"):
        (tmp_path / name).write_bytes(b"x")
    (tmp_path / "empty.mp4").write_bytes(b"")
    (tmp_path / "folder.mp4").mkdir()
    (tmp_path / "good.MKV").write_bytes(b"x")
    assert _seen(tmp_path, (0, 61)) == [[], ["good.MKV"]]


def test_a_pattern_chooses(tmp_path: Path) -> None:
    """By name without regard to case, and in folders below only when asked."""
    (tmp_path / "below" / ".trash").mkdir(parents=True)
    for name in ("a.mp4", "b.mkv", "below/c.MP4", "below/.trash/d.mp4"):
        (tmp_path / name).write_bytes(b"x")
    assert _seen(tmp_path, (0, 61), pattern="*.MP4")[1] == ["a.mp4"]
    assert sorted(_seen(tmp_path, (0, 61, 122), pattern="**/*.mp4")[1]) == ["a.mp4", "c.MP4"]
    assert _seen(tmp_path, (0, 61, 122), pattern="**/*.mp4")[2] == []


@pytest.mark.parametrize("pattern", ["../*", "/etc/*", "", "a/b", "**/", ".."])
def test_a_pattern_that_leads_elsewhere_is_refused(tmp_path: Path, pattern: str) -> None:
    """Only names in the folder."""
    with pytest.raises(BadInput):
        look(tmp_path, pattern, T0)


def test_a_folder_that_is_away_may_come_back(tmp_path: Path) -> None:
    """A missing folder is a passing fault; an empty one does not make forget what was taken."""
    with pytest.raises(Transient):
        look(tmp_path / "away", "*", T0)
    file = tmp_path / "talk.mp4"
    file.write_bytes(b"x")
    stat = file.stat()
    since = look(tmp_path, "*", _at(0)).remembered
    since = look(tmp_path, "*", _at(61), 60.0, since).remembered
    file.unlink()
    since = look(tmp_path, "*", _at(100), 60.0, since).remembered
    file.write_bytes(b"x")
    os.utime(file, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    assert _seen(tmp_path, (161, 222, 283), since) == [[], [], []]


def test_a_path_that_is_no_folder_is_bad_input(tmp_path: Path) -> None:
    """A file in the folder's place is said so."""
    (tmp_path / "x.mp4").write_bytes(b"")
    with pytest.raises(BadInput, match="no folder"):
        look(tmp_path / "x.mp4", "*", T0)


def test_an_item_has_the_key_of_its_file(tmp_path: Path) -> None:
    """The key is the one that adding the file by hand would give, and newer files come first."""
    for name, changed in (("old.mp4", 1_000_000_000), ("new_talk.mp4", 1_700_000_000)):
        (tmp_path / name).write_bytes(b"x")
        os.utime(tmp_path / name, (changed, changed))
    since = look(tmp_path, "*", _at(0)).remembered
    items = look(tmp_path, "*", _at(61), 60.0, since).items
    assert [item.title for item in items] == ["new talk", "old"]
    assert [item.key for item in items] == [locate(item.url).key for item in items]


def test_a_memory_that_is_broken_begins_anew(tmp_path: Path) -> None:
    """Files are waited for again, and nothing crashes."""
    (tmp_path / "talk.mp4").write_bytes(b"x")
    assert _seen(tmp_path, (0, 61), Remembered(seen="{broken")) == [[], ["talk.mp4"]]


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.floats(-500, 500), st.booleans()), max_size=12))
def test_whatever_the_clock_does_a_file_is_told_once_per_content(
    tmp_path_factory: pytest.TempPathFactory, taken: list[tuple[float, bool]]
) -> None:
    """A clock that jumps in either direction and changes in between never tell one content twice."""
    folder = tmp_path_factory.mktemp("looked")
    file = folder / "talk.mp4"
    file.write_bytes(b"x")
    contents, told, now, since = 1, 0, 1000.0, NOTHING
    for passed, changes in taken:
        now += passed
        if changes:
            contents += 1
            file.write_bytes(b"x" * (contents + 1))
        found = look(folder, "*", _at(now), 60.0, since)
        since, told = found.remembered, told + len(found.items)
    assert told <= contents
