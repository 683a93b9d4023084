"""Files of clips and videos. What is sent is what the store made, by names of its own: no path is ever asked for."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from starlette.responses import Response

from appliance.actions.seeing import clip_file, clip_files, see_clip, video_picture
from web import media
from web.answers import Content
from web.endpoint import Asked, Endpoint


@dataclass(frozen=True, slots=True)
class Saved:
    """Whether it is to be kept as a file, under a name made of the title."""

    download: bool = False


@dataclass(frozen=True, slots=True)
class OneFile:
    """A file of a clip."""

    name: str
    type: str
    bytes: int
    url: str


@dataclass(frozen=True, slots=True)
class Files:
    """What was made of a clip; nothing while it is not rendered."""

    files: tuple[OneFile, ...]


def files(asked: Asked) -> Files:
    """The files of a clip."""
    number = asked.path["id"]
    return Files(tuple(_file(number, path) for path in clip_files(asked.box, asked.actor, number)))


def file(asked: Asked) -> Response:
    """One file of a clip, or ranges of it."""
    number, name = asked.path["id"], asked.path["name"]
    path = clip_file(asked.box, asked.actor, number, name)
    saved = media.file_name(see_clip(asked.actor, number).title, path.suffix) if asked.query.download else ""
    return media.answer(path, asked.headers, saved)


def thumbnail(asked: Asked) -> Response:
    """A picture of a video."""
    return media.answer(video_picture(asked.box, asked.actor, asked.path["id"]), asked.headers)


def _file(number: int, path: Path) -> OneFile:
    kind = media.TYPES.get(path.suffix, "application/octet-stream")
    return OneFile(path.name, kind, path.stat().st_size, f"/api/v1/clips/{number}/files/{path.name}")


_REFUSALS = (404, 410, 416)
ENDPOINTS = (
    Endpoint("GET", "/clips/{id:int}/files", files, "The files of a clip", answer=Files, refusals=(404,)),
    Endpoint(
        "GET",
        "/clips/{id:int}/files/{name}",
        file,
        "A file of a clip: clip.mp4, clip.jpg, clip.srt, clip.vtt or timeline.json; with ranges",
        query=Saved,
        answer=Content("*/*", "The file, or the ranges that were asked for", (206, 304)),
        refusals=_REFUSALS,
    ),
    Endpoint(
        "GET",
        "/videos/{id:int}/thumbnail",
        thumbnail,
        "A picture of a video",
        answer=Content("image/*", "The picture", (206, 304)),
        refusals=_REFUSALS,
    ),
)
