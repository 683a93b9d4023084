from __future__ import annotations

from pathlib import Path

import pytest

from appliance.domain.errors import BadInput
from appliance.domain.source import PictureTrack
from appliance.media.ffmpeg import Ffmpeg
from appliance.media.probe import clip_fps, probe
from tests.bench.media import run


def test_a_plain_video_is_told(voice: Path) -> None:
    """Size, rate, length, tracks and title are those that the file was made with."""
    source = probe(voice)
    assert source.picture is not None
    assert (source.picture.width, source.picture.height, source.picture.fps) == (320, 180, 30.0)
    assert (source.picture.codec, source.picture.bits, source.picture.hdr) == ("h264", 8, False)
    assert source.seconds == pytest.approx(6.0, abs=0.1)
    assert [track.language for track in source.sounds] == ["eng", "deu"]
    assert (source.title, source.warnings) == ("A voice", ())


def test_the_default_track_or_the_wanted_one_sounds(voice: Path) -> None:
    """Without a wish the default track is used; a number chooses; a track that is not there is none."""
    source = probe(voice)
    assert source.sound() == source.sounds[0]
    assert source.sound(1) == source.sounds[1]
    assert source.sound(2) is None


def test_a_turned_video_has_its_shown_size(turned: Path) -> None:
    """A rotation flag turns the size that counts."""
    picture = probe(turned).picture
    assert picture is not None
    assert (picture.width, picture.height, picture.coded_width, picture.coded_height) == (180, 320, 320, 180)
    assert picture.rotation in (90, 270)


def test_pixels_that_are_not_square_are_told(narrow: Path) -> None:
    """The shown size has square pixels."""
    picture = probe(narrow).picture
    assert picture is not None
    assert (picture.width, picture.height) == (320, 180)
    assert picture.sample_aspect == pytest.approx(4 / 3)


def test_hdr_and_ten_bits_are_told(hdr: Path) -> None:
    """PQ brightness and 10 bits are seen in the stream."""
    picture = probe(hdr).picture
    assert picture is not None
    assert (picture.hdr, picture.bits, picture.matrix) == (True, 10, "bt2020")


def test_a_variable_rate_is_told(uneven: Path, counted: Path) -> None:
    """Uneven frames are variable and make clips of 30 frames a second; even ones keep a lower rate."""
    picture, even = probe(uneven).picture, probe(counted).picture
    assert picture is not None
    assert even is not None
    assert picture.variable
    assert not even.variable
    assert clip_fps(picture) == 30.0
    assert clip_fps(None) == 30.0


def test_a_lower_rate_is_kept(mute: Path) -> None:
    """A clip has its source's rate where that is below 30."""
    assert clip_fps(probe(mute).picture) == 25.0


@pytest.mark.parametrize(
    ("source", "clip"),
    [(23.976, 23.976), (25, 25), (29.97, 29.97), (30, 30), (50, 25), (59.94, 29.97), (60, 30), (120, 30), (35, 30)],
)
def test_movement_stays_even(source: float, clip: float) -> None:
    """Of a faster source every second, third ... frame is shown, unless that leaves too few."""
    picture = PictureTrack(0, "h264", 320, 180, 320, 180, source)
    assert clip_fps(picture) == pytest.approx(clip)
    assert clip_fps(picture, 60) == pytest.approx({120: 60}.get(int(source), source))


def test_a_late_clock_is_told(counted_ts: Path) -> None:
    """A transport stream's clock is known, its length counts from its first picture or sound."""
    source = probe(counted_ts)
    assert source.start_time == pytest.approx(37_801.9, abs=0.2)
    assert source.seconds == pytest.approx(6.0, abs=0.15)


def test_sound_alone_and_picture_alone_are_sources(sound_only: Path, mute: Path) -> None:
    """A file may have only sound, or no sound at all."""
    assert probe(sound_only).picture is None
    assert probe(sound_only).sounds
    assert probe(mute).sounds == ()


def test_cover_art_is_no_picture(ffmpeg: Ffmpeg, sound_only: Path, tmp_path: Path) -> None:
    """A song with a cover has no video."""
    cover, song = tmp_path / "cover.png", tmp_path / "song.m4a"
    run(ffmpeg, "-f", "lavfi", "-i", "color=red:s=64x64", "-frames:v", "1", str(cover))
    marked = ("-map", "0:a", "-map", "1:v", "-c", "copy", "-disposition:v:0", "attached_pic")
    run(ffmpeg, "-i", str(sound_only), "-i", str(cover), *marked, str(song))
    assert probe(song).picture is None


def test_chapters_and_subtitles_are_told(ffmpeg: Ffmpeg, voice: Path, tmp_path: Path) -> None:
    """Chapters have seconds and titles; a text track is told from a drawn one."""
    marks, words, out = tmp_path / "marks.txt", tmp_path / "words.srt", tmp_path / "out.mkv"
    marks.write_text(
        ";FFMETADATA1\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=0\nEND=2000\ntitle=First\n"
        "[CHAPTER]\nTIMEBASE=1/1000\nSTART=2000\nEND=6000\ntitle=Second\n"
    )
    words.write_text("1\n00:00:01,000 --> 00:00:02,000\nHello\n")
    both = ("-i", str(voice), "-i", str(words), "-f", "ffmetadata", "-i", str(marks))
    run(ffmpeg, *both, "-map", "0:v", "-map", "1", "-map_metadata", "2", "-c:v", "copy", "-c:s", "srt", str(out))
    source = probe(out)
    assert [(round(c.start, 2), round(c.end, 2), c.title) for c in source.chapters] == [
        (0, 2, "First"),
        (2, 6, "Second"),
    ]
    assert [(track.codec, track.is_text) for track in source.subtitles] == [("subrip", True)]


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    """A path without a file is named."""
    with pytest.raises(BadInput, match="there is no file"):
        probe(tmp_path / "nothing.mp4")


def test_a_folder_is_refused(tmp_path: Path) -> None:
    """A folder is no video."""
    with pytest.raises(BadInput, match="not a file"):
        probe(tmp_path)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty"),
        (b"These are words.\nAnd more of them.\n", "text file"),
        ("Wörter mit Umlauten, 字幕\n".encode() * 400, "text file"),
        (b"#EXTM3U\n#EXTINF:5,\na.ts\n#EXT-X-ENDLIST\n", "playlist"),
        (b"\xef\xbb\xbf\n#EXTM3U\na.ts\n", "playlist"),
        (b"ffconcat version 1.0\nfile '/etc/passwd'\n", "playlist"),
        (b"v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\nc=IN IP4 127.0.0.1\r\nm=video 5004 RTP/AVP 96\r\n", "playlist"),
        (b"<?xml version='1.0'?><MPD xmlns='urn:mpeg:dash:schema:mpd:2011'></MPD>", "playlist"),
        (bytes(range(256)) * 64, "no video or sound"),
        (b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom\x00\x00\x10\x00mdat" + bytes(5000), "cut off"),
        (b"1\n00:00:01,000 --> 00:00:02,000\nHello\n", "subtitle|text"),
    ],
)
def test_what_only_looks_like_a_video_is_refused(content: bytes, said: str, tmp_path: Path) -> None:
    """Empty files, text, playlists, noise and broken MP4s named .mp4 are told by their content, with a next step."""
    path = tmp_path / "video.mp4"
    path.write_bytes(content)
    with pytest.raises(BadInput, match=said) as raised:
        probe(path)
    assert raised.value.hint


def test_a_lone_picture_is_refused(ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    """A PNG named .mp4 is not a video."""
    picture = tmp_path / "a.png"
    run(ffmpeg, "-f", "lavfi", "-i", "color=red:s=64x64", "-frames:v", "1", str(picture))
    renamed = picture.rename(tmp_path / "a.mp4")
    with pytest.raises(BadInput, match="neither video nor sound"):
        probe(renamed)


@pytest.mark.parametrize("kind", ["mp4", "mkv", "ts"])
def test_what_is_left_of_a_cut_off_file_is_used(ffmpeg: Ffmpeg, voice: Path, tmp_path: Path, kind: str) -> None:
    """Of a file that lost its second half the first is used, and a warning says so (a stream has no length to compare with)."""
    whole, half = tmp_path / f"whole.{kind}", tmp_path / f"half.{kind}"
    run(ffmpeg, "-i", str(voice), "-map", "0:v", "-map", "0:a:0", "-c", "copy", "-movflags", "+faststart", str(whole))
    content = whole.read_bytes()
    half.write_bytes(content[: len(content) // 2])
    source = probe(half)
    assert 1.0 < source.seconds < 5.0
    assert bool(source.warnings) == (kind != "ts")
