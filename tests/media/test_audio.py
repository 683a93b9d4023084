from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from appliance.domain.errors import BadInput
from appliance.domain.span import Span
from appliance.media.audio import RATE, read_sound, scan_sound
from appliance.media.ffmpeg import Ffmpeg
from appliance.media.probe import probe
from appliance.media.sound_scan import SoundMeter
from tests.bench.media import run


def test_a_scan_has_one_value_a_second(ffmpeg: Ffmpeg, voice: Path) -> None:
    """All measures have one value a second, the fine level fifty."""
    scan = scan_sound(ffmpeg, voice, probe(voice))
    for name in ("rms_db", "peak_db", "flux", "flatness", "centroid_hz", "voice_share", "zero_crossings", "harmonic"):
        assert getattr(scan, name).shape in ((6,), (7,)), name
        assert getattr(scan, name).dtype == np.float32
    assert len(scan.fine_db) == pytest.approx(300, abs=4)


def test_levels_are_in_decibels_of_full_scale(ffmpeg: Ffmpeg, voice: Path) -> None:
    """A quiet second is silence and a sounding one has the level and the pitch that it was made with."""
    scan = scan_sound(ffmpeg, voice, probe(voice))
    assert scan.rms_db[4] < -60
    assert scan.rms_db[1] == pytest.approx(-16.4, abs=1.5)
    assert scan.peak_db[1] == pytest.approx(-10.5, abs=1.5)
    assert scan.harmonic[1] > 0.9
    assert scan.harmonic[4] < 0.1
    assert 100 < scan.centroid_hz[1] < 300


def test_the_wanted_track_is_heard(ffmpeg: Ffmpeg, voice: Path) -> None:
    """The second track is 12 dB lower, and that is what its scan says."""
    source = probe(voice)
    first, second = (scan_sound(ffmpeg, voice, source, track) for track in (0, 1))
    assert first.rms_db[1] - second.rms_db[1] == pytest.approx(12, abs=0.5)


def test_a_track_that_is_not_there_is_refused(ffmpeg: Ffmpeg, voice: Path, mute: Path) -> None:
    """A number too high and a file without sound are named."""
    with pytest.raises(BadInput, match="no sound track 5: it has 2"):
        scan_sound(ffmpeg, voice, probe(voice), 5)
    with pytest.raises(BadInput, match="has no sound"):
        scan_sound(ffmpeg, mute, probe(mute))


def test_noise_and_voice_are_told_apart() -> None:
    """White noise is flat and has no pitch; a hum is neither."""
    rng = np.random.default_rng(1)
    noise = rng.uniform(-0.3, 0.3, RATE * 3).astype(np.float32)
    hum = (0.3 * np.sign(np.sin(np.arange(RATE * 3) * 2 * np.pi * 150 / RATE))).astype(np.float32)
    scans = []
    for sound in (noise, hum):
        meter = SoundMeter(RATE)
        meter.add(sound)
        scans.append(meter.scan())
    assert scans[0].flatness[1] > 0.4 > scans[1].flatness[1]
    assert scans[0].harmonic[1] < 0.1
    assert scans[1].harmonic[1] > 0.9
    assert scans[0].zero_crossings[1] > scans[1].zero_crossings[1]


def test_the_size_of_blocks_does_not_matter() -> None:
    """The same sound measures the same in one block and in many."""
    rng = np.random.default_rng(2)
    sound = (rng.normal(0, 0.1, RATE * 5 + 777)).astype(np.float32)
    one, many = SoundMeter(RATE), SoundMeter(RATE)
    one.add(sound)
    for first in range(0, len(sound), 5_000):
        many.add(sound[first : first + 5_000])
    whole, pieced = one.scan(), many.scan()
    for name in ("rms_db", "peak_db", "flux", "flatness", "centroid_hz", "voice_share", "harmonic", "fine_db"):
        assert np.allclose(getattr(whole, name), getattr(pieced, name), rtol=1e-3, atol=1e-3), name
    assert len(whole.rms_db) == 6


def test_an_exact_stretch_is_read(ffmpeg: Ffmpeg, voice: Path) -> None:
    """A stretch has exactly its samples, and silence lies where the source is silent."""
    sound = read_sound(ffmpeg, voice, probe(voice), None, Span(3.5, 5.25))
    assert sound.shape == (28_000,)
    assert sound.dtype == np.float32
    assert np.abs(sound[:7_000]).max() > 0.1
    assert np.abs(sound[9_000:22_000]).max() < 0.01


def test_a_stretch_beyond_the_end_is_silence(ffmpeg: Ffmpeg, voice: Path) -> None:
    """What lies behind the end of the track is filled with silence."""
    sound = read_sound(ffmpeg, voice, probe(voice), None, Span(5.5, 8.0))
    assert sound.shape == (40_000,)
    assert not sound[16_000:].any()


@pytest.mark.parametrize("kind", ["mp4", "ts", "mkv"])
def test_sound_that_begins_late_keeps_its_place(ffmpeg: Ffmpeg, tmp_path: Path, kind: str) -> None:
    """Where the sound begins after the picture, its first second is silence: the clock is the source's."""
    path = tmp_path / f"late.{kind}"
    inputs = (
        "-f",
        "lavfi",
        "-i",
        "testsrc2=s=160x90:r=30:d=4",
        "-itsoffset",
        "1",
        "-f",
        "lavfi",
        "-i",
        "sine=d=3:r=48000",
    )
    run(ffmpeg, *inputs, "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-c:a", "aac", str(path))
    source = probe(path)
    scan = scan_sound(ffmpeg, path, source)
    part = read_sound(ffmpeg, path, source, None, Span(0.5, 1.5))
    assert np.argmax(np.abs(part) > 0.02) / RATE == pytest.approx(0.5, abs=0.03)
    assert scan.rms_db[0] < -40
    assert scan.rms_db[1] > -30
    assert np.argmax(scan.fine_db > -40) * scan.fine_hop == pytest.approx(1.0, abs=0.05)
