"""The chat preset `kick-classic`: the hype score that AutoClipMaker used for Kick chats, with its own values.

Every message counts 1, a laugh 3 more, an emote 4 more; a second with several such messages gets a combo on top; the sum
over a window of 30 s is compared with mean + 1.5 standard deviations. Peaks are taken highest first, and a clip reaches
from where the curve starts to climb to where it has fallen again.
"""

from __future__ import annotations

import numpy as np

from appliance.domain.curve import Curve, Missing
from appliance.signals import grid
from appliance.signals.base import Signal, lack
from appliance.signals.chat_texts import kinds
from appliance.signals.evidence import Evidence

NAME = "kick-classic"
BASE, LAUGH, EMOTE, COMBO = 1.0, 3.0, 4.0, 0.5
WINDOW, K = 30, 1.5


def measure(evidence: Evidence) -> tuple[Curve, ...] | Missing:
    """The hype of the window around every second, in standard deviations above its mean over the whole video."""
    chat = evidence.chat
    if chat is None:
        return lack(evidence, "chat", NAME, "there is no chat replay", "Give one with --chat FILE.")
    length = grid.cells(evidence.seconds)
    seconds = np.frombuffer(chat.times, dtype=np.float64).astype(np.int32)
    inside = (seconds >= 0) & (seconds < length)
    if not inside.any():
        return Missing(NAME, "no chat message lies inside the video", "Set the offset of the chat.")
    texts = np.frombuffer(chat.texts, dtype=np.int32)[inside]
    kind = kinds(chat.vocabulary, chat.emotes)
    points = (BASE + LAUGH * kind.laugh + EMOTE * kind.emote)[texts]
    hype = np.bincount(seconds[inside], weights=points, minlength=length)
    lively = np.bincount(seconds[inside], weights=(kind.laugh | kind.emote)[texts].astype(np.float64), minlength=length)
    hype += COMBO * lively * np.maximum(lively - 1.0, 0.0)
    summed = np.convolve(hype, np.ones(WINDOW))[WINDOW // 2 : WINDOW // 2 + length]
    spread = float(summed.std())
    if spread <= 0:
        return Missing(NAME, "the chat is perfectly even", "")
    return (grid.curve(NAME, (summed - summed.mean()) / spread),)


SIGNAL = Signal(NAME, "Chat hype (kick-classic)", measure, preset="kick-classic")
