"""Where the operating system wants a program's short-lived files."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path


def run_dir() -> Path:
    """A folder of this user alone for sockets: systemd's, the login session's, else one in the temporary folder."""
    if given := os.environ.get("RUNTIME_DIRECTORY"):
        return Path(given.split(":")[0])
    if (session := os.environ.get("XDG_RUNTIME_DIR")) and Path(session).is_dir():
        return Path(session) / "clipper"
    return Path(tempfile.gettempdir()) / f"clipper-{os.getuid()}"


def use_temp(folder: Path) -> None:
    """Have this program, and every program it starts, put temporary files into that folder."""
    folder.mkdir(parents=True, exist_ok=True)
    os.environ["TMPDIR"] = str(folder)
    tempfile.tempdir = str(folder)
