"""Each job's own log: the same lines, kept beside the others in `jobs/<id>.log`."""

from __future__ import annotations

import logging
from pathlib import Path

MOST_BYTES = 10_000_000  # a job that says more than this says nothing new


class JobFiles(logging.Handler):
    """Writes the lines that belong to a job into the job's own file. A full disk loses lines, never work."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._folder = folder

    def emit(self, record: logging.LogRecord) -> None:
        """Append the line, when it has a job."""
        try:
            job = _job(record)
            if job is None:
                return
            file = place(self._folder, job)
            if file.exists() and file.stat().st_size > MOST_BYTES:
                return
            file.parent.mkdir(parents=True, exist_ok=True)
            with file.open("a", encoding="utf-8", errors="replace") as out:
                out.write(self.format(record) + "\n")
        except Exception:  # noqa: BLE001 - a log call never fails the work that it tells about
            self.handleError(record)

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's own name
        """Nothing: there is nowhere left to tell it."""


def place(folder: Path, job: int) -> Path:
    """Where the log of a job is."""
    return folder / "jobs" / f"{job}.log"


def tail(folder: Path, job: int, most_bytes: int = 200_000) -> str:
    """The last whole lines of a job's log, at most `most_bytes`; empty when there is none."""
    try:
        with place(folder, job).open("rb") as lines:
            size = lines.seek(0, 2)
            lines.seek(max(0, size - most_bytes))
            text = lines.read(most_bytes)
    except OSError:
        return ""
    if size > most_bytes:
        text = text.partition(b"\n")[2]
    return text.decode("utf-8", "replace")


def _job(record: logging.LogRecord) -> int | None:
    from structlog.contextvars import get_contextvars

    said = record.msg if isinstance(record.msg, dict) else get_contextvars()
    job = said.get("job")
    return job if isinstance(job, int) and not isinstance(job, bool) else None
