from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import psutil
import pytest

from appliance.domain.timeline import Timeline
from appliance.store.artifacts import read_json
from config.presets import FOLDER
from tests.faults.material import make_video

QUICK = ("--set", 'ffmpeg.encode_args=["-preset", "ultrafast"]')


def clipper(folder: Path, *args: str, code: int = 0) -> subprocess.CompletedProcess[str]:
    """Run the program with a data folder of its own."""
    command = [sys.executable, "-m", "appliance", *args, "--set", f"paths.data_dir={folder / 'data'}"]
    ended = subprocess.run(command, capture_output=True, text=True, check=False, timeout=900)
    assert ended.returncode == code, ended.stderr
    return ended


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    """What the demo makes, and what it says."""
    folder = tmp_path_factory.mktemp("demo")
    ended = clipper(folder, "demo", "--out", str(folder / "out"), "--json", *QUICK)
    return folder, json.loads(ended.stdout)


def test_the_demo_makes_at_least_four_posts(demo: tuple[Path, dict[str, Any]]) -> None:
    """Each is portrait H.264 with sound, has a picture, subtitles and a timeline; nothing else is called .mp4."""
    folder, document = demo
    import av

    clips = document["clips"]
    assert len(clips) >= 4
    assert sorted(str(path) for path in (folder / "out").glob("*.mp4")) == sorted(clip["file"] for clip in clips)
    for clip in clips:
        with av.open(clip["file"]) as container:
            picture, sound = container.streams.video[0], container.streams.audio[0]
            assert (picture.width, picture.height, picture.codec_context.name) == (1080, 1920, "h264")
            assert sound.codec_context.name == "aac"
            assert abs(container.duration / 1e6 - (clip["end"] - clip["start"])) < 0.1
        assert Path(clip["thumbnail"]).read_bytes().startswith(b"\xff\xd8")
        assert Path(clip["file"]).with_suffix(".srt").read_text().startswith("1\n")
        assert 1 <= len(clip["titles"]) <= 12
        assert clip["description"]
        assert all(tag.startswith("#") for tag in clip["hashtags"])
        assert clip["titles"][0] in Path(clip["file"]).with_suffix(".txt").read_text()


def test_the_demo_says_why(demo: tuple[Path, dict[str, Any]]) -> None:
    """Every clip has a score, a title and reasons; the best moments of the talk are among them; what was missing is told."""
    _, document = demo
    for clip in document["clips"]:
        assert 0 <= clip["score"] <= 100
        assert clip["title"]
        assert all(reason["text"] for reason in clip["reasons"])
        assert clip["reasons"]
    for strongest in (52.0, 86.5, 96.0, 129.0):
        assert any(clip["start"] <= strongest <= clip["end"] for clip in document["clips"]), strongest
    assert "heatmap" in {missing["signal"] for missing in document["missing"]}
    assert set(document["timings"]) >= {"fetch", "scan", "transcribe", "rank", "frame", "render"}


def test_clips_are_levelled(demo: tuple[Path, dict[str, Any]]) -> None:
    """-14 LUFS within half a unit, and never above -1 dBTP."""
    from appliance.media.ffmpeg import find_ffmpeg

    _, document = demo
    for clip in document["clips"]:
        loudness = measured(find_ffmpeg(), Path(clip["file"]))
        assert abs(loudness[0] + 14.0) <= 0.5
        assert loudness[1] <= -1.0


def test_clips_begin_and_end_on_sentences(demo: tuple[Path, dict[str, Any]]) -> None:
    """No clip of the talk starts or ends inside a sentence."""
    _, document = demo
    cues = [line for line in (FOLDER / "sample" / "talk.srt").read_text().splitlines() if "-->" in line]
    spoken = [tuple(map(seconds, line.split(" --> "))) for line in cues]
    for clip in document["clips"]:
        for edge in (clip["start"], clip["end"]):
            assert not any(start + 0.05 < edge < end - 0.05 for start, end in spoken), (clip["title"], edge)


def test_running_again_reuses_what_is_done(demo: tuple[Path, dict[str, Any]]) -> None:
    """The second run makes nothing anew and leaves the same files."""
    folder, document = demo
    before = {path.name: path.stat().st_ino for path in (folder / "out").glob("*.mp4")}
    again = json.loads(clipper(folder, "demo", "--out", str(folder / "out"), "--json", *QUICK).stdout)
    assert [clip["file"] for clip in again["clips"]] == [clip["file"] for clip in document["clips"]]
    assert again["timings"]["render"] == 0.0
    assert {path.name: path.stat().st_ino for path in (folder / "out").glob("*.mp4")} == before


def test_a_clip_is_rendered_again_after_its_timeline_was_changed(demo: tuple[Path, dict[str, Any]]) -> None:
    """A person edits the JSON, and the clip follows; nonsense in it is refused with its place."""
    folder, document = demo
    timeline = Path(document["clips"][0]["timeline"])
    content = json.loads(timeline.read_text())
    content["cuts"][0]["end"] = content["cuts"][0]["start"] + 4.0
    content["cuts"][0]["scenes"] = []
    content["title"] = 'It\'s 100% {new}: \\N "quotes"'
    (folder / "edited.json").write_text(json.dumps(content))
    clipper(folder, "render", str(folder / "edited.json"), "--out", str(folder / "edited.mp4"), *QUICK)
    import av

    with av.open(str(folder / "edited.mp4")) as container:
        assert container.duration / 1e6 == pytest.approx(4.0, abs=0.1)
    content["cuts"][0]["end"] = "soon"
    (folder / "broken.json").write_text(json.dumps(content))
    ended = clipper(folder, "render", str(folder / "broken.json"), "--out", str(folder / "x.mp4"), code=2)
    assert "cuts[0].end" in ended.stderr or "$.cuts" in ended.stderr
    assert read_json(timeline, Timeline).title == document["clips"][0]["title"]


def test_only_looking_makes_nothing(demo: tuple[Path, dict[str, Any]]) -> None:
    """--dry-run and moments print the same ranking and write no clip."""
    folder, document = demo
    talk = str(FOLDER / "sample" / "talk.mp4")
    dry = json.loads(clipper(folder, "clip", talk, "--dry-run", "--json", "--out", str(folder / "dry")).stdout)
    listed = json.loads(clipper(folder, "moments", talk, "--json", "--plot", str(folder / "plot.svg")).stdout)
    assert dry == listed
    assert [moment["title"] for moment in listed["moments"]] == [clip["title"] for clip in document["clips"]]
    assert not (folder / "dry").exists()
    assert (folder / "plot.svg").read_text().startswith("<svg")


def test_a_subject_can_be_asked_for(demo: tuple[Path, dict[str, Any]]) -> None:
    """The best moment is the part about it."""
    folder, _ = demo
    talk = str(FOLDER / "sample" / "talk.mp4")
    found = json.loads(clipper(folder, "moments", talk, "--json", "--query", "the kettle and tea", "--top", "1").stdout)
    assert found["moments"][0]["start"] <= 80 <= found["moments"][0]["end"]


def test_a_chat_alone_and_a_transcript_alone_are_ranked(demo: tuple[Path, dict[str, Any]]) -> None:
    """No video is needed to know where something happened."""
    folder, _ = demo
    sample = FOLDER / "sample"
    for args in (("--chat", str(sample / "talk.chat.jsonl")), ("--transcript", str(sample / "talk.srt"))):
        found = json.loads(clipper(folder, "moments", *args, "--json").stdout)
        assert found["moments"]
        assert found["missing"]


def test_ctrl_c_leaves_no_half_file_and_no_child(tmp_path: Path) -> None:
    """The exit code says so, and the next run finishes the work."""
    video = make_video(tmp_path / "source.mp4")
    out = tmp_path / "out"
    command = [sys.executable, "-m", "appliance", "clip", str(video), "--out", str(out), *QUICK]
    command += ["--set", f"paths.data_dir={tmp_path / 'data'}"]
    working = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    children: list[psutil.Process] = []
    deadline = time.monotonic() + 120
    while not any("ffmpeg" in child.name() for child in children) and time.monotonic() < deadline:
        children = psutil.Process(working.pid).children(recursive=True)
    working.send_signal(signal.SIGINT)
    _, said = working.communicate(timeout=30)
    assert working.returncode == 130
    assert "Run it again" in said
    _, alive = psutil.wait_procs(children, timeout=5)
    assert not alive
    assert not [path for path in tmp_path.rglob("*") if ".making" in path.name or path.suffix == ".part"]
    assert not list(out.glob("*.mp4"))


def seconds(stamp: str) -> float:
    """00:00:01,500 as 1.5."""
    hours, minutes, rest = stamp.strip().replace(",", ".").split(":")
    return int(hours) * 3600 + int(minutes) * 60 + float(rest)


def measured(ffmpeg: Any, path: Path) -> tuple[float, float]:
    """Integrated loudness and true peak, as ffmpeg's own meter hears them."""
    import re

    from appliance.process import run

    argv = [ffmpeg.path, "-hide_banner", "-nostdin", "-i", str(path), "-af", "ebur128=peak=true", "-f", "null", "-"]
    said = run(argv).err
    level = re.findall(r"I:\s+(-?[\d.]+) LUFS", said)[-1]
    peak = re.findall(r"Peak:\s+(-?[\d.]+) dBFS", said)[-1]
    return float(level), float(peak)
