"""Caption presets as files: one TOML file each, named like the preset."""

from __future__ import annotations

import dataclasses
import re
import tomllib
from pathlib import Path

from appliance.domain.errors import ConfigError
from appliance.domain.style import CaptionStyle, Lit

_FIELDS = {field.name: field for field in dataclasses.fields(CaptionStyle)}
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")


def read_styles(folder: Path) -> dict[str, CaptionStyle]:
    """Every preset in the folder by its name; ConfigError names the file and the key that cannot be used."""
    return {path.stem: read_style(path) for path in sorted(folder.glob("*.toml"))}


def read_style(path: Path) -> CaptionStyle:
    """One preset. Its keys are the fields of CaptionStyle; `about` and `font` must be there."""
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(f"The caption preset {path} cannot be read: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"The caption preset {path} is not valid TOML: {error}") from error
    values: dict[str, object] = {"name": path.stem}
    for key, value in table.items():
        if key not in _FIELDS or key == "name":
            raise ConfigError(f"{path}: there is no setting called {key}", f"Use one of: {', '.join(sorted(_FIELDS))}.")
        values[key] = _checked(path, key, value)
    for needed in ("about", "font"):
        if needed not in values:
            raise ConfigError(f"{path}: {needed} is missing", f"Add a line `{needed} = ...`.")
    return CaptionStyle(**values)  # type: ignore[arg-type] # every value was checked against its field


def _checked(path: Path, key: str, value: object) -> object:
    kind = str(_FIELDS[key].type)
    if kind == "Lit" and value in list(Lit):
        return Lit(str(value))
    if kind == "float" and isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    if kind == "tuple[str, ...]" and isinstance(value, list) and all(isinstance(one, str) for one in value):
        return tuple(value)
    same = {"str": str, "int": int, "bool": bool}.get(kind)
    if same is not None and type(value) is same and not ("colour" in key or key in {"accent", "lit_text"}):
        return value
    if same is str and isinstance(value, str) and (_COLOUR.fullmatch(value) or (key == "lit_text" and not value)):
        return value
    raise ConfigError(
        f"{path}: {key} = {value!r} cannot be used",
        f"It has to be {', '.join(Lit)}."
        if kind == "Lit"
        else "Colours are written #rrggbb, sizes as shares of the height.",
    )
