"""Anything behind a link, through yt-dlp: the media, its info.json with heatmap and comments, its captions and its chat."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from appliance.domain.errors import Permanent
from appliance.domain.located import Fetched, Located, Platform
from appliance.domain.progress import OnProgress
from appliance.sources import _ytdlp
from appliance.sources.base import FetchOptions
from appliance.sources.infojson import read_info
from appliance.sources.local import SUBTITLES

_STEM = "video"


@dataclass(frozen=True, slots=True)
class Web:
    """The world behind http and https."""

    name: str = "web"

    def takes(self, located: Located) -> bool:
        """Every link."""
        return not located.is_file

    def fetch(self, located: Located, folder: Path, options: FetchOptions, tell: OnProgress) -> Fetched:
        """Download into `folder`; goes on where an interrupted download stopped. Raises what yt-dlp's error means."""
        _ytdlp.download(
            located.address, folder, _STEM, replace(options, yt_dlp_args=_with_extras(located, options)), tell
        )
        media = next(_media(folder), None)
        if media is None:
            raise Permanent(f"{located.address}: no video came of it", "Open the link in a browser: is there a video?")
        info = folder / f"{_STEM}.info.json"
        known = read_info(info) if info.is_file() else None
        chat = folder / f"{_STEM}.live_chat.json"
        return Fetched(
            media=media.name,
            content="",
            title=(known.title if known else "") or located.address.rsplit("/", 1)[-1],
            info=info.name if known else "",
            chat=chat.name if chat.is_file() else "",
            subtitles=tuple(
                path.name for path in sorted(folder.glob(f"{_STEM}.*")) if path.suffix.lower() in SUBTITLES
            ),
            notes=tuple(known.notes) if known else (),
        )


def _with_extras(located: Located, options: FetchOptions) -> tuple[str, ...]:
    """What is asked for beside the media, by platform."""
    if located.platform is not Platform.YOUTUBE:
        return options.yt_dlp_args
    languages = f".*-orig,{options.language or 'en'},live_chat"
    return (
        "--write-subs",
        "--write-auto-subs",
        "--sub-langs",
        languages,
        "--write-comments",
        "--extractor-args",
        "youtube:max_comments=300,300,0,0;comment_sort=top",
        *options.yt_dlp_args,
    )


def _media(folder: Path) -> Iterator[Path]:
    """Finished media files, the largest first."""
    passed_over = {".json", ".part", ".ytdl", *SUBTITLES}
    found = [path for path in folder.glob(f"{_STEM}.*") if path.suffix.lower() not in passed_over]
    yield from sorted(found, key=lambda path: -path.stat().st_size)


WEB = Web()
