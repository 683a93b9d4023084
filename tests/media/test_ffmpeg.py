from __future__ import annotations

import socket
import stat
from pathlib import Path

import pytest

from appliance import process
from appliance.domain.errors import BadInput, ConfigError
from appliance.media.ffmpeg import Ffmpeg, find_ffmpeg, has_filter


def test_an_ffmpeg_is_always_found(ffmpeg: Ffmpeg) -> None:
    """Without any setting there is an ffmpeg that can draw captions and write H.264."""
    assert Path(ffmpeg.path).is_file()
    assert ffmpeg.major >= 5
    assert has_filter(ffmpeg, "ass")
    assert not has_filter(ffmpeg, "no_such_filter")


def test_a_configured_ffmpeg_is_used(ffmpeg: Ffmpeg) -> None:
    """The program that the settings name is taken, with its global arguments in every command line."""
    named = find_ffmpeg(ffmpeg.path, ("-threads", "1"))
    assert named.path == ffmpeg.path
    assert not named.bundled
    argv = named.argv("-version")
    assert argv[0] == ffmpeg.path
    assert argv[-3:] == ["-threads", "1", "-version"]
    assert "-nostdin" in argv


@pytest.mark.parametrize("name", ["no-such-ffmpeg", "/nowhere/ffmpeg", "/bin/true"])
def test_a_configured_program_that_is_no_ffmpeg_is_refused(name: str) -> None:
    """A path that names nothing, or something else, is a mistake in the settings and says so."""
    with pytest.raises(ConfigError) as raised:
        find_ffmpeg(name)
    assert name in raised.value.message
    assert raised.value.hint


def test_a_poor_ffmpeg_is_refused(tmp_path: Path) -> None:
    """A build without libass or libx264 is refused with what it lacks."""
    poor = tmp_path / "ffmpeg"
    poor.write_text("#!/bin/sh\necho 'ffmpeg version 6.1.1 Copyright'\n")
    poor.chmod(poor.stat().st_mode | stat.S_IXUSR)
    with pytest.raises(ConfigError, match="without libass and libx264"):
        find_ffmpeg(str(poor))


def test_an_old_ffmpeg_is_refused(tmp_path: Path) -> None:
    """A version from before the oldest supported one is refused with its number."""
    old = tmp_path / "ffmpeg"
    old.write_text("#!/bin/sh\necho 'ffmpeg version 4.4.2-0ubuntu Copyright'\n")
    old.chmod(old.stat().st_mode | stat.S_IXUSR)
    with pytest.raises(BadInput, match=r"too old \(4\.4\.2"):
        find_ffmpeg(str(old))


@pytest.mark.parametrize("name", ["it's 50%: [a],b;c.wav", "-i.wav", "http:x.wav", "dots..\\back.wav"])
def test_odd_file_names_are_opened_as_files(ffmpeg: Ffmpeg, tmp_path: Path, name: str) -> None:
    """Quotes, colons, percent signs, dashes and backslashes in a file's name mean nothing to ffmpeg."""
    path = tmp_path / name
    made = process.run(ffmpeg.argv("-f", "lavfi", "-i", "sine=d=0.1", "-f", "wav", "pipe:1"))
    path.write_bytes(made.out)
    ended = process.run(ffmpeg.argv(*ffmpeg.input(path), "-f", "null", "-"))
    assert (ended.code, ended.err) == (0, "")


def test_no_address_is_followed(ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    """A playlist that names an address is not fetched, though ffmpeg would when allowed to."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.3)
        address = f"http://127.0.0.1:{server.getsockname()[1]}/a.ts"
        playlist = tmp_path / "a.m3u8"
        playlist.write_text(f"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n{address}\n#EXT-X-ENDLIST\n")
        assert process.run(ffmpeg.argv(*ffmpeg.input(playlist), "-f", "null", "-")).code != 0
        with pytest.raises(TimeoutError):
            server.accept()
        allowed = ["-protocol_whitelist", "file,http,tcp", "-f", "hls", "-i", str(playlist), "-f", "null", "-"]
        with process.opened(ffmpeg.argv(*allowed)):
            server.settimeout(5)
            server.accept()[0].close()
