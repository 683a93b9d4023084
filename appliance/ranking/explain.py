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
    "chat.brevity": ("short quick messages", "long messages"),
    "chat.capitals": ("people write in capitals", "hardly any capitals in the chat"),
    "chat.laughs": ("people laugh in the chat", "few laughs in the chat"),
    "chat.emotes": ("emotes fill the chat", "few emotes in the chat"),
    "chat.copies": ("many copied messages", "few copied messages"),
    "chat.subject": ("the chat talks about something else", "the chat cheers"),
    "chat.before": ("the chat was already busy before", "the chat was quiet before"),
    "chat.opening": ("first minutes: people are saying hello", "first minutes: people are saying hello"),
    "query": ("about what you asked for", "not about what you asked for"),
    "keywords": ("one of your keywords is said", "none of your keywords is said"),
}
# Strong, clear, slight, and less than usual.
_DEGREES = {
    "reaction": ("loud laughter or applause", "people laugh or clap", "the audience stirs", "no reaction is heard"),
    "pace": ("long pauses or laughs", "pauses or laughs", "speaks a little slower", "speaks without a pause"),
    "onset": ("the sound bursts out", "a sudden sound", "the sound rises", "nothing sudden is heard"),
    "picture": ("fast cuts", "more cuts and motion than usual", "some motion", "a calm picture"),
    "loudness": ("very loud", "louder than usual", "a little louder", "quieter than usual"),
    "kick-classic": ("the chat explodes", "a busy chat", "the chat stirs", "a quiet chat"),
    "wording": ("strong words", "clear words", "plain words", "flat words"),
    "judge": (
        "the language model's favourite",
        "the language model likes it",
        "fair to the language model",
        "the language model prefers others",
    ),
}


def reasons(found: tuple[Term, ...], evidence: Evidence, span: Span) -> tuple[Reason, ...]:
    """One reason a term, what speaks for it first and what speaks against it last, then what is too small to name, then the
    base; they add up to the log-odds exactly.
    """
    named = sorted((term for term in found if not _small(term)), key=lambda term: -term.weight)
    rest = sum(term.weight for term in found if _small(term))
    out = [Reason(term.signal, term.weight, text(term, evidence, span)) for term in named]
    if abs(rest) > 1e-9:
        out.append(Reason("rest", rest, "smaller things together"))
    held = held_back(INTERCEPT + sum(term.weight for term in found))
    if held:
        out.append(Reason("caution", held, "some doubt: the surest are right three times in four"))
    start = "where every moment starts" if found else "nothing is known of it, so the moments are spread evenly"
    return (*out, Reason("base", INTERCEPT, start))


def _small(term: Term) -> bool:
    return abs(term.weight) < _LEAST or (abs(term.feature) < _PLAIN and not term.signal.startswith("chat"))


def text(term: Term, evidence: Evidence, span: Span) -> str:
    """What was seen there, in words."""
    if term.signal in _PHRASES:
        up, down = _PHRASES[term.signal]
        return up if term.feature > 0 else down
    seen = SEEN[term.signal](evidence, span) if term.signal in SEEN and _shows(term) else ""
    return seen or degree(term)


def _shows(term: Term) -> bool:
    """What is less than usual has nothing to show; a chat and a judge can be counted all the same."""
    return term.feature > 0 or term.signal in {"chat", "judge", "heatmap"}


def degree(term: Term) -> str:
    """How far from the usual, in words."""
    level = 0 if term.feature >= 3.0 else 1 if term.feature >= 1.5 else 2 if term.feature > 0.0 else 3
    if term.signal in _DEGREES:
        return _DEGREES[term.signal][level]
    usual = ("far above usual", "clearly above usual", "a little above usual", "below usual")[level]
    return f"{_LABELS.get(term.signal, term.signal).lower()} {usual}"
