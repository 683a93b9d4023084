"""What was seen in a moment, with its numbers, in words: one short function a signal."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from appliance.domain.span import Span
from appliance.ranking.headline import headline
from appliance.ranking.weights import WEIGHTS
from appliance.signals.comments import named_times
from appliance.signals.evidence import Evidence
from appliance.signals.lexical import strength

_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")


def chat(evidence: Evidence, span: Span) -> str:
    """Messages against the usual pace, and how many people wrote."""
    if evidence.chat is None:
        return ""
    late = WEIGHTS["chat"]
    times = np.frombuffer(evidence.chat.times, dtype=np.float64)
    first, last = np.searchsorted(times, [span.start + late.lead, span.end + late.tail])
    near = times[first:last]
    if not len(near):
        return "nobody wrote in the chat"
    people = len(set(evidence.chat.users[first:last]))
    # The busiest ten seconds, against ten usual ones.
    busiest = int(max(np.searchsorted(near, near + 10.0) - np.arange(len(near))))
    ratio = busiest / max(10.0 * len(times) / max(evidence.seconds, 1.0), 1e-9)
    who = "one person" if people == 1 else f"{people} people"
    return f"chat {times_words(ratio)} its usual pace, {who}" if ratio >= 1.5 else f"chat at its usual pace, {who}"


def times_words(ratio: float) -> str:
    """A ratio as it is said: twice, three times, 25 times."""
    whole = round(ratio)
    if whole <= 1:
        return "one and a half times"
    if whole == 2:
        return "twice"
    return f"{_NUMBERS[whole] if whole < len(_NUMBERS) else whole} times"


def loudness(evidence: Evidence, span: Span) -> str:
    """How many decibels above the usual level the loudest second is."""
    if evidence.sound is None:
        return ""
    level = evidence.sound.rms_db
    near = level[int(span.start) : int(span.end) + 1]
    above = float(near.max()) - float(np.median(level)) if len(near) else 0.0
    return f"up to {above:.0f} dB louder than usual" if above >= 2.0 else ""


def wording(evidence: Evidence, span: Span) -> str:
    """The line that asks most to be heard."""
    if evidence.transcript is None:
        return ""
    inside = [line for line in evidence.transcript.sentences if line.start < span.end and line.end > span.start]
    best = max(inside, key=strength, default=None)
    return f"a strong line: “{headline(best.text)}”" if best is not None else ""


def heatmap(evidence: Evidence, span: Span) -> str:
    """How near it comes to the most replayed part."""
    near = [heat.value for heat in evidence.heatmap or () if heat.start < span.end and heat.end > span.start]
    return f"viewers play it again: {100 * max(near):.0f} % of the most replayed part" if near else ""


def comments(evidence: Evidence, span: Span) -> str:
    """How many comments name a time in it."""
    count = sum(
        any(span.start - 5.0 <= time <= span.end for time in named_times(comment.text))
        for comment in evidence.comments or ()
    )
    return f"{count} comment{'s name' if count != 1 else ' names'} a time in it" if count else ""


def chapters(evidence: Evidence, span: Span) -> str:
    """The chapter that begins in it, or just before."""
    near = [chapter for chapter in evidence.chapters or () if span.start - 45.0 <= chapter.start <= span.end]
    return f"a chapter begins: {near[-1].title}" if near and near[-1].title else "a chapter begins"


def judge(evidence: Evidence, span: Span) -> str:
    """The language model's score and its words."""
    best = max(
        evidence.opinions or (), key=lambda one: Span(one.start, max(one.start, one.end)).overlap(span), default=None
    )
    if best is None:
        return ""
    return f"the language model gave it {best.score:.0f} of 100" + (f": {best.reasoning}" if best.reasoning else "")


SEEN: dict[str, Callable[[Evidence, Span], str]] = {
    "chat": chat,
    "loudness": loudness,
    "wording": wording,
    "heatmap": heatmap,
    "comments": comments,
    "chapters": chapters,
    "judge": judge,
}
