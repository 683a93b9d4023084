from __future__ import annotations

import contextlib
import os
import sqlite3
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import pytest

from appliance.domain.errors import NeedsPerson, NoRoom, Permanent
from appliance.store import database, lock, mount
from appliance.store.change import change
from appliance.store.migrations import MIGRATIONS, Migration
from appliance.store.models import TABLES
from appliance.store.models import database as tables
from tests.boxes import START, heard, standing

HOLDING = """
import sys, time
from pathlib import Path
from appliance.store import lock
with lock.held(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


def columns(raw: sqlite3.Connection, table: str) -> dict[str, tuple[str, int]]:
    kinds = {"TEXT": "TEXT", "REAL": "REAL", "INTEGER": "INTEGER"}
    return {
        row[1]: (kinds.get(row[2].upper(), row[2].upper()), row[3])
        for row in raw.execute(f'PRAGMA table_info("{table}")')
    }


def fill(now: datetime) -> None:
    with change(now) as made:
        for _ in range(200):
            made.tell("long", words="x" * 4000)


def test_the_migrations_make_what_the_tables_say(tmp_path: Path) -> None:
    """Every column of the tables is in the database, and the other way round."""
    database.migrate(tmp_path / "made.db")
    made = sqlite3.connect(tmp_path / "made.db")
    for table in TABLES:
        name = table._meta.table_name
        wanted = {field.column_name: (not field.null) for field in table._meta.sorted_fields}
        found = columns(made, name)
        assert set(found) == set(wanted), name
        for column, needed in wanted.items():
            assert bool(found[column][1]) == needed or column == "id", (name, column)
    made.close()


def test_migrating_twice_changes_nothing(tmp_path: Path) -> None:
    """The second time there is nothing to do."""
    assert database.migrate(tmp_path / "a.db") == len(MIGRATIONS)
    assert database.migrate(tmp_path / "a.db") == 0


def test_a_newer_database_is_refused_in_words(tmp_path: Path) -> None:
    """An old program never touches what a newer one wrote."""
    database.migrate(tmp_path / "a.db", (*MIGRATIONS, Migration("later", ("CREATE TABLE later (id INTEGER)",))))
    with pytest.raises(Permanent, match=r"version 2; .*knows versions up to 1"):
        database.migrate(tmp_path / "a.db")


def test_a_step_that_fails_leaves_the_old_database_and_a_snapshot(tmp_path: Path) -> None:
    """Half a migration is none."""
    database.migrate(tmp_path / "a.db")
    broken = Migration("broken", ("CREATE TABLE later (id INTEGER)", "this is no statement"))
    with pytest.raises(Permanent):
        database.migrate(tmp_path / "a.db", (*MIGRATIONS, broken))
    raw = sqlite3.connect(tmp_path / "a.db")
    assert raw.execute("PRAGMA user_version").fetchone() == (1,)
    assert not raw.execute("SELECT * FROM sqlite_master WHERE name = 'later'").fetchall()
    raw.close()
    assert database.check(tmp_path / "a.db.before-2") == "ok"


def test_a_snapshot_has_what_was_committed_last(tmp_path: Path) -> None:
    """The newest row is still in the journal, and in the snapshot all the same."""
    with standing(tmp_path) as box:
        with change(box.now()) as made:
            made.tell("something")
        raw = sqlite3.connect(tmp_path / database.FILE)
        database.snapshot(raw, tmp_path / "copy.db")
        raw.close()
    copy = sqlite3.connect(tmp_path / "copy.db")
    assert copy.execute("SELECT kind FROM event").fetchall() == [("something",)]
    copy.close()


def test_durable_changes_reach_the_disk_and_progress_does_not_wait_for_it(tmp_path: Path) -> None:
    """FULL for what was accepted, NORMAL for progress."""
    with standing(tmp_path) as box:
        base = tables
        for durable, level in ((True, 2), (False, 1)):
            with change(box.now(), durable=durable):
                assert base.execute_sql("PRAGMA synchronous").fetchone() == (level,)
        assert base.execute_sql("PRAGMA journal_mode").fetchone() == ("wal",)
        assert base.execute_sql("PRAGMA foreign_keys").fetchone() == (1,)


def test_a_change_that_fails_tells_nobody(tmp_path: Path) -> None:
    """Who looks on hears only of what is on the disk."""
    with standing(tmp_path) as box, heard() as bells:
        with contextlib.suppress(ZeroDivisionError), change(box.now()) as made:
            made.tell("never")
            raise ZeroDivisionError
        with change(box.now()) as made:
            made.tell("once")
        assert bells.events == ["once"]


def test_a_change_inside_a_change_is_part_of_it(tmp_path: Path) -> None:
    """Verbs are made of verbs, and still one transaction."""
    with standing(tmp_path) as box, heard() as bells:
        with change(box.now()) as outer, change(box.now()) as inner:
            assert inner is outer
            inner.tell("both")
        assert len(bells.changes) == 1


def test_a_full_disk_is_told_as_such(tmp_path: Path) -> None:
    """A database that may not grow says that nothing is lost and what to do."""
    with standing(tmp_path) as box:
        pages = tables.execute_sql("PRAGMA page_count").fetchone()[0]
        tables.execute_sql(f"PRAGMA max_page_count = {pages + 1}")
        with pytest.raises(NoRoom, match="full") as told:
            fill(box.now())
        assert "free some space" in told.value.hint


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_may_not_be_written_is_told(tmp_path: Path) -> None:
    """Permissions are told with the next step."""
    (tmp_path / "locked").mkdir(mode=0o500)
    with pytest.raises(NeedsPerson), database.opened(tmp_path / "locked" / "db"):
        pass


def test_only_one_program_holds_a_database(tmp_path: Path) -> None:
    """The second is told the first one's process id, and may go on when it is gone."""
    first = subprocess.Popen([sys.executable, "-c", HOLDING, str(tmp_path)], stdout=subprocess.PIPE)
    assert first.stdout is not None
    assert first.stdout.readline() == b"held\n"
    assert lock.holder(tmp_path) == first.pid
    with pytest.raises(NeedsPerson, match=f"process {first.pid}"), lock.held(tmp_path):
        pass
    first.kill()
    first.wait()
    first.stdout.close()
    with lock.held(tmp_path):
        assert lock.holder(tmp_path) == os.getpid()
    assert lock.holder(tmp_path) is None


MOUNTS = """\
22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
90 22 0:45 / /srv/nas rw shared:2 - nfs4 nas:/clips rw
91 22 0:46 / /srv/cloud rw shared:3 - fuse.rclone remote: rw
92 22 8:2 / /srv/with\\040space rw shared:4 - xfs /dev/sdb1 rw
"""


@pytest.mark.parametrize(
    ("folder", "kind", "local"),
    [
        ("/srv/nas/db", "nfs4", False),
        ("/srv/cloud", "fuse.rclone", False),
        ("/srv/with space/a", "xfs", True),
        ("/srv/nasty", "ext4", True),
    ],
)
def test_network_file_systems_are_refused_with_the_mend(
    tmp_path: Path,
    folder: str,
    kind: str,
    local: bool,  # noqa: FBT001
) -> None:
    """A database on a share gets damaged."""
    mounts = tmp_path / "mountinfo"
    mounts.write_text(MOUNTS)
    assert mount.file_system(Path(folder), mounts) == kind
    if local:
        mount.check_local(Path(folder), mounts)
    else:
        with pytest.raises(NeedsPerson, match=kind) as told:
            mount.check_local(Path(folder), mounts)
        assert "db_dir" in told.value.hint


def test_a_damaged_file_is_told(tmp_path: Path) -> None:
    """What is no database is not written over."""
    (tmp_path / database.FILE).write_bytes(b"not a database at all, but long enough to look like something" * 50)
    with pytest.raises(Permanent, match="not a database"), database.opened(tmp_path):
        pass


def test_wall_times_without_a_zone_are_refused(tmp_path: Path) -> None:
    """A naive time is a mistake wherever it comes from."""
    with standing(tmp_path), pytest.raises(ValueError, match="zone"), change(START.replace(tzinfo=None)) as made:
        made.tell("when")
