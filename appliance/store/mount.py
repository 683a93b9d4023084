"""What kind of file system a folder is on: databases break on network shares."""

from __future__ import annotations

import os
from pathlib import Path

from appliance.domain.errors import NeedsPerson

_MOUNTS = Path("/proc/self/mountinfo")
_NETWORK = frozenset(
    {"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "afs", "ceph", "glusterfs", "davfs", "sshfs", "ncpfs"}
)
_NETWORK_FUSE = ("fuse.sshfs", "fuse.rclone", "fuse.glusterfs", "fuse.s3fs", "fuse.smbnetfs")


def file_system(folder: Path, mounts: Path = _MOUNTS) -> str:
    """The name of the file system that holds the folder, such as ext4 or nfs4; empty where nobody tells."""
    return _mount(folder, mounts)[1]


def mount_point(folder: Path, mounts: Path = _MOUNTS) -> Path:
    """Where the file system that holds the folder is mounted."""
    return _mount(folder, mounts)[0]


def check_local(folder: Path, mounts: Path = _MOUNTS) -> None:
    """NeedsPerson when the folder is on a network file system."""
    kind = file_system(folder, mounts)
    if kind in _NETWORK or kind.startswith(_NETWORK_FUSE):
        raise NeedsPerson(
            f"{folder} is on a network file system ({kind}), where a database gets damaged",
            "Set db_dir under [paths] in clipper.toml to a folder on a disk of this machine; videos may stay where they are.",
        )


def _mount(folder: Path, mounts: Path) -> tuple[Path, str]:
    real = os.path.realpath(folder)
    best, kind = "/", ""
    try:
        lines = mounts.read_text(encoding="utf-8").splitlines()
    except OSError:
        return Path(best), ""
    for line in lines:
        before, _, after = line.partition(" - ")
        point = before.split()[4].replace("\\040", " ")
        inside = real == point or real.startswith(point.rstrip("/") + "/")
        if inside and len(point) >= len(best):
            best, kind = point, after.split()[0]
    return Path(best), kind
