"""Which ffmpeg runs, and how its command lines begin.

Order: the one that the settings name, else the system's if it can draw captions and write H.264 (libass, libx264), else
the binary that comes with imageio-ffmpeg, so that nothing has to be installed.
"""

from __future__ import annotations

import functools
import re
import shutil
from dataclasses import dataclass, replace
from pathlib import Path

from appliance import process
from appliance.domain.errors import ConfigError, NeedsPerson, Transient

# What an input may open: a playlist or a caption that names an address gets no answer.
PROTOCOLS = "file,pipe"
_OLDEST = 5
_LOOK_SECONDS = 20.0


@dataclass(frozen=True, slots=True)
class Ffmpeg:
    """A proved ffmpeg program. `bundled` tells imageio-ffmpeg's binary from one of the system or the settings."""

    path: str
    version: str
    bundled: bool
    global_args: tuple[str, ...] = ()

    @property
    def major(self) -> int:
        """The main version; builds from the development branch count as newest."""
        found = re.match(r"n?(\d+)\.", self.version)
        return int(found[1]) if found else 99

    def argv(self, *args: str) -> list[str]:
        """A whole command line: quiet but for errors, never reading the terminal, with the settings' global arguments."""
        return [self.path, "-hide_banner", "-nostdin", "-loglevel", "error", *self.global_args, *args]

    def input(self, path: Path | str, *before: str) -> list[str]:
        """The arguments that open a local file; `before` are input options such as `-ss 3`.

        The name is given as `file:...`, so that a colon or a leading dash in it means nothing, and nothing that the file
        refers to is fetched from anywhere.
        """
        return [*before, "-protocol_whitelist", PROTOCOLS, "-i", f"file:{Path(path).absolute()}"]


def find_ffmpeg(configured: str | None = None, global_args: tuple[str, ...] = ()) -> Ffmpeg:
    """The ffmpeg to use. A configured one that is missing or cannot do the work is a ConfigError, none at all a NeedsPerson."""
    return replace(_configured(configured) if configured else _found(), global_args=global_args)


def _configured(name: str) -> Ffmpeg:
    path = shutil.which(str(Path(name).expanduser()))
    if path is None:
        raise ConfigError(
            f"[ffmpeg] path: there is no program {name}",
            "Name the full path of an ffmpeg, or leave it empty: Clipper brings one.",
        )
    fault = _fault(path)
    if fault:
        raise ConfigError(
            f"[ffmpeg] path: {path} {fault}", "Leave it empty: Clipper brings an ffmpeg that can do both."
        )
    return Ffmpeg(path, _looked_at(path)[0], bundled=False)


def _found() -> Ffmpeg:
    system = shutil.which("ffmpeg")
    fault = _fault(system) if system else "is not there"
    if system and not fault:
        return Ffmpeg(system, _looked_at(system)[0], bundled=False)
    path = _bundled()
    if path is None:
        raise NeedsPerson(
            f"there is no ffmpeg to use: the system's {fault}, and the one of imageio-ffmpeg is missing",
            "Install ffmpeg (`apt install ffmpeg`), or run `pip install imageio-ffmpeg` beside Clipper.",
        )
    bundled_fault = _fault(path)
    if bundled_fault:
        raise NeedsPerson(
            f"there is no ffmpeg to use: the system's {fault}, and {path} {bundled_fault}",
            "Install ffmpeg (`apt install ffmpeg`) or set [ffmpeg] path.",
        )
    return Ffmpeg(path, _looked_at(path)[0], bundled=True)


def _bundled() -> str | None:
    try:
        import imageio_ffmpeg

        return str(imageio_ffmpeg.get_ffmpeg_exe())
    except (ImportError, RuntimeError):
        return None


def _fault(path: str) -> str:
    """Why that program will not do, as the end of a sentence; empty when it will."""
    try:
        version, filters, encoders = _looked_at(path)
    except (NeedsPerson, Transient) as error:
        return f"does not run ({error.message})"
    if not version:
        return "is no ffmpeg"
    if Ffmpeg(path, version, bundled=False).major < _OLDEST:
        return f"is too old ({version}; {_OLDEST}.1 is the oldest)"
    lacks = [what for what, there in (("libass", "ass" in filters), ("libx264", "libx264" in encoders)) if not there]
    return f"was built without {' and '.join(lacks)}" if lacks else ""


def has_filter(ffmpeg: Ffmpeg, name: str) -> bool:
    """Whether this ffmpeg knows a filter of that name."""
    return name in _looked_at(ffmpeg.path)[1]


def _looked_at(path: str) -> tuple[str, frozenset[str], frozenset[str]]:
    try:
        changed = Path(path).stat().st_mtime_ns
    except OSError as error:
        raise NeedsPerson(f"{path} cannot be read: {error.strerror}", "Check [ffmpeg] path.") from error
    return _asked(path, changed)


@functools.lru_cache(maxsize=8)
def _asked(path: str, changed: int) -> tuple[str, frozenset[str], frozenset[str]]:  # noqa: ARG001 - part of the cache's key
    """The version and the names of all filters and encoders; asked once for each file."""
    first = _says(path, "-version").partition("\n")[0]
    version = re.match(r"ffmpeg version (\S+)", first)
    if version is None:
        return "", frozenset(), frozenset()
    filters = re.findall(r"^ \S+\s+(\S+)\s+\S+->\S+", _says(path, "-filters"), re.MULTILINE)
    encoders = re.findall(r"^ [VAS][.FSXBD]{5} (\S+)", _says(path, "-encoders"), re.MULTILINE)
    return version[1], frozenset(filters), frozenset(encoders)


def _says(path: str, flag: str) -> str:
    ended = process.run([path, "-hide_banner", flag] if flag != "-version" else [path, flag], timeout=_LOOK_SECONDS)
    return ended.out.decode("utf-8", "replace")
