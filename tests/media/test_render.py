from __future__ import annotations

import random
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import av
import numpy as np
import pytest

from appliance import process
from appliance.domain.errors import BadInput, NeedsPerson, Permanent
from appliance.domain.timeline import (
    Box,
    Canvas,
    Cover,
    Cut,
    Key,
    Layout,
    Masked,
    Overlay,
    OverlayKind,
    Scene,
    Sound,
    SourceFile,
    Timeline,
    View,
)
from appliance.media.ffmpeg import Ffmpeg
from appliance.media.mix import mixed
from appliance.media.probe import probe
from appliance.media.render import Rendered, RenderOptions, render
from tests.bench.media import grey_frames, read_number, run

WIDE = Canvas(320, 180, 30)
HIGH = Canvas(216, 384, 30)
HOME = (SourceFile("a", "a.mp4"),)
QUIET = Sound(target_lufs=None)
WORDS = """[Script Info]
ScriptType: v4.00+
PlayResX: 320
PlayResY: 180

[V4+ Styles]
Format: Name, Fontname, Fontsize, PrimaryColour, OutlineColour, BorderStyle, Outline, Alignment
Style: Default,{font},60,&H00FFFFFF,&H00000000,1,2,5

[Events]
Format: Layer, Start, End, Style, Text
Dialogue: 0,0:00:00.00,0:00:09.00,Default,{text}
"""


def clip(*cuts: Cut, canvas: Canvas = WIDE, sound: Sound = QUIET, overlays: tuple[Overlay, ...] = ()) -> Timeline:
    """A timeline of cuts of source `a`."""
    return Timeline("clip", canvas, HOME, cuts, sound=sound, overlays=overlays)


def made(ffmpeg: Ffmpeg, timeline: Timeline, path: Path, out: Path, ass: str | None = None) -> Rendered:
    """Render it from one file."""
    return render(timeline, {"a": path}, out, RenderOptions(ffmpeg, ass=ass))


def whole(start: float, end: float) -> Cut:
    """A cut that shows the whole picture."""
    return Cut("a", start, end)


def view(x: float, y: float, width: float, height: float) -> View:
    """A still view."""
    return View((Key(0.0, Box(x, y, width, height)),))


def colours(path: Path, at: Sequence[tuple[float, float]], second: float = 0.5) -> list[tuple[int, int, int]]:
    """RGB at places (shares of the picture) of a frame."""
    with av.open(str(path)) as container:
        for frame in container.decode(video=0):
            if frame.time >= second:
                picture = frame.to_ndarray(format="rgb24")
                height, width, _ = picture.shape
                return [tuple(int(v) for v in picture[int(y * height), int(x * width)]) for x, y in at]  # type: ignore[misc]
    raise AssertionError("no such frame")


def samples(ffmpeg: Ffmpeg, path: Path) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    """Its left sound at 48 kHz."""
    argv = ffmpeg.argv("-i", str(path), "-vn", "-af", "pan=mono|c0=c0", "-ar", "48000", "-f", "f32le", "pipe:1")
    return np.frombuffer(subprocess.run(argv, capture_output=True, check=True).stdout, np.float32)


@pytest.mark.parametrize("kind", ["counted", "counted_ts", "uneven", "uneven_ts"])
def test_a_cut_shows_the_frames_of_its_time(
    ffmpeg: Ffmpeg, kind: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    """Every frame is the one nearest in time, at random starts, even and uneven rates, MP4 and late transport streams."""
    path: Path = request.getfixturevalue(kind)
    picks = random.Random(kind)
    # A transport stream's zero may be its sound, a little before the first picture.
    shift = _first_picture(path)
    for start in [0.0, *(picks.uniform(0.1, 5.2) for _ in range(5))]:
        fitted = Scene(start, start + 0.3, Layout.FIT, (view(0, 0, 1, 1),))  # so that nothing is copied
        made(ffmpeg, clip(Cut("a", start, start + 0.3, (fitted,))), path, tmp_path / "clip.mp4")
        frames = [read_number(frame) for frame in grey_frames(ffmpeg, tmp_path / "clip.mp4", 320, 180)]
        assert len(frames) == 9
        for place, number in enumerate(frames):
            at = (start - shift) * 30 + place
            wanted = max((n for n in _numbers(ffmpeg, kind, path) if n <= at + 0.5 + 1e-3), default=0)
            assert abs(number - wanted) <= (abs(at % 1 - 0.5) < 0.02), (start, place, number, wanted)


_known: dict[str, list[int]] = {}


def _numbers(ffmpeg: Ffmpeg, kind: str, path: Path) -> list[int]:
    if kind not in _known:
        _known[kind] = [read_number(frame) for frame in grey_frames(ffmpeg, path, 320, 180)]
    return _known[kind]


def _first_picture(path: Path) -> float:
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        return float((stream.start_time or 0) * stream.time_base) - (container.start_time or 0) / 1e6


def test_many_cuts_keep_picture_and_sound_together(ffmpeg: Ffmpeg, counted: Path, tmp_path: Path) -> None:
    """After 12 cuts of odd lengths the picture is still the one of its time, and sound and picture are equally long."""
    cuts = [whole(0.1 + 0.45 * n, 0.1 + 0.45 * n + 0.317) for n in range(12)]
    out = tmp_path / "clip.mp4"
    rendered = made(ffmpeg, clip(*cuts), counted, out)
    frames = [read_number(frame) for frame in grey_frames(ffmpeg, out, 320, 180)]
    assert len(frames) == round(12 * 0.317 * 30)
    for place, number in enumerate(frames):
        time = place / 30
        index = min(11, int((time + 0.5 / 30) / 0.317))  # a cut begins at the frame nearest to its beginning
        wanted = (cuts[index].start + time - index * 0.317) * 30
        assert abs(number - wanted) <= 0.51, (place, number, wanted)
    assert len(samples(ffmpeg, out)) / 48000 == pytest.approx(len(frames) / 30, abs=0.025)
    assert rendered.seconds == pytest.approx(12 * 0.317)


def test_the_file_is_what_platforms_want(ffmpeg: Ffmpeg, voice: Path, tmp_path: Path) -> None:
    """H.264 High in yuv420p at the canvas' size and rate, AAC at 48 kHz stereo, index first, no tags of the source."""
    out = tmp_path / "clip.mp4"
    made(ffmpeg, clip(whole(0, 2), canvas=HIGH), voice, out)
    content = out.read_bytes()
    assert content.index(b"moov") < content.index(b"mdat")
    assert b"A voice" not in content
    assert b"Lavf" not in content
    with av.open(str(out)) as container:
        video, audio = container.streams.video[0], container.streams.audio[0]
        assert (video.codec_context.profile, video.codec_context.pix_fmt) == ("High", "yuv420p")
        assert (video.codec_context.width, video.codec_context.height, video.average_rate) == (216, 384, 30)
        assert (audio.codec_context.name, audio.codec_context.sample_rate, audio.codec_context.channels) == (
            "aac",
            48000,
            2,
        )
        assert len(container.streams) == 2


def test_every_layout_and_feature_takes_one_encode(ffmpeg: Ffmpeg, voice: Path, tmp_path: Path) -> None:
    """Whatever is cut, framed, drawn and covered: one command encodes once."""
    logo = tmp_path / "a logo's, 50%.png"
    run(ffmpeg, "-f", "lavfi", "-i", "color=red:s=64x32", "-frames:v", "1", str(logo))
    two = (view(0, 0, 0.5, 1), view(0.5, 0, 0.5, 1))
    scenes = (
        Scene(0, 0.5, Layout.CROP, (view(0.1, 0, 0.3164, 1),)),
        Scene(0.5, 1.0, Layout.SPLIT, two),
        Scene(1.0, 1.5, Layout.STACK, two),
        Scene(1.5, 2.0, Layout.FIT, (view(0, 0, 1, 1),)),
    )
    timeline = clip(
        Cut("a", 0, 2, scenes),
        whole(3, 4.2),
        canvas=HIGH,
        sound=Sound(masked=(Masked("a", 0.5, 0.8), Masked("a", 3.2, 3.4, Cover.BLEEP))),
        overlays=(Overlay(OverlayKind.LOGO, path=str(logo), opacity=0.8),),
    )
    started: list[Sequence[str]] = []
    with process.watched(started.append):
        made(
            ffmpeg,
            timeline,
            voice,
            tmp_path / "it's 100%: done; [ok].mp4",
            WORDS.format(font="DejaVu Sans", text="it's 50%"),
        )
    assert len([argv for argv in started if "libx264" in argv]) == 1
    assert len(grey_frames(ffmpeg, tmp_path / "it's 100%: done; [ok].mp4", 216, 384)) == 96


def test_a_phones_video_stands_upright(ffmpeg: Ffmpeg, turned: Path, tmp_path: Path) -> None:
    """A rotated source is cropped and shown as it is seen."""
    out = tmp_path / "clip.mp4"
    made(ffmpeg, clip(whole(0, 1), canvas=HIGH), turned, out)
    upper, lower = colours(out, [(0.5, 0.25), (0.5, 0.75)])
    assert upper != lower
    half = clip(Cut("a", 0, 1, (Scene(0, 1, Layout.CROP, (view(0, 0.5, 1, 0.5),)),)), canvas=Canvas(180, 160, 30))
    made(ffmpeg, half, turned, tmp_path / "half.mp4")
    places = colours(tmp_path / "half.mp4", [(0.1, 0.1), (0.9, 0.9)])
    assert np.allclose(places[0], lower, atol=12)
    assert np.allclose(places[1], lower, atol=12)


def test_wide_pixels_become_square(ffmpeg: Ffmpeg, narrow: Path, tmp_path: Path) -> None:
    """A source with pixels that are not square fills a canvas of its shown shape."""
    out = tmp_path / "clip.mp4"
    made(ffmpeg, clip(whole(0, 1)), narrow, out)
    picture = "testsrc2=s=240x180:r=30:d=1,scale=320:180,format=rgb24"
    argv = ffmpeg.argv("-f", "lavfi", "-i", picture, "-f", "rawvideo", "pipe:1")
    theirs = np.frombuffer(subprocess.run(argv, capture_output=True, check=True).stdout, np.uint8).reshape(
        -1, 180, 320, 3
    )
    argv = ffmpeg.argv("-i", str(out), "-f", "rawvideo", "-pix_fmt", "rgb24", "pipe:1")
    ours = np.frombuffer(subprocess.run(argv, capture_output=True, check=True).stdout, np.uint8).reshape(
        -1, 180, 320, 3
    )
    assert np.abs(ours[5].astype(int) - theirs[5]).mean() < 8
    assert np.abs(np.median(ours[5].astype(int) - theirs[5], axis=(0, 1))).max() <= 3


def test_hdr_is_brought_into_range(ffmpeg: Ffmpeg, hdr: Path, tmp_path: Path) -> None:
    """A PQ source becomes an 8-bit BT.709 clip that is neither black nor burnt out."""
    out = tmp_path / "clip.mp4"
    made(ffmpeg, clip(whole(0, 1)), hdr, out)
    picture = probe(out).picture
    assert picture is not None
    assert (picture.bits, picture.hdr, picture.matrix) == (8, False, "bt709")
    frame = grey_frames(ffmpeg, out, 320, 180)[10]
    assert 40 < frame.mean() < 220
    assert frame.std() > 20


def test_a_moving_crop_moves_evenly_and_springs_at_scenes(ffmpeg: Ffmpeg, media: Path, tmp_path: Path) -> None:
    """The crop follows its keys to within two pixels, and a new scene's first frame stands where that scene says."""
    slope = media / "slope.mp4"
    if not slope.exists():
        picture = "nullsrc=s=512x90:r=30:d=4,geq=lum='clip(X/2+0,16,235)':cb=128:cr=128"
        run(ffmpeg, "-f", "lavfi", "-i", picture, "-c:v", "libx264", "-crf", "8", "-pix_fmt", "yuv420p", str(slope))

    def at(time: float, x: float) -> Key:
        return Key(time, Box(x, 0, 0.25, 1))

    scenes = (
        Scene(0, 2, Layout.CROP, (View((at(0.5, 0.2), at(1.5, 0.6))),)),
        Scene(2, 3, Layout.CROP, (View((at(2.0, 0.1),)),)),
    )
    out = tmp_path / "clip.mp4"
    made(ffmpeg, clip(Cut("a", 0, 3, scenes), canvas=Canvas(128, 90, 30)), slope, out)
    for index, frame in enumerate(grey_frames(ffmpeg, out, 128, 90)):
        time = index / 30
        wanted = 0.1 if index >= 60 else 0.2 + 0.4 * min(max(time - 0.5, 0), 1)
        seen = (float(np.median(frame[20:70, 60:68])) * 219 / 255 + 16) * 2 - 64  # from full range back to the slope
        assert seen == pytest.approx(wanted * 512, abs=8), index


def test_a_clip_is_levelled(ffmpeg: Ffmpeg, voice: Path, tmp_path: Path) -> None:
    """The finished file measures -14 LUFS within half a unit and stays under -1.5 dBTP, as was foretold."""
    out = tmp_path / "clip.mp4"
    rendered = made(ffmpeg, clip(whole(0, 4), sound=Sound()), voice, out)
    ended = process.run(
        ffmpeg.argv(
            "-loglevel",
            "info",
            "-nostats",
            "-i",
            str(out),
            "-af",
            "ebur128=peak=true:framelog=verbose",
            "-f",
            "null",
            "-",
        )
    )
    lufs = float(re.findall(r"I:\s+(-?[\d.]+) LUFS", ended.err)[-1])
    peak = float(re.findall(r"Peak:\s+(-?[\d.]+) dBFS", ended.err)[-1])
    assert lufs == pytest.approx(-14, abs=0.5)
    assert peak <= -1.5
    assert rendered.loudness_out is not None
    assert rendered.loudness_out.lufs == pytest.approx(lufs, abs=0.3)


def test_what_is_measured_is_what_is_heard(ffmpeg: Ffmpeg, voice: Path, tmp_path: Path) -> None:
    """The samples that are measured are those of the finished clip: cuts, cross-fades, covered words, in step."""
    masks = (Masked("a", 0.5, 0.8), Masked("a", 2.6, 2.8, Cover.BLEEP))
    timeline = clip(whole(0.2, 1.3), whole(2.4, 3.1), whole(3.1, 3.6), sound=Sound(target_lufs=None, masked=masks))
    made(ffmpeg, timeline, voice, tmp_path / "clip.mp4")
    heard = samples(ffmpeg, tmp_path / "clip.mp4")
    foretold = np.concatenate(list(mixed(timeline, {"a": probe(voice)}, {"a": voice})), axis=1)[0]
    length = min(len(heard), len(foretold))
    assert length == pytest.approx(2.3 * 48000, abs=1100)
    difference = heard[1000 : length - 1500] - foretold[1000 : length - 1500]
    assert np.sqrt((difference**2).mean()) < 0.2 * foretold.std()  # what AAC changes


def test_silence_is_left_alone_and_said(ffmpeg: Ffmpeg, silent: Path, mute: Path, tmp_path: Path) -> None:
    """A silent clip is not blown up; a source without sound gets a silent track of the clip's length."""
    rendered = made(ffmpeg, clip(whole(0, 2), sound=Sound()), silent, tmp_path / "silent.mp4")
    assert any("silent" in note for note in rendered.notes)
    made(ffmpeg, clip(whole(0, 2), sound=Sound(), canvas=Canvas(320, 180, 25)), mute, tmp_path / "mute.mp4")
    sound = samples(ffmpeg, tmp_path / "mute.mp4")
    assert len(sound) / 48000 == pytest.approx(2, abs=0.03)
    assert not sound.any()


def test_the_second_track_is_used_when_wanted(ffmpeg: Ffmpeg, voice: Path, tmp_path: Path) -> None:
    """A source's `sound` chooses among its tracks."""
    timeline = clip(whole(0, 2))
    made(ffmpeg, timeline, voice, tmp_path / "first.mp4")
    made(ffmpeg, replace(timeline, sources=(SourceFile("a", "a", sound=1),)), voice, tmp_path / "second.mp4")
    first, second = (samples(ffmpeg, tmp_path / name).std() for name in ("first.mp4", "second.mp4"))
    assert 20 * np.log10(first / second) == pytest.approx(12, abs=0.5)


def test_covered_words_are_not_heard(ffmpeg: Ffmpeg, voice: Path, tmp_path: Path) -> None:
    """A muted stretch is silent, a bleeped one is a tone, and what lies around is as before."""
    masks = (Masked("a", 1.2, 1.6), Masked("a", 2.5, 2.9, Cover.BLEEP))
    made(ffmpeg, clip(whole(1, 3.5), sound=Sound(target_lufs=None, masked=masks)), voice, tmp_path / "clip.mp4")
    sound = samples(ffmpeg, tmp_path / "clip.mp4")
    assert np.abs(sound[int(0.23 * 48000) : int(0.57 * 48000)]).max() < 0.01
    assert np.abs(sound[: int(0.17 * 48000)]).max() > 0.1
    tone = sound[int(1.55 * 48000) : int(1.85 * 48000)]
    peak = np.argmax(np.abs(np.fft.rfft(tone))) / (len(tone) / 48000)
    assert peak == pytest.approx(1000, abs=8)


def test_cuts_do_not_click(ffmpeg: Ffmpeg, media: Path, tmp_path: Path) -> None:
    """Where two cuts meet in the middle of a wave, the cross-fade leaves no jump."""
    hum = media / "hum.mp4"
    if not hum.exists():
        inputs = ("-f", "lavfi", "-i", "color=s=160x90:r=30:d=4", "-f", "lavfi", "-i", "sine=f=100:r=48000:d=4")
        run(ffmpeg, *inputs, "-pix_fmt", "yuv420p", "-c:a", "aac", "-b:a", "192k", str(hum))
    made(ffmpeg, clip(whole(0.5, 1.0025), whole(2.0075, 2.5), whole(3.0, 3.4)), hum, tmp_path / "clip.mp4")
    sound = samples(ffmpeg, tmp_path / "clip.mp4")
    steady = np.abs(np.diff(sound[4800:19200])).max()
    assert np.abs(np.diff(sound)).max() < steady * 2.2


def test_sound_alone_gets_a_moving_picture(ffmpeg: Ffmpeg, sound_only: Path, tmp_path: Path) -> None:
    """An audiogram is drawn in the same encode: dark ground, bright bars that change."""
    out = tmp_path / "clip.mp4"
    made(ffmpeg, clip(whole(0.5, 2), canvas=HIGH, sound=Sound()), sound_only, out)
    frames = grey_frames(ffmpeg, out, 216, 384)
    assert len(frames) == 45
    assert frames[20].max() > 150
    assert np.median(frames[20]) < 60
    assert np.abs(frames[10].astype(int) - frames[22]).max() > 60


def test_captions_are_drawn(ffmpeg: Ffmpeg, silent: Path, tmp_path: Path) -> None:
    """Words from the ASS file are in the picture."""
    plain, written = tmp_path / "plain.mp4", tmp_path / "written.mp4"
    made(ffmpeg, clip(whole(0, 1)), silent, plain)
    made(ffmpeg, clip(whole(0, 1)), silent, written, WORDS.format(font="DejaVu Sans", text="WORDS"))
    before, after = (grey_frames(ffmpeg, path, 320, 180)[5].astype(int) for path in (plain, written))
    assert (np.abs(before - after) > 60).mean() > 0.02


def test_letters_that_no_font_has_are_an_error(ffmpeg: Ffmpeg, silent: Path, tmp_path: Path) -> None:
    """Libass leaves such letters out and ffmpeg ends well; the clip is refused all the same, and nothing is left."""
    out = tmp_path / "clip.mp4"
    with pytest.raises(Permanent, match="no font has the characters"):
        made(ffmpeg, clip(whole(0, 1)), silent, out, WORDS.format(font="DejaVu Sans", text="a\U00013000b"))
    assert list(tmp_path.iterdir()) == []


def test_a_cut_outside_its_source_is_refused(ffmpeg: Ffmpeg, mute: Path, tmp_path: Path) -> None:
    """A cut that begins after the end, or no cut at all, is named."""
    with pytest.raises(BadInput, match="does not lie inside its source"):
        made(ffmpeg, clip(whole(50, 60)), mute, tmp_path / "clip.mp4")
    with pytest.raises(BadInput, match="no cuts"):
        made(ffmpeg, clip(), mute, tmp_path / "clip.mp4")
    assert list(tmp_path.iterdir()) == []


def test_an_unwritable_place_is_refused(ffmpeg: Ffmpeg, mute: Path, tmp_path: Path) -> None:
    """A place below a file cannot be written, and that is said."""
    (tmp_path / "file").write_text("x")
    with pytest.raises(BadInput, match="cannot be written"):
        made(ffmpeg, clip(whole(0, 1)), mute, tmp_path / "file" / "clip.mp4")


def test_a_full_disk_is_said_and_leaves_nothing(ffmpeg: Ffmpeg, voice: Path, tmp_path: Path) -> None:
    """On a disk without room the render stops, says so, and its unfinished file is gone."""
    small = tmp_path / "small"
    small.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64k", "none", str(small)], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("a small disk can only be mounted as root")
    try:
        with pytest.raises(NeedsPerson, match="disk is full"):
            made(ffmpeg, clip(whole(0, 5), canvas=Canvas(640, 360, 30)), voice, small / "clip.mp4")
        assert list(small.iterdir()) == []
    finally:
        subprocess.run(["umount", str(small)], check=True)


def test_an_interrupt_leaves_nothing(voice: Path, tmp_path: Path) -> None:
    """Ctrl-C in the middle of a render ends ffmpeg and leaves no file."""
    script = tmp_path / "long.py"
    out = tmp_path / "out"
    script.write_text(
        "import sys\nfrom pathlib import Path\n"
        "from appliance.domain.timeline import *\nfrom appliance.media.ffmpeg import find_ffmpeg\n"
        "from appliance.media.render import *\n"
        "cuts = tuple(Cut('a', 0, 5) for _ in range(12))\n"
        "line = Timeline('t', Canvas(1080, 1920, 30), (SourceFile('a', 'a'),), cuts)\n"
        "render(line, {'a': Path(sys.argv[1])}, Path(sys.argv[2]) / 'clip.mp4', RenderOptions(find_ffmpeg()),\n"
        "       lambda share, step: print(step, share, flush=True))\n"
    )
    with subprocess.Popen(
        [sys.executable, str(script), str(voice), str(out)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        cwd=Path(__file__).parents[2],
    ) as child:
        assert child.stdout is not None
        guard = threading.Timer(30, child.kill)
        guard.start()
        for line in child.stdout:
            if line.startswith("rendering"):
                child.send_signal(signal.SIGINT)
                break
        child.stdout.read()
        assert child.wait() != 0
        guard.cancel()
    assert list(out.iterdir()) == []


def test_progress_never_runs_back(ffmpeg: Ffmpeg, mute: Path, tmp_path: Path) -> None:
    """The share grows from 0 to 1."""
    seen: list[float] = []
    line = clip(whole(0, 2), canvas=Canvas(320, 180, 25), sound=Sound())
    render(line, {"a": mute}, tmp_path / "clip.mp4", RenderOptions(ffmpeg), lambda share, _: seen.append(share))
    assert seen == sorted(seen)
    assert (seen[0], seen[-1]) == (0.0, 1.0)


def test_nothing_is_encoded_where_a_copy_is_exact(ffmpeg: Ffmpeg, counted: Path, tmp_path: Path) -> None:
    """A plain cut from a key frame is copied; one that begins elsewhere, or is levelled, is encoded."""
    started: list[Sequence[str]] = []
    out = tmp_path / "clip.mp4"
    with process.watched(started.append):
        copied = made(ffmpeg, clip(whole(0, 3)), counted, out)
    assert copied.copied
    assert not any("libx264" in argv for argv in started)
    frames = [read_number(frame) for frame in grey_frames(ffmpeg, out, 320, 180)]
    assert frames[:60] == list(range(60))
    assert 90 <= len(frames) <= 94
    assert not made(ffmpeg, clip(whole(0.5, 3)), counted, out).copied
    assert not made(ffmpeg, clip(whole(0, 3), sound=Sound()), counted, out).copied
