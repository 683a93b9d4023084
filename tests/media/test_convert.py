from __future__ import annotations

from pathlib import Path

import pytest

from appliance.domain.errors import BadInput
from appliance.media.convert import convert
from appliance.media.ffmpeg import Ffmpeg
from tests.bench.media import run


def test_a_transport_stream_is_copied(ffmpeg: Ffmpeg, counted_ts: Path, tmp_path: Path) -> None:
    """H.264 and AAC go into the MP4 as they are, and the clock begins at zero."""
    seen: list[float] = []
    done = convert(ffmpeg, counted_ts, tmp_path / "a.mp4", on_progress=lambda share, _: seen.append(share))
    assert done.copied
    assert "mp4" in done.source.container
    assert done.source.seconds == pytest.approx(6, abs=0.15)
    assert abs(done.source.start_time) < 0.05
    assert seen == sorted(seen)
    assert seen[-1] == 1.0


def test_what_an_mp4_cannot_hold_is_encoded(ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    """MPEG-2 becomes H.264 and AAC, with the reason."""
    old = tmp_path / "old.ts"
    inputs = ("-f", "lavfi", "-i", "testsrc2=s=161x91:r=25:d=2", "-f", "lavfi", "-i", "sine=d=2")
    run(ffmpeg, *inputs, "-vf", "scale=162:92", "-c:v", "mpeg2video", "-c:a", "mp2", str(old))
    done = convert(ffmpeg, old, tmp_path / "a.mp4")
    assert not done.copied
    assert "mpeg2video" in done.why
    assert done.source.picture is not None
    assert done.source.picture.codec == "h264"
    assert done.source.sounds[0].codec == "aac"


def test_nothing_is_left_of_a_failure(ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    """A text is refused, and no file appears."""
    text = tmp_path / "a.ts"
    text.write_text("no video")
    with pytest.raises(BadInput):
        convert(ffmpeg, text, tmp_path / "out" / "a.mp4")
    assert not (tmp_path / "out").exists()
