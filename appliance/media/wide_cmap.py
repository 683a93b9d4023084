"""Fonts that an older libass can draw emoji of.

Before it asks for a glyph, libass (0.17.1 for one, which comes with ffmpeg 5.1 in Debian 12) takes the first Windows table
of characters that a font has. That is the narrow one, which ends at U+FFFF, so that emoji become empty boxes.
"""

from __future__ import annotations

import struct

_WINDOWS, _NARROW, _WIDE = 3, 1, 10  # platform and encodings of OpenType 1.9's cmap table
_NARROW_END = 0xFFFF


def needs_wide(text: str) -> bool:
    """Whether it has a character that a narrow table cannot hold."""
    return any(ord(character) > _NARROW_END for character in text)


def widened(font: bytes) -> bytes:
    """The font with the entry of its narrow Windows table pointing to the wide one, of which the narrow is a part.

    A font without both, or a collection of fonts, comes back as it is. struct.error where it is no font.
    """
    if font[:4] == b"ttcf":
        return font
    begin = _cmap(font)
    entries: dict[int, tuple[int, int]] = {}
    for number in range(struct.unpack_from(">H", font, begin + 2)[0] if begin else 0):
        at = begin + 4 + 8 * number
        platform, encoding, offset = struct.unpack_from(">HHI", font, at)
        if platform == _WINDOWS:
            entries[encoding] = (at, offset)
    if _NARROW not in entries or _WIDE not in entries:
        return font
    changed = bytearray(font)
    struct.pack_into(">I", changed, entries[_NARROW][0] + 4, entries[_WIDE][1])
    return bytes(changed)


def _cmap(font: bytes) -> int:
    """Where the cmap table begins; 0 without one."""
    for number in range(struct.unpack_from(">H", font, 4)[0]):
        tag, _, offset, _ = struct.unpack_from(">4sIII", font, 12 + 16 * number)
        if tag == b"cmap":
            return int(offset)
    return 0
