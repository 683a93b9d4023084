"""A service in a process of its own: started, watched, told to stop, killed; and what is left of it afterwards."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psutil

from appliance.client import Client
from appliance.domain.errors import ClipperError

_MARK = "FAULTS_MARK"  # in the environment of the service, so that every process it starts can be known
_READY_SECONDS = 30.0


def until(true: Callable[[], object], seconds: float = 60.0, pause: float = 0.05) -> bool:
    """Wait for something that others bring about."""
    end = time.monotonic() + seconds
    while not true():
        if time.monotonic() > end:
            return False
        time.sleep(pause)
    return True


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])


def settings(folder: Path, more: str = "", disk: str = "stop_gb = 0") -> Path:
    """Write clipper.toml for a box in that folder: quick small clips, and no demands on the disk of the machine."""
    file = folder / "clipper.toml"
    file.write_text(
        f"""[paths]
data_dir = "{folder / "data"}"
[web]
host = "127.0.0.1"
port = {free_port()}
socket = "{folder / "clipper.sock"}"
[ffmpeg]
encoder = "cpu"
encode_args = ["-preset", "ultrafast"]
[rank]
top_n = 1
min_seconds = 4
max_seconds = 6
[look.default]
fps = 10
[jobs]
retry_seconds = 1
[disk]
warn_gb = 0
stop_downloads_gb = 0
{disk}
{more}"""
    )
    return file


@dataclass
class Living:
    """One service that is started again and again. Every start writes its log to a file of its own."""

    file: Path
    before: tuple[str, ...] = ()  # a command that ends by running what follows it
    starts: int = 0
    process: subprocess.Popen[bytes] | None = None
    began: datetime = field(default_factory=lambda: datetime.now(UTC))
    mark: str = field(default_factory=lambda: secrets.token_hex(8))

    @property
    def folder(self) -> Path:
        """Where everything of it lies."""
        return self.file.parent

    @property
    def data(self) -> Path:
        """Its data folder."""
        return self.folder / "data"

    @property
    def local(self) -> Path:
        """Where the local command line reaches it."""
        return self.folder / "clipper.sock"

    @property
    def database(self) -> Path:
        """Its database."""
        return self.data / "clipper.db"

    def start(self) -> None:
        """Start it; does not wait until it is up."""
        self.starts += 1
        with self._output().open("wb") as output:
            self.began = datetime.now(UTC)
            self.process = subprocess.Popen(
                [*self.before, sys.executable, "-m", "appliance", "serve", "--config", str(self.file)],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                env={**os.environ, _MARK: self.mark},
                start_new_session=True,
            )

    def _output(self) -> Path:
        return self.folder / f"run-{self.starts:04}.log"

    def up(self, seconds: float = _READY_SECONDS) -> bool:
        """Wait until it answers; False when it does not."""

        def answers() -> bool:
            if not self.running:
                return True
            with contextlib.suppress(ClipperError):
                return bool(self.ask().get("/api/v1/system"))
            return False

        return until(answers, seconds, 0.02) and self.running

    @property
    def running(self) -> bool:
        """Whether its process is there."""
        return self.process is not None and self.process.poll() is None

    def kill(self) -> None:
        """Kill -9 of its whole process group, all at once."""
        assert self.process is not None
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def stop(self) -> tuple[int, float]:
        """SIGTERM; the exit code, and the seconds it took. What does not stop within 40 is killed."""
        assert self.process is not None
        began = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        try:
            code = self.process.wait(40)
        except subprocess.TimeoutExpired:
            self.kill()
            code = -9
        return code, time.monotonic() - began

    def send(self, number: signal.Signals) -> None:
        """Send it a signal."""
        assert self.process is not None
        self.process.send_signal(number)

    def send_to(self, member: int, number: signal.Signals) -> None:
        """Send a signal to one of its family."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(member, number)

    def add(self, video: Path) -> int | None:
        """Have it accept a video: its number, None when it went away before it answered."""
        with contextlib.suppress(ClipperError):
            answer = self.ask().post("/api/v1/videos", {"sources": [str(video)]})
            return int(answer["taken"][0]["video"]["id"])
        return None

    def ask(self) -> Client:
        """Its API, over its own socket."""
        return Client(str(self.local))

    def family(self) -> list[int]:
        """Every living process that was started by any run of it, however far down."""
        found = []
        sought = f"{_MARK}={self.mark}".encode()
        for process in psutil.process_iter():
            with contextlib.suppress(psutil.Error, OSError):
                if sought in Path(f"/proc/{process.pid}/environ").read_bytes() and process.status() != "zombie":
                    found.append(process.pid)
        return found

    def orphans(self, seconds: float = 2.0) -> list[str]:
        """What still lives that long after its end, in words."""
        if until(lambda: not self.family(), seconds):
            return []
        return [" ".join(_command(number)) for number in self.family()]

    def log(self, start: int | None = None) -> list[dict[str, Any]]:
        """The lines that one start (the last) logged, as objects."""
        path = self.folder / f"run-{start or self.starts:04}.log"
        lines = []
        for line in path.read_bytes().splitlines() if path.exists() else ():
            with contextlib.suppress(ValueError):
                said = json.loads(line)
                if isinstance(said, dict):
                    lines.append(said)
        return lines

    def logs(self) -> list[dict[str, Any]]:
        """The lines of all starts, in order."""
        return [line for number in range(1, self.starts + 1) for line in self.log(number)]

    def said(self) -> str:
        """Everything the last start wrote, for a person."""
        return self._output().read_text(errors="replace")

    def first_job_after(self) -> float | None:
        """Seconds from the last start to its first job; None when it began none."""
        for line in self.log():
            if line.get("event") == "job_started":
                return (datetime.fromisoformat(line["at"]) - self.began).total_seconds()
        return None

    def rows(self, query: str, *values: object) -> list[Mapping[str, Any]]:
        """What its database says, read from outside; nothing while it has no database."""
        if not self.database.exists():
            return []
        raw = sqlite3.connect(f"file:{self.database}?mode=ro", uri=True, timeout=10)
        raw.row_factory = sqlite3.Row
        try:
            return [dict(row) for row in raw.execute(query, values)]
        finally:
            raw.close()

    def busy(self) -> int:
        """How many jobs are not over, without those that only ask a channel."""
        over = "('completed', 'discarded', 'cancelled')"
        found = self.rows(f"SELECT count(*) AS many FROM job WHERE state NOT IN {over} AND kind != 'poll'")
        return int(found[0]["many"]) if found else 0


@contextmanager
def living(file: Path) -> Iterator[Living]:
    """A service at work while the block lasts."""
    one = Living(file)
    one.start()
    try:
        yield one
    finally:
        if one.running:
            one.kill()


def _command(number: int) -> list[str]:
    with contextlib.suppress(psutil.Error):
        return [str(number), *psutil.Process(number).cmdline()[:6]]
    return [str(number), "gone meanwhile"]
