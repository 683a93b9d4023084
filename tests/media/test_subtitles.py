from __future__ import annotations

import itertools
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.domain.errors import BadInput
from appliance.media.ffmpeg import Ffmpeg
from appliance.media.probe import probe
from appliance.media.subtitles import decode, parse_subtitles, read_embedded, read_subtitles
from appliance.process import run

SRT = "1\n00:00:01,000 --> 00:00:02,500\n<i>Hello</i> {\\an8}there.\n\n2\n00:00:03,000 --> 00:00:04,000\nSecond\nline\n"


def texts(content: str) -> list[str]:
    """What the cues say."""
    return [cue.text for cue in parse_subtitles(content).cues]


def test_srt_without_its_markup() -> None:
    """Italics and positions go, lines of one cue join."""
    cues = parse_subtitles(SRT).cues
    assert [(cue.start, cue.end, cue.text) for cue in cues] == [(1.0, 2.5, "Hello there."), (3.0, 4.0, "Second line")]


@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
def test_any_encoding_and_line_end_is_read(encoding: str, ends: str) -> None:
    """Byte order marks, UTF-16 with and without one, and the old Windows encoding."""
    raw = "1\n00:00:01,000 --> 00:00:02,000\nCafé déjà vu\n".replace("\n", ends).encode(encoding)
    assert texts(decode(raw)) == ["Café déjà vu"]


def test_other_formats_are_told_apart_by_content() -> None:
    """WebVTT with short times and settings, SBV, and ASS with its own columns."""
    assert texts("WEBVTT\n\nNOTE no\n\nid-1\n00:01.000 --> 00:02.000 align:start\nOne &amp; <v Ann>two\n") == [
        "One & two"
    ]
    assert texts("0:00:01.000,0:00:02.000\nSaid\n\n0:00:03.000,0:00:04.000\nAgain\n") == ["Said", "Again"]
    ass = (
        "[Script Info]\nTitle: x\n[Events]\nFormat: Layer, Start, End, Style, Text\n"
        "Dialogue: 0,0:00:01.00,0:00:02.50,Default,{\\b1}One,\\Ntwo\nComment: 0,0:00:03.00,0:00:04.00,Default,no\n"
    )
    assert texts(ass) == ["One, two"]


def test_rolling_captions_are_unrolled() -> None:
    """Automatic captions repeat each line; every word is read once, with its own time."""
    rolling = (
        "WEBVTT\n\n00:00:00.000 --> 00:00:02.000\n \nso<00:00:00.500><c> here</c><00:00:01.000><c> we</c>\n\n"
        "00:00:02.000 --> 00:00:02.010\nso here we\n \n\n"
        "00:00:02.010 --> 00:00:04.000\nso here we\ngo<00:00:02.600><c> again</c>\n"
    )
    cues = parse_subtitles(rolling).cues
    assert " ".join(cue.text for cue in cues) == "so here we go again"
    assert [word for cue in cues for word in cue.words] == [
        ("so", 0.0),
        ("here", 0.5),
        ("we", 1.0),
        ("go", 2.01),
        ("again", 2.6),
    ]


def test_absurd_times_are_mended_or_left_out_and_told() -> None:
    """Backwards cues go, endless ones are shortened, overlaps end where the next begins, order is made."""
    content = (
        "1\n00:00:09,000 --> 00:00:08,000\nbackwards\n\n2\n00:00:05,000 --> 02:00:00,000\nendless\n\n"
        "3\n00:00:01,000 --> 00:00:04,000\nfirst\n\n4\n00:00:03,000 --> 00:00:04,500\noverlapping\n"
    )
    read = parse_subtitles(content)
    assert [(cue.text, cue.start, cue.end) for cue in read.cues] == [
        ("first", 1.0, 3.0),
        ("overlapping", 3.0, 4.5),
        ("endless", 5.0, 65.0),
    ]
    assert "2 subtitles with impossible times" in read.notes[0]


def test_noises_music_and_speakers_are_no_words() -> None:
    """Brackets are noises; music signs and speaker marks go."""
    cues = parse_subtitles(
        "1\n00:00:01,000 --> 00:00:02,000\n[Laughter]\n\n2\n00:00:03,000 --> 00:00:04,000\n>> Ann: (sighs) No.\n\n"
        "3\n00:00:05,000 --> 00:00:06,000\n♪ ♪\n"
    ).cues
    assert [(cue.text, cue.noise) for cue in cues] == [("", "Laughter"), ("Ann: No.", "sighs")]


@pytest.mark.parametrize("content", [b"", b"not subtitles at all", b"\x00\x01\x02" * 50, b'{"a": 1}'])
def test_a_file_that_holds_no_subtitles_is_told_so(tmp_path: Path, content: bytes) -> None:
    """The message names the file and what is understood."""
    (tmp_path / "x.srt").write_bytes(content)
    with pytest.raises(BadInput, match=r"x\.srt") as caught:
        read_subtitles(tmp_path / "x.srt")
    assert "WebVTT" in caught.value.hint
    with pytest.raises(BadInput, match="cannot be read"):
        read_subtitles(tmp_path / "missing.srt")


@given(st.text(max_size=400))
def test_no_text_whatever_breaks_the_reader(content: str) -> None:
    """Cues are always in order and never empty."""
    cues = parse_subtitles(content).cues
    assert all(one.start <= other.start for one, other in itertools.pairwise(cues))
    assert all(cue.text or cue.noise for cue in cues)


def test_a_track_inside_a_video_is_read_on_the_videos_clock(tmp_path: Path, ffmpeg: Ffmpeg) -> None:
    """Also when the container's clock does not begin at zero."""
    (tmp_path / "x.srt").write_text(SRT)
    made = ("-f", "lavfi", "-i", "testsrc=size=160x90:rate=25:duration=6", "-i", str(tmp_path / "x.srt"))
    assert (
        run(
            ffmpeg.argv(*made, "-c:v", "libx264", "-c:s", "srt", "-output_ts_offset", "40", str(tmp_path / "x.mkv"))
        ).code
        == 0
    )
    source = probe(tmp_path / "x.mkv")
    cues = read_embedded(ffmpeg, tmp_path / "x.mkv", source.subtitles[0]).cues
    assert [(round(cue.start, 1), cue.text) for cue in cues] == [(1.0, "Hello there."), (3.0, "Second line")]


@pytest.mark.shared
def test_files_from_the_wild_are_read(shared: Path) -> None:
    """Every real subtitle file gives cues in order, or says that it has none."""
    for path in sorted((shared / "media" / "subs").rglob("*.*")):
        if path.suffix == ".json":
            continue
        cues = read_subtitles(path).cues
        assert all(cue.end > cue.start for cue in cues), path
