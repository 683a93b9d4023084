"""Putting finished clips where a person wants them, under names that say what they are."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from appliance.cli.screen import clock
from appliance.cli.suggesting import page
from appliance.domain.errors import BadInput
from appliance.domain.moment import Moment
from appliance.domain.suggestions import Suggestions
from appliance.domain.timeline import Timeline
from appliance.store.artifacts import guarded_disk, place, read_json, write_bytes, write_json
from appliance.store.made import CLIP, COVER, SRT, TIMELINE, VTT

_OURS = ".clipper-clips.json"
_LONGEST_NAME = 60


@dataclass(frozen=True, slots=True)
class Finished:
    """A finished clip in its stage's folder, and what it could be called."""

    moment: Moment
    folder: Path
    suggestions: Suggestions


@dataclass(frozen=True, slots=True)
class Delivered:
    """A finished clip in its place."""

    moment: Moment
    suggestions: Suggestions
    file: Path
    thumbnail: Path
    timeline: Path


def folder_for(wanted: Path | None, title: str) -> Path:
    """The folder that was named, or clips/TITLE here. BadInput when it is a file."""
    folder = (wanted or Path("clips") / slug(title)).expanduser().absolute()
    if folder.exists() and not folder.is_dir():
        raise BadInput(f"{folder}: that is a file, not a folder", "Name another folder with --out.")
    return folder


def slug(text: str) -> str:
    """A file name from any text: letters and digits of any script, with single dashes between them."""
    kept = unicodedata.normalize("NFC", text).casefold()
    name = re.sub(r"[^\w]+", "-", kept.replace("'", "").replace("’", ""), flags=re.UNICODE).strip("-_")
    while len(name.encode()) > _LONGEST_NAME * 3 or len(name) > _LONGEST_NAME:
        name = name.rpartition("-")[0] or name[: max(1, min(_LONGEST_NAME, len(name) - 1))]
    return name or "clip"


def deliver(made: Sequence[Finished], folder: Path, video: str) -> tuple[Delivered, ...]:
    """Place the files of every clip in `folder`; a moment without a title is called after the video and its time.

    Files of an earlier run of ours that are no longer made are taken away.
    """
    if not made:
        return ()
    with guarded_disk(folder):
        folder.mkdir(parents=True, exist_ok=True)
    before = set(_listed(folder))
    placed: list[str] = []
    clips: list[Delivered] = []
    for number, clip in enumerate(made, 1):
        moment, stage = clip.moment, clip.folder
        name = f"{number:02}-{slug(moment.title or f'{video} {clock(moment.start)}')}"
        for source, ending in ((CLIP, ".mp4"), (COVER, ".jpg"), (SRT, ".srt"), (VTT, ".vtt")):
            if (stage / source).is_file():
                place(stage / source, folder / f"{name}{ending}")
                placed.append(f"{name}{ending}")
        _place_timeline(stage / TIMELINE, folder / f"{name}.timeline.json")
        write_bytes(folder / f"{name}.txt", page(clip.suggestions).encode())
        placed += [f"{name}.timeline.json", f"{name}.txt"]
        paths = (folder / f"{name}{ending}" for ending in (".mp4", ".jpg", ".timeline.json"))
        clips.append(Delivered(moment, clip.suggestions, *paths))
    for old in before - set(placed):
        (folder / old).unlink(missing_ok=True)
    write_json(folder / _OURS, sorted(placed))
    return tuple(clips)


def _listed(folder: Path) -> Iterator[str]:
    """The files that an earlier run of ours put there."""
    path = folder / _OURS
    if path.is_file():
        yield from (name for name in read_json(path, list[str]) if "/" not in name and re.match(r"^\d\d-", name))


def _place_timeline(made: Path, wanted: Path) -> None:
    """The timeline with absolute paths, so that `clipper render` finds its sources from anywhere."""
    timeline = read_json(made, Timeline)
    sources = tuple(replace(source, path=str(Path(source.path).absolute())) for source in timeline.sources)
    write_json(wanted, replace(timeline, sources=sources))
