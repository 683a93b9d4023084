from __future__ import annotations

import shutil
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from appliance.domain.errors import BadInput, Transient
from appliance.guard import Guard
from appliance.guard.proxy import guarded
from appliance.media.ffmpeg import Ffmpeg
from appliance.process import environment, run
from appliance.sources import fetch
from appliance.sources._ytdlp import check_args, listed
from appliance.sources.address import locate
from appliance.sources.base import FetchOptions
from tests.guard.origins import speaking
from tests.standins.server import Answer, Standin, file_answer, served


@dataclass(frozen=True)
class Site:
    """A web server with a video as MP4 and as HLS in `folder`, reached by the address that may be reached."""

    server: Standin
    folder: Path
    base: str

    @property
    def forbidden(self) -> str:
        """Another address of this machine, which the guard refuses."""
        return self.base.replace("127.0.0.1", "127.0.0.2")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, ffmpeg: Ffmpeg) -> Path:
    """A video of three seconds as MP4 and as HLS."""
    folder = tmp_path_factory.mktemp("guarded")
    source = ("-f", "lavfi", "-i", "testsrc=size=160x90:rate=10:duration=3", "-f", "lavfi", "-i", "sine=duration=3")
    encoded = ("-c:v", "libx264", "-preset", "ultrafast", "-g", "10", "-c:a", "aac", "-shortest")
    hls = ("-f", "hls", "-hls_time", "1", "-hls_list_size", "0")
    assert run(ffmpeg.argv(*source, *encoded, str(folder / "talk.mp4"))).code == 0
    assert run(ffmpeg.argv(*source, *encoded, *hls, str(folder / "list.m3u8"))).code == 0
    return folder


@pytest.fixture
def site(made: Path, tmp_path: Path) -> Iterator[Site]:
    """The server with its files."""
    folder = tmp_path / "site"
    shutil.copytree(made, folder)
    with served(Standin()) as standin:
        for path in folder.iterdir():
            kind = "application/vnd.apple.mpegurl" if path.suffix == ".m3u8" else "video/mp4"
            standin.says[f"/{path.name}"] = file_answer(path, kind)
        yield Site(standin, folder, standin.base)


HERE = Guard(allow_private=("127.0.0.1",))
OPTIONS = FetchOptions(allow_private=("127.0.0.1",))


def into(tmp_path: Path) -> Path:
    """An empty folder to fetch into."""
    folder = tmp_path / "fetched"
    folder.mkdir()
    return folder


@pytest.mark.parametrize("name", ["talk.mp4", "list.m3u8"])
def test_nothing_of_this_machine_is_fetched_unasked(site: Site, name: str, tmp_path: Path, ffmpeg: Ffmpeg) -> None:
    """The same link that works when its host was named is refused otherwise, and nobody is connected to."""
    with pytest.raises(BadInput, match=r"127\.0\.0\.1 is an address of this machine") as caught:
        fetch(locate(f"{site.base}/{name}"), into(tmp_path), FetchOptions(ffmpeg=ffmpeg.path), lambda *_: None)
    assert "allow_private" in caught.value.hint
    assert site.server.asked == []


def test_a_redirect_into_the_private_network_is_refused(site: Site, tmp_path: Path) -> None:
    """The first host was allowed; where it sends is not."""
    site.server.says["/go.mp4"] = Answer(302, headers={"Location": f"{site.forbidden}/talk.mp4"})
    with pytest.raises(BadInput, match=r"127\.0\.0\.2 is an address of this machine"):
        fetch(locate(f"{site.base}/go.mp4"), into(tmp_path), OPTIONS, lambda *_: None)
    assert "/talk.mp4" not in site.server.paths()


@pytest.mark.parametrize("how", ["all", "one", "key", "file", "ftp"])
def test_a_stream_whose_pieces_lie_in_the_private_network_is_refused(
    site: Site, how: str, tmp_path: Path, ffmpeg: Ffmpeg
) -> None:
    """All pieces, one of them, its key, or a piece by another kind of link: no video comes of it, and nobody is connected to."""
    playlist = site.folder / "list.m3u8"
    bad = site.forbidden
    text = playlist.read_text()
    playlist.write_text(
        {
            "all": text.replace("list", f"{bad}/list"),
            "one": text.replace("list1", f"{bad}/list1"),
            "key": text.replace("#EXTINF", f'#EXT-X-KEY:METHOD=AES-128,URI="{bad}/key"\n#EXTINF', 1),
            "file": text.replace("list1.ts", "file:///etc/passwd"),
            "ftp": text.replace("list1", f"{bad.replace('http', 'ftp')}/list1"),
        }[how]
    )
    options = FetchOptions(allow_private=("127.0.0.1",), ffmpeg=ffmpeg.path, yt_dlp_args=("--fragment-retries", "0"))
    with pytest.raises(BadInput) as caught:
        fetch(locate(f"{site.base}/list.m3u8"), into(tmp_path), options, lambda *_: None)
    assert caught.value.hint


def test_a_host_that_is_not_there_is_told_by_name(tmp_path: Path) -> None:
    """What the proxy knows counts, not what yt-dlp makes of its answer."""
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    options = FetchOptions(allow_private=("127.0.0.1",), yt_dlp_args=("--retries", "0"))
    with pytest.raises(Transient, match=rf"127\.0\.0\.1: no connection to port {port}"):
        fetch(locate(f"http://127.0.0.1:{port}/a.mp4"), into(tmp_path), options, lambda *_: None)


def test_lists_are_asked_through_the_guard_too(site: Site) -> None:
    """A page that is asked for its videos may be no more private than a video."""
    with pytest.raises(BadInput, match="an address of this machine"):
        listed(f"{site.base}/talk.mp4", 3, FetchOptions())
    assert listed(f"{site.base}/talk.mp4", 3, OPTIONS)["title"] == "talk"


def test_ffmpeg_goes_through_the_proxy_that_its_environment_names(site: Site, tmp_path: Path, ffmpeg: Ffmpeg) -> None:
    """yt-dlp has it fetch some streams: then every piece is asked for at the proxy, and what it refuses does not come."""
    stream = ("-protocol_whitelist", "http,tcp,httpproxy,crypto,tls,https", "-f", "hls")
    wanted = ("-c", "copy", "-y", str(tmp_path / "a.mkv"))
    with guarded(HERE) as proxy:
        env = environment(proxy.environment)
        ended = run(ffmpeg.argv(*stream, "-i", f"{site.base}/list.m3u8", *wanted), env=env)
        assert ended.code == 0, ended.err
        assert proxy.asked >= 4  # the playlist and three pieces
        before = len(site.server.asked)
        ended = run(ffmpeg.argv(*stream, "-i", f"{site.forbidden}/list.m3u8", *wanted), env=env)
        assert ended.code != 0
        assert proxy.refused[-1].message.startswith("127.0.0.2 is an address of this machine")
        assert len(site.server.asked) == before
        heard: list[bytes] = []
        with speaking(lambda connection: heard.append(connection.recv(99))) as port:
            assert run(ffmpeg.argv("-i", f"https://127.0.0.1:{port}/a.mp4", *wanted), env=env).code != 0
            assert heard[0][:1] == b"\x16"  # a TLS greeting came through the tunnel
        proxy.refused.clear()
        assert run(ffmpeg.argv("-i", f"{site.forbidden.replace('http', 'https')}/a", *wanted), env=env).code != 0
        assert proxy.refused


@pytest.mark.parametrize("args", [("--proxy", ""), ("--prox=",), ("--geo-ver", "http://a"), ("--hls-prefer-ff",)])
def test_no_argument_leads_past_the_guard(args: tuple[str, ...]) -> None:
    """A proxy is named in its own setting, behind the guard."""
    with pytest.raises(BadInput, match="is not allowed"):
        check_args(args)
