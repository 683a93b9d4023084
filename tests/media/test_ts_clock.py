from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

from appliance.media.convert import convert
from appliance.media.ffmpeg import Ffmpeg
from appliance.media.probe import probe
from appliance.media.ts_clock import clock_jumps
from tests.media.conftest import as_stream

_WRAP_SECONDS = 2**33 / 90_000


@pytest.fixture(scope="module")
def early(ffmpeg: Ffmpeg, counted: Path, media: Path) -> Path:
    """The six numbered seconds with a clock that begins ten hours before that of `counted_ts`."""
    return as_stream(ffmpeg, counted, media / "early.ts", 1800)


def joined(out: Path, *parts: Path) -> Path:
    out.write_bytes(b"".join(part.read_bytes() for part in parts))
    return out


def test_a_clock_that_goes_back_is_told(counted_ts: Path, early: Path, tmp_path: Path) -> None:
    """Two recordings joined end to end are as long as both, whatever the second one's clock says, and a warning says why."""
    source = probe(joined(tmp_path / "a.ts", counted_ts, early))
    assert source.seconds == pytest.approx(12, abs=0.3)
    assert "clock jumps" in source.warnings[0]
    twice = probe(joined(tmp_path / "b.ts", early, early))
    assert twice.seconds == pytest.approx(12, abs=0.3)
    assert "clock jumps" in twice.warnings[0]


def test_a_clock_that_leaps_ahead_is_told(counted_ts: Path, early: Path, tmp_path: Path) -> None:
    """Ten hours in which nothing was recorded are not part of the length."""
    assert probe(joined(tmp_path / "a.ts", early, counted_ts)).seconds == pytest.approx(12, abs=0.3)


def test_an_even_clock_is_left_alone(ffmpeg: Ffmpeg, counted: Path, counted_ts: Path, early: Path, media: Path) -> None:
    """Neither a late beginning, nor the wrap of the clock after 26.5 hours, nor another container is a jump."""
    wrapping = as_stream(ffmpeg, counted, media / "wrapping.ts", _WRAP_SECONDS - 3)
    for path in (counted_ts, early, wrapping, counted):
        assert not clock_jumps(path)
        assert probe(path).seconds == pytest.approx(6, abs=0.15)
        assert probe(path).warnings == ()


def test_a_jumping_recording_is_copied_to_mp4(ffmpeg: Ffmpeg, counted_ts: Path, early: Path, tmp_path: Path) -> None:
    """Nothing is encoded: the copy has every frame of both parts on an even clock."""
    made = convert(ffmpeg, joined(tmp_path / "a.ts", counted_ts, early), tmp_path / "a.mp4")
    assert made.copied
    assert made.source.seconds == pytest.approx(12, abs=0.3)
    assert made.source.warnings == ()
    import av

    with av.open(str(tmp_path / "a.mp4")) as container:
        times = [frame.time for frame in container.decode(video=0)]
    assert len(times) == 360
    assert max(two - one for one, two in pairwise(times)) < 0.2
