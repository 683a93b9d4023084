"""What was seen in a stretch of video: the ground on which framing decides. Positions are shares of the picture as shown."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from appliance.domain.span import Span
from appliance.domain.timeline import Box

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Face:
    """A face at one look. `facing` is -1 (to the picture's left) to 1 (to its right); `mouth` is how much the mouth moved
    until the next look, in grey levels a frame, beyond what the whole face moved.
    """

    box: Box
    score: float
    eyes: tuple[float, float]
    facing: float = 0.0
    mouth: float = 0.0

    @property
    def x(self) -> float:
        """Its middle."""
        return self.box.x + self.box.width / 2


@dataclass(frozen=True, slots=True)
class Look:
    """One look. `motion` and `detail` tell, column by column from left to right, how much moved since the look before and how
    much fine structure there is, in grey levels; `motion_rows` and `detail_rows` the same from top to bottom.

    `still` is each column's share of hard edges that did not change at all, as letters and drawings have; `flat` is the share
    of the picture that has one and the same grey, as paper and screens have.
    """

    at: float
    faces: tuple[Face, ...] = ()
    motion: Floats = field(default_factory=lambda: np.zeros(0, np.float32))
    detail: Floats = field(default_factory=lambda: np.zeros(0, np.float32))
    motion_rows: Floats = field(default_factory=lambda: np.zeros(0, np.float32))
    detail_rows: Floats = field(default_factory=lambda: np.zeros(0, np.float32))
    still: Floats = field(default_factory=lambda: np.zeros(0, np.float32))
    flat: float = 0.0


@dataclass(frozen=True, slots=True)
class Footage:
    """A stretch as it was seen once, for all aspects. `cuts` are the times of the first picture of every new shot.

    `width` and `height` are pixels as shown. `with_faces` tells "no face there" from "nobody looked for faces".
    """

    span: Span
    width: int
    height: int
    fps: float
    cuts: tuple[float, ...]
    looks: tuple[Look, ...]
    with_faces: bool

    @property
    def shots(self) -> tuple[Span, ...]:
        """The stretches between cuts, covering the whole span."""
        edges = [self.span.start, *(cut for cut in self.cuts if self.span.start < cut < self.span.end), self.span.end]
        return tuple(Span(start, end) for start, end in pairwise(edges))
