"""What kind of message each different text of a chat is. Texts repeat, so each is looked at once."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from appliance.signals.chat_words import COMMAND, EMOTES, LAUGH, SHOUT

Flags = NDArray[np.bool_]
_AT_ONCE = 20_000  # texts are joined and searched in pieces of this many, which bounds the memory
_LONG = 28  # nobody types the same long line as others by chance: it was copied
_WORD = re.compile(r"[^\s]+")


@dataclass(frozen=True, slots=True)
class Kinds:
    """One value per text of the vocabulary."""

    length: NDArray[np.float64]  # logarithm of 1 + characters
    capitals: Flags
    laugh: Flags
    emote: Flags
    shout: Flags
    command: Flags
    long: Flags


def kinds(vocabulary: Sequence[str], emotes: frozenset[str] = frozenset()) -> Kinds:
    """The kinds of every text; `emotes` are names that the platform itself marked."""
    names = EMOTES | {name.lower() for name in emotes if len(name) > 1}
    if not vocabulary:
        none = np.zeros(0, dtype=np.bool_)
        return Kinds(np.zeros(0), none, none, none, none, none, none)
    found = [_piece(vocabulary[at : at + _AT_ONCE], names) for at in range(0, len(vocabulary), _AT_ONCE)]
    lengths = np.concatenate([piece[0] for piece in found])
    return Kinds(lengths, *(np.concatenate(column) for column in zip(*(piece[1] for piece in found), strict=True)))


def _piece(texts: Sequence[str], names: frozenset[str] | set[str]) -> tuple[NDArray[np.float64], tuple[Flags, ...]]:
    lines = [text if "\n" not in text else text.replace("\n", " ") for text in texts]
    lengths = np.fromiter(map(len, lines), dtype=np.int64, count=len(lines))
    joined = "\n".join(lines)
    lowered = joined.lower()
    if len(lowered) != len(joined):  # a few letters grow in lower case, and the places would no longer agree
        lowered = "".join(low if len(low := character.lower()) == 1 else character for character in joined)
    starts = np.concatenate(([0], np.cumsum(lengths + 1)[:-1]))
    flags = (
        _capitals(joined, starts),
        _hit(LAUGH, lowered, starts),
        _named(lowered, starts, names),
        _hit(SHOUT, lowered, starts),
        _hit(COMMAND, lowered, starts),
        lengths >= _LONG,
    )
    return np.log1p(lengths), flags


def _capitals(joined: str, starts: NDArray[np.int64]) -> Flags:
    """Three Latin letters or more, at least seven in ten of them capitals."""
    codes = np.frombuffer(joined.encode("utf-32-le"), dtype=np.uint32)
    if not len(codes):
        return np.zeros(len(starts), dtype=np.bool_)
    upper = np.concatenate(([0], np.cumsum((codes >= 65) & (codes <= 90))))
    lower = np.concatenate(([0], np.cumsum((codes >= 97) & (codes <= 122))))
    ends = np.append(starts[1:] - 1, len(codes))
    capital = upper[ends] - upper[starts]
    letters = capital + lower[ends] - lower[starts]
    return np.asarray((letters >= 3) & (capital >= 0.7 * letters))


def _hit(pattern: re.Pattern[str], joined: str, starts: NDArray[np.int64]) -> Flags:
    flags = np.zeros(len(starts), dtype=np.bool_)
    places = [found.start() for found in pattern.finditer(joined)]
    flags[np.searchsorted(starts, places, side="right") - 1] = True
    return flags


def _named(lowered: str, starts: NDArray[np.int64], names: frozenset[str] | set[str]) -> Flags:
    flags = np.zeros(len(starts), dtype=np.bool_)
    places = [found.start() for found in _WORD.finditer(lowered) if found[0] in names]
    flags[np.searchsorted(starts, places, side="right") - 1] = True
    return flags
