"""The shipped fonts: which one draws a text, how wide the text is, and the folder that libass reads.

libass draws nothing at all, and says so only in its log, when it finds no font by the name that the script asks for. So the
names, the glyphs and the widths are read from the files themselves here, before anything is rendered.
"""

from __future__ import annotations

import shutil
import struct
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from appliance.domain.errors import BadInput, Permanent
from appliance.media.wide_cmap import needs_wide, widened

if TYPE_CHECKING:
    from PIL.ImageFont import FreeTypeFont

_KINDS = {".ttf", ".otf"}
# Signs that no font needs a glyph for: joiners, direction marks, variation selectors.
_SILENT = frozenset(
    {0xAD, 0x34F, 0x61C, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x206A), 0xFEFF}
)


@dataclass(frozen=True, slots=True)
class Face:
    """One font file. Measures are in shares of the em; `name` is what an ASS script calls it."""

    path: Path
    name: str
    family: str
    weight: str
    units: int
    ascent: float
    descent: float
    cap_height: float
    glyphs: frozenset[int]

    @property
    def line(self) -> float:
        """Ascent and descent together: libass takes a font size to mean this height, not the em."""
        return self.ascent + self.descent

    def draws(self, character: str) -> bool:
        """Whether it has a glyph for the character, or needs none."""
        return ord(character) in self.glyphs or is_silent(character)

    def width(self, text: str) -> float:
        """The advance of a text, shaped and kerned, in ems."""
        return _width(str(self.path), self.units, text)


@dataclass(frozen=True, slots=True)
class FontShelf:
    """Faces in the order in which they are tried."""

    faces: tuple[Face, ...]

    def face(self, family: str, weight: str = "") -> Face:
        """The face of that family and weight; BadInput that lists what there is."""
        wanted = f"{family} {weight}".strip().casefold()
        for face in self.faces:
            if wanted in {face.name.casefold(), f"{face.family} {face.weight}".casefold()} or (
                not weight and wanted == face.family.casefold() and face.weight == "Regular"
            ):
                return face
        names = ", ".join(sorted(face.name for face in self.faces))
        raise BadInput(f"There is no font called {family} {weight}".rstrip(), f"Choose one of: {names}.")

    def runs(self, text: str, first: Sequence[Face]) -> tuple[tuple[Face, str], ...]:
        """The text in stretches of one face each: the faces in `first` before all others, as few changes as possible.

        Emoji that no face has are left out. Any other character without a glyph is a BadInput that names it.
        """
        order = (*first, *(face for face in self.faces if face not in first))
        whole = next((face for face in order if all(map(face.draws, text))), None)
        if whole is not None:
            return ((whole, text),)
        runs: list[tuple[Face, str]] = []
        missing: list[str] = []
        for character in text:
            last = runs[-1][0] if runs else None
            if last is not None and (is_silent(character) or character == " " or _marks(character, last)):
                runs[-1] = (last, runs[-1][1] + character)
                continue
            face = next((face for face in order if face.draws(character)), None)
            if face is None:
                if not is_emoji(character):
                    missing.append(character)
            elif face is last:
                runs[-1] = (face, runs[-1][1] + character)
            else:
                runs.append((face, character))
        if missing:
            raise BadInput(
                f"No font here can draw {_named(missing)} in “{text[:60]}”",
                "Put a font that has these characters into the folder of your own fonts, or edit the text.",
            )
        return tuple(runs)

    def lay_out(self, script: str, folder: Path) -> Path:
        """Put the fonts that an ASS script names into `folder` (made if need be), for libass's `fontsdir`."""
        folder.mkdir(parents=True, exist_ok=True)
        put = _copy_wide if needs_wide(script) else _link
        for face in self.faces:
            if f"\\fn{face.name}\\" in script or f"\\fn{face.name}}}" in script or f",{face.name}," in script:
                put(face.path, folder / face.path.name)
        return folder


def shelve(*folders: Path) -> FontShelf:
    """All fonts below the folders, in the order of the folders and then of their names; Permanent when there are none."""
    paths = [path for folder in folders for path in sorted(folder.rglob("*")) if path.suffix.lower() in _KINDS]
    if not paths:
        where = ", ".join(map(str, folders))
        raise Permanent(f"There are no fonts in {where}", "Install the program again: its fonts are missing.")
    return FontShelf(tuple(sorted((read_face(path) for path in paths), key=_size_class)))


@lru_cache(maxsize=64)
def read_face(path: Path) -> Face:
    """Read a TrueType or OpenType file (OpenType 1.9: head, hhea, OS/2, name and cmap); BadInput when it is none."""
    try:
        content = path.read_bytes()
        tables = _tables(content)
        names = dict(_names(tables["name"]))
        units = struct.unpack_from(">H", tables["head"], 18)[0]
        ascent, descent = _ascent_descent(tables)
        family = names.get(16) or names[1]
        return Face(
            path=path,
            name=names.get(4) or family,
            family=family,
            weight=names.get(17) or names.get(2, ""),
            units=units,
            ascent=ascent / units,
            descent=descent / units,
            cap_height=_cap_height(tables, units),
            glyphs=_characters(tables["cmap"]),
        )
    except OSError as error:
        raise BadInput(f"The font {path} cannot be read: {error.strerror}") from error
    except (KeyError, struct.error, IndexError) as error:
        raise BadInput(f"{path} is not a font that can be used", "Use a .ttf or .otf file.") from error


def is_silent(character: str) -> bool:
    """Whether the character is drawn as nothing in any font."""
    code = ord(character)
    return code in _SILENT or 0xFE00 <= code <= 0xFE0F or 0xE0000 <= code <= 0xE0FFF


def is_emoji(character: str) -> bool:
    """Whether the character is a pictograph that may be left out without harm to the words."""
    code = ord(character)
    return (
        0x1F000 <= code <= 0x1FBFF or 0x2190 <= code <= 0x2BFF or unicodedata.category(character) in {"So", "Cn", "Co"}
    )


def _size_class(face: Face) -> bool:
    """Fonts for a great many characters come last, so that a small one with the right script is taken first."""
    return len(face.glyphs) > 8000


def _marks(character: str, face: Face) -> bool:
    return unicodedata.category(character).startswith("M") and face.draws(character)


def _named(characters: Sequence[str]) -> str:
    different = list(dict.fromkeys(characters))
    shown = ", ".join(f"{sign} (U+{ord(sign):04X})" for sign in different[:5])
    return shown + (f" and {len(different) - 5} more" if len(different) > 5 else "")


def _link(path: Path, place: Path) -> None:
    if place.exists():
        return
    try:
        place.symlink_to(path.resolve())
    except OSError:  # a file system without links
        shutil.copyfile(path, place)


def _copy_wide(path: Path, place: Path) -> None:
    font = path.read_bytes()
    wide = widened(font)
    if wide == font:
        _link(path, place)
        return
    place.unlink(missing_ok=True)  # a link left there would lead into the shipped font
    place.write_bytes(wide)


@lru_cache(maxsize=64)
def _opened(path: str, units: int) -> FreeTypeFont:
    from PIL import ImageFont

    # At one pixel a font unit, hinting moves nothing.
    return ImageFont.truetype(path, units)


@lru_cache(maxsize=16384)
def _width(path: str, units: int, text: str) -> float:
    return float(_opened(path, units).getlength(text)) / units


def _tables(content: bytes) -> dict[str, bytes]:
    begin = struct.unpack_from(">I", content, 12)[0] if content[:4] == b"ttcf" else 0
    count = struct.unpack_from(">H", content, begin + 4)[0]
    tables = {}
    for number in range(count):
        tag, _, offset, length = struct.unpack_from(">4sIII", content, begin + 12 + 16 * number)
        tables[tag.decode("latin-1")] = content[offset : offset + length]
    return tables


def _names(table: bytes) -> Iterator[tuple[int, str]]:
    """Name id and text, the English Windows names last so that they win in a dict."""
    _, count, strings = struct.unpack_from(">HHH", table)
    found = []
    for number in range(count):
        platform, _, language, name, length, offset = struct.unpack_from(">HHHHHH", table, 6 + 12 * number)
        if platform == 3:
            raw = table[strings + offset : strings + offset + length]
            found.append((language == 0x409, name, raw.decode("utf-16-be", "replace")))
    yield from ((name, text) for _, name, text in sorted(found))


def _ascent_descent(tables: dict[str, bytes]) -> tuple[int, int]:
    """As libass takes them, after GDI: the Windows values, or the ones of hhea where those are empty."""
    ascent, descent = struct.unpack_from(">hh", tables["OS/2"], 74)
    if ascent + descent != 0:
        return ascent, descent
    ascent, descent = struct.unpack_from(">hh", tables["hhea"], 4)
    return ascent, -descent


def _cap_height(tables: dict[str, bytes], units: int) -> float:
    version = struct.unpack_from(">H", tables["OS/2"])[0]
    height = struct.unpack_from(">h", tables["OS/2"], 88)[0] if version >= 2 and len(tables["OS/2"]) >= 90 else 0
    return height / units if height > 0 else 0.7


def _characters(table: bytes) -> frozenset[int]:
    """Every character that the font maps to a glyph (cmap formats 4 and 12)."""
    count = struct.unpack_from(">H", table, 2)[0]
    characters: set[int] = set()
    for number in range(count):
        offset = struct.unpack_from(">HHI", table, 4 + 8 * number)[2]
        kind = struct.unpack_from(">H", table, offset)[0]
        if kind == 4:
            characters.update(_format_4(table[offset:]))
        elif kind == 12:
            groups = struct.unpack_from(">I", table, offset + 12)[0]
            for group in range(groups):
                first, last, _ = struct.unpack_from(">III", table, offset + 16 + 12 * group)
                characters.update(range(first, last + 1))
    return frozenset(characters)


def _format_4(table: bytes) -> Iterator[int]:
    segments = struct.unpack_from(">H", table, 6)[0] // 2
    ends = struct.unpack_from(f">{segments}H", table, 14)
    starts = struct.unpack_from(f">{segments}H", table, 16 + 2 * segments)
    deltas = struct.unpack_from(f">{segments}H", table, 16 + 4 * segments)
    place = 16 + 6 * segments
    for number, (start, end, delta) in enumerate(zip(starts, ends, deltas, strict=True)):
        at = place + 2 * number
        offset = struct.unpack_from(">H", table, at)[0]
        for code in range(start, end + 1):
            if code == 0xFFFF:
                continue
            glyph = code
            if offset:
                glyph = struct.unpack_from(">H", table, at + offset + 2 * (code - start))[0]
                if glyph == 0:
                    continue
            if (glyph + delta) & 0xFFFF:
                yield code
