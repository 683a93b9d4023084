from __future__ import annotations

from pathlib import Path

import pytest

from appliance.domain.errors import ConfigError
from appliance.domain.style import Lit
from appliance.media.presets import read_style


def preset(folder: Path, text: str) -> Path:
    path = folder / "mine.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_preset_is_read_into_a_style(tmp_path: Path) -> None:
    """Keys become fields, the file's name the preset's."""
    style = read_style(
        preset(tmp_path, 'about = "x"\nfont = "Inter"\nsize = 1\nlit = "pill"\nfallback_fonts = ["Anton"]')
    )
    assert (style.name, style.font, style.size, style.lit, style.fallback_fonts) == (
        "mine",
        "Inter",
        1.0,
        Lit.PILL,
        ("Anton",),
    )


@pytest.mark.parametrize(
    ("line", "named"),
    [
        ('colur = "#ffffff"', "colur"),
        ('colour = "white"', "colour"),
        ('lit = "blink"', "lit"),
        ('words = "four"', "words"),
        ("size = true", "size"),
        ('name = "other"', "name"),
    ],
)
def test_what_a_preset_may_not_say_is_named(tmp_path: Path, line: str, named: str) -> None:
    """An unknown key or an impossible value is an error that names file and key."""
    with pytest.raises(ConfigError, match=rf"mine\.toml.*{named}"):
        read_style(preset(tmp_path, f'about = "x"\nfont = "Inter"\n{line}'))


def test_a_preset_without_a_font_is_refused(tmp_path: Path) -> None:
    """What must be there is asked for by name."""
    with pytest.raises(ConfigError, match="font is missing"):
        read_style(preset(tmp_path, 'about = "x"'))


def test_broken_toml_is_refused(tmp_path: Path) -> None:
    """A file that is no TOML says where."""
    with pytest.raises(ConfigError, match=r"mine\.toml is not valid TOML"):
        read_style(preset(tmp_path, "about = "))
