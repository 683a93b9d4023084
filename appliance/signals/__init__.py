"""From evidence to curves: one file per signal, all pure."""

from appliance.signals import (
    chapters,
    chat,
    comments,
    heatmap,
    judge,
    kick_classic,
    lexical,
    loudness,
    onset,
    pace,
    picture,
    reaction,
)
from appliance.signals.base import Signal

SIGNALS: tuple[Signal, ...] = (
    chat.SIGNAL,
    kick_classic.SIGNAL,
    reaction.SIGNAL,
    loudness.SIGNAL,
    onset.SIGNAL,
    pace.SIGNAL,
    lexical.SIGNAL,
    heatmap.SIGNAL,
    comments.SIGNAL,
    chapters.SIGNAL,
    picture.SIGNAL,
    judge.SIGNAL,
)

__all__ = ["SIGNALS", "Signal"]
