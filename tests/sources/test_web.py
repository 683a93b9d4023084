from __future__ import annotations

import functools
import http.server
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from appliance.domain.errors import BadInput, ClipperError, Permanent, Transient
from appliance.domain.verdict import Made
from appliance.media.ffmpeg import Ffmpeg
from appliance.pipeline.fetch import FETCH, fetched
from appliance.pipeline.options import VideoOptions
from appliance.pipeline.stage import Context, Inputs
from appliance.pipeline.step import step
from appliance.process import run
from appliance.sources import fetch
from appliance.sources._ytdlp import check_args
from appliance.sources.address import locate
from appliance.sources.base import FetchOptions

HERE = ("127.0.0.1",)  # the site below is on this machine, which the guard lets nobody reach unasked


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's own name
        """Say nothing."""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, ffmpeg: Ffmpeg) -> Iterator[str]:
    """The address of a web server on this machine that has a video as MP4 and as HLS, and a page without one."""
    folder = tmp_path_factory.mktemp("site")
    made = ("-f", "lavfi", "-i", "testsrc=size=320x180:rate=25:duration=4", "-f", "lavfi", "-i", "sine=duration=4")
    encoded = ("-c:v", "libx264", "-preset", "ultrafast", "-g", "25", "-c:a", "aac", "-shortest")
    hls = ("-f", "hls", "-hls_time", "1", "-hls_list_size", "0")
    assert run(ffmpeg.argv(*made, *encoded, str(folder / "talk.mp4"))).code == 0
    assert run(ffmpeg.argv(*made, *encoded, *hls, str(folder / "live.m3u8"))).code == 0
    (folder / "page.html").write_text("<p>no video here</p>")
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(_Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize("name", ["talk.mp4", "live.m3u8"])
def test_a_direct_link_is_fetched_with_its_facts(site: str, name: str, tmp_path: Path, ffmpeg: Ffmpeg) -> None:
    """MP4 and HLS arrive as a media file with an info.json beside it, and progress ends at 1."""
    shares: list[float] = []
    options = FetchOptions(ffmpeg=ffmpeg.path, allow_private=HERE)
    found = fetch(locate(f"{site}/{name}"), tmp_path, options, lambda share, _step: shares.append(share))
    assert (tmp_path / found.media).stat().st_size > 5_000
    assert (tmp_path / found.info).is_file()
    assert shares == sorted(shares)
    assert shares[-1] == 1.0


def test_an_interrupted_download_goes_on_where_it_stopped(site: str, tmp_path: Path, ffmpeg: Ffmpeg) -> None:
    """What is there already as .part is kept, and the rest is added to it."""
    options = FetchOptions(ffmpeg=ffmpeg.path, allow_private=HERE)
    (tmp_path / "a").mkdir()
    first = fetch(locate(f"{site}/talk.mp4"), tmp_path / "a", options, lambda *_: None)
    whole = (tmp_path / "a" / first.media).read_bytes()
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "video.mp4.part").write_bytes(b"\0" * 1000 + whole[1000 : len(whole) // 2])
    second = fetch(locate(f"{site}/talk.mp4"), tmp_path / "b", options, lambda *_: None)
    again = (tmp_path / "b" / second.media).read_bytes()
    assert len(again) == len(whole)


def test_a_link_to_nothing_is_gone(site: str, tmp_path: Path) -> None:
    """A 404 is not tried again and says so."""
    with pytest.raises(Permanent, match="404"):
        fetch(locate(f"{site}/missing.mp4"), tmp_path, FetchOptions(allow_private=HERE), lambda *_: None)


def test_a_page_without_a_video_is_bad_input(site: str, tmp_path: Path) -> None:
    """yt-dlp finds nothing there, and that is said with the next step."""
    with pytest.raises(BadInput) as caught:
        fetch(locate(f"{site}/page.html"), tmp_path, FetchOptions(allow_private=HERE), lambda *_: None)
    assert caught.value.hint


def test_a_host_that_does_not_answer_is_worth_another_try(tmp_path: Path) -> None:
    """A refused connection is a passing fault."""
    options = FetchOptions(yt_dlp_args=("--retries", "0"), allow_private=HERE)
    with pytest.raises(Transient):
        fetch(locate("http://127.0.0.1:1999/talk.mp4"), tmp_path, options, lambda *_: None)


REFUSED = [
    ("--exec", "id"),
    ("--exe=id",),
    ("--plugin-dirs", "x"),
    ("-o", "/etc/x"),
    ("-o/etc/x",),
    ("--config-loc", "x"),
    ("--downloader", "sh"),
]


@pytest.mark.parametrize("args", REFUSED)
def test_arguments_that_run_commands_are_refused(args: tuple[str, ...]) -> None:
    """Also when they are shortened or joined with their value."""
    with pytest.raises(ClipperError, match="is not allowed"):
        check_args(args)


def test_harmless_arguments_pass() -> None:
    """A limit on the pace is no danger."""
    check_args(("--limit-rate", "2M", "--sleep-interval", "5", "-4"))


@pytest.mark.parametrize("name", ["talk.mp4", "live.m3u8"])
def test_the_stage_needs_no_ffmpeg_of_the_system_and_tells_what_came(site: str, name: str, tmp_path: Path) -> None:
    """Pieces are joined with the program's own ffmpeg, and the picture's size is told."""
    inputs = Inputs(locate(f"{site}/{name}"))
    done = step(
        FETCH,
        inputs,
        VideoOptions(fetch=FetchOptions(allow_private=HERE)),
        Context(root=tmp_path, models=tmp_path / "models"),
    )
    assert isinstance(done.verdict, Made)
    assert any("fetched at 320x180, less than the 1080 lines" in note for note in done.verdict.notes)
    assert Path(fetched(inputs.with_("fetch", done.folder)).media).is_file()
