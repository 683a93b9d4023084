"""What jobs are done with: the settings in force, the clock, the data folder, and the places that work is written down."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from hashlib import blake2b
from pathlib import Path

import msgspec

from appliance.actions.box import Box
from appliance.actions.room import Room
from appliance.jobs.running import Limits, Runs
from appliance.jobs.scratch import scratch_dir

LEASE = timedelta(seconds=60)
BEAT_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Works(Box):
    """The box as its workers see it. `boot` names this run of the program."""

    boot: str
    room: Room
    runs: Runs = field(default_factory=Runs)

    def mark(self, job: int | None = None) -> str:
        """What the environment of a job's processes says; without a job, how it begins for all jobs of this run."""
        return f"{self.mark_of_all()}{self.boot}/" + ("" if job is None else f"{job}/")

    def mark_of_all(self) -> str:
        """How that begins for every run on this data."""
        return blake2b(str(self.data_dir).encode(), digest_size=6).hexdigest() + "/"

    def scratch(self) -> Path:
        """Where the scratch spaces of jobs are."""
        return scratch_dir(self.settings(), self.data_dir)

    def settings_json(self) -> msgspec.Raw:
        """All settings, for a child."""
        return msgspec.Raw(self.settings().model_dump_json().encode())

    def limits(self) -> Limits:
        """What one child may take."""
        jobs = self.settings().jobs
        return Limits(jobs.hours * 3600, int(jobs.memory_gb * 1e9))

    def absolute(self, made: dict[str, str]) -> dict[str, str]:
        """Stage folders as kept in the database, from the root of the disk."""
        return {stage: str(self.data_dir / folder) for stage, folder in made.items()}

    def relative(self, folder: str) -> str:
        """A folder as it is kept in the database."""
        return str(Path(folder).relative_to(self.data_dir))
