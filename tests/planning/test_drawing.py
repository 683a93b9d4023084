from __future__ import annotations

from array import array
from pathlib import Path
from xml.etree import ElementTree as ET

import numpy as np
import pytest

from appliance.domain.curve import Curve
from appliance.domain.moment import Moment, Ranking
from appliance.media.plot import plot, svg
from appliance.planning.drawing import Band, Label, Stroke, drawing
from config.presets import FOLDER

FONT = FOLDER / "fonts" / "inter" / "Inter_700Bold.ttf"
CURVES = (
    Curve("chat", 1.0, array("f", [0.0] * 50 + [5.0] * 10 + [0.0] * 40)),
    Curve("pace", 1.0, array("f", [float("nan")] * 30 + [1.0] * 70)),
    Curve("chat.users", 1.0, array("f", [1.0] * 100)),
)
RANKING = Ranking(100.0, (Moment(45, 65, 80, "x", ()), Moment(10, 25, 40, "y", ())))


def test_every_moment_is_a_numbered_band_and_every_signal_a_line() -> None:
    """Finer curves are left out; the axis is in h:mm:ss."""
    shapes = drawing(CURVES, RANKING, "A <talk> & more").shapes
    texts = [shape.text for shape in shapes if isinstance(shape, Label)]
    assert sum(isinstance(shape, Band) for shape in shapes) == 2
    assert {"1", "2", "chat", "pace", "0:01:00"} <= set(texts)
    assert "chat.users" not in texts


def test_unknown_stretches_stay_gaps() -> None:
    """A line begins where something is known."""
    lines = [
        shape
        for shape in drawing(CURVES[1:2], RANKING, "").shapes
        if isinstance(shape, Stroke) and shape.colour == "#3fae8f"
    ]
    assert len(lines) == 1
    assert lines[0].points[0][0] > 400


@pytest.mark.parametrize("seconds", [4, 3_600, 43_200])
def test_a_plot_of_any_length_is_small_and_keeps_its_peak(seconds: int) -> None:
    """Twelve hours are thinned, and the one loud second is still the highest point."""
    values = np.zeros(seconds, np.float32)
    values[seconds // 3] = 6.0
    made = drawing((Curve("chat", 1.0, array("f", values.tobytes())),), Ranking(float(seconds), ()), "x")
    line = next(shape for shape in made.shapes if isinstance(shape, Stroke) and shape.colour == "#4f9dff")
    assert len(line.points) <= 561
    assert min(y for _, y in line.points) < max(y for _, y in line.points) - 25
    assert len(svg(made)) < 60_000


def test_both_files_come_from_one_drawing(tmp_path: Path) -> None:
    """The SVG is well formed whatever the title says, and the PNG is 1200 pixels wide."""
    made = drawing(CURVES, RANKING, "A <talk> & \x07 more")
    plot(made, tmp_path / "deep" / "x.svg", FONT)
    plot(made, tmp_path / "x.png", FONT)
    assert ET.fromstring((tmp_path / "deep" / "x.svg").read_text()).tag.endswith("svg")
    from PIL import Image

    with Image.open(tmp_path / "x.png") as picture:
        assert picture.size == (1200, round(made.height))


def test_nothing_known_is_still_a_plot() -> None:
    """No curves and no moments: a title and an axis."""
    assert svg(drawing((), Ranking(0.0, ()), "empty")).startswith("<svg")
