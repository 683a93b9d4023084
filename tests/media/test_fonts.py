from __future__ import annotations

import hashlib
import tomllib
from pathlib import Path

import pytest

from appliance.domain.errors import BadInput, Permanent
from appliance.media.fonts import FontShelf, read_face, shelve

FONTS = Path(__file__).resolve().parents[2] / "config" / "presets" / "fonts"


@pytest.fixture(scope="module")
def shelf() -> FontShelf:
    return shelve(FONTS)


def test_every_shipped_font_file_is_the_released_one() -> None:
    """Each file in the fonts folder has its entry with name, version, licence and SHA-256, and is that very file."""
    entries = tomllib.loads((FONTS / "INTEGRITY.toml").read_text())["file"]
    listed = {entry["path"]: entry for entry in entries}
    there = {path.relative_to(FONTS).as_posix() for path in FONTS.rglob("*") if path.is_file()} - {"INTEGRITY.toml"}
    assert there == set(listed)
    for name, entry in listed.items():
        assert entry["licence"] == "OFL-1.1"
        assert entry["package"]
        assert entry["version"]
        assert hashlib.sha256((FONTS / name).read_bytes()).hexdigest() == entry["sha256"]


def test_every_font_has_its_licence_beside_it() -> None:
    """The SIL Open Font License lies in the folder of each font."""
    for font in FONTS.rglob("*.ttf"):
        assert "SIL Open Font License" in (font.parent / "OFL.txt").read_text()


def test_a_face_is_called_by_the_full_name_inside_its_file(shelf: FontShelf) -> None:
    """The name that an ASS script needs is read from the file: its full name, not its file name."""
    assert shelf.face("Montserrat", "ExtraBold").name == "Montserrat ExtraBold"
    assert shelf.face("Anton").name == "Anton Regular"


def test_a_missing_font_is_named_with_those_that_are_there(shelf: FontShelf) -> None:
    """Asking for a font that is not shipped says so and lists the shipped ones."""
    with pytest.raises(BadInput, match="Comic Sans") as caught:
        shelf.face("Comic Sans")
    assert "Montserrat ExtraBold" in caught.value.hint


@pytest.mark.parametrize(
    ("text", "font"),
    [
        ("déjà", "Montserrat ExtraBold"),
        ("Привет", "Montserrat ExtraBold"),
        ("漢字", "Noto Sans SC ExtraBold"),
        ("简体", "Noto Sans SC ExtraBold"),
        ("ひらがな", "Noto Sans SC ExtraBold"),
        ("한국어", "Black Han Sans Regular"),
        ("مرحبا", "Noto Sans Arabic ExtraBold"),
        ("שלום", "Noto Sans Hebrew ExtraBold"),
        ("नमस्ते", "Noto Sans Devanagari ExtraBold"),
        ("สวัสดี", "Noto Sans Thai ExtraBold"),
        ("🔥", "Noto Emoji Bold"),
    ],
)
def test_a_word_gets_a_font_that_has_its_script(shelf: FontShelf, text: str, font: str) -> None:
    """Latin, Cyrillic, Han, Kana, Hangul, Arabic, Hebrew, Devanagari, Thai and emoji are all drawn by a shipped font."""
    runs = shelf.runs(text, (shelf.face("Montserrat", "ExtraBold"),))
    assert [(face.name, part) for face, part in runs] == [(font, text)]


def test_a_mixed_word_is_drawn_by_several_fonts(shelf: FontShelf) -> None:
    """Where no font has all characters, each stretch gets its own."""
    runs = shelf.runs("漢字🔥", (shelf.face("Inter", "Black"),))
    assert [(face.name, part) for face, part in runs] == [("Noto Sans SC ExtraBold", "漢字"), ("Noto Emoji Bold", "🔥")]


def test_characters_without_a_glyph_are_an_error_that_names_them(shelf: FontShelf) -> None:
    """A script that no font here knows is refused, with the characters and their numbers."""
    with pytest.raises(BadInput, match=r"ខ \(U\+1781\)"):
        shelf.runs("ខ្មែរ", ())


def test_an_emoji_that_no_font_has_is_left_out(shelf: FontShelf) -> None:
    """A pictograph newer than the fonts vanishes; the word stays."""
    newest = chr(0x1FBFA)
    assert not any(newest in part for _, part in shelf.runs(f"wow{newest}", (shelf.face("Inter", "Black"),)))


def test_widths_are_those_of_shaped_and_kerned_text(shelf: FontShelf) -> None:
    """A kerned pair is narrower than its letters one by one."""
    face = shelf.face("Montserrat", "ExtraBold")
    assert face.width("AV") < face.width("A") + face.width("V")


def test_only_the_fonts_of_a_script_are_laid_out_for_it(shelf: FontShelf, tmp_path: Path) -> None:
    """The folder for libass holds just the fonts that the script names."""
    folder = shelf.lay_out(
        "Style: W,Montserrat ExtraBold,9\nDialogue: 0,{\\fnNoto Emoji Bold\\fs9}x", tmp_path / "fonts"
    )
    assert sorted(path.name for path in folder.iterdir()) == ["Montserrat_800ExtraBold.ttf", "NotoEmoji_700Bold.ttf"]


def test_what_is_no_font_is_refused(tmp_path: Path) -> None:
    """A text file with a font's name, and a folder without fonts, are told apart from fonts."""
    fake = tmp_path / "x.ttf"
    fake.write_bytes(b"not a font at all, not even nearly")
    with pytest.raises(BadInput, match=r"x\.ttf"):
        read_face(fake)
    with pytest.raises(Permanent, match="no fonts"):
        shelve(tmp_path / "none")
