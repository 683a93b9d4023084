"""Anything behind a link, through yt-dlp: the media, its info.json with heatmap and comments, its captions and its chat."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from appliance.domain.errors import Permanent
from appliance.domain.located import Fetched, Located, Platform
from appliance.domain.progress import OnProgress
from appliance.sources import _ytdlp
from appliance.sources.base import FetchOptions
from appliance.sources.infojson import read_info
from appliance.sources.local import SUBTITLES
from appliance.sources.politeness import Manners, turn

STEM = "video"


@dataclass(frozen=True, slots=True)
class Web:
    """Any page that yt-dlp may understand."""

    name: str = "other"

    def takes(self, located: Located) -> bool:
        """Links to hosts that are no platform of their own."""
        return located.platform is Platform.OTHER

    def check(self, located: Located, now: datetime) -> None:
        """Nothing can be told without asking."""
        del located, now

    def fetch(self, located: Located, folder: Path, options: FetchOptions, tell: OnProgress) -> Fetched:
        """Download into `folder`; goes on where an interrupted download stopped. Raises what yt-dlp's error means."""
        return download(located.address, folder, options, tell)


def download(
    link: str,
    folder: Path,
    options: FetchOptions,
    tell: OnProgress,
    extras: tuple[str, ...] = (),
    manners: Manners = Manners(),  # noqa: B008 - frozen
) -> Fetched:
    """Have yt-dlp download `link` into `folder`, with `extras` asked for beside the media; what came of it."""
    folder.mkdir(parents=True, exist_ok=True)
    with turn(options.polite_dir, urlsplit(link).hostname or "", manners.hurried(hurry=options.hurry)):
        _ytdlp.download(link, folder, STEM, replace(options, yt_dlp_args=(*extras, *options.yt_dlp_args)), tell)
    media = next(_media(folder), None)
    if media is None:
        raise Permanent(f"{link}: no video came of it", "Open the link in a browser: is there a video?")
    if media.stat().st_size == 0:
        media.unlink()
        raise Permanent(f"{link}: the file is empty", "There is nothing behind the link. Check it in a browser.")
    info = folder / f"{STEM}.info.json"
    known = read_info(info) if info.is_file() else None
    chat = folder / f"{STEM}.live_chat.json"
    return Fetched(
        media=media.name,
        content="",
        title=(known.title if known else "") or link.rsplit("/", 1)[-1],
        info=info.name if known else "",
        chat=chat.name if chat.is_file() else "",
        subtitles=tuple(path.name for path in sorted(folder.glob(f"{STEM}.*")) if path.suffix.lower() in SUBTITLES),
        notes=tuple(known.notes) if known else (),
    )


PICTURES = (".jpg", ".jpeg", ".png", ".webp")


def _media(folder: Path) -> Iterator[Path]:
    """Finished media files, the largest first."""
    passed_over = {".json", ".jsonl", ".part", ".ytdl", *PICTURES, *SUBTITLES}
    found = [path for path in folder.glob(f"{STEM}.*") if path.suffix.lower() not in passed_over and path.is_file()]
    yield from sorted(found, key=lambda path: -path.stat().st_size)


WEB = Web()
