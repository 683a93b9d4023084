"""Small media of every kind that sources come in, made once a session."""

from __future__ import annotations

from pathlib import Path

import pytest

from appliance.media.ffmpeg import Ffmpeg
from tests.bench.media import numbered, run, turn

FRAMES = 180


@pytest.fixture(scope="session")
def media(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of this session's media."""
    return tmp_path_factory.mktemp("media")


@pytest.fixture(scope="session")
def counted(ffmpeg: Ffmpeg, media: Path) -> Path:
    """6 s at 30 frames a second, each with its number, key frames 1.5 s apart, B-frames."""
    out = media / "counted.mp4"
    numbered(ffmpeg, out, FRAMES, "-c:v", "libx264", "-preset", "veryfast", "-crf", "16", "-g", "45")
    return out


@pytest.fixture(scope="session")
def uneven(ffmpeg: Ffmpeg, counted: Path, media: Path) -> Path:
    """The same with about half of its frames left out, at their own times: a variable rate."""
    out = media / "uneven.mp4"
    keep = "select='not(mod(n*n+n*3,7))+gt(mod(n,11),5)'"
    encode = ("-c:v", "libx264", "-preset", "veryfast", "-crf", "16", "-g", "30")
    run(ffmpeg, "-i", str(counted), "-vf", keep, "-fps_mode", "passthrough", *encode, "-c:a", "copy", str(out))
    return out


def as_stream(ffmpeg: Ffmpeg, path: Path, out: Path, offset: float) -> Path:
    """A transport stream of it whose clock begins late."""
    run(ffmpeg, "-i", str(path), "-c", "copy", "-output_ts_offset", str(offset), "-f", "mpegts", str(out))
    return out


@pytest.fixture(scope="session")
def counted_ts(ffmpeg: Ffmpeg, counted: Path, media: Path) -> Path:
    """The numbered frames as a transport stream that begins at half past ten."""
    return as_stream(ffmpeg, counted, media / "counted.ts", 37_800.5)


@pytest.fixture(scope="session")
def uneven_ts(ffmpeg: Ffmpeg, uneven: Path, media: Path) -> Path:
    """The variable rate as a transport stream with a late clock."""
    return as_stream(ffmpeg, uneven, media / "uneven.ts", 12.25)


@pytest.fixture(scope="session")
def voice(ffmpeg: Ffmpeg, media: Path) -> Path:
    """6 s of picture with a pulsing voice-like tone, a quiet second from 4 to 5 s, two tracks (the second 12 dB lower)."""
    out = media / "voice.mp4"
    tone = "aevalsrc='0.3*sin(2*PI*180*t)*(0.4+0.6*abs(sin(2*PI*3*t)))*(1-between(t\\,4\\,5))':s=48000:d=6"
    run(
        ffmpeg,
        *("-f", "lavfi", "-i", "testsrc2=s=320x180:r=30:d=6", "-f", "lavfi", "-i", tone),
        *("-filter_complex", "[1:a]asplit[a][b];[b]volume=-12dB[c]", "-map", "0:v", "-map", "[a]", "-map", "[c]"),
        *("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-c:a", "aac", "-g", "30"),
        *("-metadata:s:a:0", "language=eng", "-metadata:s:a:1", "language=deu"),
        *("-disposition:a:0", "default", "-disposition:a:1", "0", "-metadata", "title=A voice", str(out)),
    )
    return out


@pytest.fixture(scope="session")
def mute(ffmpeg: Ffmpeg, media: Path) -> Path:
    """3 s of picture without any sound."""
    out = media / "mute.mp4"
    run(ffmpeg, "-f", "lavfi", "-i", "testsrc2=s=320x180:r=25:d=3", "-pix_fmt", "yuv420p", str(out))
    return out


@pytest.fixture(scope="session")
def sound_only(ffmpeg: Ffmpeg, media: Path) -> Path:
    """4 s of sound without a picture."""
    out = media / "sound.m4a"
    run(
        ffmpeg,
        "-f",
        "lavfi",
        "-i",
        "aevalsrc='0.3*sin(2*PI*330*t)*abs(sin(2*PI*1.3*t))':s=48000:d=4",
        "-c:a",
        "aac",
        str(out),
    )
    return out


@pytest.fixture(scope="session")
def silent(ffmpeg: Ffmpeg, media: Path) -> Path:
    """3 s of picture with a sound track in which nothing is heard."""
    out = media / "silent.mp4"
    sources = (
        "-f",
        "lavfi",
        "-i",
        "testsrc2=s=320x180:r=30:d=3",
        "-f",
        "lavfi",
        "-i",
        "anullsrc=r=48000:cl=stereo:d=3",
    )
    run(ffmpeg, *sources, "-pix_fmt", "yuv420p", "-c:a", "aac", str(out))
    return out


@pytest.fixture(scope="session")
def turned(ffmpeg: Ffmpeg, media: Path) -> Path:
    """A phone's video: stored 320x180, to be shown 180x320, its upper half (as shown) red."""
    flat = media / "flat.mp4"
    picture = "color=c=blue:s=320x180:r=30:d=2,drawbox=x=0:y=0:w=160:h=180:c=red:t=fill"
    run(ffmpeg, "-f", "lavfi", "-i", picture, "-pix_fmt", "yuv420p", str(flat))
    out = media / "turned.mp4"
    turn(ffmpeg, flat, out, -90)
    return out


@pytest.fixture(scope="session")
def narrow(ffmpeg: Ffmpeg, media: Path) -> Path:
    """Stored 240x180 with pixels 4:3 wide: shown 320x180."""
    out = media / "narrow.mp4"
    picture = "testsrc2=s=240x180:r=30:d=2,setsar=4/3"
    run(ffmpeg, "-f", "lavfi", "-i", picture, "-pix_fmt", "yuv420p", str(out))
    return out


@pytest.fixture(scope="session")
def hdr(ffmpeg: Ffmpeg, media: Path) -> Path:
    """2 s of 10-bit HEVC with PQ brightness and BT.2020 colours."""
    out = media / "hdr.mp4"
    marks = "color_primaries=bt2020:color_trc=smpte2084:colorspace=bt2020nc:range=tv"
    run(
        ffmpeg,
        *("-f", "lavfi", "-i", f"testsrc2=s=320x180:r=30:d=2,format=yuv420p10le,setparams={marks}"),
        *("-c:v", "libx265", "-preset", "ultrafast", "-x265-params", "log-level=none:pools=1", "-tag:v", "hvc1"),
        *("-color_primaries", "bt2020", "-color_trc", "smpte2084", "-colorspace", "bt2020nc", str(out)),
    )
    return out
