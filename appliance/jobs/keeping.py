"""What went into a job and what came out of it, kept beside its log for those who look for a mistake."""

from __future__ import annotations

from pathlib import Path

import msgspec

from appliance import logs
from appliance.domain.errors import ClipperError
from appliance.jobs.messages import Answer, Died, Work
from appliance.store.artifacts import write_json


def keep(folder: Path, work: Work, answer: Answer | Died) -> None:
    """Write `work.json` and `answer.json`, without secrets. A full disk costs these files, never the job."""
    said = msgspec.to_builtins(msgspec.json.decode(msgspec.json.encode(work)))
    said.pop("settings", None)  # they are the box's, not the job's, and may hold passwords
    try:
        write_json(folder / "work.json", logs.redacted(said))
        write_json(folder / "answer.json", logs.redacted(msgspec.to_builtins(answer)))
    except ClipperError as error:
        logs.get("jobs").warning("not_kept", message=error.message)
