"""Where an audience reacts between two sentences: the natural end of a story, and how long to stay for it."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from appliance.signals.evidence import Evidence, SoundScan
from appliance.signals.grid import Floats

_SHORTEST = 1.2  # seconds without words; less is a breath
_LEAST = 1.0  # deviations of the reaction signal; less may be the room
_DECAY_DB = 20.0  # a reaction is over when its sound has fallen this far
_AIR = 0.8
_LONGEST = 6.0  # of a long applause, this much is enough


@dataclass(frozen=True, slots=True)
class Payoff:
    """A reaction: from the last word before it to where a clip ends well after it, in seconds; `height` in deviations."""

    start: float
    end: float
    height: float


def payoffs(evidence: Evidence, reaction: Floats | None) -> tuple[Payoff, ...]:
    """The reactions that lie between sentences, in order of time; none without words or sound.

    The end is 0.8 s after the sound has died away, at most six seconds in, and never inside the next word.
    """
    if evidence.transcript is None or evidence.sound is None or reaction is None:
        return ()
    said = [(sentence.start, sentence.end) for sentence in evidence.transcript.sentences if sentence.words]
    out = []
    for (_, end), (after, _) in pairwise([*said, (evidence.seconds, evidence.seconds)]):
        near = reaction[int(end) : int(np.ceil(after))]
        if after - end < _SHORTEST or not len(near):
            continue
        height = float(np.nan_to_num(near).max())
        if height >= _LEAST:
            last = min(_faded(evidence.sound, end, min(after, end + _LONGEST)) + _AIR, after - 0.02, evidence.seconds)
            out.append(Payoff(end, max(last, end), height))
    return tuple(out)


def _faded(sound: SoundScan, start: float, end: float) -> float:
    """When the sound between two times has last been within 20 dB of its loudest."""
    first = int(start / sound.fine_hop)
    level = sound.fine_db[first : int(np.ceil(end / sound.fine_hop))]
    if not len(level):
        return start
    heard = np.flatnonzero(level >= float(np.percentile(level, 95)) - _DECAY_DB)
    return min(end, (first + int(heard[-1]) + 1) * sound.fine_hop)
