"""Files that appear under their name only when all of them is written."""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
from collections.abc import Iterator
from pathlib import Path

from appliance.domain.errors import BadInput, NeedsPerson


@contextlib.contextmanager
def whole_file(out: Path) -> Iterator[Path]:
    """A name beside `out` to write to. When all goes well it is forced to the disk and becomes `out`; otherwise, on an
    error or Ctrl-C, nothing remains. BadInput where the place cannot be written, NeedsPerson where the disk is full.
    """
    unfinished = out.parent / f".{secrets.token_hex(6)}.part"
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        unfinished.touch()
    except OSError as error:
        raise unwritable(out.parent, error) from error
    try:
        yield unfinished
        try:
            with unfinished.open("rb+") as file:
                os.fsync(file.fileno())
            unfinished.replace(out)
        except OSError as error:
            raise unwritable(out, error) from error
    finally:
        with contextlib.suppress(OSError):
            unfinished.unlink(missing_ok=True)


def unwritable(where: Path, error: OSError) -> BadInput | NeedsPerson:
    """What it means that a place cannot be written."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return NeedsPerson(f"the disk is full: {where} cannot be written", "Free some space and run it again.")
    return BadInput(f"{where} cannot be written: {error.strerror or error}", "Choose another place with --out.")
