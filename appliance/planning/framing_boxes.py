"""How large a piece of the picture is shown, and where it lies around what matters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from appliance.domain.timeline import Box, Canvas
from appliance.planning.framing_footage import Footage

EYES = 0.355  # how far down the frame the eyes are
HEAD = 0.23  # how high a head is made, where the picture has the pixels; it may be 0.18 to 0.30
_HEAD_LEAST, _HEAD_MOST = 0.18, 0.30
_EYES_LOWEST = 0.40
_PANE_EYES = 0.36
_PANE_HEAD = 0.46  # of its own half
_MOVES_HIGH, _MOVES_WIDE = 0.6, 0.75  # of the frame: so much of it may be filled by what moves
_CLOSEST_BLIND = 1.6  # times the full height, where no face says where the head is
GAP = 0.004  # between two halves, of the canvas height
FACE_SHARE = 0.38  # of the canvas height, for the upper part of a stack
FIT_AT_LEAST = 0.45  # of a high canvas' height, for the picture over its blur


class Limits(Protocol):
    """How close a crop may go: at most `closest` times the full height, at most `enlarge` canvas pixels a source pixel."""

    @property
    def closest(self) -> float:
        """Times the full height."""

    @property
    def enlarge(self) -> float:
        """Canvas pixels per source pixel."""


@dataclass(frozen=True, slots=True)
class Lens:
    """The size of a crop, in shares of the picture. `below_eyes`: how far its middle lies under the eyes."""

    width: float
    height: float
    eyes: float = EYES

    @property
    def below_eyes(self) -> float:
        """From the eyes down to the middle."""
        return (0.5 - self.eyes) * self.height

    def box(self, x: float, y: float) -> Box:
        """The crop around a middle, moved inside the picture."""
        left = min(max(x - self.width / 2, 0.0), 1.0 - self.width)
        top = min(max(y - self.height / 2, 0.0), 1.0 - self.height)
        return Box(round(left, 5), round(top, 5), round(self.width, 5), round(self.height, 5))


@dataclass(frozen=True, slots=True)
class Pane:
    """One half of a split canvas, in pixels."""

    width: float
    height: float


def pane(canvas: Canvas) -> Pane:
    """The halves lie one above the other, on a canvas wider than high side by side."""
    gap = GAP * canvas.height
    if canvas.width > canvas.height:
        return Pane((canvas.width - gap) / 2, canvas.height)
    return Pane(canvas.width, (canvas.height - gap) / 2)


def lens(
    footage: Footage,
    canvas: Canvas,
    limits: Limits,
    head: float | None = None,
    eye: float | None = None,
    closest: float | None = None,
) -> Lens:
    """The crop for a canvas: as large as the picture allows; closer when the head would be lower than 18 % of the frame, or
    when the eyes stand so low in the picture that there would be nothing but room above them.
    """
    full = _largest(footage, canvas.width / canvas.height)
    if head is None:
        return full
    height = full.height if head / full.height >= _HEAD_LEAST else head / HEAD
    if eye is not None:
        height = max(min(height, (1 - eye) / (1 - _EYES_LOWEST)), min(height, head / _HEAD_MOST))
    height = max(height, _least(footage, full, canvas.height, limits, closest))
    return _scaled(full, min(1.0, height / full.height))


def closer(footage: Footage, canvas: Canvas, limits: Limits, width: float, height: float) -> Lens:
    """The crop for something of that size that moves, of which no face is known: closer than the full height only as far as
    it keeps most of the frame to itself, and with care, as what stands still of a person is not seen.
    """
    full = _largest(footage, canvas.width / canvas.height)
    wanted = max(height / _MOVES_HIGH, full.height * width / full.width / _MOVES_WIDE, full.height / _CLOSEST_BLIND)
    wanted = max(wanted, _least(footage, full, canvas.height, limits, None))
    return _scaled(full, min(1.0, wanted / full.height))


def pane_lens(footage: Footage, half: Pane, limits: Limits, head: float, widest: float) -> Lens:
    """The crop for one half of a split: a large head, and nothing of the neighbour."""
    full = _largest(footage, half.width / half.height)
    wanted = max(head / _PANE_HEAD, _least(footage, full, half.height, limits, None))
    wanted = min(wanted, full.height, full.height * widest / full.width)
    return _scaled(Lens(full.width, full.height, _PANE_EYES), wanted / full.height)


def _largest(footage: Footage, aspect: float) -> Lens:
    """The largest crop of that aspect; shapes that differ by less than one percent count as the same."""
    ratio = footage.width / footage.height
    if abs(aspect / ratio - 1) < 0.01:
        return Lens(1.0, 1.0)
    return Lens(aspect / ratio, 1.0) if aspect < ratio else Lens(1.0, ratio / aspect)


def _least(footage: Footage, full: Lens, pixels: float, limits: Limits, closest: float | None) -> float:
    """The lowest height that a crop may have: enough source pixels, and not too close."""
    enough = pixels / limits.enlarge / footage.height
    return min(full.height, max(enough, full.height / (closest or limits.closest)))


def _scaled(full: Lens, factor: float) -> Lens:
    return Lens(full.width * factor, full.height * factor, full.eyes)
