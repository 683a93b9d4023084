from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from appliance.media.ffmpeg import Ffmpeg
from appliance.media.probe import probe
from appliance.process import run
from tests.bench.media import turn

PICTURE = ("-f", "lavfi", "-i", "testsrc2=size=320x180:rate=25:duration=20")
SOUND = ("-f", "lavfi", "-i", "aevalsrc='0.2*sin(2*PI*300*t)*(1+gt(mod(t,7),5))':duration=20")
ENCODED = ("-c:v", "libx264", "-preset", "ultrafast", "-c:a", "aac")
HDR = ("-c:v", "libx265", "-preset", "ultrafast", "-x265-params", "log-level=none", "-pix_fmt", "yuv420p10le")
PQ = ("-color_primaries", "bt2020", "-color_trc", "smpte2084", "-colorspace", "bt2020nc", "-c:a", "aac")
NASTY = 'it\'s 100% [a] {b}; "q", 今天 مرحبا 🎉'

ODD: dict[str, Sequence[str]] = {
    "no sound": (*PICTURE, *ENCODED),
    "two sounds": (
        *PICTURE,
        *SOUND,
        "-f",
        "lavfi",
        "-i",
        "sine=duration=20",
        "-map",
        "0",
        "-map",
        "1",
        "-map",
        "2",
        *ENCODED,
    ),
    "oblong pixels": (*PICTURE, *SOUND, *ENCODED, "-vf", "setsar=4/3"),
    "hdr": (*PICTURE, *SOUND, *HDR, *PQ),
    "four seconds": (*PICTURE, *SOUND, *ENCODED, "-t", "4"),
    "silence": (*PICTURE, "-f", "lavfi", "-i", "anullsrc=d=20", *ENCODED, "-t", "20"),
    "uneven pace": (*PICTURE, *SOUND, *ENCODED, "-vf", "select='lt(mod(n,50),25)+not(mod(n,3))'", "-fps_mode", "vfr"),
    "sixty frames": ("-f", "lavfi", "-i", "testsrc2=size=320x180:rate=60:duration=20", *SOUND, *ENCODED),
}


def clip(folder: Path, *args: str) -> subprocess.CompletedProcess[str]:
    """Run `clipper clip` quickly, with a data folder of its own and no model."""
    settings = (f"paths.data_dir={folder / 'data'}", "asr.download=false", 'ffmpeg.encode_args=["-preset","ultrafast"]')
    command = [
        sys.executable,
        "-m",
        "appliance",
        "clip",
        *args,
        "--top",
        "1",
        "--max",
        "16",
        "--out",
        str(folder / "out"),
    ]
    command += [part for setting in settings for part in ("--set", setting)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=600)


def made(ended: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    """The one clip of a run that ended well."""
    assert ended.returncode == 0, ended.stderr
    document = json.loads(ended.stdout)
    assert len(document["clips"]) == 1
    assert Path(document["clips"][0]["file"]).stat().st_size > 10_000
    assert isinstance(document, dict)
    return document


def leftovers(folder: Path) -> list[Path]:
    """What should not lie about after an error."""
    return [
        path for path in folder.rglob("*") if ".making" in path.name or (path.suffix == ".mp4" and "out" in path.parts)
    ]


@pytest.mark.parametrize("kind", list(ODD))
def test_odd_media_becomes_a_clip(kind: str, tmp_path: Path, ffmpeg: Ffmpeg) -> None:
    """Each of these is somebody's ordinary file."""
    path = tmp_path / "odd.mp4"
    assert run(ffmpeg.argv(*ODD[kind], str(path))).code == 0
    made(clip(tmp_path, str(path), "--json"))


def test_a_turned_phone_video_stands_upright(tmp_path: Path, ffmpeg: Ffmpeg) -> None:
    """The rotation flag is obeyed before anything is framed."""
    assert run(ffmpeg.argv(*PICTURE, *SOUND, *ENCODED, str(tmp_path / "flat.mp4"))).code == 0
    turn(ffmpeg, tmp_path / "flat.mp4", tmp_path / "turned.mp4", 90)
    document = made(clip(tmp_path, str(tmp_path / "turned.mp4"), "--json"))
    picture = document["video"]["picture"]
    assert (picture["width"], picture["height"]) == (180, 320)


def test_sound_alone_becomes_an_audiogram(tmp_path: Path, ffmpeg: Ffmpeg) -> None:
    """A podcast without a picture gets one."""
    assert run(ffmpeg.argv(*SOUND, "-c:a", "libmp3lame", str(tmp_path / "show.mp3"))).code == 0
    document = made(clip(tmp_path, str(tmp_path / "show.mp3"), "--json"))
    assert document["video"]["picture"] is None


def test_a_recording_that_broke_off_is_used_as_far_as_it_goes(tmp_path: Path, ffmpeg: Ffmpeg) -> None:
    """The person is told how much of it can be read."""
    whole = tmp_path / "whole.mp4"
    assert run(ffmpeg.argv(*PICTURE, *SOUND, *ENCODED, "-movflags", "+faststart", str(whole))).code == 0
    (tmp_path / "cut.mp4").write_bytes(whole.read_bytes()[: whole.stat().st_size * 8 // 10])
    ended = clip(tmp_path, str(tmp_path / "cut.mp4"), "--json")
    made(ended)
    assert "cut off" in ended.stderr


def test_recordings_joined_end_to_end_are_one_video(tmp_path: Path, ffmpeg: Ffmpeg) -> None:
    """The second one's clock is earlier: the person is told of the copy, and the clip has its length and both parts."""
    parts = [tmp_path / "one.ts", tmp_path / "two.ts"]
    for path, late in zip(parts, ("5000", "100"), strict=True):
        ends = ("-t", "10", "-output_ts_offset", late, str(path))
        assert run(ffmpeg.argv(*PICTURE, *SOUND, *ENCODED, *ends)).code == 0
    path = tmp_path / "joined.ts"
    path.write_bytes(b"".join(part.read_bytes() for part in parts))
    ended = clip(tmp_path, str(path), "--json")
    document = made(ended)
    assert "clock jumps: it was copied" in ended.stderr
    assert document["video"]["seconds"] == pytest.approx(20, abs=0.3)
    one = document["clips"][0]
    assert one["start"] < 10 < one["end"] <= document["video"]["seconds"]
    assert probe(Path(one["file"])).seconds == pytest.approx(one["end"] - one["start"], abs=0.1)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("text.mp4", b"hello there\n" * 20, "text file"),
        ("empty.mp4", b"", "is empty"),
        ("list.mp4", b"#EXTM3U\n#EXTINF:10,\nfile:///etc/passwd\n", "playlist"),
        ("concat.mp4", b"ffconcat version 1.0\nfile /etc/passwd\n", "playlist"),
        ("noise.mp4", bytes(range(256)) * 40, "noise.mp4"),
    ],
    ids=["text", "empty", "playlist", "ffconcat", "noise"],
)
def test_what_is_no_video_is_refused_and_leaves_nothing(tmp_path: Path, name: str, content: bytes, said: str) -> None:
    """Exit code 2, what it is, and the next step."""
    (tmp_path / name).write_bytes(content)
    ended = clip(tmp_path, str(tmp_path / name))
    assert ended.returncode == 2, ended.stderr
    assert said in ended.stderr
    assert leftovers(tmp_path) == []


def test_any_text_may_stand_in_names_and_words(tmp_path: Path, ffmpeg: Ffmpeg) -> None:
    """Quotes, percent signs, braces, emoji, Chinese and Arabic in the path, the words and the title."""
    folder = tmp_path / NASTY
    folder.mkdir()
    path = folder / f"{NASTY}.mp4"
    assert run(ffmpeg.argv(*PICTURE, *SOUND, *ENCODED, "-metadata", f"title={NASTY}", str(path))).code == 0
    first = f"1\n00:00:01,000 --> 00:00:06,000\n{{\\an8}}{{x}} {NASTY} \\N \\pos(1,2)\n\n"
    words = first + f"2\n00:00:07,000 --> 00:00:18,000\n{'word ' * 2000}\n"
    path.with_suffix(".srt").write_text(words, encoding="utf-8")
    document = made(clip(tmp_path, str(path), "--json"))
    assert len(Path(document["clips"][0]["file"]).name.encode()) < 255


def test_a_broken_chat_file_names_itself(tmp_path: Path, ffmpeg: Ffmpeg) -> None:
    """Nothing readable is an error, some broken lines are a note."""
    video = tmp_path / "v.mp4"
    assert run(ffmpeg.argv(*PICTURE, *SOUND, *ENCODED, str(video))).code == 0
    (tmp_path / "bad.json").write_text("nothing of use")
    ended = clip(tmp_path, str(video), "--chat", str(tmp_path / "bad.json"))
    assert ended.returncode == 2
    assert "bad.json" in ended.stderr
    lines = [json.dumps({"t": second - 3, "user": f"u{second % 7}", "text": "lol"}) for second in range(20)]
    (tmp_path / "some.jsonl").write_text("\n".join([*lines, "{broken", '{"t": "soon"}']))
    ended = clip(tmp_path, str(video), "--chat", str(tmp_path / "some.jsonl"), "--json")
    made(ended)
    assert "could not be read" in ended.stderr
    assert "before the stream" in ended.stderr


def test_a_sound_track_that_is_not_there_is_bad_input(tmp_path: Path, ffmpeg: Ffmpeg) -> None:
    """The message says how many there are."""
    video = tmp_path / "v.mp4"
    assert run(ffmpeg.argv(*PICTURE, *SOUND, *ENCODED, str(video))).code == 0
    ended = clip(tmp_path, str(video), "--sound", "3")
    assert ended.returncode == 2, ended.stderr


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_an_unwritable_place_is_told_before_the_work(tmp_path: Path, ffmpeg: Ffmpeg) -> None:
    """The folder is named, and nothing is left."""
    video = tmp_path / "v.mp4"
    assert run(ffmpeg.argv(*PICTURE, *SOUND, *ENCODED, str(video))).code == 0
    (tmp_path / "out").mkdir(mode=0o500)
    ended = clip(tmp_path, str(video))
    assert ended.returncode == 1
    assert "cannot be written" in ended.stderr


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may mount a small disk")
def test_a_full_disk_is_told_and_finished_steps_are_kept(tmp_path: Path, ffmpeg: Ffmpeg) -> None:
    """After making room the next run only does what was left."""
    video = tmp_path / "v.mp4"
    assert run(ffmpeg.argv(*PICTURE, *SOUND, *ENCODED, str(video))).code == 0
    disk = tmp_path / "data"
    disk.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=600k", "tmpfs", disk], check=False).returncode:
        pytest.skip("this machine does not let anybody mount")
    try:
        ended = clip(tmp_path, str(video))
        assert ended.returncode == 1, ended.stderr
        assert "full" in ended.stderr.lower() or "No space" in ended.stderr
        assert leftovers(tmp_path) == []
        subprocess.run(["mount", "-o", "remount,size=100m", disk], check=True)
        document = made(clip(tmp_path, str(video), "--json"))
        assert document["timings"]["scan"] == 0.0
    finally:
        subprocess.run(["umount", disk], check=True)
