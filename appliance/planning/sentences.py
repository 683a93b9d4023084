"""Words into sentences: at full stops, and at long pauses where nobody wrote any."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from appliance.domain.transcript import Sentence, Word

_STOP = re.compile(r"[.!?…。！？؟।]+['\"”’»)\]]*$")
_SHORT_FORMS = frozenset(
    (
        "mr. mrs. ms. dr. prof. st. vs. etc. e.g. i.e. jr. sr. no. approx. dept. inc. ltd. co. fig. "
        "bzw. z.b. d.h. usw. ca. nr. m. mme. sra."
    ).split()
)
_INITIAL = re.compile(r"^(?:[A-Za-z]\.)+$")


@dataclass(frozen=True, slots=True)
class SentenceOptions:
    """A pause of `pause` seconds ends a sentence that has no full stop, one of `breath` ends it once it is `long` seconds."""

    pause: float = 1.2
    breath: float = 0.35
    long: float = 20.0
    longest: float = 40.0


def sentences(words: Iterable[Word], options: SentenceOptions | None = None) -> tuple[Sentence, ...]:
    """The words as sentences, in order of time."""
    options = options or SentenceOptions()
    ordered = list(words)
    punctuated = sum(bool(_STOP.search(word.text)) for word in ordered) > len(ordered) / 60
    use = options if punctuated else replace(options, pause=0.6, long=6.0, longest=15.0)
    return tuple(Sentence(group[0].start, group[-1].end, tuple(group)) for group in _groups(ordered, use))


def _groups(words: Sequence[Word], options: SentenceOptions) -> Iterator[list[Word]]:
    group: list[Word] = []
    for number, word in enumerate(words):
        group.append(word)
        following = words[number + 1] if number + 1 < len(words) else None
        if following is None or _breaks(group, word, following, options):
            yield group
            group = []


def _breaks(group: Sequence[Word], word: Word, following: Word, options: SentenceOptions) -> bool:
    gap = following.start - word.end
    length = word.end - group[0].start
    if gap >= options.pause:
        return True
    if ends_sentence(word.text) and not following.text[:1].islower():
        return True
    return (length >= options.long and gap >= options.breath) or length >= options.longest


def ends_sentence(text: str) -> bool:
    """Whether the word closes a sentence: a full stop that belongs to no short form, initial or number."""
    return bool(_STOP.search(text)) and text.lower() not in _SHORT_FORMS and not _INITIAL.match(text)
