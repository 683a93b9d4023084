"""The reasons of a moment in plain words: what was seen, with its numbers."""

from __future__ import annotations

import numpy as np

from appliance.domain.moment import Reason
from appliance.domain.span import Span
from appliance.ranking.score import Term
from appliance.ranking.weights import INTERCEPT, WEIGHTS
from appliance.signals import SIGNALS
from appliance.signals.evidence import Evidence

_LEAST = 0.05  # log-odds; less is no reason, and is put together
_LABELS = {signal.name: signal.label for signal in SIGNALS}
_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")


def reasons(found: tuple[Term, ...], evidence: Evidence, span: Span) -> tuple[Reason, ...]:
    """One reason a term, strongest first, then what is too small to name, then the base; they add up to the log-odds exactly."""
    named = [
        Reason(term.signal, term.weight, text(term, evidence, span)) for term in found if abs(term.weight) >= _LEAST
    ]
    rest = sum(term.weight for term in found if abs(term.weight) < _LEAST)
    if abs(rest) > 1e-9:
        named.append(Reason("rest", rest, "everything else together"))
    start = "where every moment starts" if found else "nothing is known of it: the moments are spread evenly"
    return (*named, Reason("base", INTERCEPT, start))


def text(term: Term, evidence: Evidence, span: Span) -> str:
    """What was seen there, in words."""
    if term.signal == "chat":
        return _chat(evidence, span, term)
    if term.signal in _PHRASES:
        up, down = _PHRASES[term.signal]
        return up if term.feature > 0 else down
    if term.signal == "judge" and evidence.opinions:
        best = max(evidence.opinions, key=lambda opinion: Span(opinion.start, opinion.end).overlap(span))
        return f"the language model gave it {best.score:.0f} of 100" + (f": {best.reasoning}" if best.reasoning else "")
    if term.signal == "chapters" and evidence.chapters:
        near = [chapter for chapter in evidence.chapters if span.start - 45 <= chapter.start <= span.end]
        return f"a chapter begins: {near[-1].title}" if near and near[-1].title else "a chapter begins"
    return f"{_LABELS.get(term.signal, term.signal).lower()}: {degree(term.feature)}"


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


def degree(feature: float) -> str:
    """How far from the usual, in words."""
    if feature >= 3.0:
        return "far above what is usual around there"
    if feature >= 1.5:
        return "clearly above what is usual around there"
    if feature >= 0.5:
        return "a little above what is usual around there"
    if feature > -0.25:
        return "as usual"
    return "below what is usual around there"


def _chat(evidence: Evidence, span: Span, term: Term) -> str:
    """Messages against the usual pace, and how many people wrote."""
    chat = evidence.chat
    if chat is None:
        return f"chat: {degree(term.feature)}"
    late = WEIGHTS["chat"]
    times = np.frombuffer(chat.times, dtype=np.float64)
    begin, end = span.start + late.lead, span.end + late.tail
    first, last = np.searchsorted(times, [begin, end])
    near = times[first:last]
    people = len(set(chat.users[first:last]))
    if not len(near):
        return "nobody wrote in the chat"
    # The busiest ten seconds, against ten usual ones.
    busiest = int(max(np.searchsorted(near, near + 10.0) - np.arange(len(near))))
    usual = 10.0 * len(times) / max(evidence.seconds, 1.0)
    ratio = busiest / max(usual, 1e-9)
    who = "one person" if people == 1 else f"{people} people"
    if ratio < 1.5:
        return f"chat at about its usual pace, {who}"
    return f"chat {times_words(ratio)} its usual pace, {who}"


def times_words(ratio: float) -> str:
    """A ratio as it is said: twice, three times, 25 times."""
    whole = round(ratio)
    if whole <= 1:
        return "one and a half times"
    if whole == 2:
        return "twice"
    return f"{_NUMBERS[whole] if whole < len(_NUMBERS) else whole} times"
