"""A judge's answer: what of it can be believed. Pure.

Thoughts and fences are taken off, whole items of a broken list are saved, numbers are checked against what was asked, and
a quote counts only when it stands in the sentences word for word.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from appliance.llm.base import Shown
from appliance.llm.question import Question
from appliance.signals.evidence import Opinion

_THOUGHTS = re.compile(r"<think(?:ing)?>.*?(?:</think(?:ing)?>|\Z)", re.DOTALL | re.IGNORECASE)
_FENCE = re.compile(r"```(?:json)?\s*(.*?)(?:```|\Z)", re.DOTALL | re.IGNORECASE)
_LONGEST_TITLE = 90
_LONGEST_REASONING = 300
_SHORTEST_QUOTE = 3  # words


@dataclass(frozen=True, slots=True)
class Read:
    """What could be used, how many items could not, and whether the answer broke off."""

    opinions: tuple[Opinion, ...]
    refused: int
    broken: bool


def read(text: str, asked: Question, shown: Sequence[Shown]) -> Read:
    """The opinions of an answer. Their scores are the places in its order: the model's own numbers only break ties less well."""
    items, broken = _items(text)
    taken: list[tuple[int, dict[str, Any]]] = []
    refused = 0
    seen: set[int] = set()
    for item in items:
        place = _place(item, asked)
        if place is None or place in seen:
            refused += 1
            continue
        seen.add(place)
        taken.append((place, item))
    opinions = tuple(
        _opinion(item, shown[place], place, asked, _standing(order, len(taken)))
        for order, (place, item) in enumerate(taken)
    )
    return Read(opinions, refused, broken)


def _standing(order: int, count: int) -> float:
    """A score from a place in the order: models compare better than they measure."""
    return 100.0 * (1 - (order + 0.5) / count)


def _items(text: str) -> tuple[list[dict[str, Any]], bool]:
    """The objects of the list, and whether the JSON was broken."""
    bare = unwrapped(text)
    try:
        whole = json.loads(bare)
    except json.JSONDecodeError:
        return list(_saved(bare)), True
    if isinstance(whole, dict):
        whole = next((value for value in whole.values() if isinstance(value, list)), [whole])
    return [item for item in whole if isinstance(item, dict)] if isinstance(whole, list) else [], False


def unwrapped(text: str) -> str:
    """An answer without the thoughts before it and the fences around it."""
    bare = _THOUGHTS.sub("", text).strip()
    fenced = _FENCE.search(bare)
    return fenced.group(1).strip() if fenced else bare


def _saved(text: str) -> Iterator[dict[str, Any]]:
    """Every whole object that has a candidate, in broken JSON."""
    decoder = json.JSONDecoder()
    at = text.find("{")
    while at != -1:
        try:
            found, end = decoder.raw_decode(text, at)
        except json.JSONDecodeError:
            at = text.find("{", at + 1)
            continue
        if isinstance(found, dict) and "candidate" in found:
            yield found
        at = text.find("{", end)


def _place(item: dict[str, Any], asked: Question) -> int | None:
    """Which candidate is meant, or None when there is no such one."""
    number = _whole(item.get("candidate"))
    return asked.asked[number - 1] if number is not None and 1 <= number <= len(asked.asked) else None


def _opinion(item: dict[str, Any], shown: Shown, place: int, asked: Question, standing: float) -> Opinion:
    first, last = _whole(item.get("first")), _whole(item.get("last"))
    lines = [at for number in (first, last) if (at := _line(number, place, asked)) is not None]
    start, end = shown.start, shown.end
    if len(lines) == 2 and lines[0] <= lines[1]:
        start, end = shown.lines[lines[0]].start, shown.lines[lines[1]].end
    criteria = item.get("criteria")
    return Opinion(
        start=start,
        end=max(end, start),
        score=standing,
        title=clean(item.get("title"), _LONGEST_TITLE),
        reasoning=clean(item.get("reasoning"), _LONGEST_REASONING),
        criteria=tuple(str(name) for name in criteria if isinstance(name, str))[:8]
        if isinstance(criteria, list)
        else (),
        quote=verbatim(clean(item.get("quote"), 400), " ".join(line.text for line in shown.lines)),
    )


def _line(number: int | None, place: int, asked: Question) -> int | None:
    """The line's place inside its candidate; None when the number belongs to another candidate or to none."""
    if number is None or not 1 <= number <= len(asked.numbers):
        return None
    whose, at = asked.numbers[number - 1]
    return at if whose == place else None


def verbatim(quote: str, said: str) -> str:
    """The quote as it stands in the text, whatever its case and punctuation; empty when it does not stand there."""
    wanted, have = _bare_words(quote), _bare_words(said)
    if len(wanted) < _SHORTEST_QUOTE:
        return ""
    words = said.split()
    for at in range(len(have) - len(wanted) + 1):
        if have[at : at + len(wanted)] == wanted and len(have) == len(words):
            return " ".join(words[at : at + len(wanted)])
    return ""


def clean(value: object, longest: int) -> str:
    """Text of a model's as one safe line."""
    if not isinstance(value, str):
        return ""
    visible = "".join(sign if unicodedata.category(sign)[0] != "C" else " " for sign in value)
    line = " ".join(visible.replace("<", "").replace(">", "").split()).strip('"“”')
    return line if len(line) <= longest else line[: longest - 1].rsplit(" ", 1)[0] + "…"


def _bare_words(text: str) -> list[str]:
    return [re.sub(r"[^\w]", "", word).casefold() for word in text.split()]


def _whole(value: object) -> int | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return int(value) if isinstance(value, str) and value.strip().isdigit() else None
