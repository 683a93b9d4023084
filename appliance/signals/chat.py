"""Chat: how many different people wrote, and how they wrote, second by second.

Main idea: count people, not messages (a spammer or a bot is one person), and take what is usual around there away.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from appliance.domain.chat import Chat
from appliance.domain.curve import Curve, Missing
from appliance.signals import grid
from appliance.signals.base import Signal, lack
from appliance.signals.chat_subject import sampled, subject
from appliance.signals.chat_texts import Kinds, kinds
from appliance.signals.evidence import Evidence

NAME = "chat"
PARTS = ("brevity", "capitals", "laughs", "emotes", "copies", "subject")
AGAIN_SECONDS = 8.0  # somebody who writes again within this adds nobody
SIGMA = 4.0  # seconds; a reaction in chat lasts ten to twenty
_HOP, _SAMPLE = 10, 80  # how people write is told from at most this many messages in so many seconds
_LEAST = 12  # below this many messages nothing is usual

Numbers = NDArray[np.int32]


def measure(evidence: Evidence) -> tuple[Curve, ...] | Missing:
    """`chat`: different people writing, square root, against the usual; `chat.brevity`, `.capitals`, `.laughs`,
    `.emotes`, `.copies`, `.subject`: how people wrote around every second, against how they write in the whole chat.
    """
    chat = evidence.chat
    if chat is None:
        return lack(evidence, "chat", NAME, "there is no chat replay", "Give one with --chat FILE.")
    if len(chat) < _LEAST:
        return Missing(NAME, f"the chat has only {len(chat)} messages", "Is it the chat of this video?")
    length = grid.cells(evidence.seconds)
    seconds = np.floor(np.frombuffer(chat.times, dtype=np.float64)).astype(np.int32)
    inside = (seconds >= 0) & (seconds < length)
    if inside.sum() < _LEAST:
        return Missing(NAME, "nearly all chat messages lie after the end of the video", "Set the offset of the chat.")
    texts = np.frombuffer(chat.texts, dtype=np.int32)
    seconds = np.clip(seconds, 0, length - 1)
    read = sampled(seconds // _HOP, _SAMPLE)
    looked = np.zeros(len(chat.vocabulary), dtype=np.bool_)
    looked[texts[read]] = True
    kind = kinds(chat.vocabulary, chat.emotes, looked)
    weight = worth(chat, kind) * inside
    people = np.bincount(seconds, weights=weight, minlength=length).astype(np.float64)
    main = _people(people)
    if not (weight > 0).any():
        return Missing(NAME, "the chat holds only commands and repeated texts", "")
    counted = weight > 0
    manners = _manners(seconds, texts, counted & read, kind, length)
    manners["subject"] = subject(seconds[counted], texts[counted], chat.vocabulary, length)
    return (grid.curve(NAME, main), *(grid.curve(f"{NAME}.{part}", manners[part]) for part in PARTS))


def worth(chat: Chat, kind: Kinds) -> NDArray[np.float32]:
    """How much each message counts: 1 for somebody who has not written within the last 8 s; 0 for one who has, for commands and
    for a text that the same user posts again and again, as bots do.
    """
    users = np.frombuffer(chat.users, dtype=np.int32)
    texts = np.frombuffer(chat.texts, dtype=np.int32)
    times = np.frombuffer(chat.times, dtype=np.float64)
    order = np.argsort(users, kind="stable")
    again = np.zeros(len(order), dtype=np.bool_)
    again[1:] = (np.diff(users[order]) == 0) & (np.diff(times[order]) < AGAIN_SECONDS)
    out = np.ones(len(order), dtype=np.float32)
    out[order[again]] = 0.0
    out[kind.command[texts]] = 0.0
    out[_bots(users, texts, kind)] = 0.0
    return out


def _bots(users: NDArray[np.int32], texts: NDArray[np.int32], kind: Kinds) -> NDArray[np.bool_]:
    """Messages of a long text that one user posted three times or more."""
    long = np.flatnonzero(kind.long[texts])
    flags = np.zeros(len(texts), dtype=np.bool_)
    if len(long):
        pair = users[long].astype(np.int64) << 32 | texts[long].astype(np.int64)
        _, place, count = np.unique(pair, return_inverse=True, return_counts=True)
        flags[long[count[place] >= 3]] = True
    return flags


def _people(people: grid.Floats) -> grid.Floats:
    """Square root of the people a second, against the usual; never taken as steadier than chance would be."""
    soft = np.sqrt(grid.smooth(people, SIGMA))
    # Counts scatter as their square root, so the square root scatters by about 1/2, less what the smoothing takes.
    chance = 0.5 / np.sqrt(2.0 * np.sqrt(np.pi) * SIGMA)
    return grid.deviation(soft, 0.0, chance)


def _manners(
    seconds: Numbers, texts: NDArray[np.int32], counted: NDArray[np.bool_], kind: Kinds, length: int
) -> dict[str, grid.Floats]:
    """For every part the mean around each second against the mean of the whole chat, in spreads of a mean of 16 messages."""
    copied = kind.long & (np.bincount(texts, minlength=len(kind.long)) >= 2)
    columns = {
        "brevity": -kind.length,
        "capitals": kind.capitals,
        "laughs": kind.laugh,
        "emotes": kind.emote,
        "copies": copied,
    }
    seconds, texts = seconds[counted], texts[counted]
    near = _nearby(seconds, None, length)
    out = {}
    for name, column in columns.items():
        written = column[texts].astype(np.float32)
        usual, spread = float(written.mean()), max(float(written.std()), 0.1) / 4.0
        # Few messages say little: eight usual ones are added everywhere.
        local = (_nearby(seconds, written, length) + 8.0 * usual) / (near + 8.0)
        out[name] = np.clip((local - usual) / spread, -3.0, 6.0)
    return out


def _nearby(seconds: Numbers, weights: NDArray[np.float32] | None, length: int) -> grid.Floats:
    """Sums over about ten seconds around every second."""
    counted = np.bincount(seconds, weights=weights, minlength=length).astype(np.float64)
    return grid.smooth(counted, SIGMA) * (2.5 * SIGMA)


SIGNAL = Signal(NAME, "Chat", measure)
