from __future__ import annotations

from pathlib import Path

import pytest

from appliance.actions.box import Forbidden
from appliance.actions.conversions import convert, file_of, find
from appliance.actions.jobs import cancel_job
from appliance.domain.errors import BadInput, Gone, Missing
from appliance.domain.job import Job, Lane
from appliance.domain.states import JobState
from appliance.domain.user import Role
from appliance.jobs.works import Works
from appliance.store import jobs
from appliance.store.change import change
from tests.boxes import ADMIN, person, standing
from tests.jobs.test_settle import taken


def recording(folder: Path) -> Path:
    """A file of the server: nobody looks into it before its job does."""
    file = folder / "night.ts"
    file.write_bytes(b"G" * 188)
    return file


def done(box: Works, job: Job) -> Path:
    """The job ended well, with its file."""
    assert taken(box, Lane.CPU).id == job.id
    file = file_of(box, job)
    file.parent.mkdir(parents=True)
    file.write_bytes(b"film")
    with change(box.now()) as made:
        jobs.move(made, job.id, JobState.COMPLETED)
    return file


def test_what_is_accepted_is_one_job_of_that_person(tmp_path: Path) -> None:
    """The same file under the same name is not converted twice at a time; under another name it is."""
    with standing(tmp_path) as box:
        file = recording(tmp_path)
        job = convert(box, ADMIN, str(file), "The first night.MP4")
        assert (job.kind, job.lane, job.owner, job.state) == ("convert", Lane.CPU, ADMIN.user, JobState.AVAILABLE)
        assert file_of(box, job) == tmp_path / "converted" / str(job.id) / "The first night.mp4"
        assert convert(box, ADMIN, f"{tmp_path}/./night.ts", " The first night ").id == job.id
        assert convert(box, ADMIN, str(file), "Another").id != job.id


@pytest.mark.parametrize(
    "name", ["", " ", ".mp4", ".hidden", "../up", "a/b", "a\\b", "a\nb", "a\0b", "-y", "x" * 101, "\U00020000" * 90]
)
def test_a_name_that_is_none_is_refused(tmp_path: Path, name: str) -> None:
    """No path, nothing hidden, no option, nothing that a file system cannot hold."""
    with standing(tmp_path) as box, pytest.raises(BadInput) as told:
        convert(box, ADMIN, str(recording(tmp_path)), name)
    assert told.value.hint


@pytest.mark.parametrize("name", ["Übertragung 3. Mai", "a_b-c", "7", "x" * 100, "夜" * 80])
def test_names_of_all_tongues_are_taken(tmp_path: Path, name: str) -> None:
    """And the disk takes them too."""
    with standing(tmp_path) as box:
        job = convert(box, ADMIN, str(recording(tmp_path)), name)
        assert done(box, job).name == f"{name}.mp4"


def test_only_files_that_the_person_may_name_are_taken(tmp_path: Path) -> None:
    """From the network those below the roots; no link, nothing that is not there, and nobody who may only look."""
    roots, data = tmp_path / "roots", tmp_path / "data"
    roots.mkdir()
    data.mkdir()
    with standing(data, tables={"sources": {"roots": [str(roots)]}}) as box:
        ann = person(box)
        assert convert(box, ann, str(recording(roots)), "a").owner == ann.user
        outside = recording(tmp_path)
        (roots / "led away.ts").symlink_to(outside)
        for refused in (
            outside,
            roots / "led away.ts",
            roots / "nobody.ts",
            "https://videos.example/a.m3u8",
            "https://www.youtube.com/watch?v=dQw4w9WgXcQ",
        ):
            with pytest.raises(BadInput):
                convert(box, ann, str(refused), "b")
        with pytest.raises(Forbidden):
            convert(box, person(box, "vic", Role.VIEWER), str(roots / "night.ts"), "b")
        assert len(jobs.in_state(JobState.AVAILABLE)) == 1


def test_the_file_is_there_for_its_owner_when_it_is_ready(tmp_path: Path) -> None:
    """Not before, not for others but an admin, and when it was deleted that is told."""
    with standing(tmp_path, tables={"sources": {"roots": [str(tmp_path)]}}) as box:
        ann, bob = person(box, "ann"), person(box, "bob")
        job = convert(box, ann, str(recording(tmp_path)), "a")
        with pytest.raises(Missing, match="available"):
            find(box, ann, job.id)
        file = done(box, job)
        assert find(box, ann, job.id) == find(box, ADMIN, job.id) == file
        with pytest.raises(Missing, match="there is no job"):
            find(box, bob, job.id)
        file.unlink()
        with pytest.raises(Gone):
            find(box, ann, job.id)


def test_one_that_was_cancelled_has_no_file(tmp_path: Path) -> None:
    """It is missing, not gone: it never was."""
    with standing(tmp_path) as box:
        job = convert(box, ADMIN, str(recording(tmp_path)), "a")
        cancel_job(box, ADMIN, job.id)
        with pytest.raises(Missing, match="cancelled") as told:
            find(box, ADMIN, job.id)
        assert not isinstance(told.value, Gone)
