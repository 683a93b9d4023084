from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from appliance.domain.errors import Permanent, Transient
from appliance.domain.located import Located, Platform
from appliance.domain.verdict import Cancel, Made, Snooze, Verdict
from appliance.pipeline.stage import Context, Inputs, Lane, Stage
from appliance.pipeline.step import run, step

INPUTS = Inputs(Located(Platform.FILE, "/a.mp4", "/a.mp4"))


class Counting:
    """A stage that writes a file and remembers how often it ran."""

    def __init__(self, verdict: Verdict | Exception | None = None) -> None:
        self.ran = 0
        self.verdict = verdict

    def __call__(self, _inputs: Inputs, folder: Path, options: str, _context: Context) -> Verdict:
        """Write what was asked for."""
        self.ran += 1
        (folder / "out.txt").write_text(
            (folder / "out.txt").read_text() + options if (folder / "out.txt").exists() else options
        )
        if isinstance(self.verdict, Exception):
            raise self.verdict
        return self.verdict or Made(("out.txt",), ("a note",))


def stage(work: Counting, *, resumes: bool = False, version: int = 1) -> Stage[str]:
    """A stage around it."""
    return Stage("count", Lane.CPU, work, lambda _inputs: "here", lambda _inputs, options: options, version, resumes)


@pytest.fixture
def context(tmp_path: Path) -> Context:
    """A data folder."""
    return Context(root=tmp_path, models=tmp_path / "models")


def test_a_finished_stage_is_not_run_again(context: Context) -> None:
    """The same identity finds the same folder, verdict and notes."""
    work = Counting()
    first, second = step(stage(work), INPUTS, "x", context), step(stage(work), INPUTS, "x", context)
    assert work.ran == 1
    assert (first.reused, second.reused) == (False, True)
    assert first.folder == second.folder
    assert second.verdict == first.verdict == Made(("out.txt",), ("a note",))


def test_other_options_or_another_version_make_another_folder(context: Context) -> None:
    """Nothing is reused that could differ."""
    work = Counting()
    folders = {
        step(stage(work), INPUTS, "x", context).folder,
        step(stage(work), INPUTS, "y", context).folder,
        step(stage(work, version=2), INPUTS, "x", context).folder,
    }
    assert len(folders) == work.ran == 3


def test_a_failed_stage_leaves_nothing(context: Context) -> None:
    """The error goes on, and the next try begins afresh."""
    with pytest.raises(Transient):
        step(stage(Counting(Transient("no"))), INPUTS, "x", context)
    assert not [path for path in context.root.rglob("*") if path.is_file()]
    assert step(stage(Counting()), INPUTS, "x", context).folder.joinpath("out.txt").read_text() == "x"


def test_a_stage_that_resumes_finds_what_it_had(context: Context) -> None:
    """A download goes on where it stopped."""
    with pytest.raises(Transient):
        step(stage(Counting(Transient("cut")), resumes=True), INPUTS, "x", context)
    done = step(stage(Counting(), resumes=True), INPUTS, "x", context)
    assert done.folder.joinpath("out.txt").read_text() == "xx"
    assert [path.name for path in done.folder.parent.iterdir()] == [done.folder.name]


@pytest.mark.parametrize(
    "verdict", [Snooze(timedelta(minutes=5), "quota"), Cancel("not wanted")], ids=["snooze", "cancel"]
)
def test_a_pipeline_stops_where_a_stage_does_not_make_anything(context: Context, verdict: Verdict) -> None:
    """The verdict comes out, no folder stays, and the stages after it do not run."""
    after = Counting()
    ended = list(run((stage(Counting(verdict)), stage(after)), INPUTS, "x", context))
    assert [one.verdict for one in ended] == [verdict]
    assert after.ran == 0
    assert not ended[0].folder.exists()


def test_every_stage_is_watched_from_nothing_to_done(context: Context) -> None:
    """Progress of a stage begins at 0 and ends at 1, also when it is reused."""
    seen: list[tuple[str, float]] = []
    for _ in range(2):
        list(
            run(
                (stage(Counting()),), INPUTS, "x", context, lambda name: lambda share, _step: seen.append((name, share))
            )
        )
    assert seen == [("count", 0.0), ("count", 1.0), ("count", 1.0)]


def test_what_no_second_try_can_use_goes_at_once(context: Context) -> None:
    """A download that is refused for good leaves nothing, not even an empty folder."""
    with pytest.raises(Permanent):
        step(stage(Counting(Permanent("gone")), resumes=True), INPUTS, "x", context)
    assert not list(context.root.rglob("*.part"))
