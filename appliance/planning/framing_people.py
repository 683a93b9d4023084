"""Who is in a shot, and who of them speaks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from appliance.planning.framing_footage import Face, Floats, Look

HEAD = 1.35  # a head with its hair is so many times as high as the face that detectors mark
_LOOKS = 3  # confirmations before somebody counts as being there
_SMALLEST = 0.045  # lower faces are passers-by and pictures on walls
_LESSER = 0.4  # and so are faces this much smaller than the largest one's
_LOST = 4  # looks after which somebody who shows up elsewhere is somebody else
_QUIET = 0.35  # grey levels a picture: below this a mouth is still
_SWITCH = 2.6  # what a change of speaker costs, in looks of full evidence


@dataclass(frozen=True, slots=True)
class Person:
    """One person through a shot: the face at every look where it was seen, `seen[i]` being the number of the look."""

    seen: tuple[int, ...]
    faces: tuple[Face, ...]

    def middle(self, what: str) -> float:
        """The median of `x`, `eye` (height of the eyes), `head` (height of the head), `width` or `facing`."""
        return float(np.median([_VALUES[what](face) for face in self.faces]))


_VALUES = {
    "x": lambda face: face.x,
    "eye": lambda face: face.eyes[1],
    "head": lambda face: face.box.height * HEAD,
    "width": lambda face: face.box.width,
    "facing": lambda face: face.facing,
}


def people(looks: Sequence[Look]) -> tuple[Person, ...]:
    """The persons of one shot who matter, from left to right: seen at three looks at least, or at half of a short shot's."""
    tracks: list[list[tuple[int, Face]]] = []
    for number, look in enumerate(looks):
        free = list(tracks)
        for face in sorted(look.faces, key=lambda face: -face.score):
            track = min(free, key=lambda one: _apart(one[-1][1], face), default=None)
            if track is not None and _apart(track[-1][1], face) < 0.7:
                track.append((number, face))
                free.remove(track)
            else:
                tracks.append([(number, face)])
    needed = min(_LOOKS, max(1, len(looks) // 2))
    found = [Person(*map(tuple, zip(*track, strict=True))) for track in _joined(tracks) if len(track) >= needed]
    largest = max((person.middle("head") for person in found), default=0.0)
    enough = max(_SMALLEST, _LESSER * largest)
    often = max((len(person.seen) for person in found), default=0) * 0.25
    kept = [person for person in found if person.middle("head") >= enough and len(person.seen) >= often]
    return tuple(sorted(kept, key=lambda person: person.middle("x")))


def speakers(persons: Sequence[Person], looks: int) -> tuple[tuple[int, ...], float]:
    """For every look the number of the person who speaks, and how clear that is, 0 to 1.

    Each mouth is measured against its own rest and its own liveliest moments, as faces differ in size, light and beard; the
    cheapest sequence of speakers is found by dynamic programming (Viterbi), where changing costs about half a second.
    """
    activity = np.stack([_activity(person, looks) for person in persons])
    total = activity.copy()
    back = np.zeros((len(persons), looks), np.int64)
    for number in range(1, looks):
        stay = total[:, number - 1]
        best = int(np.argmax(stay))
        change = stay[best] - _SWITCH
        back[:, number] = np.where(stay >= change, np.arange(len(persons)), best)
        total[:, number] += np.maximum(stay, change)
    chosen = [int(np.argmax(total[:, -1]))]
    for number in range(looks - 1, 0, -1):
        chosen.append(int(back[chosen[-1], number]))
    chosen.reverse()
    voice = activity[chosen, np.arange(looks)]
    others = (activity.sum(axis=0) - voice) / max(1, len(persons) - 1)
    return tuple(chosen), float((voice - others).sum() / max(float((voice + others).sum()), 1e-6))


def _activity(person: Person, looks: int) -> Floats:
    """How much the mouth moves at every look, 0 (its rest) to about 1, smoothed over three looks."""
    raw = np.interp(np.arange(looks), person.seen, [face.mouth / _size(face) for face in person.faces])
    low, high = np.percentile(raw, [15, 92])
    scaled = (raw - min(low, _QUIET)) / max(high - min(low, _QUIET), _QUIET)
    numbers = np.arange(looks)
    there = (numbers >= person.seen[0] - 1) & (numbers <= person.seen[-1] + 1)
    smooth = np.convolve(np.pad(np.clip(scaled, 0, 1.3) * there, 1, mode="edge"), np.ones(3) / 3, mode="valid")
    return np.asarray(smooth, np.float32)


def _size(face: Face) -> float:
    """Small faces move fewer grey levels than large ones with the same life in them."""
    return min(1.0, max(0.5, face.box.height / 0.25))


def _apart(one: Face, two: Face) -> float:
    """How far two faces are from being the same, in widths of the face."""
    wide = max(one.box.width, two.box.width, 1e-6)
    tall = max(one.box.height, two.box.height, 1e-6)
    shift = abs(one.x - two.x) / wide + abs(one.eyes[1] - two.eyes[1]) / tall
    return shift + _unlike(one, two)


def _joined(tracks: list[list[tuple[int, Face]]]) -> list[list[tuple[int, Face]]]:
    """Tracks of one person who was lost for a while become one: found again in the same place at any time, or elsewhere at
    once and of the same size (somebody who walked fast).
    """
    joined: list[list[tuple[int, Face]]] = []
    for track in tracks:
        number, face = track[0]
        gone = [one for one in joined if one[-1][0] < number]
        before = min(gone, key=lambda one: _apart(one[-1][1], face), default=None)
        if before is not None and (
            _apart(before[-1][1], face) < 1.2
            or (number - before[-1][0] <= _LOST and _unlike(before[-1][1], face) < 0.35)
        ):
            before += track
        else:
            joined.append(list(track))
    return joined


def _unlike(one: Face, two: Face) -> float:
    """How different two faces are in size: the logarithm of the ratio."""
    return abs(float(np.log((one.box.height + 1e-6) / (two.box.height + 1e-6))))
