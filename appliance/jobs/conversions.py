"""The job of a recording that becomes an MP4."""

from __future__ import annotations

from appliance.actions.conversions import KIND, file_of, wanted
from appliance.domain.job import Job, Lane
from appliance.domain.states import JobState
from appliance.domain.trouble import Trouble
from appliance.jobs.kind import Kind
from appliance.jobs.messages import ConvertWork
from appliance.jobs.works import Works
from appliance.store import shelf
from appliance.store.change import Change


def _prepare(job: Job, works: Works) -> ConvertWork:
    return ConvertWork(wanted(job).address, str(file_of(works, job)), works.settings_json())


def _ended(change: Change, job: Job, state: JobState, trouble: Trouble | None, works: Works) -> None:
    """A child that was killed could not clear away what it had begun."""
    del change, state, trouble
    shelf.take_away(file_of(works, job).parent, works.data_dir)


CONVERT = Kind(KIND, Lane.CPU, prepare=_prepare, ended=_ended)
