"""Finding "the part about X" in what was said and written, locally."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence

import numpy as np

from appliance.domain.chat import Chat
from appliance.domain.span import Span
from appliance.domain.transcript import Transcript
from appliance.planning.terms import folded, terms_of
from appliance.signals.grid import Floats, smooth

_ASKING = re.compile(
    r"^(?:please\s+)?(?:(?:find|show|give|clip|get)\s+(?:me\s+)?)?(?:(?:the|all|die|der|das|el|la|los|las|le|les|il|lo|o|a)\s+)?"
    r"(?:parts?|moments?|bits?|sections?|scenes?|times?|places?|stelle|parte|passage)\s+"
    r"(?:about|where|when|with|on|of|in which|uber|wo|sobre|donde|sur|ou|dove)\s+"
    r"(?:(?:he|she|they|we|i|you)\s+(?:talk|speak|say|mention)s?\s+(?:about\s+)?)?",
)
_REACH = 12.0  # seconds; a subject is spoken of around the sentence that names it


def subject(query: str) -> str:
    """What a query asks for: "the part about the dog" asks for "the dog"."""
    plain = " ".join(folded(query).split())
    return _ASKING.sub("", plain) or plain


def search(transcript: Transcript | None, chat: Chat | None, query: str, seconds: float) -> Floats:
    """How well every second fits the query, 0 (not at all) to 4 (the best place there is): sentences count fully, chat half.

    A sentence fits by the rarity of the query's terms that it and its neighbours hold. All 0 when nothing fits.
    """
    wanted = list(dict.fromkeys(terms_of(subject(query)) or terms_of(subject(query), common=True)))
    length = max(1, math.ceil(seconds))
    out = np.zeros(length)
    if not wanted:
        return out
    if transcript is not None:
        lines = [sentence.text for sentence in transcript.sentences]
        fits = _fits(lines, wanted)
        for sentence, fit in zip(transcript.sentences, fits, strict=True):
            begin, end = int(max(sentence.start, 0.0)), math.ceil(max(sentence.end, 0.0))
            out[begin:end] = np.maximum(out[begin:end], fit)
    if chat is not None and len(chat):
        out += 0.5 * _chat(chat, wanted, length)
    best = float(out.max())
    if best <= 0:
        return out
    spread = np.maximum(out, smooth(out, _REACH / 2))
    return np.asarray(4.0 * spread / float(spread.max()))


def found(values: Floats, least: float = 2.0) -> tuple[Span, ...]:
    """The stretches where a search fits at least that well."""
    inside = np.concatenate(([0], (values >= least).astype(np.int8), [0]))
    turns = np.flatnonzero(np.diff(inside))
    return tuple(Span(float(begin), float(end)) for begin, end in zip(turns[::2], turns[1::2], strict=True))


def _fits(lines: Sequence[str], wanted: Sequence[str]) -> list[float]:
    held = [Counter(terms_of(line, common=True)) for line in lines]
    spread = Counter(term for count in held for term in count if term in wanted)
    rarity = {term: math.log(1 + len(lines) / (1 + spread[term])) for term in wanted}
    total = sum(rarity.values()) or 1.0
    own = [sum(rarity[term] for term in wanted if count[term]) / total for count in held]
    # "The dog ... it ran": a sentence between two that fit belongs to them.
    return [
        fit + 0.25 * max(own[max(0, place - 1) : place] + own[place + 1 : place + 2] or [0.0]) if fit else fit
        for place, fit in enumerate(own)
    ]


def _chat(chat: Chat, wanted: Sequence[str], length: int) -> Floats:
    """Messages that hold a term, as a share of the busiest stretch; chat comes about twelve seconds late."""
    hits = np.array(
        [any(term in wanted for term in terms_of(text, common=True)) for text in chat.vocabulary], dtype=np.float64
    )
    seconds = np.frombuffer(chat.times, dtype=np.float64).astype(np.int64) - 12
    inside = (seconds >= 0) & (seconds < length)
    weights = hits[np.frombuffer(chat.texts, dtype=np.int32)][inside]
    counted = np.bincount(seconds[inside], weights=weights, minlength=length).astype(np.float64)
    near = smooth(counted, 6.0)
    best = float(near.max())
    return np.asarray(near / best) if best > 0 else near
