"""What ffmpeg and libass said, read for what matters."""

from __future__ import annotations

import re

# libass goes on without a letter, or without any, and ffmpeg still ends with 0.
_MISSING = re.compile(r"fontselect: failed to find any fallback with glyph 0x([0-9A-Fa-f]+) for font: \((.+?), \d+")
_BROKEN = re.compile(
    r"(fontselect: failed[^\n]*|Error opening memory font '[^']*\.(?:ttf|otf|ttc)'|"
    r"[^\n]*(?:No usable fontconfig|can't find selected font provider|Failed to load (?:a )?font)[^\n]*|"
    r"Could not create a libass[^\n]*|Unable to (?:open|parse)[^\n]*\.ass[^\n]*)",
    re.IGNORECASE,
)
_CHOSEN = re.compile(r"fontselect: \((.+?), \d+, -?\d+\) -> (.+?), -?\d+, (.+)")


def caption_fault(log: str) -> str:
    """Why captions are missing or have holes, in words; empty when libass drew them all."""
    missing = {(int(code, 16), font) for code, font in _MISSING.findall(log)}
    # Characters that only steer the text have no shape of their own.
    missing = {(code, font) for code, font in missing if not _shapeless(code)}
    if missing:
        letters = " ".join(sorted({chr(code) for code, _ in missing}))
        fonts = ", ".join(sorted({font for _, font in missing}))
        return f"no font has the characters {letters} (the style's font is {fonts})"
    broken = next((line for line in _BROKEN.findall(log) if not _MISSING.search(line)), "")
    return broken.strip()


def substituted_fonts(log: str) -> list[str]:
    """A remark for every font that libass replaced by another of the system's."""
    notes = {}
    for wanted, place, name in _CHOSEN.findall(log):
        if "/" in place and _letters(wanted)[:4] not in _letters(name):
            notes[wanted] = f"the font {wanted} is not there: captions are drawn in {name.strip()}"
    return list(notes.values())


def first_cause(log: str) -> str:
    """The first line of a failing ffmpeg that is an error; what follows mostly repeats that it failed."""
    lines = [re.sub(r"^\[[^\]]*\] ", "", line).strip() for line in log.splitlines()]
    told = [line for line in lines if line and not line.startswith(("Input #", "Output #", "Stream", "Metadata"))]
    wrong = [
        line for line in told if re.search(r"error|fail|invalid|cannot|could not|unable|no such", line, re.IGNORECASE)
    ]
    return "; ".join(dict.fromkeys((wrong or told)[:2]))


def _letters(name: str) -> str:
    return re.sub(r"[^a-z]", "", name.lower())


def _shapeless(code: int) -> bool:
    return code in (0xFE0E, 0xFE0F, 0x200B, 0x200C, 0x200D, 0x200E, 0x200F, 0x2060, 0xFEFF) or 0x202A <= code <= 0x202E
