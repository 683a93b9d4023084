"""The JavaScript runtime with which yt-dlp solves YouTube's puzzles; without one fewer formats are offered."""

from __future__ import annotations

import re
import shutil
from functools import lru_cache

from appliance import process
from appliance.domain.errors import ClipperError

# The oldest version of each that yt-dlp 2026.10.26 takes, in the order in which they are tried.
_OLDEST = (("deno", (2, 3)), ("node", (22, 0)), ("bun", (1, 2)))
_PATIENCE = 10.0


@lru_cache(maxsize=1)
def runtime() -> str:
    """The name of the first runtime here that is new enough; empty when there is none."""
    return next((name for name, oldest in _OLDEST if shutil.which(name) and _version(name) >= oldest), "")


def _version(name: str) -> tuple[int, int]:
    try:
        said = process.run([name, "--version"], timeout=_PATIENCE).out.decode("utf-8", "replace")
    except ClipperError:
        return 0, 0
    found = re.search(r"(\d+)\.(\d+)", said)
    return (int(found[1]), int(found[2])) if found else (0, 0)
