"""The info.json that yt-dlp writes beside a video: title, chapters, comments, what was replayed."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

import msgspec

from appliance.domain.errors import BadInput
from appliance.domain.source import Chapter
from appliance.signals.evidence import Comment, Heat

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Info:
    """What the platform tells of a video; what it does not tell is None or empty.

    `upload_date` is YYYYMMDD as written. `notes` say which fields were there but could not be used.
    """

    id: str = ""
    title: str = ""
    uploader: str = ""
    extractor: str = ""
    webpage_url: str = ""
    upload_date: str = ""
    duration: float | None = None
    view_count: int | None = None
    heatmap: tuple[Heat, ...] | None = None
    comments: tuple[Comment, ...] | None = None
    chapters: tuple[Chapter, ...] | None = None
    notes: tuple[str, ...] = ()


def read_info(path: Path) -> Info:
    """Read an info.json. BadInput when it cannot be read or is no JSON object; a field of a wrong type is left out and noted."""
    try:
        known = _decoded(path.read_bytes())
    except OSError as error:
        raise BadInput(f"{path} cannot be read: {error.strerror}", "Check the path and its permissions.") from error
    except (ValueError, RecursionError) as error:
        raise BadInput(f"{path} is not valid JSON: {error}", "Fetch the video again, or leave the file out.") from error
    if not isinstance(known, dict):
        raise BadInput(f"{path} is not what yt-dlp writes: it holds no object", "Give the .info.json of the video.")
    return _info(_Fields(known))


def _decoded(content: bytes) -> object:
    try:
        return msgspec.json.decode(content)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return json.loads(content)  # yt-dlp may write NaN, Infinity and half characters, which strict JSON has not


class _Fields:
    """Takes fields out of the document one by one, and notes those that are not what they should be."""

    def __init__(self, known: Mapping[str, object]) -> None:
        self._known = known
        self.notes: list[str] = []

    def text(self, *names: str) -> str:
        """The first of the fields that holds text; numbers are taken as written."""
        for name in names:
            value = self._known.get(name)
            if isinstance(value, str) and value.strip():
                return value
            if isinstance(value, int | float) and not isinstance(value, bool):
                return str(value)
            if value is not None and not isinstance(value, str):
                self.notes.append(f"{name} is no text and was left out")
        return ""

    def number(self, name: str) -> float | None:
        """A number that is finite and not negative."""
        value = self._known.get(name)
        if value is None:
            return None
        found = _number(value)
        if found is None or found < 0:
            self.notes.append(f"{name} is no usable number and was left out")
            return None
        return found

    def rows(self, name: str, read: Callable[[Mapping[str, object]], T | None]) -> tuple[T, ...] | None:
        """A list of objects, each read by `read`; None when the field is absent or empty. Unusable rows are counted in a note."""
        value = self._known.get(name)
        if value is None:
            return None
        if not isinstance(value, list):
            self.notes.append(f"{name} is no list and was left out")
            return None
        found = [read(row) if isinstance(row, dict) else None for row in value]
        good = tuple(row for row in found if row is not None)
        if len(good) < len(value):
            self.notes.append(f"{len(value) - len(good)} of {len(value)} rows of {name} could not be used")
        return good or None


def _info(fields: _Fields) -> Info:
    views = fields.number("view_count")
    duration = fields.number("duration")
    return Info(
        id=fields.text("id"),
        title=fields.text("title", "fulltitle"),
        uploader=fields.text("uploader", "channel", "creator"),
        extractor=fields.text("extractor", "extractor_key"),
        webpage_url=fields.text("webpage_url", "original_url"),
        upload_date=fields.text("upload_date"),
        duration=duration,
        view_count=None if views is None else int(views),
        heatmap=fields.rows("heatmap", _heat),
        comments=fields.rows("comments", _comment),
        chapters=_closed(fields.rows("chapters", _chapter), duration),
        notes=tuple(fields.notes),
    )


def _heat(row: Mapping[str, object]) -> Heat | None:
    start, end, value = (_number(row.get(name)) for name in ("start_time", "end_time", "value"))
    if start is None or end is None or value is None or not 0 <= start < end:
        return None
    return Heat(start, end, min(max(value, 0.0), 1.0))


def _comment(row: Mapping[str, object]) -> Comment | None:
    text = row.get("text")
    if not isinstance(text, str):
        return None
    return Comment(text, max(int(_number(row.get("like_count")) or 0), 0))


def _chapter(row: Mapping[str, object]) -> Chapter | None:
    start, end, title = _number(row.get("start_time")), _number(row.get("end_time")), row.get("title")
    if start is None or start < 0:
        return None
    last = end if end is not None and end >= start else start
    return Chapter(start, last, title if isinstance(title, str) else "")


def _closed(chapters: tuple[Chapter, ...] | None, duration: float | None) -> tuple[Chapter, ...] | None:
    """Chapters without an end last to the next one, or to the end of the video."""
    if chapters is None:
        return None
    inner = sorted(chapters, key=lambda chapter: chapter.start)
    following = [*(chapter.start for chapter in inner[1:]), duration or 0.0]
    return tuple(
        chapter if chapter.end > chapter.start else replace(chapter, end=max(chapter.start, after))
        for chapter, after in zip(inner, following, strict=True)
    )


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        found = float(value)
    except (ValueError, OverflowError):
        return None
    return found if math.isfinite(found) else None
