"""Which characters are written without spaces between words."""

from __future__ import annotations

# Stretches of scripts that write no spaces between words, with their punctuation.
_UNSPACED = (
    (0x0E00, 0x0EFF),  # Thai, Lao
    (0x1000, 0x109F),  # Burmese
    (0x1780, 0x17FF),  # Khmer
    (0x3000, 0x30FF),  # CJK punctuation, Kana
    (0x31F0, 0x31FF),  # small Katakana
    (0x3400, 0x9FFF),  # Han
    (0xF900, 0xFAFF),
    (0xFF00, 0xFFEF),  # full-width forms
    (0x20000, 0x3FFFF),
)


def unspaced(character: str) -> bool:
    """Whether the character's script writes without spaces."""
    code = ord(character)
    return any(first <= code <= last for first, last in _UNSPACED)
