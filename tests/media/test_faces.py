from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from appliance.domain.errors import NeedsPerson
from appliance.media.faces import SIDE, FaceFinder, small_size


@pytest.fixture(scope="module")
def finder(shared: Path) -> FaceFinder:
    return FaceFinder(shared / "media" / "model" / "face_detection_yunet_2023mar.onnx")


@pytest.mark.parametrize("shape", [(1920, 1080), (1080, 1920), (854, 480), (640, 640), (3840, 1600), (200, 100)])
def test_two_pictures_fit_the_models_square(shape: tuple[int, int]) -> None:
    """Whatever the shape, two small pictures lie in one square without touching, and none is enlarged."""
    width, height = small_size(*shape)
    assert width <= min(SIDE, shape[0])
    assert height <= min(SIDE, shape[1])
    assert 2 * min(width, height) < SIDE
    assert width / height == pytest.approx(shape[0] / shape[1], rel=0.02)


def test_a_missing_model_says_how_to_get_one(tmp_path: Path) -> None:
    """No model file: what is missing, and the command that fetches it."""
    with pytest.raises(NeedsPerson) as caught:
        FaceFinder(tmp_path / "none.onnx")
    assert "clipper models pull yunet" in caught.value.hint


def test_a_file_that_is_no_model_is_refused(tmp_path: Path) -> None:
    """A broken download is not a crash."""
    broken = tmp_path / "broken.onnx"
    broken.write_bytes(b"<html>not found</html>")
    with pytest.raises(NeedsPerson, match=r"broken\.onnx"):
        FaceFinder(broken)


@pytest.mark.shared
def test_faces_are_found_where_they_are(finder: FaceFinder, shared: Path) -> None:
    """In a real picture with two people both are found, with eyes above nose above mouth; noise has none."""
    import av

    with av.open(str(shared / "media" / "talk" / "two_speakers_sbs.mp4")) as container:
        picture = next(container.decode(video=0))
        width, height = small_size(picture.width, picture.height)
        real = picture.reformat(width=width, height=height, format="bgr24").to_ndarray()
    noise = np.random.default_rng(1).integers(0, 255, real.shape, np.uint8)
    people, nobody = finder.find([real, noise])
    assert nobody == []
    assert [
        round((face.box[0] + face.box[2] / 2) / width, 1) for face in sorted(people, key=lambda face: face.box[0])
    ] == [0.3, 0.8]
    for face in people:
        assert face.score > 0.8
        assert face.points[:2, 1].mean() < face.points[2, 1] < face.points[3:, 1].mean()


@pytest.mark.shared
def test_it_does_not_matter_in_which_half_a_picture_lies(finder: FaceFinder, shared: Path) -> None:
    """The same picture as first and as second of a pair has the same faces, to a few percent of their size."""
    import av

    with av.open(str(shared / "media" / "faces" / "vr_face_1.mp4")) as container:
        picture = next(container.decode(video=0))
        width, height = small_size(picture.width, picture.height)
        real = picture.reformat(width=width, height=height, format="bgr24").to_ndarray()
    first, second = finder.find([real, real])
    assert len(first) == len(second) == 1
    assert first[0].box == pytest.approx(second[0].box, abs=0.08 * first[0].box[3])
