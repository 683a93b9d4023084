from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from appliance.media.ffmpeg import Ffmpeg
from appliance.media.main_face import main_face
from appliance.process import run


@pytest.mark.shared
def test_the_largest_face_of_a_picture_is_found(shared: Path, ffmpeg: Ffmpeg) -> None:
    """A talking head has one in its upper half; a grey wall has none."""
    find = main_face(shared / "media" / "model" / "face_detection_yunet_2023mar.onnx")
    video = shared / "media" / "faces" / "vr_face_1.mp4"
    argv = ffmpeg.argv(
        "-i", str(video), "-frames:v", "1", "-s", "360x360", "-f", "rawvideo", "-pix_fmt", "rgb24", "pipe:1"
    )
    face = find(np.frombuffer(run(argv).out, np.uint8).reshape(360, 360, 3))
    assert face is not None
    assert 0.1 < face.height < 0.9
    assert face.y < 0.5
    assert find(np.full((360, 360, 3), 128, np.uint8)) is None
