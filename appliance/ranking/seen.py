"""What was seen in a moment, with its numbers, in words: one short function a signal."""

from __future__ import annotations

import re
from collections.abc import Callable

import numpy as np

from appliance.domain.span import Span
from appliance.ranking.headline import headline
from appliance.ranking.weights import WEIGHTS
from appliance.signals.comments import named_times
from appliance.signals.evidence import Evidence
from appliance.signals.lexical import strength

_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_LAUGHS = re.compile(r"laugh|chuckl|giggl|gelächter|lachen|rires?|risas?|risate", re.IGNORECASE)
_CLAPS = re.compile(r"applau|clap|cheer|beifall|aplaus|jubel", re.IGNORECASE)


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
    return f"{times_words(ratio)} the usual chat, {who}" if ratio >= 1.5 else f"the usual chat, {who}"


def times_words(ratio: float) -> str:
    """A ratio as it is said: twice, three times, 25 times."""
    whole = round(ratio)
    if whole <= 1:
        return "one and a half times"
    if whole == 2:
        return "twice"
    return f"{_NUMBERS[whole] if whole < len(_NUMBERS) else whole} times"


def reaction(evidence: Evidence, span: Span) -> str:
    """Whether people laugh or clap, where the transcript names it."""
    noises = evidence.transcript.noises if evidence.transcript is not None else ()
    heard = " ".join(noise.text for noise in noises if noise.start < span.end + 2.0 and noise.end > span.start)
    laughs, claps = bool(_LAUGHS.search(heard)), bool(_CLAPS.search(heard))
    if laughs and claps:
        return "people laugh and clap"
    return "people laugh" if laughs else "people clap" if claps else ""


def loudness(evidence: Evidence, span: Span) -> str:
    """How many decibels above the usual level the loudest second is."""
    if evidence.sound is None:
        return ""
    level = evidence.sound.rms_db
    near = level[int(span.start) : int(span.end) + 1]
    above = float(near.max()) - float(np.median(level)) if len(near) else 0.0
    return f"{above:.0f} dB louder than usual" if above >= 2.0 else ""


def wording(evidence: Evidence, span: Span) -> str:
    """The line that asks most to be heard."""
    if evidence.transcript is None:
        return ""
    inside = [line for line in evidence.transcript.sentences if line.start < span.end and line.end > span.start]
    best = max(inside, key=strength, default=None)
    line = headline(best.text) if best is not None else ""
    return f"“{line}”" if line else ""


def heatmap(evidence: Evidence, span: Span) -> str:
    """How near it comes to the most replayed part."""
    near = [heat.value for heat in evidence.heatmap or () if heat.start < span.end and heat.end > span.start]
    most = max((heat.value for heat in evidence.heatmap or ()), default=0.0)
    if not near or most <= 0:
        return ""
    share = max(near) / most
    return (
        "most replayed part" if share >= 0.995 else f"replayed {100 * share:.0f} % as often as the most replayed part"
    )


def comments(evidence: Evidence, span: Span) -> str:
    """How many comments name a time in it."""
    count = sum(
        any(span.start - 5.0 <= time <= span.end for time in named_times(comment.text))
        for comment in evidence.comments or ()
    )
    return f"{count} comment{'s point' if count != 1 else ' points'} here" if count else ""


def chapters(evidence: Evidence, span: Span) -> str:
    """The chapter that begins in it, or just before."""
    near = [chapter for chapter in evidence.chapters or () if span.start - 45.0 <= chapter.start <= span.end]
    return f"a chapter begins: “{near[-1].title}”" if near and near[-1].title else "a chapter begins"


def judge(evidence: Evidence, span: Span) -> str:
    """The language model's score and its words."""
    best = max(
        evidence.opinions or (), key=lambda one: Span(one.start, max(one.start, one.end)).overlap(span), default=None
    )
    if best is None:
        return ""
    return f"language model: {best.score:.0f} of 100" + (f": {best.reasoning}" if best.reasoning else "")


SEEN: dict[str, Callable[[Evidence, Span], str]] = {
    "chat": chat,
    "reaction": reaction,
    "loudness": loudness,
    "wording": wording,
    "heatmap": heatmap,
    "comments": comments,
    "chapters": chapters,
    "judge": judge,
}
