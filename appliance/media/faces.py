"""Finding faces with YuNet on onnxruntime.

YuNet: W. Wu, H. Peng, S. Yu, "YuNet: A Tiny Millisecond-level Face Detector", Machine Intelligence Research 20, 2023; the model
file is OpenCV Zoo's face_detection_yunet_2023mar.onnx. What its twelve outputs mean is described there: for each of the strides
8, 16 and 32 a class score, an object score, a box and five points for every cell of the grid.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, cast

import numpy as np
import numpy.typing as npt

from appliance.domain.errors import NeedsPerson

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

Picture = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float32]

SIDE = 640  # the model takes squares of this side
_GAP = 16  # empty pixels between two pictures that share the square
_STRIDES = (8, 16, 32)
_OVERLAP = 0.3


@dataclass(frozen=True, slots=True)
class Found:
    """A face in pixels of its picture: box (x, y, width, height), score 0 to 1, and five points (eyes, nose, mouth corners),
    the picture's left one of each pair first.
    """

    box: tuple[float, float, float, float]
    score: float
    points: Floats


def small_size(width: int, height: int) -> tuple[int, int]:
    """The even size at which two pictures of this shape fill the model's square together; never larger than the picture."""
    room = SIDE // 2 - _GAP
    scale = min(SIDE / width, room / height) if width >= height else min(room / width, SIDE / height)
    scale = min(scale, 1.0)
    return max(16, int(width * scale) // 2 * 2), max(16, int(height * scale) // 2 * 2)


class FaceFinder:
    """Finds faces in two small pictures at a time. One thread, so that it never takes more than one core."""

    def __init__(self, model: Path, threshold: float = 0.65) -> None:
        """Read the model; NeedsPerson when it is missing or not YuNet."""
        self._session = _session(model)
        self._threshold = threshold
        self._names = [f"{kind}_{stride}" for kind in ("cls", "obj", "bbox", "kps") for stride in _STRIDES]

    def find(self, pictures: Sequence[Picture]) -> list[list[Found]]:
        """The faces of one or two pictures (height x width x 3, blue first) of the size that `small_size` names."""
        square = np.zeros((SIDE, SIDE, 3), np.float32)
        places = [self._place(number, picture) for number, picture in enumerate(pictures)]
        for picture, (x, y) in zip(pictures, places, strict=True):
            square[y : y + picture.shape[0], x : x + picture.shape[1]] = picture
        boxes, scores, points = self._run(square)
        found: list[list[Found]] = [[] for _ in pictures]
        for index in _suppressed(boxes, scores):
            middle = boxes[index, :2] + boxes[index, 2:] / 2
            for number, (picture, (x, y)) in enumerate(zip(pictures, places, strict=True)):
                if x <= middle[0] < x + picture.shape[1] and y <= middle[1] < y + picture.shape[0]:
                    left, top, width, height = (float(value) for value in boxes[index])
                    shifted = points[index] - np.array([x, y], np.float32)
                    found[number].append(Found((left - x, top - y, width, height), float(scores[index]), shifted))
        return found

    @staticmethod
    def _place(number: int, picture: Picture) -> tuple[int, int]:
        height, width = picture.shape[:2]
        if number == 0:
            return 0, 0
        # The middle of the square lies on all three grids, so that the second picture is seen just as the first.
        return (0, SIDE // 2) if width >= height else (SIDE // 2, 0)

    def _run(self, square: Floats) -> tuple[Floats, Floats, Floats]:
        """Boxes, scores and points above the threshold."""
        answers = cast("list[Floats]", self._session.run(self._names, {"input": square.transpose(2, 0, 1)[None]}))
        named = dict(zip(self._names, answers, strict=True))
        boxes, scores, points = [], [], []
        for stride in _STRIDES:
            score = np.sqrt(
                np.clip(named[f"cls_{stride}"][0, :, 0], 0, 1) * np.clip(named[f"obj_{stride}"][0, :, 0], 0, 1)
            )
            kept = np.flatnonzero(score >= self._threshold)
            columns = SIDE // stride
            cell = np.stack([kept % columns, kept // columns], axis=1).astype(np.float32)
            box = named[f"bbox_{stride}"][0, kept]
            size = np.exp(box[:, 2:]) * stride
            boxes.append(np.concatenate([(cell + box[:, :2]) * stride - size / 2, size], axis=1))
            scores.append(score[kept])
            points.append((named[f"kps_{stride}"][0, kept].reshape(-1, 5, 2) + cell[:, None, :]) * stride)
        return np.concatenate(boxes), np.concatenate(scores), np.concatenate(points)


def _suppressed(boxes: Floats, scores: Floats) -> list[int]:
    """Non-maximum suppression: of boxes that overlap, only the one with the highest score."""
    kept: list[int] = []
    for index in np.argsort(-scores):
        if all(_iou(boxes[index], boxes[other]) < _OVERLAP for other in kept):
            kept.append(int(index))
    return kept


def _iou(one: Floats, two: Floats) -> float:
    shared = np.minimum(one[:2] + one[2:], two[:2] + two[2:]) - np.maximum(one[:2], two[:2])
    both = float(np.prod(np.clip(shared, 0, None)))
    return both / (float(np.prod(one[2:]) + np.prod(two[2:])) - both + 1e-9)


def _session(model: Path) -> InferenceSession:
    import onnxruntime

    hint = "Run `clipper models pull yunet`, or leave the model out: clips are then framed by motion."
    if not model.is_file():
        raise NeedsPerson(f"There is no face model at {model}", hint)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    try:
        session = onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
    except Exception as error:  # onnxruntime raises classes of its own that share no base but this
        raise NeedsPerson(f"{model} is not a model that can be used: {error}", hint) from error
    names = {output.name for output in session.get_outputs()}
    if session.get_inputs()[0].shape != [1, 3, SIDE, SIDE] or not {"cls_8", "obj_16", "bbox_32", "kps_8"} <= names:
        raise NeedsPerson(f"{model} is not the YuNet face model", hint)
    return session
