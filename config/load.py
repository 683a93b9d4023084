"""Finding clipper.toml, reading it, and saying exactly where a mistake stands.

The file is the one named on the command line, else $CLIPPER_CONFIG, ./clipper.toml, ~/.config/clipper/clipper.toml,
/etc/clipper/clipper.toml. What it says is beaten by the environment (CLIPPER_TABLE__KEY=value), and that by
`--set table.key=value`; built-in defaults fill the rest. Relative paths in the file start at the file's folder.
"""

from __future__ import annotations

import os
import re
import stat
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from config import words
from config.crosscheck import contradictions
from config.locate import line_of
from config.schema import Settings
from config.shape import leaves, spelt

SYSTEM_FILE = Path("/etc/clipper/clipper.toml")


class SettingsError(ValueError):
    """The settings cannot be used; the text names file, line and key, and the hint the next step."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


@dataclass(frozen=True, slots=True)
class Loaded:
    """The settings, the file they came from, and for every key that was set: where.

    `warnings` are sentences about what works but should not stay so. `problem` is set in safe mode only: why the file
    was left aside.
    """

    settings: Settings
    file: Path | None
    origins: Mapping[str, str]
    warnings: tuple[str, ...] = ()
    problem: str = ""


def candidates(environ: Mapping[str, str], cwd: Path, home: Path) -> tuple[Path, ...]:
    """Where a clipper.toml is looked for when none is named, first match wins."""
    named = (Path(environ["CLIPPER_CONFIG"]),) if environ.get("CLIPPER_CONFIG") else ()
    return (*named, cwd / "clipper.toml", home / ".config" / "clipper" / "clipper.toml", SYSTEM_FILE)


def load(file: Path | None = None, overrides: Sequence[str] = ()) -> Loaded:
    """The settings in force. SettingsError when the file is missing, broken or says what it may not."""
    file = _found(file)
    text = _text(file) if file is not None else ""
    return _layered(_parse(text, file), text, file, overrides)


def load_or_safe(file: Path | None = None, overrides: Sequence[str] = ()) -> Loaded:
    """As `load`; but what cannot be used gives the defaults with the tables that keep the box where it was, and
    `problem` says why: [paths], [web], [users] and [log], as far as they can be read.
    """
    try:
        return load(file, overrides)
    except SettingsError as error:
        problem = str(error)
    try:
        file = _found(file)
        text = file.read_text(encoding="utf-8-sig", errors="replace") if file is not None else ""
    except (OSError, SettingsError):
        text = ""
    kept = salvage(text)
    if file is not None:
        _anchor(kept, file.parent)
    for attempt in (tuple(overrides), ()):
        try:
            return replace(_layered(kept, text, file, attempt), problem=problem)
        except SettingsError:
            continue
    try:
        settings = Settings.model_validate(kept)
    except ValidationError:
        settings = Settings()
    return Loaded(settings, file, {}, problem=problem)


SAFE_TABLES = ("paths", "web", "users", "log")


def salvage(text: str) -> dict[str, Any]:
    """The keys of the safe tables that can be read from a broken text, each tried by itself."""
    kept: dict[str, Any] = {}
    table = ""
    for line in text.splitlines():
        if header := re.match(r"\s*\[\[?\s*([^\]]*?)\s*\]", line):
            table = header.group(1)
            continue
        if table not in SAFE_TABLES or "=" not in line:
            continue
        try:
            said = tomllib.loads(line)
            tried = {**kept, table: {**kept.get(table, {}), **said}}
            if not list(contradictions(Settings.model_validate(tried))):
                kept = tried
        except (ValueError, RecursionError):
            continue
    return kept


def _found(file: Path | None) -> Path | None:
    """The file to read; None when there is none and none was named."""
    if file is not None:
        if not file.is_file():
            raise SettingsError(f"{file}: there is no such file", "`clipper config example > clipper.toml` makes one.")
        return file
    if (named := os.environ.get("CLIPPER_CONFIG")) and not Path(named).is_file():
        raise SettingsError(f"$CLIPPER_CONFIG names {named}, which is not there", "Unset it, or make the file.")
    return next((path for path in candidates(os.environ, Path.cwd(), Path.home()) if path.is_file()), None)


def _layered(tables: dict[str, Any], text: str, file: Path | None, overrides: Sequence[str]) -> Loaded:
    origins = {spelt(path): f"{file}:{line_of(text, path)}" for path, _ in leaves(tables) if path}
    if file is not None:
        _anchor(tables, file.absolute().parent)
    for name, value in sorted(os.environ.items()):
        if name.startswith("CLIPPER_") and "__" in name.removeprefix("CLIPPER_"):
            key = name.removeprefix("CLIPPER_").lower().replace("__", ".")
            origins[_override(tables, f"{key}={value}", f"${name}")] = f"${name}"
    for override in overrides:
        origins[_override(tables, override, f"--set {override}")] = "--set"
    settings = _settings(tables, text, file, origins)
    return Loaded(settings, file, origins, _warnings(settings))


# Keys that name a file or folder. A program named without a slash is looked for in $PATH and stays as it is.
_PATHS = frozenset(
    "paths.data_dir paths.db_dir paths.temp_dir yt_dlp.cookies_file llm.api_key_file web.socket log.dir".split()
)
_PROGRAMS = frozenset({"yt_dlp.path", "ffmpeg.path"})


def _anchor(tables: dict[str, Any], folder: Path) -> None:
    """Make the relative paths of the file begin at its folder."""
    for path, value in list(leaves(tables)):
        name = ".".join(str(part) for part in path if not isinstance(part, int))
        look = len(path) == 3 and path[0] == "look" and path[-1] == "logo"
        entry = path[0] == "folder" and path[-1] == "path" if path else False
        program = name in _PROGRAMS and isinstance(value, str) and "/" in value
        if name in _PATHS or look or entry or program:
            _put(tables, path, _whole(value, folder))
        elif name == "sources.roots" and isinstance(value, list):
            _put(tables, path, [_whole(item, folder) for item in value])


def _whole(value: Any, folder: Path) -> Any:
    if not isinstance(value, str) or not value.strip() or value.strip().startswith(("~", "/")):
        return value
    return os.path.normpath(
        folder.absolute() / value.strip()
    )  # one place has one name: the service's socket hangs on it


def _put(tables: Any, path: Sequence[str | int], value: Any) -> None:
    for part in path[:-1]:
        tables = tables[part]
    tables[path[-1]] = value


def _warnings(settings: Settings) -> tuple[str, ...]:
    """Files with secrets that everybody on this machine can read."""
    found = []
    for path, value in leaves(settings.model_dump()):
        if not str(path[-1]).endswith("_file") or not value:
            continue
        try:
            open_to_all = Path(str(value)).expanduser().stat().st_mode & stat.S_IROTH
        except OSError:
            continue
        if open_to_all:
            found.append(f"{spelt(path)}: {value} can be read by everybody on this machine; `chmod 600 {value}`")
    return tuple(found)


def secret(name: str, file: str) -> str:
    """A secret; empty when there is none. Looked for in this order: the environment (CLIPPER_<NAME>), `file`, systemd's
    credentials ($CREDENTIALS_DIRECTORY/<name>).
    """
    if value := os.environ.get(f"CLIPPER_{name.upper()}", "").strip():
        return value
    if not file:
        folder = os.environ.get("CREDENTIALS_DIRECTORY")
        if not folder or not (Path(folder) / name).is_file():
            return ""
        file = str(Path(folder) / name)
    try:
        return Path(file).expanduser().read_text(encoding="utf-8").strip()
    except UnicodeDecodeError as error:
        raise SettingsError(f"{file}: the secret is no UTF-8 text", "Write it again as plain text.") from error
    except OSError as error:
        raise SettingsError(
            f"{file}: the secret cannot be read: {error.strerror}", "Check the path and its permissions."
        ) from error


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{file}: cannot be read: {error}", "It must be a readable UTF-8 text file.") from error


def _parse(text: str, file: Path | None) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        said = str(error)
    line = re.search(r" \(at line (\d+), column \d+\)", said)
    number = line.group(1) if line else max(1, len(text.splitlines()))
    said = said.replace(line.group(0), "") if line else said.removesuffix(" (at end of document)")
    raise SettingsError(f"{file}:{number}: {said}", "Compare with `clipper config example`.")


def _override(tables: dict[str, Any], override: str, shown: str) -> str:
    """Put `table.key=value` into the tables; the value is TOML, or plain text when it is none."""
    key, equals, raw = override.partition("=")
    path = [part.strip() for part in key.split(".")]
    if not equals or len(path) < 2 or not all(path):
        raise SettingsError(f"{shown}: that is not table.key=value", "For example --set rank.top_n=3")
    try:
        value = tomllib.loads(f"value = {raw}")["value"]
    except (ValueError, RecursionError):
        value = raw
    table = tables
    for name in path[:-1]:
        table = table.setdefault(name, {})
        if not isinstance(table, dict):
            raise SettingsError(f"{shown}: {name} is no table", "See `clipper config example`.")
    table[path[-1]] = value
    return ".".join(path)


def _settings(tables: dict[str, Any], text: str, file: Path | None, origins: Mapping[str, str]) -> Settings:
    def told(path: tuple[str | int, ...], said: str) -> str:
        return f"{_outside(spelt(path), origins) or f'{file}:{line_of(text, path)}'}: {said}"

    try:
        settings = Settings.model_validate(tables)
        found = [told(path, f"{spelt(path)}: {said}") for path, said in contradictions(settings)]
    except ValidationError as error:
        places = [(words.place(problem["loc"]), problem) for problem in error.errors()]
        found = list(dict.fromkeys(told(path, words.sentence(problem, path)) for path, problem in places))
    else:
        if not found:
            return settings
    raise SettingsError("\n".join(found), "`clipper config example` shows every key.")


def _outside(key: str, origins: Mapping[str, str]) -> str:
    """The variable or option that set the key, something inside it, or what it is an element of; empty for the file."""
    for set_key, origin in origins.items():
        near = key == set_key or key.startswith((f"{set_key}.", f"{set_key}[")) or set_key.startswith(f"{key}.")
        if near and origin.startswith(("--", "$")):
            return origin
    return ""
