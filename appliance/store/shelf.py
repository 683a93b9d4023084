"""Folders of made things as room on the disk: how large they are, and taking them away."""

from __future__ import annotations

import os
import shutil
from pathlib import Path


def size_bytes(folder: Path) -> int:
    """Bytes of all files below; files that go away meanwhile do not count."""
    total = 0
    waiting = [folder]
    while waiting:
        try:
            with os.scandir(waiting.pop()) as entries:
                for entry in entries:
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append(Path(entry.path))
                    else:
                        total += entry.stat(follow_symlinks=False).st_blocks * 512
        except OSError:
            continue
    return total


def take_away(folder: Path, root: Path) -> int:
    """Remove a folder below `root`, and parents that become empty; how many bytes that freed."""
    if root not in folder.parents or not folder.exists():
        return 0
    freed = size_bytes(folder)
    # Renamed first, so that nobody finds half of it.
    going = folder.with_name(f".going-{folder.name}")
    shutil.rmtree(going, ignore_errors=True)
    folder.rename(going)
    shutil.rmtree(going, ignore_errors=True)
    for parent in folder.parents:
        if parent == root:
            break
        try:
            parent.rmdir()
        except OSError:
            break
    return freed
