"""`clipper doctor`: what works here, what does not, and what to do about it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Literal

import typer

from appliance.cli import FAILED, OK
from appliance.cli.options import ConfigFile, Json, Overrides

if TYPE_CHECKING:
    from config.schema import Settings

Grade = Literal["ok", "warn", "fail"]
_COLOURS = {"ok": "green", "warn": "yellow", "fail": "red"}
_ROOM_BYTES = 5_000_000_000


@dataclass(frozen=True, slots=True)
class Finding:
    """One check: its grade, what was seen, and the next step where there is one."""

    check: str
    grade: Grade
    seen: str
    step: str = ""


def doctor(*, as_json: Json = False, config: ConfigFile = None, overrides: Overrides = None) -> int:
    """Check what Clipper needs. Exit code 1 when something that it cannot do without is missing."""
    from rich.markup import escape

    from appliance import app
    from appliance.cli.screen import out

    loaded = app.settings(config, overrides or ())
    findings = [Finding("settings", "ok", str(loaded.file or "no clipper.toml: the defaults"))]
    findings += [finding for check in _CHECKS for finding in check(loaded.settings)]
    if as_json:
        typer.echo(json.dumps([asdict(finding) for finding in findings], ensure_ascii=False))
    else:
        for finding in findings:
            out().print(
                f"[{_COLOURS[finding.grade]}]{finding.grade:<4}[/]  {finding.check:<14} {escape(finding.seen)}",
                soft_wrap=True,
            )
            if finding.step:
                out().print(f"{'':21}[dim]{escape(finding.step)}[/]", soft_wrap=True)
    return FAILED if any(finding.grade == "fail" for finding in findings) else OK


def _ffmpeg(chosen: Settings) -> Iterator[Finding]:
    from appliance.domain.errors import ClipperError
    from appliance.media.encoders import Wish, choose_encoder
    from appliance.media.ffmpeg import find_ffmpeg

    own = chosen.ffmpeg
    try:
        ffmpeg = find_ffmpeg(own.path or None, own.global_args)
    except ClipperError as error:
        yield Finding("ffmpeg", "fail", error.message, error.hint)
        return
    kind = "comes with Clipper" if ffmpeg.bundled else "of the system"
    yield Finding("ffmpeg", "ok", f"{ffmpeg.version}, {kind}: {ffmpeg.path}")
    try:
        encoder = choose_encoder(ffmpeg, Wish(own.encoder, own.encode_args, own.nvenc_preset))
    except ClipperError as error:
        yield Finding("encoder", "fail", error.message, error.hint)
        return
    yield Finding(
        "encoder", "ok" if own.encoder in {"auto", encoder.name} else "warn", encoder.name, "; ".join(encoder.notes)
    )


def _fonts(_chosen: Settings) -> Iterator[Finding]:
    from appliance.domain.errors import ClipperError
    from appliance.pipeline.make import fonts

    try:
        faces = fonts().faces
    except ClipperError as error:
        yield Finding("fonts", "fail", error.message, error.hint)
        return
    yield Finding("fonts", "ok", f"{len(faces)} fonts")


def _gpu(_chosen: Settings) -> Iterator[Finding]:
    from appliance.media.gpu import find_gpu, hears_on_gpu

    gpu = find_gpu()
    if gpu is None:
        yield Finding("gpu", "ok", "no NVIDIA GPU; everything runs on the processor")
        return
    seen = f"{gpu.name}, {gpu.memory_bytes / 1e9:.0f} GB, driver {gpu.driver}"
    if hears_on_gpu():
        yield Finding("gpu", "ok", seen)
    else:
        yield Finding(
            "gpu", "warn", f"{seen}, but speech cannot use it", "Install NVIDIA's cuBLAS 12 and cuDNN 9 libraries."
        )


def _models(chosen: Settings) -> Iterator[Finding]:
    from appliance import app
    from appliance.media.models import cards, is_here
    from config import presets

    folder = app.data_dir(chosen) / "models"
    for kind, best, without in (
        ("speech", "small", "videos without subtitles are ranked without words and get no captions"),
        ("faces", "yunet", "the picture follows what moves instead of faces"),
    ):
        here = [
            card.name for card in cards(presets.table(".", "models")) if card.kind == kind and is_here(card, folder)
        ]
        if here:
            yield Finding(f"{kind} model", "ok", ", ".join(here))
        else:
            yield Finding(f"{kind} model", "warn", f"none: {without}", f"`clipper models pull {best}` fetches one.")


def _yt_dlp(chosen: Settings) -> Iterator[Finding]:
    import shutil
    from importlib import metadata

    from appliance.sources.javascript import runtime

    if chosen.yt_dlp.path:
        there = shutil.which(chosen.yt_dlp.path)
        grade: Grade = "ok" if there else "fail"
        yield Finding(
            "yt-dlp", grade, there or f"{chosen.yt_dlp.path} is not there", "" if there else "Correct [yt_dlp] path."
        )
        return
    seen = f"{metadata.version('yt-dlp')}, JavaScript by {runtime() or 'nothing'}"
    if runtime():
        yield Finding("yt-dlp", "ok", seen)
    else:
        yield Finding("yt-dlp", "warn", seen, "YouTube offers fewer formats without deno 2.3 or node 22: install one.")


def _llm(chosen: Settings) -> Iterator[Finding]:
    if not chosen.llm.base_url:
        yield Finding("language model", "ok", "none named; ranking works without one")
        return
    from appliance import app
    from appliance.domain.errors import ClipperError
    from appliance.llm import ping

    try:
        models = ping(chosen.llm.base_url, app.context(chosen).api_key)
    except ClipperError as error:
        yield Finding("language model", "warn", error.message, error.hint)
        return
    wanted = chosen.llm.model
    if wanted and models and wanted not in models:
        yield Finding(
            "language model",
            "warn",
            f"{chosen.llm.base_url} does not list {wanted}",
            f"It lists: {', '.join(models[:8])}.",
        )
    else:
        yield Finding("language model", "ok", f"{chosen.llm.base_url} answers ({wanted or ', '.join(models[:3])})")


def _disk(chosen: Settings) -> Iterator[Finding]:
    import os
    import shutil

    from appliance import app

    folder = app.data_dir(chosen)
    there = next(path for path in (folder, *folder.parents) if path.exists())
    free = shutil.disk_usage(there).free
    if not os.access(there, os.W_OK):
        yield Finding(
            "data folder", "fail", f"{folder}: cannot be written", "Change [paths] data_dir or its permissions."
        )
    elif free < _ROOM_BYTES:
        yield Finding(
            "data folder", "warn", f"{folder}: {free / 1e9:.1f} GB free", "Free some space: videos are large."
        )
    else:
        yield Finding("data folder", "ok", f"{folder}: {free / 1e9:.0f} GB free")


_CHECKS: tuple[Callable[[Settings], Iterator[Finding]], ...] = (_ffmpeg, _fonts, _gpu, _models, _yt_dlp, _llm, _disk)
