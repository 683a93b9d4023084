"""What kind of message each different text of a chat is. Texts repeat, so each is looked at once; so do words, even more."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from appliance.signals.chat_words import EMOTES, LAUGH, SHOUT

Flags = NDArray[np.bool_]
_AT_ONCE = 10_000  # texts are looked at in pieces of this many, which bounds the memory
_REMEMBERED = 50_000  # words; after that new ones are looked at anew, which bounds the memory
_ORDERS = frozenset("!/")
_LONG = 28  # nobody types the same long line as others by chance: it was copied


@dataclass(frozen=True, slots=True)
class Kinds:
    """One value per text of the vocabulary."""

    length: NDArray[np.float32]  # logarithm of 1 + characters
    capitals: Flags
    laugh: Flags
    emote: Flags  # emotes and shouts that mean that something happened
    command: Flags
    long: Flags


def kinds(vocabulary: Sequence[str], emotes: frozenset[str] = frozenset(), looked: Flags | None = None) -> Kinds:
    """The kinds of every text; `emotes` are names that the platform itself marked.

    Capitals, laughs and emotes take time to find, so only the texts in `looked` are searched for them (all, without it).
    """
    count = len(vocabulary)
    found = Kinds(np.zeros(count, dtype=np.float32), *(np.zeros(count, dtype=np.bool_) for _ in range(5)))
    words = _Words(EMOTES | {name.lower() for name in emotes if len(name) > 1})
    for begin in range(0, count, _AT_ONCE):
        texts = vocabulary[begin : begin + _AT_ONCE]
        here = slice(begin, begin + len(texts))
        lengths = np.fromiter(map(len, texts), dtype=np.int64, count=len(texts))
        found.length[here] = np.log1p(lengths)
        found.long[here] = lengths >= _LONG
        orders = [place for place, text in enumerate(texts) if text[:1] in _ORDERS]
        commands = [place for place in orders if texts[place][1:2].isalpha() and texts[place][:5] != "!clip"]
        found.command[begin + np.array(commands, dtype=np.int64)] = True
        places = np.arange(len(texts)) if looked is None else np.flatnonzero(looked[here])
        near = [texts[place] for place in places.tolist()]
        found.capitals[begin + places] = _capitals(near, lengths[places])
        laughs, shouts = words.mark(near)
        found.laugh[begin + places[laughs]] = True
        found.emote[begin + places[shouts]] = True
    return found


class _Words:
    """The words that were met so far, and which of them are laughs, emotes or shouts."""

    def __init__(self, names: frozenset[str] | set[str]) -> None:
        self._names = names
        self._met: set[str] = set()
        self._laughs: set[str] = set()
        self._shouts: set[str] = set()

    def mark(self, texts: Sequence[str]) -> tuple[list[int], list[int]]:
        """The places of the texts that hold a laugh, and of those that hold an emote or a shout."""
        lines = [text.lower().split() for text in texts]
        fresh = set(chain.from_iterable(lines)) - self._met
        # Numbers are many and mean nothing, except for the Thai laugh.
        joined = "\n".join(word for word in fresh if not word.isdigit() or word.startswith("555"))
        if len(self._met) < _REMEMBERED:
            self._met |= fresh
        self._laughs |= _holding(LAUGH, joined)
        self._shouts |= _holding(SHOUT, joined) | (fresh & self._names)
        laughs, shouts = self._laughs, self._shouts
        either = laughs | shouts
        marked = [place for place, line in enumerate(lines) if not either.isdisjoint(line)]
        return (
            [place for place in marked if not laughs.isdisjoint(lines[place])],
            [place for place in marked if not shouts.isdisjoint(lines[place])],
        )


def _holding(pattern: re.Pattern[str], joined: str) -> set[str]:
    """The lines of `joined` in which the pattern is found."""
    out = set()
    for found in pattern.finditer(joined):
        begin = joined.rfind("\n", 0, found.start()) + 1
        end = joined.find("\n", found.end())
        out.add(joined[begin : end if end >= 0 else len(joined)])
    return out


def _capitals(texts: Sequence[str], lengths: NDArray[np.int64]) -> Flags:
    """Three Latin letters or more, at least seven in ten of them capitals."""
    codes = np.frombuffer("".join(texts).encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    ends = np.cumsum(lengths)
    upper = np.concatenate(([0], np.cumsum((codes >= 65) & (codes <= 90), dtype=np.int32)))
    lower = np.concatenate(([0], np.cumsum((codes >= 97) & (codes <= 122), dtype=np.int32)))
    capital = upper[ends] - upper[ends - lengths]
    letters = capital + lower[ends] - lower[ends - lengths]
    return np.asarray((letters >= 3) & (capital >= 0.7 * letters))
