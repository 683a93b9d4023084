"""Finding clipper.toml, reading it, and saying exactly where a mistake stands.

Order: the file named on the command line, else $CLIPPER_CONFIG, ./clipper.toml, ~/.config/clipper/clipper.toml,
/etc/clipper/clipper.toml; then `--set table.key=value` overrides; built-in defaults fill the rest.
"""

from __future__ import annotations

import difflib
import os
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from config.locate import line_of
from config.schema import Settings

SYSTEM_FILE = Path("/etc/clipper/clipper.toml")


class SettingsError(ValueError):
    """The settings cannot be used; the text names file, line and key, and the hint the next step."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


@dataclass(frozen=True, slots=True)
class Loaded:
    """The settings, the file they came from, and for every key that was set: where."""

    settings: Settings
    file: Path | None
    origins: Mapping[str, str]


def candidates(environ: Mapping[str, str], cwd: Path, home: Path) -> tuple[Path, ...]:
    """Where a clipper.toml is looked for when none is named, first match wins."""
    named = (Path(environ["CLIPPER_CONFIG"]),) if environ.get("CLIPPER_CONFIG") else ()
    return (*named, cwd / "clipper.toml", home / ".config" / "clipper" / "clipper.toml", SYSTEM_FILE)


def load(file: Path | None = None, overrides: Sequence[str] = ()) -> Loaded:
    """The settings in force. SettingsError when the file is missing, broken or says what it may not."""
    if file is None:
        if (named := os.environ.get("CLIPPER_CONFIG")) and not Path(named).is_file():
            raise SettingsError(f"$CLIPPER_CONFIG names {named}, which is not there", "Unset it, or make the file.")
        file = next((path for path in candidates(os.environ, Path.cwd(), Path.home()) if path.is_file()), None)
    elif not file.is_file():
        raise SettingsError(f"{file}: there is no such file", "`clipper config example > clipper.toml` makes one.")
    text = _text(file) if file is not None else ""
    tables = _parse(text, file)
    origins = {key: f"{file}:{line_of(text, key.split('.'))}" for key in _keys(tables)}
    for override in overrides:
        key = _override(tables, override)
        origins[key] = "--set"
    return Loaded(_settings(tables, text, file, origins), file, origins)


def secret(name: str, file: str) -> str:
    """A secret from the environment (CLIPPER_<NAME>) or from `file`; empty when neither is there."""
    if value := os.environ.get(f"CLIPPER_{name.upper()}"):
        return value.strip()
    if not file:
        return ""
    try:
        return Path(file).expanduser().read_text(encoding="utf-8").strip()
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
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{file}: {error}", "Compare with `clipper config example`.") from error


def _keys(tables: Mapping[str, Any], prefix: str = "") -> list[str]:
    keys: list[str] = []
    for name, value in tables.items():
        if isinstance(value, Mapping):
            keys += _keys(value, f"{prefix}{name}.")
        else:
            keys.append(prefix + name)
    return keys


def _override(tables: dict[str, Any], override: str) -> str:
    """Put `table.key=value` into the tables; the value is TOML, or plain text when it is none."""
    key, equals, raw = override.partition("=")
    path = [part.strip() for part in key.split(".")]
    if not equals or len(path) < 2 or not all(path):
        raise SettingsError(f"--set {override}: that is not table.key=value", "For example --set rank.top_n=3")
    try:
        value = tomllib.loads(f"value = {raw}")["value"]
    except tomllib.TOMLDecodeError:
        value = raw
    table = tables
    for name in path[:-1]:
        table = table.setdefault(name, {})
        if not isinstance(table, dict):
            raise SettingsError(f"--set {override}: {name} is no table", "See `clipper config example`.")
    table[path[-1]] = value
    return ".".join(path)


def _settings(tables: dict[str, Any], text: str, file: Path | None, origins: Mapping[str, str]) -> Settings:
    try:
        return Settings.model_validate(tables)
    except ValidationError as error:
        problems = [_sentence(problem, text, file, origins) for problem in error.errors()]
    raise SettingsError("\n".join(problems), "`clipper config example` shows every key.")


def _sentence(problem: Any, text: str, file: Path | None, origins: Mapping[str, str]) -> str:
    """One mistake as file, line, key, what is wrong, and the nearest valid key."""
    path = [str(part) for part in problem["loc"] if not isinstance(part, int)]
    key = ".".join(path)
    where = "--set" if origins.get(key) == "--set" else f"{file}:{line_of(text, path)}"
    if problem["type"] == "extra_forbidden":
        near = difflib.get_close_matches(path[-1], _valid(path[:-1]), n=1, cutoff=0.5)
        guess = f", did you mean {near[0]}?" if near else f"; there are: {', '.join(_valid(path[:-1]))}"
        return f"{where}: {key} is no key of clipper.toml{guess}"
    said = problem["msg"].removeprefix("Value error, ")
    got = "" if isinstance(problem["input"], Mapping) else f" (it says {problem['input']!r})"
    return f"{where}: {key}: {said[:1].lower()}{said[1:]}{got}"


def _valid(path: Sequence[str]) -> list[str]:
    """The keys that may stand in the table at that path."""
    model: type[BaseModel] = Settings
    named = False
    for part in path:
        if named:
            named = False
            continue
        field = model.model_fields.get(part)
        if field is None:
            return []
        annotation = field.annotation
        if isinstance(annotation, type) and issubclass(annotation, BaseModel):
            model = annotation
        else:  # dict[str, Model]: the next part is a free name
            inner = [arg for arg in getattr(annotation, "__args__", ()) if isinstance(arg, type)]
            found = [arg for arg in inner if issubclass(arg, BaseModel)]
            if not found:
                return []
            model, named = found[0], True
    return sorted(model.model_fields)
