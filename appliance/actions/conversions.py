"""A recording as an MP4, under a name that the person chooses."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import msgspec

from appliance import sources
from appliance.actions.box import Box, need
from appliance.actions.seeing import see_job
from appliance.actions.videos import allowed
from appliance.domain.errors import BadInput, Gone, Missing
from appliance.domain.job import Job, Lane, NewJob
from appliance.domain.states import JobState
from appliance.domain.user import Actor, Role
from appliance.store import jobs
from appliance.store.change import change
from appliance.store.made import CONVERTED

KIND = "convert"
_NAME = re.compile(r"\w[\w .-]{0,99}")
_SUFFIX = ".mp4"
_LONGEST_BYTES = 251  # file systems allow 255, the suffix included


@dataclass(frozen=True, slots=True)
class ToConvert:
    """A file of the server, and what its MP4 is called, without the suffix."""

    address: str
    name: str


def convert(box: Box, actor: Actor, address: str, name: str) -> Job:
    """Accept a file of the server that the person may name. The job is on the disk when this returns.

    BadInput for a link, for a file that is not there or may not be named, and for a name that is none.
    """
    need(actor, Role.EDITOR)
    name = _checked(name)
    located = allowed(box, actor, address)
    if not located.is_file:
        raise BadInput(
            f"{address[:200]}: only files of the server are converted",
            "Save it in a folder of the server first, or add it as a video: that fetches it.",
        )
    sources.check(located, box.now())
    argument = msgspec.json.encode(ToConvert(located.address, name)).decode()
    unique = f"{KIND}:{actor.user}:{located.key}:{name}"
    new = NewJob(KIND, Lane.CPU, owner=actor.user, unique=unique, argument=argument)
    with change(box.now()) as made:
        return jobs.add(made, new, box.bounds())


def find(box: Box, actor: Actor, number: int) -> Path:
    """The MP4 of that job. Missing for another's job and while it is not ready; Gone when it was deleted."""
    job = see_job(actor, number)
    if job.kind != KIND:
        raise Missing(f"job {number} is no conversion", "POST /api/v1/conversions answers with the job of one.")
    if job.state is not JobState.COMPLETED:
        raise Missing(f"the file of conversion {number} is not there: it is {job.state}", "Look at its job.")
    path = file_of(box, job)
    if not path.is_file():
        raise Gone(f"the file of conversion {number} was deleted", "Convert it again: it is kept for a week.")
    return path


def wanted(job: Job) -> ToConvert:
    """What a job of this kind is to do."""
    return msgspec.json.decode(job.argument, type=ToConvert)


def file_of(box: Box, job: Job) -> Path:
    """Where the MP4 of a job is, or will be: alone in its folder."""
    return box.data_dir / CONVERTED / str(job.id) / f"{wanted(job).name}{_SUFFIX}"


def _checked(name: str) -> str:
    """The name without blanks around it and without the suffix."""
    short = name.strip()
    if short.lower().endswith(_SUFFIX):
        short = short[: -len(_SUFFIX)].rstrip()
    if not _NAME.fullmatch(short):
        raise BadInput(
            f"{name[:60]!r} is no name for a file",
            "Letters, digits, blanks, dots and dashes, a letter or digit first, 100 at most.",
        )
    if len(short.encode()) > _LONGEST_BYTES:
        raise BadInput(f"the name has {len(short.encode())} bytes", f"At most {_LONGEST_BYTES}: choose a shorter one.")
    return short
