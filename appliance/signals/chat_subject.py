"""Whether a chat shouts or talks: how far the words of each moment are from the words that this chat always uses.

At a highlight everybody writes the channel's own cheers; a burst of words that are otherwise rare is a conversation, a
question of the streamer, or copied text. No list of words is needed: the chat itself says what is usual in it.
Measured as the divergence (Kullback and Leibler) of the words within 20 s from those of the whole chat.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from appliance.signals.grid import Floats

_HOP = 10  # seconds between windows; a window is two hops long
_SAMPLE = 24  # messages of a hop that are read: more of them say the same
_PRIOR = 4.0  # messages by which small windows are drawn towards the usual


def subject(seconds: NDArray[np.int32], texts: NDArray[np.int32], vocabulary: Sequence[str], length: int) -> Floats:
    """For every second how unusual the words around it are for this chat, in standard deviations around the mean (-3 to 3).

    `seconds` (rising) and `texts` are those of the messages that count.
    """
    kept = sampled(seconds // _HOP, _SAMPLE)
    block, texts = (seconds[kept] // _HOP).astype(np.int64), texts[kept]
    message, token = _tokens(texts, vocabulary)
    if not len(token):
        return np.zeros(length)
    spread = np.bincount(token).astype(np.float64)
    count = length // _HOP + 2
    # Each message is in the window that begins with its hop and in the one before.
    window = np.concatenate((block, np.maximum(block - 1, 0)))
    sizes = np.bincount(window, minlength=count).astype(np.float64)
    pairs = np.concatenate((block[message], np.maximum(block[message] - 1, 0))) * np.int64(len(spread)) + np.tile(
        token, 2
    )
    pair, times = np.unique(pairs, return_counts=True)
    place, word = pair // len(spread), pair % len(spread)
    usual = spread[word] / max(len(texts), 1)
    size = sizes[place]
    gain = times / (size + _PRIOR) * np.log((times + 0.5) / (size * usual + 0.5))
    total = np.bincount(place, weights=gain, minlength=count)
    curve = np.interp(np.arange(length) + 0.5, (np.arange(count) + 1.0) * _HOP, total)
    return np.asarray(np.clip((curve - curve.mean()) / max(float(curve.std()), 0.05), -3.0, 3.0))


def sampled(block: NDArray[np.int32], most: int) -> NDArray[np.bool_]:
    """At most `most` messages of every block, evenly; `block` is the number of each message's block, rising."""
    sizes = np.bincount(block)
    place = np.arange(len(block), dtype=np.int32) - (np.cumsum(sizes) - sizes).astype(np.int32)[block]
    count = sizes.astype(np.int32)[block]
    return np.asarray((count <= most) | ((place + 1) * most // count > place * most // count))


def _tokens(texts: NDArray[np.int32], vocabulary: Sequence[str]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Every different word of every message, as the message's place and the word's number."""
    used, place = np.unique(texts, return_inverse=True)
    numbers: dict[str, int] = {}
    words = [
        [numbers.setdefault(word, len(numbers)) for word in set(vocabulary[text].lower().split())] for text in used
    ]
    sizes = np.fromiter(map(len, words), dtype=np.int64, count=len(words))
    flat = np.fromiter((number for line in words for number in line), dtype=np.int64, count=int(sizes.sum()))
    starts = np.concatenate(([0], np.cumsum(sizes)[:-1])) if len(sizes) else sizes
    size = sizes[place]
    message = np.repeat(np.arange(len(texts)), size)
    within = np.arange(len(message)) - np.repeat(np.cumsum(size) - size, size)
    return message, flat[np.repeat(starts[place], size) + within]
