"""Which words of the captions are drawn stronger, and where an emoji stands: few, the same every time, in any language."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from appliance.domain.timeline import CaptionWord
from appliance.domain.writing import unspaced

# Own table: what people say in clips, and the sign for it. Stems, so that "laughing" finds "laugh".
_EMOJI = {
    "fire": "🔥",
    "burn": "🔥",
    "money": "💰",
    "dollar": "💰",
    "million": "💰",
    "billion": "💰",
    "love": "❤",
    "heart": "❤",
    "laugh": "😂",
    "hilarious": "😂",
    "funny": "😂",
    "crazy": "🤯",
    "insane": "🤯",
    "unbelievable": "🤯",
    "rocket": "🚀",
    "launch": "🚀",
    "win": "🏆",
    "won": "🏆",
    "champion": "🏆",
    "idea": "💡",
    "brain": "🧠",
    "think": "🧠",
    "time": "⏰",
    "clock": "⏰",
    "secret": "🤫",
    "dead": "💀",
    "music": "🎵",
    "song": "🎵",
    "game": "🎮",
    "party": "🎉",
    "birthday": "🎉",
    "cry": "😭",
    "angry": "😡",
    "eyes": "👀",
    "look": "👀",
    "strong": "💪",
    "world": "🌍",
    "grow": "📈",
    "growth": "📈",
    "phone": "📱",
    "coffee": "☕",
    "food": "🍔",
    "dog": "🐶",
    "cat": "🐱",
    "geld": "💰",
    "liebe": "❤",
    "feuer": "🔥",
    "dinero": "💰",
    "amor": "❤",
    "fuego": "🔥",
    "argent": "💰",
    "amour": "❤",
}
_ENDINGS = ("", "s", "es", "ed", "d", "ing", "er", "ers")


@dataclass(frozen=True, slots=True)
class EmphasisOptions:
    """`every`: at most one strong word in so many; `emoji_seconds`: at least so long between two emoji (None: none at all)."""

    every: int = 6
    emoji_seconds: float | None = None


def emphasised(words: Sequence[CaptionWord], options: EmphasisOptions | None = None) -> tuple[CaptionWord, ...]:
    """The words with `strong` and `emoji` set.

    Numbers come first, then names (capitals inside a sentence, where the language keeps capitals for names), then the rarest
    and longest word, the one that was spoken slowest, the one with an exclamation mark. Hidden words are never strong.
    """
    options = options or EmphasisOptions()
    counts = Counter(_bare(word.text) for word in words)
    names = _capitals_are_names(words)
    strong: set[int] = set()
    for first, sentence in _sentences(words):
        scores = [_score(number, sentence, counts, names=names) for number in range(len(sentence))]
        allowed = max(1, round(len(sentence) / options.every))
        for number in sorted(range(len(sentence)), key=lambda index: (-scores[index], index))[:allowed]:
            if scores[number] >= 1.5:
                strong.add(first + number)
    made = [replace(word, strong=word.strong or number in strong) for number, word in enumerate(words)]
    return tuple(_with_emoji(made, options.emoji_seconds)) if options.emoji_seconds is not None else tuple(made)


def _sentences(words: Sequence[CaptionWord]) -> Iterator[tuple[int, Sequence[CaptionWord]]]:
    """Each sentence with the number of its first word."""
    begin = 0
    for number, word in enumerate(words, 1):
        if word.sentence_end or number == len(words):
            yield begin, words[begin:number]
            begin = number


def _score(number: int, sentence: Sequence[CaptionWord], counts: Counter[str], *, names: bool) -> float:
    word = sentence[number]
    bare = _bare(word.text)
    if word.hidden or not bare or len(sentence) < 3:
        return 0.0
    if any(sign.isdigit() for sign in bare):
        return 3.0
    if any(map(unspaced, bare)) or len(bare) <= 3:
        return 0.0
    score = 0.12 * min(len(bare), 12) + (0.3 if counts[bare] == 1 else 0.0)
    if names and number and word.text[:1].isupper():
        score += 1.2
    if word.text.rstrip("\"'”’)").endswith("!"):
        score += 0.5
    pace = sum(max(0.0, one.end - one.start) for one in sentence) / max(1, sum(len(one.text) for one in sentence))
    if pace > 0:
        score += 0.4 * min(1.0, max(0.0, (word.end - word.start) / len(word.text) / pace - 1.2))
    return score


def _capitals_are_names(words: Sequence[CaptionWord]) -> bool:
    """Whether capitals inside sentences are rare; German writes every noun with one, and some captions shout."""
    inside = [
        word.text
        for _, sentence in _sentences(words)
        for word in sentence[1:]
        if word.text[:1].isalpha() and len(word.text) > 1
    ]
    return sum(text[0].isupper() for text in inside) <= 0.2 * len(inside)


def _with_emoji(words: Sequence[CaptionWord], apart: float) -> Iterator[CaptionWord]:
    last = float("-inf")
    used: set[str] = set()
    for word in words:
        sign = _emoji(_bare(word.text))
        if sign and not word.hidden and not word.emoji and sign not in used and word.start - last >= apart:
            last = word.start
            used.add(sign)
            yield replace(word, emoji=sign)
        else:
            yield word


def _emoji(bare: str) -> str:
    for ending in _ENDINGS:
        stem = bare.removesuffix(ending)
        if bare.endswith(ending) and stem in _EMOJI:
            return _EMOJI[stem]
    return ""


def _bare(text: str) -> str:
    return "".join(sign for sign in text.casefold() if sign.isalnum())
