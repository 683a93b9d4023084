"""What a line breaker has to know about writing systems, from the characters alone."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from appliance.domain.writing import unspaced

_JOINERS = {0x200C, 0x200D, 0x2060, 0xFE0E, 0xFE0F, 0x20E3}
# Japanese and Chinese line breaking (JLREQ, GB/T 15834): these may not begin a line, those may not end one.
_NOT_FIRST = frozenset(
    "、。，．・：；？！ー〜…‥）］｝〉》」』】〕〗ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶ々%％,.!?:;)]}»”’"
)
_NOT_LAST = frozenset("（［｛〈《「『【〔〖([{«“‘$¥￥#＃")
_RTL = {"R", "AL"}


def glued(before: str, after: str) -> bool:
    """Whether no space stands between two neighbouring words."""
    return bool(before and after) and unspaced(before[-1]) and unspaced(after[0])


def right_to_left(text: str) -> bool | None:
    """The direction of the first letter that has one (as the Unicode bidi algorithm's rule P2); None: only neutral signs."""
    for character in text:
        kind = unicodedata.bidirectional(character)
        if kind in _RTL:
            return True
        if kind == "L":
            return False
    return None


def clusters(text: str) -> Iterator[str]:
    """What a reader sees as one character each: a letter with its marks, an emoji with its modifiers."""
    cluster = ""
    for character in text:
        if cluster and not _extends(cluster, character):
            yield cluster
            cluster = ""
        cluster += character
    if cluster:
        yield cluster


def breakable(before: str, after: str) -> bool:
    """Whether a line may break between two clusters of one unspaced word."""
    return (unspaced(before[-1]) or unspaced(after[0])) and after[0] not in _NOT_FIRST and before[-1] not in _NOT_LAST


def visible(text: str) -> str:
    """The text on one line: control characters and line breaks become spaces, runs of space become one."""
    return " ".join("".join(" " if unicodedata.category(sign) in {"Cc", "Zl", "Zp"} else sign for sign in text).split())


def _extends(cluster: str, character: str) -> bool:
    code = ord(character)
    return (
        unicodedata.category(character) in {"Mn", "Mc", "Me"}
        or code in _JOINERS
        or 0x1F3FB <= code <= 0x1F3FF  # skin tones
        or 0xE0020 <= code <= 0xE007F  # flag tags
        or cluster[-1] == "\u200d"
        or (_regional(code) and len(cluster) == 1 and _regional(ord(cluster)))
        or code in {0x0E33, 0x0EB3}  # Thai and Lao vowel "am" belongs to the consonant before it
        or cluster[-1] in "เแโใไ"  # a Thai vowel written before its consonant
    )


def _regional(code: int) -> bool:
    return 0x1F1E6 <= code <= 0x1F1FF


def visual_order(texts: list[str]) -> tuple[int, ...]:
    """The words of one line from left to right, as indexes.

    The Unicode bidi algorithm (UAX 9) on whole words: the first word with a direction gives the line its own, stretches of
    the other direction are turned around, and words without one (numbers, signs) go with their neighbours or the line.
    """
    kinds = [right_to_left(text) for text in texts]
    base = next((kind for kind in kinds if kind is not None), False)
    levels = [base if kind is None else kind for kind in _between(kinds, base=base)]
    order = list(range(len(texts)))
    for stretch in _stretches([level != base for level in levels]):
        order[stretch] = order[stretch][::-1]
    return tuple(order[::-1] if base else order)


def _between(kinds: list[bool | None], *, base: bool) -> list[bool | None]:
    """Neutral words between two words of one direction take it; numbers in a right-to-left line stay with the line."""
    filled = list(kinds)
    for number, kind in enumerate(kinds):
        if kind is None:
            before = next((one for one in reversed(kinds[:number]) if one is not None), base)
            after = next((one for one in kinds[number + 1 :] if one is not None), base)
            filled[number] = before if before == after else base
    return filled


def _stretches(turned: list[bool]) -> Iterator[slice]:
    begin: int | None = None
    for number, one in enumerate([*turned, False]):
        if one and begin is None:
            begin = number
        elif not one and begin is not None:
            yield slice(begin, number)
            begin = None
