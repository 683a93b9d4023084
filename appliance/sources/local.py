"""A file on this machine, with the subtitle, chat and info files that lie beside it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from appliance.domain.errors import BadInput
from appliance.domain.located import Fetched, Located
from appliance.domain.progress import OnProgress
from appliance.sources.base import FetchOptions

SUBTITLES = (".srt", ".vtt", ".ass", ".ssa", ".sbv")
CHAT = (".chat.jsonl", ".chat.json", ".live_chat.json", ".rechat.json")


@dataclass(frozen=True, slots=True)
class Local:
    """The local disk."""

    name: str = "file"

    def takes(self, located: Located) -> bool:
        """Every path."""
        return located.is_file

    def check(self, located: Located, now: datetime) -> None:
        """BadInput when it is not there any more."""
        del now
        if not Path(located.address).is_file():
            raise BadInput(f"{located.address}: there is no such file", "Check the path, and that its disk is mounted.")

    def fetch(self, located: Located, folder: Path, options: FetchOptions, tell: OnProgress) -> Fetched:
        """Nothing is copied: the file is used where it is."""
        del folder, options
        media = Path(located.address)
        tell(1.0, "found")
        return Fetched(
            media=str(media),
            content="",
            title=media.stem.replace("_", " ").strip(),
            info=_first(beside(media, (".info.json",))),
            chat=_first(beside(media, CHAT)),
            subtitles=tuple(str(path) for path in beside(media, SUBTITLES)),
        )


def beside(media: Path, endings: tuple[str, ...]) -> Iterator[Path]:
    """Files beside the video that are called like it (a language may stand between), nearest name first."""
    try:
        here = sorted(
            (path for path in media.parent.iterdir() if path != media), key=lambda path: (len(path.name), path.name)
        )
    except OSError:
        return
    for path in here:
        if path.name.startswith(media.stem + ".") and path.name.lower().endswith(endings) and path.is_file():
            yield path


def _first(paths: Iterator[Path]) -> str:
    return str(next(paths, ""))


LOCAL = Local()
