"""Which video encoder is used: proved by a real test encode, because every ffmpeg lists encoders that the machine lacks."""

from __future__ import annotations

import re
from collections.abc import MutableMapping
from dataclasses import dataclass, replace
from pathlib import Path

from appliance import process
from appliance.domain.errors import ConfigError, Transient
from appliance.media.ffmpeg import Ffmpeg

KINDS = ("auto", "cpu", "nvenc", "qsv", "vaapi")
_HARDWARE = ("nvenc", "qsv", "vaapi")
_TEST_SECONDS = 30.0
_DEVICES = Path("/dev/dri")
_NVIDIA = Path("/proc/driver/nvidia/version")


@dataclass(frozen=True, slots=True)
class Encoder:
    """How H.264 is written: `args` for the encoder, `before` for the front of the command line, `upload` as last filters.

    `notes` tell why another one than wanted is used.
    """

    name: str
    args: tuple[str, ...]
    before: tuple[str, ...] = ()
    upload: str = ""
    notes: tuple[str, ...] = ()

    @property
    def on_cpu(self) -> bool:
        """Whether the processor does the work."""
        return self.name == "cpu"


CPU = Encoder(
    "cpu", ("-c:v", "libx264", "-preset", "veryfast", "-crf", "20", "-profile:v", "high", "-pix_fmt", "yuv420p")
)


@dataclass(frozen=True, slots=True)
class Wish:
    """What the settings ask for: a kind, further arguments for the encoder, and NVENC's preset."""

    kind: str = "auto"
    encode_args: tuple[str, ...] = ()
    nvenc_preset: str = "p5"


def choose_encoder(ffmpeg: Ffmpeg, wish: Wish, known: MutableMapping[str, str] | None = None) -> Encoder:
    """The encoder to use: the wished one, for `auto` the first hardware that works, else the processor with the true reason.

    `known` keeps what test encodes said (empty: it works) between calls, by kind, ffmpeg and driver. ConfigError for a
    kind that there is not, or when the wished arguments do not even work on the processor.
    """
    if wish.kind not in KINDS:
        raise ConfigError(f"[ffmpeg] encoder: there is no {wish.kind!r}", f"Use one of {', '.join(KINDS)}.")
    known = {} if known is None else known
    notes: list[str] = []
    for kind in _HARDWARE if wish.kind == "auto" else (wish.kind,):
        if kind == "cpu" or (wish.kind == "auto" and not _device(kind)):
            continue
        encoder = encoder_of(kind, wish)
        fault = _fault(ffmpeg, encoder, known)
        if not fault:
            return encoder
        notes.append(f"{kind} does not work here, so the processor encodes: {fault}")
    fallback = encoder_of("cpu", wish)
    if wish.encode_args:
        fault = _fault(ffmpeg, fallback, known)
        if fault:
            raise ConfigError(f"[ffmpeg] encode_args do not work: {fault}", "Correct or empty them.")
    return replace(fallback, notes=tuple(notes))


def encoder_of(kind: str, wish: Wish) -> Encoder:
    """The arguments of a kind of encoder, unproved. All write H.264 High in yuv420p at about the same quality."""
    common = ("-profile:v", "high", *wish.encode_args)
    if kind == "nvenc":
        quality = ("-rc", "vbr", "-cq", "21", "-b:v", "0", "-spatial-aq", "1")
        args = ("-c:v", "h264_nvenc", "-preset", wish.nvenc_preset, "-tune", "hq", *quality, "-pix_fmt", "yuv420p")
        return Encoder(kind, (*args, *common))
    if kind == "qsv":
        return Encoder(
            kind, ("-c:v", "h264_qsv", "-preset", "medium", "-global_quality", "21", "-pix_fmt", "nv12", *common)
        )
    if kind == "vaapi":
        return Encoder(
            kind,
            ("-c:v", "h264_vaapi", "-rc_mode", "CQP", "-qp", "21", *common),
            before=("-vaapi_device", _render_node()),
            upload="format=nv12,hwupload",
        )
    return replace(CPU, args=(*CPU.args, *wish.encode_args))


def test_encode(ffmpeg: Ffmpeg, encoder: Encoder) -> str:
    """Encode a few frames of 256x256 with it: empty when that works, else what ffmpeg said, in a line."""
    filters = ",".join(part for part in ("format=yuv420p", encoder.upload) if part)
    argv = ffmpeg.argv(
        *encoder.before,
        *("-f", "lavfi", "-i", "color=c=gray:s=256x256:r=30:d=0.2"),
        *("-vf", filters, "-frames:v", "4", *encoder.args, "-f", "null", "-"),
    )
    try:
        ended = process.run(argv, timeout=_TEST_SECONDS)
    except Transient as error:
        return error.message
    if ended.code == 0:
        return ""
    return _first_cause(ended.err) or f"ffmpeg ended with {ended.code}"


def _fault(ffmpeg: Ffmpeg, encoder: Encoder, known: MutableMapping[str, str]) -> str:
    key = "|".join((encoder.name, " ".join(encoder.args), ffmpeg.path, ffmpeg.version, _driver(encoder.name)))
    if key not in known:
        known[key] = test_encode(ffmpeg, encoder)
    return known[key]


def _first_cause(log: str) -> str:
    """The first thing that ffmpeg said is the cause; what follows only repeats that it failed."""
    lines = (re.sub(r"\[[^\]]* @ 0x[0-9a-f]+\] ", "", line).strip() for line in log.splitlines())
    return next((line for line in lines if line), "")


def _device(kind: str) -> bool:
    """Whether there is anything at all that such an encoder could run on."""
    if kind == "nvenc":
        return Path("/dev/nvidiactl").exists() or _NVIDIA.exists()
    return bool(_nodes())


def _driver(kind: str) -> str:
    if kind == "cpu":
        return ""
    if kind == "nvenc":
        try:
            return _NVIDIA.read_text("utf-8", "replace").partition("\n")[0].strip()
        except OSError:
            return "no driver"
    return " ".join(_nodes())


def _nodes() -> list[str]:
    return sorted(str(path) for path in _DEVICES.glob("renderD*")) if _DEVICES.is_dir() else []


def _render_node() -> str:
    return next(iter(_nodes()), str(_DEVICES / "renderD128"))
