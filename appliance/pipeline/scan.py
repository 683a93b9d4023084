"""SCAN: one decode of the sound, one look at the key frames. Cheap, over the whole length."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from appliance.domain.progress import part
from appliance.domain.source import Source
from appliance.domain.verdict import Made
from appliance.media.audio import scan_sound
from appliance.media.ffmpeg import find_ffmpeg
from appliance.media.picture import scan_picture
from appliance.media.probe import probe
from appliance.pipeline.fetch import fetched
from appliance.pipeline.options import VideoOptions
from appliance.pipeline.stage import Context, Inputs, Lane, Stage
from appliance.signals.evidence import PictureScan, SoundScan
from appliance.store.artifacts import read_json, write_json

if TYPE_CHECKING:
    from collections.abc import Mapping

Scan = TypeVar("Scan", SoundScan, PictureScan)
_SOURCE, _SOUND, _PICTURE = "source.json", "sound.npz", "picture.npz"
_SOUND_SHARE = 0.6  # of the time, roughly


def scanned_source(inputs: Inputs) -> Source:
    """The container's own facts."""
    return read_json(inputs.made[SCAN.name] / _SOURCE, Source)


def scanned_sound(inputs: Inputs) -> SoundScan | None:
    """The sound, or None when there is none."""
    return _load(inputs.made[SCAN.name] / _SOUND, SoundScan)


def scanned_picture(inputs: Inputs) -> PictureScan | None:
    """The picture, or None when there is none."""
    return _load(inputs.made[SCAN.name] / _PICTURE, PictureScan)


def _run(inputs: Inputs, folder: Path, options: VideoOptions, context: Context) -> Made:
    path = Path(fetched(inputs).media)
    ffmpeg = find_ffmpeg(context.ffmpeg or None, context.ffmpeg_args)
    source = probe(path)
    write_json(folder / _SOURCE, source)
    files = [_SOURCE]
    turn = _SOUND_SHARE if source.picture is not None else 1.0
    if source.sounds:
        _save(folder / _SOUND, scan_sound(ffmpeg, path, source, options.scan.sound, part(context.tell, 0.0, turn)))
        files.append(_SOUND)
    if source.picture is not None and not source.picture.attached:
        _save(folder / _PICTURE, scan_picture(path, source, part(context.tell, turn, 1.0)))
        files.append(_PICTURE)
    return Made(tuple(files), source.warnings)


def _save(path: Path, scan: SoundScan | PictureScan) -> None:
    columns: dict[str, Any] = {field.name: np.asarray(getattr(scan, field.name)) for field in fields(scan)}
    np.savez(path, **columns)


def _load(path: Path, kind: type[Scan]) -> Scan | None:
    if not path.is_file():
        return None
    with np.load(path) as arrays:
        columns: Mapping[str, object] = {name: arrays[name] for name in arrays.files}
    return kind(**{name: float(value) if value.ndim == 0 else value for name, value in columns.items()})  # type: ignore[attr-defined,arg-type]


SCAN = Stage(
    "scan",
    Lane.CPU,
    _run,
    place=lambda inputs: f"videos/{fetched(inputs).content}",
    identity=lambda _inputs, options: options.scan,
)
