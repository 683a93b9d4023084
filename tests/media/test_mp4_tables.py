"""An MP4's own tables, and what is read by them instead of by an index of all packets."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np
import pytest

from appliance.media.audio import blocks
from appliance.media.ffmpeg import Ffmpeg
from appliance.media.mp4_aac import adts
from appliance.media.mp4_sketch import first_samples, key_frames
from appliance.media.mp4_tables import Tables, read_tables, spots
from appliance.media.picture import scan_picture
from appliance.media.probe import open_media, probe
from tests.bench.media import run

_FRAMES = 300


@pytest.fixture(scope="module")
def talk(ffmpeg: Ffmpeg, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Ten seconds with B-frames, a key frame every half second or so, and AAC with its run-up."""
    out = tmp_path_factory.mktemp("tables") / "talk.mp4"
    picture, sound = "testsrc2=s=160x90:r=30:d=10", "aevalsrc='0.4*sin(2*PI*300*t)*abs(sin(3*t))':s=44100:d=10"
    encode = ("-c:v", "libx264", "-preset", "fast", "-g", "17", "-bf", "3", "-pix_fmt", "yuv420p", "-c:a", "aac")
    run(ffmpeg, "-f", "lavfi", "-i", picture, "-f", "lavfi", "-i", sound, *encode, str(out))
    return out


@pytest.fixture(scope="module")
def joined(ffmpeg: Ffmpeg, talk: Path) -> Path:
    """Six recordings of ten seconds, one after another."""
    out = talk.with_name("joined.mp4")
    run(ffmpeg, "-stream_loop", "5", "-i", str(talk), "-c", "copy", str(out))
    return out


def tables_of(path: Path) -> Tables:
    """The tables, which have to be there."""
    tables = read_tables(path)
    assert tables is not None
    return tables


def packets(path: Path) -> Iterator[av.Packet]:
    """All packets of the picture, as libavformat gives them."""
    with open_media(path) as container:
        yield from (packet for packet in container.demux(video=0) if packet.pts is not None)


@pytest.mark.parametrize("faststart", [False, True])
def test_samples_lie_where_libavformat_finds_them(
    ffmpeg: Ffmpeg, talk: Path, tmp_path: Path, *, faststart: bool
) -> None:
    """Every packet's place and size are the same, wherever the header stands."""
    path = talk
    if faststart:
        path = tmp_path / "fast.mp4"
        run(ffmpeg, "-i", str(talk), "-c", "copy", "-movflags", "+faststart", str(path))
    tables = tables_of(path)
    with path.open("rb") as file:
        found = [
            (place, size)
            for _, places, sizes in spots(file, tables.tracks[0])
            for place, size in zip(places.tolist(), sizes.tolist(), strict=True)
        ]
    assert found == [(packet.pos, packet.size) for packet in packets(path)]
    assert len(found) == _FRAMES


def test_a_sketch_shows_the_key_frames_at_their_times(talk: Path) -> None:
    """What is read through a sketch is exactly the file's key frames, with their content."""
    wanted = [(p.pts, bytes(p)) for p in packets(talk) if p.is_keyframe]
    with open_media(talk, sketch=key_frames(tables_of(talk), 0, 0.0)) as container:
        got = [(p.pts, bytes(p)) for p in container.demux(video=0) if p.pts is not None]
    assert got == wanted
    assert len(got) > _FRAMES // 17


def test_a_sketch_keeps_key_frames_apart(talk: Path) -> None:
    """Key frames that follow closely are left out."""
    with open_media(talk, sketch=key_frames(tables_of(talk), 0, 1.5)) as container:
        times = [float(p.pts * p.time_base) for p in container.demux(video=0) if p.pts is not None and p.time_base]
    assert times[0] == 0
    assert min(np.diff(times)) >= 1.5


def test_a_sketch_of_the_beginning_names_every_track(talk: Path) -> None:
    """The first samples suffice to know picture and sound."""
    with open_media(talk, sketch=first_samples(tables_of(talk), 20)) as container:
        assert [stream.type for stream in container.streams] == ["video", "audio"]
        assert sum(1 for packet in container.demux(video=0) if packet.pts is not None) == 20


def test_probing_by_tables_says_what_reading_all_says(ffmpeg: Ffmpeg, joined: Path, tmp_path: Path) -> None:
    """Length, clock and rate are those of the same streams in a Matroska file, which has no such tables."""
    other = tmp_path / "joined.mkv"
    run(ffmpeg, "-i", str(joined), "-c", "copy", str(other))
    one, two = probe(joined), probe(other)
    assert one.picture is not None
    assert two.picture is not None
    assert one.seconds == pytest.approx(two.seconds, abs=0.03)
    assert one.start_time == pytest.approx(two.start_time, abs=0.001)
    assert one.picture.fps == pytest.approx(two.picture.fps, rel=0.005)


def test_the_same_sound_comes_through_a_plain_stream(ffmpeg: Ffmpeg, talk: Path, tmp_path: Path) -> None:
    """AAC that is streamed from an MP4's tables gives the samples that ffmpeg gives when it opens the file itself."""
    source = probe(talk)
    assert adts(talk, 1) is not None
    streamed = np.concatenate(list(blocks(ffmpeg, talk, source, source.sounds[0])))
    fragments = tmp_path / "fragments.mp4"  # the same packets in a file that has no tables
    run(ffmpeg, "-i", str(talk), "-c", "copy", "-movflags", "+frag_keyframe+empty_moov+delay_moov", str(fragments))
    assert read_tables(fragments) is None
    opened = np.concatenate(list(blocks(ffmpeg, fragments, probe(fragments), source.sounds[0])))
    count = min(len(streamed), len(opened)) - 2048
    assert count > 9.5 * 16_000
    # 5.1 was seen to begin a file that it opens itself half a sample (32 us) beside the stream.
    allowed = 0.002 if ffmpeg.major >= 6 else 0.8 * float(np.abs(np.diff(opened)).max())
    assert float(np.abs(streamed[:count] - opened[:count]).max()) < allowed


def test_sound_stays_in_step_where_recordings_were_joined(ffmpeg: Ffmpeg, joined: Path) -> None:
    """The gaps at joins are made up for: the stream is as long as the picture."""
    source = probe(joined)
    assert adts(joined, 1) is not None
    streamed = np.concatenate(list(blocks(ffmpeg, joined, source, source.sounds[0])))
    assert len(streamed) / 16_000 == pytest.approx(source.seconds, abs=0.1)


def test_a_cut_off_recording_is_heard_as_far_as_it_goes(ffmpeg: Ffmpeg, talk: Path, tmp_path: Path) -> None:
    """A file with its header in front and its end missing gives the seconds that are there, in picture and sound."""
    whole, broken = tmp_path / "whole.mp4", tmp_path / "broken.mp4"
    run(ffmpeg, "-i", str(talk), "-c", "copy", "-movflags", "+faststart", str(whole))
    broken.write_bytes(whole.read_bytes()[: whole.stat().st_size * 6 // 10])
    source = probe(broken)
    assert source.warnings
    assert 3 < source.seconds < 8
    heard = sum(len(block) for block in blocks(ffmpeg, broken, source, source.sounds[0])) / 16_000
    assert heard == pytest.approx(source.seconds, abs=0.7)
    assert scan_picture(broken, source).times[-1] <= source.seconds


@pytest.mark.parametrize(
    "content", [b"", b"\0\0\0\x10ftypisom\0\0\0\0", b"\0\0\0\x08ftyp\0\0\0\x04moov", b"text\n" * 9]
)
def test_what_is_no_whole_mp4_has_no_tables(tmp_path: Path, content: bytes) -> None:
    """Anything that is not understood is left to the libraries."""
    path = tmp_path / "odd.mp4"
    path.write_bytes(content)
    assert read_tables(path) is None


def test_damaged_tables_are_no_tables_or_say_nothing_wild(talk: Path, tmp_path: Path) -> None:
    """Bytes that were changed in the header never end in anything but an answer or a known error."""
    from appliance.domain.errors import ClipperError

    content = bytearray(talk.read_bytes())
    moov = content.rfind(b"moov")
    rng = np.random.default_rng(5)
    answers = 0
    for _ in range(40):
        broken = content.copy()
        for at in rng.integers(moov, len(broken), 6):
            broken[at] = int(rng.integers(256))
        path = tmp_path / "damaged.mp4"
        path.write_bytes(broken)
        try:
            source = probe(path)
        except ClipperError:
            continue
        answers += 1
        assert source.seconds > 0
    assert answers > 0
