"""Each job's scratch space: a folder named after its process, gone when the process is."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from config.schema import Settings


def scratch_dir(settings: Settings, data_dir: Path) -> Path:
    """Where scratch spaces are: the setting's folder, else inside the data folder."""
    return Path(settings.paths.temp_dir).expanduser() if settings.paths.temp_dir else data_dir / "temp"


def clear(folder: Path, pid: int) -> None:
    """Take away what a process left."""
    shutil.rmtree(folder / str(pid), ignore_errors=True)


def clear_dead(folder: Path) -> int:
    """Take away what processes left that are no more; how many."""
    try:
        left = [path for path in folder.iterdir() if path.name.isdigit() and not _lives(int(path.name))]
    except OSError:
        return 0
    for path in left:
        shutil.rmtree(path, ignore_errors=True)
    return len(left)


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
