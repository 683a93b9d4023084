"""Swear words: where they are heard, and how they are written instead."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from appliance.domain.span import Span
from appliance.domain.transcript import Word

_AIR = 0.04  # a mask begins a little before the word and ends a little after it


@dataclass(frozen=True, slots=True)
class SwearWords:
    """A word list. A line that ends in * covers every word that begins so."""

    whole: frozenset[str]
    beginnings: tuple[str, ...]

    def holds(self, word: str) -> bool:
        """Whether the word, without case, accents and punctuation, is on the list."""
        bare = _bare(word)
        return bool(bare) and (bare in self.whole or bare.startswith(self.beginnings))


def swear_words(lines: Iterable[str]) -> SwearWords:
    """A list from its lines; empty ones and those that begin with # are comments."""
    entries = [line.strip() for line in lines if line.strip() and not line.lstrip().startswith("#")]
    return SwearWords(
        whole=frozenset(_bare(entry) for entry in entries if not entry.endswith("*")),
        beginnings=tuple(_bare(entry) for entry in entries if entry.endswith("*")) or ("\0",),
    )


def heard(words: Sequence[Word], swears: SwearWords) -> tuple[Span, ...]:
    """Where they are spoken, with a little air that never reaches into a neighbouring word's middle."""
    found = []
    for number, word in enumerate(words):
        if swears.holds(word.text):
            before = words[number - 1].end if number else 0.0
            after = words[number + 1].start if number + 1 < len(words) else word.end + _AIR
            start = max(word.start - _AIR, min(before, word.start))
            found.append(Span(start, max(min(word.end + _AIR, max(after, word.end)), start)))
    return tuple(found)


def masked(text: str) -> str:
    """The word with all but its first letter starred; punctuation stays."""
    first = True
    signs: list[str] = []
    for sign in text:
        if sign.isalnum():
            signs.append(sign if first else "*")
            first = False
        else:
            signs.append(sign)
    return "".join(signs)


def _bare(word: str) -> str:
    folded = unicodedata.normalize("NFKD", word).casefold()
    return re.sub(r"[^\w]", "", "".join(sign for sign in folded if not unicodedata.combining(sign)))
