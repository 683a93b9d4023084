"""The main face of one still: the largest."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt

from appliance.domain.timeline import Box
from appliance.media.faces import FaceFinder, small_size

Picture = npt.NDArray[np.uint8]


def main_face(model: Path) -> Callable[[Picture], Box | None]:
    """A function from an RGB picture (height, width, 3) to its largest face in shares of it; None where there is none.

    Raises NeedsPerson when the model cannot be read.
    """
    finder = FaceFinder(model)

    def find(picture: Picture) -> Box | None:
        from PIL import Image

        width, height = small_size(picture.shape[1], picture.shape[0])
        small = np.asarray(Image.fromarray(picture).resize((width, height)))[:, :, ::-1]
        faces = finder.find([np.ascontiguousarray(small)])[0]
        if not faces:
            return None
        x, y, wide, high = max(faces, key=lambda face: face.box[2] * face.box[3]).box
        return Box(x / width, y / height, wide / width, high / height)

    return find
