"""Lexical hooks: sentences that promise, surprise, ask or deny, and sentences that carry feeling.

Wording alone is weak evidence (a hand-made list finds an audience's laughter only a little better than chance), so its
weight in the ranking is small; it mostly chooses between neighbours.
"""

from __future__ import annotations

import re

import numpy as np

from appliance.domain.curve import Curve, Missing
from appliance.domain.transcript import Sentence
from appliance.signals import grid
from appliance.signals.base import Signal, lack
from appliance.signals.evidence import Evidence

NAME = "wording"
# Stems in the languages that Clipper's own pages speak; a hit says "listen now", whatever the topic.
_HOOKS = re.compile(
    r"\b(?:"
    r"secret|never|nobody|no one|everyone|worst|best|biggest|crazy|insane|mistake|truth|honest|actually|imagine|"
    r"surpris\w*|shock\w*|unbeliev\w*|incredib\w*|amaz\w*|terrif\w*|love|hate|died?|kill\w*|fuck\w*|shit|hell|"
    r"turns out|the thing is|here'?s (?:why|how|what)|guess what|what if|let me tell|the reason|you won'?t|i was wrong|"
    r"geheimnis|niemand|niemals|wahnsinn|fehler|wahrheit|ehrlich|stell dir vor|unglaublich|"
    r"secreto|nunca|nadie|verdad|imagina\w*|incre[ií]ble|locura|"
    r"jamais|personne|v[ée]rit[ée]|imagine[zr]?|incroyable|"
    r"segredo|ningu[ée]m|verdade|incr[ií]vel|segreto|nessuno|verit[àa]|incredibile"
    r")\b",
    re.IGNORECASE,
)
_SECOND_PERSON = re.compile(r"\b(?:you|your|du|dein\w*|t[úu]|tu|vous|votre|voc[êe])\b", re.IGNORECASE)
_LIMP = re.compile(
    r"^(?:and|but|so|because|or|which|um+|uh+|yeah|okay|ok|und|aber|y|pero|et|mais|e|ma)\b", re.IGNORECASE
)


def measure(evidence: Evidence) -> tuple[Curve, ...] | Missing:
    """The strength of every sentence over the seconds it is spoken in, smoothed over 4 s, against the usual."""
    transcript = evidence.transcript
    if transcript is None:
        return lack(evidence, "transcript", NAME, "nothing is known of the words", "Give subtitles or a Whisper model.")
    if not transcript.sentences:
        return Missing(NAME, "nothing is said", "")
    values = np.full(grid.cells(evidence.seconds), np.nan)
    for sentence in transcript.sentences:
        begin, end = int(max(sentence.start, 0)), int(np.ceil(max(sentence.end, 0)))
        values[begin:end] = np.fmax(values[begin:end], strength(sentence))
    if not np.isfinite(values).any():
        return Missing(NAME, "nothing is said inside the video", "")
    return (grid.curve(NAME, grid.deviation(values, 4.0, 0.25)),)


def strength(sentence: Sentence) -> float:
    """How much a sentence asks to be heard, about 0 to 4."""
    text = sentence.text
    count = len(sentence.words)
    # Punch lines are short: on labelled talks the length alone says more than any list of words.
    brevity = 1.0 if count <= 6 else max(0.0, 1.0 - (count - 6) / 14)
    value = 1.2 * brevity
    value += 0.7 * min(2, len(_HOOKS.findall(text)))
    value += 0.6 * ("?" in text) + 0.7 * ("!" in text)
    value += 0.2 * bool(_SECOND_PERSON.search(text))
    value += 0.3 * ('"' in text or "“" in text)  # somebody is being quoted: a story
    return value - 0.3 * bool(_LIMP.match(text))


SIGNAL = Signal(NAME, "Wording", measure)
