"""The reasons of a moment: the exact terms of its score, in plain words."""

from __future__ import annotations

from appliance.domain.moment import Reason
from appliance.domain.span import Span
from appliance.ranking.score import Term, held_back
from appliance.ranking.seen import SEEN
from appliance.ranking.weights import INTERCEPT
from appliance.signals import SIGNALS
from appliance.signals.evidence import Evidence

_LEAST = 0.08  # log-odds; less is no reason
_PLAIN = 0.5  # deviations; a signal that is about as usual is no reason either, whatever it weighs
_LABELS = {signal.name: signal.label for signal in SIGNALS}

# What a term above 0 means, and one below: for the signals that have no number to show.
_PHRASES = {
    "chat.brevity": ("short quick messages, as when something just happened", "long messages: people were talking"),
    "chat.capitals": ("people wrote in capitals", "hardly anybody wrote in capitals"),
    "chat.laughs": ("people laughed in the chat", "fewer laughs in the chat than usual"),
    "chat.emotes": ("emotes and shouts filled the chat", "fewer emotes and shouts than usual"),
    "chat.copies": ("many messages were copies of one another", "few copies in the chat"),
    "chat.subject": ("the chat was talking about something of its own", "the chat used its own usual cheers"),
    "chat.before": ("the chat was already busy before", "the chat was quiet before"),
    "chat.opening": ("in the opening minutes a chat says hello", "in the opening minutes a chat says hello"),
    "query": ("it is about what was asked for", "it is not about what was asked for"),
    "keywords": ("one of the keywords is said", "none of the keywords is said"),
}
_DEGREES = {
    "reaction": ("loud laughter, applause or cheers", "it sounds like laughter or applause", "an audience stirs"),
    "pace": (
        "long pauses or laughs between the words",
        "pauses or laughs between the words",
        "a little slower than usual",
    ),
    "onset": ("the sound bursts out", "a sudden sound", "the sound rises"),
    "picture": ("the picture changes fast", "more cuts and motion than usual", "some motion"),
}


def reasons(found: tuple[Term, ...], evidence: Evidence, span: Span) -> tuple[Reason, ...]:
    """One reason a term, what speaks for it first and what speaks against it last, then what is too small to name, then the
    base; they add up to the log-odds exactly.
    """
    named = sorted((term for term in found if not _small(term)), key=lambda term: -term.weight)
    rest = sum(term.weight for term in found if _small(term))
    out = [Reason(term.signal, term.weight, text(term, evidence, span)) for term in named]
    if abs(rest) > 1e-9:
        out.append(Reason("rest", rest, "everything else together"))
    held = held_back(INTERCEPT + sum(term.weight for term in found))
    if held:
        out.append(Reason("caution", held, "held back: even the surest are kept about three times in four"))
    start = "where every moment starts" if found else "nothing is known of it: the moments are spread evenly"
    return (*out, Reason("base", INTERCEPT, start))


def _small(term: Term) -> bool:
    return abs(term.weight) < _LEAST or (abs(term.feature) < _PLAIN and not term.signal.startswith("chat"))


def text(term: Term, evidence: Evidence, span: Span) -> str:
    """What was seen there, in words."""
    if term.signal in _PHRASES:
        up, down = _PHRASES[term.signal]
        return up if term.feature > 0 else down
    if term.signal in _DEGREES and term.feature > 0:
        much, some, little = _DEGREES[term.signal]
        return much if term.feature >= 3.0 else some if term.feature >= 1.5 else little
    seen = SEEN[term.signal](evidence, span) if term.signal in SEEN else ""
    return seen or f"{_LABELS.get(term.signal, term.signal).lower()}: {degree(term.feature)}"


def degree(feature: float) -> str:
    """How far from the usual, in words."""
    if feature >= 3.0:
        return "far above what is usual around there"
    if feature >= 1.5:
        return "clearly above what is usual around there"
    if feature > 0.0:
        return "a little above what is usual around there"
    return "below what is usual around there"
