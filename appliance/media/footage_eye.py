"""What is measured on small grey pictures: how much changed, where, and which changes are cuts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from appliance.media.faces import Found
from appliance.planning.framing_footage import Floats

Grey = npt.NDArray[np.uint8]

# A cut changes this many grey levels on average, this many times more than the pictures around it do.
_CUT_LEVELS = 9.0
_CUT_TIMES = 4.0
_APART_SECONDS = 0.2  # of two jumps closer than this the larger one is the cut
_FLASH_FRAMES = 4  # a change that is undone within so many pictures is a flash
_HARD = 14  # grey levels to the neighbours, together: an edge of a letter or a drawing
_UNMOVED = 0.4  # grey levels a picture
_SAME = 5  # neighbouring grey levels that count as one grey


@dataclass(slots=True)
class Changes:
    """Every picture's change against the one before, and a thumbnail of it (for flashes); filled picture by picture."""

    times: list[float]
    levels: list[float]
    thumbs: list[Grey]

    def add(self, at: float, level: float, grid: Grey) -> None:
        """Take one picture in."""
        self.times.append(at)
        self.levels.append(level)
        self.thumbs.append(grid[::4, ::4].copy())

    def cuts(self) -> tuple[float, ...]:
        """The times of the first picture of every new shot."""
        levels = np.array(self.levels)
        found: list[int] = []
        for index in np.flatnonzero(levels >= _CUT_LEVELS):
            around = np.concatenate([levels[max(1, index - 12) : index], levels[index + 1 : index + 13]])
            usual = float(np.median(around)) if len(around) else 0.0
            if levels[index] < _CUT_TIMES * usual + 2.0 or self._undone(int(index), float(levels[index])):
                continue
            if found and self.times[index] - self.times[found[-1]] < _APART_SECONDS:
                if levels[index] > levels[found[-1]]:
                    found[-1] = int(index)
                continue
            found.append(int(index))
        return tuple(self.times[index] for index in found)

    def _undone(self, index: int, level: float) -> bool:
        """Whether the picture soon looks again as it did before: a flash, or a frame from elsewhere."""
        if index == 0:
            return True
        before = self.thumbs[index - 1].astype(np.int16)
        after = self.thumbs[index + 1 : index + 1 + _FLASH_FRAMES]
        before_too = self.thumbs[max(0, index - 1 - _FLASH_FRAMES) : index - 1]
        here = self.thumbs[index].astype(np.int16)
        limit = 0.3 * level
        return any(float(np.abs(one - before).mean()) < limit for one in after) or any(
            float(np.abs(one - here).mean()) < limit for one in before_too
        )


def mouth_motion(frames: Sequence[Grey], face: Found) -> float:
    """How much the mouth moves over neighbouring pictures, in grey levels a picture, beyond what the eyes and nose move."""
    eyes, nose, mouth = face.points[:2].mean(axis=0), face.points[2], face.points[3:].mean(axis=0)
    wide = max(float(np.abs(face.points[3, 0] - face.points[4, 0])), 0.25 * face.box[2])
    lips = _cut_out(frames, mouth[0], mouth[1] + 0.15 * wide, 1.3 * wide, 1.1 * wide)
    rest = _cut_out(frames, (eyes[0] + nose[0]) / 2, (eyes[1] + nose[1]) / 2, 1.6 * wide, 1.0 * wide)
    return max(0.0, _change(lips) - 0.8 * _change(rest))


def columns_and_rows(grid: Floats) -> tuple[Floats, Floats]:
    """The means of a grid's columns and of its rows."""
    return grid.mean(axis=0).astype(np.float32), grid.mean(axis=1).astype(np.float32)


def detail(grid: Grey) -> Floats:
    """How much fine structure every cell has: the change to its neighbours, beside and below."""
    level = grid.astype(np.float32)
    across = np.abs(np.diff(level, axis=1, append=level[:, -1:]))
    down = np.abs(np.diff(level, axis=0, append=level[-1:]))
    return np.asarray(across + down, np.float32)


def still_edges(fine: Floats, moved: Floats) -> Floats:
    """Every column's share of cells that hold a hard edge (`fine`, of `detail`) and did not change (`moved`, levels a picture)."""
    return np.asarray(((fine > _HARD) & (moved < _UNMOVED)).mean(axis=0), np.float32)


def flatness(grid: Grey) -> float:
    """The share of the picture that has its commonest grey: near 1 for a page, near 0.1 for what a camera sees."""
    levels = np.bincount(grid.ravel(), minlength=256)
    return float(np.convolve(levels, np.ones(_SAME)).max() / max(1, grid.size))


def _cut_out(frames: Sequence[Grey], x: float, y: float, width: float, height: float) -> list[Grey]:
    rows, columns = frames[0].shape
    left, right = int(max(0, x - width / 2)), int(min(columns, x + width / 2 + 1))
    top, bottom = int(max(0, y - height / 2)), int(min(rows, y + height / 2 + 1))
    return [frame[top:bottom, left:right] for frame in frames]


def _change(patches: Sequence[Grey]) -> float:
    if len(patches) < 2 or patches[0].size == 0:
        return 0.0
    stack = np.stack(patches).astype(np.int16)
    return float(np.abs(np.diff(stack, axis=0)).mean())
