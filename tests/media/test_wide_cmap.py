from __future__ import annotations

from pathlib import Path

from PIL import ImageFont

from appliance.media.fonts import read_face
from appliance.media.wide_cmap import needs_wide, widened
from tests.media.drawn import PRESETS, shelf

EMOJI = next((PRESETS / "fonts" / "noto-emoji").glob("*.ttf"))


def test_a_widened_font_keeps_every_glyph_and_width(tmp_path: Path) -> None:
    """Only one entry differs; all characters stay and are as wide as before."""
    before, wide = EMOJI.read_bytes(), tmp_path / "wide.ttf"
    wide.write_bytes(widened(before))
    assert 0 < sum(one != two for one, two in zip(before, wide.read_bytes(), strict=True)) <= 4
    assert read_face(wide).glyphs == read_face(EMOJI).glyphs
    for sign in "🔥😂☀":
        lengths = [ImageFont.truetype(str(path), 100).getlength(sign) for path in (EMOJI, wide)]
        assert lengths[0] == lengths[1] > 0
    assert widened(wide.read_bytes()) == wide.read_bytes()


def test_only_wide_characters_ask_for_a_changed_font(tmp_path: Path) -> None:
    """Fonts are linked where the narrow table will do, and the shipped files are never written to."""
    shipped = EMOJI.read_bytes()
    script = "{{\\fnNoto Emoji Bold\\fs10}}{}"
    shelf().lay_out(script.format("☀"), tmp_path)
    assert (tmp_path / EMOJI.name).is_symlink()
    shelf().lay_out(script.format("🔥"), tmp_path)
    assert not (tmp_path / EMOJI.name).is_symlink()
    assert (tmp_path / EMOJI.name).read_bytes() == widened(shipped) != shipped
    assert EMOJI.read_bytes() == shipped
    assert needs_wide("a🔥")
    assert not needs_wide("漢字 ☀")
