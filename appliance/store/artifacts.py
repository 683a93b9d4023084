"""Made things on disk: folders named after what went into them, written whole or not at all.

A folder is made under a temporary name beside its place and renamed when everything in it is on the disk, so a folder
that is there is finished, whatever crashed when.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

import msgspec

from appliance.domain.errors import ClipperError, NeedsPerson, NoRoom, Permanent

T = TypeVar("T")

_PIECES = 16
_PIECE_BYTES = 256 * 1024
_MAKING = ".making-"  # and who makes it: the process id, and when that process started
_MADE_BY = re.compile(rf"^{re.escape(_MAKING)}(\d+)(?:\.(\d+))?-")
_GOING = ".going-"  # what shelf.take_away was removing


def content_key(path: Path) -> str:
    """A name for what is in the file: from its length and 16 pieces of 256 kB spread over it, so that 40 GB cost no more
    than 4 MB. Files up to that size are read whole.
    """
    size = path.stat().st_size
    digest = hashlib.blake2b(str(size).encode(), digest_size=12)
    with path.open("rb") as file:
        if size <= _PIECES * _PIECE_BYTES:
            while block := file.read(1 << 20):
                digest.update(block)
        else:
            for piece in range(_PIECES):
                file.seek((size - _PIECE_BYTES) * piece // (_PIECES - 1))
                digest.update(file.read(_PIECE_BYTES))
    return digest.hexdigest()


def key_of(*parts: object) -> str:
    """A short name for a combination of plain values and dataclasses."""
    encoded = msgspec.json.encode(parts, enc_hook=_plain, order="sorted")
    return hashlib.blake2b(encoded, digest_size=10).hexdigest()


def write_json(path: Path, value: object) -> None:
    """Write dataclasses and plain values as readable JSON, whole or not at all."""
    write_bytes(path, msgspec.json.format(msgspec.json.encode(value, enc_hook=_plain), indent=1))


def read_json(path: Path, kind: type[T]) -> T:
    """Read what `write_json` wrote. Permanent when it is something else."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=kind, strict=False)
    except (msgspec.ValidationError, msgspec.DecodeError) as error:
        raise Permanent(f"{path}: not what was expected there: {error}", "Delete it; it will be made anew.") from error


def write_bytes(path: Path, content: bytes) -> None:
    """Write a file whole or not at all: temporary name, to the disk, rename."""
    with guarded_disk(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=f"{_MAKING}{_maker()}-", dir=path.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            Path(name).chmod(0o644)
            Path(name).replace(path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise


@contextlib.contextmanager
def making(folder: Path) -> Iterator[Path]:
    """A temporary folder that becomes `folder` when the block ends well and vanishes when it does not."""
    with guarded_disk(folder):
        folder.parent.mkdir(parents=True, exist_ok=True)
        prefix = f"{_MAKING}{_maker()}-{folder.name}-"
        making_folder = Path(tempfile.mkdtemp(prefix=prefix, dir=folder.parent))
        try:
            yield making_folder
            for path in making_folder.rglob("*"):
                if path.is_file():
                    _to_disk(path)
            making_folder.chmod(0o755)
            if folder.exists():
                shutil.rmtree(folder)
            making_folder.rename(folder)
            _to_disk(folder.parent)
        except BaseException:
            shutil.rmtree(making_folder, ignore_errors=True)
            raise


def sweep(root: Path) -> int:
    """Remove what crashes left half made or half removed below `root`; how many there were. What a living process is making
    stays.
    """
    left = list(_left_half(root))
    for path in left:
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
    return len(left)


def _left_half(root: Path) -> Iterator[Path]:
    """What nobody makes any more. Folders that vanish meanwhile are none of it: others work here."""
    for above, folders, files in os.walk(root):
        for name in (*folders, *files):
            path = Path(above, name)
            if name.startswith(_GOING) or (name.startswith(_MAKING) and not _being_made(path)):
                yield path
        folders[:] = [name for name in folders if not name.startswith((_GOING, _MAKING))]


def _maker() -> str:
    """This process, told apart from a later one of the same number."""
    return f"{os.getpid()}.{_started(os.getpid())}"


def _being_made(path: Path) -> bool:
    """Whether the process that makes it still lives."""
    maker = _MADE_BY.match(path.name)
    if not maker:
        return False
    number, started = int(maker.group(1)), maker.group(2)
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return started is None or int(started) == _started(number)


def _started(number: int) -> int:
    """When a process started, in ticks since the machine did; 0 where nobody tells."""
    try:
        said = Path(f"/proc/{number}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return 0
    return int(said.rpartition(")")[2].split()[19])


def place(made: Path, wanted: Path) -> None:
    """Put a finished file where a person wants it: whole or not at all, as a link where the disk allows."""
    with guarded_disk(wanted):
        wanted.parent.mkdir(parents=True, exist_ok=True)
        if wanted.exists() and wanted.samefile(made):
            return  # renaming one link of a file over another would leave both
        temporary = wanted.with_name(f"{_MAKING}{_maker()}-{wanted.name}"[-200:])
        try:
            temporary.unlink(missing_ok=True)
            try:
                os.link(made, temporary)
            except OSError:
                shutil.copyfile(made, temporary)
                _to_disk(temporary)
            temporary.replace(wanted)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise


@contextlib.contextmanager
def guarded_disk(path: Path) -> Iterator[None]:
    """Disk trouble inside becomes an error that says where and what to do."""
    try:
        yield
    except ClipperError:
        raise
    except OSError as error:
        hint = _DISK_HINTS.get(error.errno or 0)
        if hint is None:
            raise
        kind = NoRoom if error.errno in _NO_ROOM else NeedsPerson
        raise kind(f"{error.filename or path}: cannot be written: {error.strerror}", hint) from error


_NO_ROOM = {28, 122}
_DISK_HINTS = {
    28: "The disk is full: free some space and run it again; finished steps are kept.",
    5: "The disk reports errors: check it. Finished steps are kept.",
    27: "That disk cannot hold a file so large: choose another place.",
    122: "The disk quota is used up: free some space and run it again; finished steps are kept.",
    13: "You may not write there: choose another place or change its permissions.",
    30: "That disk is mounted read-only: choose another place.",
    17: "There is a file where a folder should be: choose another place.",
    20: "There is a file where a folder should be: choose another place.",
    36: "That name is too long for this disk: choose a shorter one.",
}


def _to_disk(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _plain(value: object) -> object:
    """How values that msgspec does not know are written."""
    if isinstance(value, Path):
        return str(value)
    raise TypeError(f"{type(value).__name__} cannot be stored")
