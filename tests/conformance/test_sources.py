from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from appliance.domain.errors import BadInput, ClipperError, NeedsPerson, NotYet, Permanent, Transient
from appliance.domain.listed import NOTHING
from appliance.domain.located import Located
from appliance.guard import Guard
from appliance.media.ffmpeg import Ffmpeg
from appliance.process import run
from appliance.sources import SOURCES, WATCHABLE, channel, check, fetch, listing
from appliance.sources.address import locate
from appliance.sources.base import Bases, FetchOptions, ListOptions, VideoSource, Watchable
from appliance.sources.chatlog import read_chat
from tests.standins.server import Answer, Says, Standin, file_answer, served
from tests.standins.youtube import CHANNEL, calls, downloader, page_json, program

NOW = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)
KICK = "01a0251f-ef48-702d-9289-d66922da0e84"
QUICK = ("--retries", "0", "--socket-timeout", "2", "--extractor-retries", "0")


@dataclass(frozen=True)
class Case:
    """What a source takes: one video in several spellings, another one, and the path that its server is asked for.

    {site} stands for the stand-in's address. `base` says which base is the stand-in's.
    """

    spellings: tuple[str, ...]
    other: str
    path: str
    base: str = ""


CASES = {
    "youtube": Case(
        (
            "https://www.youtube.com/watch?v=dQw4w9WgXcQ",
            "https://youtu.be/dQw4w9WgXcQ?si=x&t=3",
            "http://m.youtube.com/watch?feature=share&v=dQw4w9WgXcQ&list=PLx",
            "https://www.youtube.com/shorts/dQw4w9WgXcQ",
            "https://www.youtube.com/live/dQw4w9WgXcQ?feature=shared",
            "https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ",
        ),
        "https://youtu.be/aaaaaaaaaaa",
        "/watch",
        "youtube",
    ),
    "twitch": Case(
        (
            "https://www.twitch.tv/videos/123456",
            "https://m.twitch.tv/videos/123456?t=1h",
            "https://www.twitch.tv/someone/v/123456",
            "https://www.twitch.tv/someone/video/123456",
            "https://player.twitch.tv/?video=v123456&parent=x",
        ),
        "https://clips.twitch.tv/SomeClip-a_b",
        "/videos/123456",
        "twitch",
    ),
    "kick": Case(
        (
            f"https://kick.com/someone/videos/{KICK}",
            f"https://www.kick.com/SomeOne/videos/{KICK.upper()}?t=3",
            f"https://kick.com/video/{KICK}",
        ),
        "https://kick.com/someone?clip=clip_01GYXVB5",
        f"/someone/videos/{KICK}",
        "kick",
    ),
    "discord": Case(
        (
            "https://cdn.discordapp.com/attachments/1/2/talk.mp4?ex=ffffffff&is=1&hm=2",
            "https://cdn.discordapp.com/attachments/1/2/talk.mp4?ex=fffffffe&is=3&hm=4&",
            "https://media.discordapp.net/attachments/1/2/talk.mp4?width=400&height=300",
        ),
        "https://cdn.discordapp.com/attachments/1/2/other.mp4?ex=ffffffff",
        "/attachments/1/2/talk.mp4",
        "discord",
    ),
    "direct": Case(
        ("{site}/talk.mp4", "{site}/talk.mp4#t=3", " {site}/talk.mp4 "), "{site}/other.mp4?part=2", "/talk.mp4"
    ),
    "other": Case(("{site}/watch/42", "{site}/watch/42/?utm_source=x"), "{site}/watch/43", "/watch/42"),
}
OF_THE_WEB = [source for source in SOURCES if source.name != "file"]


@pytest.fixture(scope="module")
def media(tmp_path_factory: pytest.TempPathFactory, ffmpeg: Ffmpeg) -> Path:
    """A short video."""
    path = tmp_path_factory.mktemp("media") / "talk.mp4"
    made = ("-f", "lavfi", "-i", "testsrc=size=160x90:rate=10:duration=3", "-f", "lavfi", "-i", "sine=duration=3")
    assert run(ffmpeg.argv(*made, "-c:v", "libx264", "-preset", "ultrafast", "-c:a", "aac", str(path))).code == 0
    return path


@pytest.fixture(scope="module")
def site() -> Iterator[Standin]:
    with served(Standin()) as standin:
        yield standin


def _located(source: VideoSource, site: Standin, said: str = "") -> Located:
    return locate((said or CASES[source.name].spellings[0]).replace("{site}", site.base))


def _options(source: VideoSource, site: Standin, ffmpeg: Ffmpeg | None = None) -> FetchOptions:
    base = CASES[source.name].base
    return FetchOptions(
        bases=replace(Bases(), **{base: site.base}) if base else Bases(),
        allow_private=("127.0.0.1",),
        yt_dlp_args=QUICK,
        ffmpeg=ffmpeg.path if ffmpeg else "",
        chat_replay=False,
    )


def _says(source: VideoSource, site: Standin, says: Says | Answer) -> None:
    site.says = {CASES[source.name].path: says}
    site.asked.clear()


def test_every_source_of_the_web_has_its_case() -> None:
    """A new source cannot come without being tried here."""
    assert {source.name for source in OF_THE_WEB} == set(CASES)


@pytest.mark.parametrize("source", OF_THE_WEB, ids=lambda source: source.name)
def test_a_source_takes_its_own_links_and_nobody_elses(source: VideoSource, site: Standin, tmp_path: Path) -> None:
    """Every link belongs to exactly one source; a file to none of the web."""
    (tmp_path / "a.mp4").write_bytes(b"")
    assert not source.takes(locate(str(tmp_path / "a.mp4")))
    for name, case in CASES.items():
        for said in (*case.spellings, case.other):
            assert source.takes(_located(source, site, said)) == (name == source.name), said


@pytest.mark.parametrize("source", OF_THE_WEB, ids=lambda source: source.name)
def test_one_video_has_one_key_however_it_is_written(source: VideoSource, site: Standin) -> None:
    """And another video another one; nothing keeps it from being fetched."""
    case = CASES[source.name]
    keys = {_located(source, site, said).key for said in case.spellings}
    assert len(keys) == 1
    assert _located(source, site, case.other).key not in keys
    for said in (*case.spellings, case.other):
        check(_located(source, site, said), NOW)


@pytest.mark.parametrize("source", OF_THE_WEB, ids=lambda source: source.name)
def test_a_video_is_fetched_and_an_interrupted_one_gone_on_with(
    source: VideoSource, site: Standin, media: Path, ffmpeg: Ffmpeg, tmp_path: Path
) -> None:
    """The bytes arrive with their facts; what was there already is not asked for again."""
    _says(source, site, file_answer(media))
    whole = media.read_bytes()
    half = len(whole) // 2
    (tmp_path / "video.mp4.part").write_bytes(whole[:half])
    shares: list[float] = []
    found = fetch(
        _located(source, site), tmp_path, _options(source, site, ffmpeg), lambda share, _step: shares.append(share)
    )
    assert (tmp_path / found.media).read_bytes() == whole
    assert json.loads((tmp_path / found.info).read_text())["title"]
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    assert f"bytes={half}-" in {asked.headers.get("range") for asked in site.asked}


def _dripping(asked: object) -> Answer:
    del asked
    return Answer(200, b"x" * 1000, {"Content-Type": "video/mp4"}, wait=4.0)


FAULTS: dict[str, tuple[Says | Answer, type[ClipperError]]] = {
    "404": (Answer(404), Permanent),
    "403": (Answer(403), NeedsPerson),
    "429": (Answer(429), Transient),
    "500": (Answer(500), Transient),
    "slow": (_dripping, Transient),
    "half-closed": (Answer(200, b"\0" * 100_000, {"Content-Type": "video/mp4"}, cut=5_000), Transient),
    "empty": (Answer(200, b"", {"Content-Type": "video/mp4"}), Permanent),
    "a web page": (
        Answer(200, b"<!DOCTYPE html><html><p>no video</p></html>", {"Content-Type": "text/html"}),
        BadInput,
    ),
    "a running stream": (
        Answer(
            200,
            b"#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:2\n#EXT-X-MEDIA-SEQUENCE:9\n#EXTINF:2.0,\nnine.ts\n",
            {"Content-Type": "application/vnd.apple.mpegurl"},
        ),
        NotYet,
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("source", OF_THE_WEB, ids=lambda source: source.name)
def test_a_fault_of_the_other_side_has_its_class(
    source: VideoSource, site: Standin, tmp_path: Path, fault: str
) -> None:
    """With a next step, the link, and no file that looks finished."""
    says, kind = FAULTS[fault]
    _says(source, site, says)
    with pytest.raises(ClipperError) as caught:
        fetch(_located(source, site), tmp_path, _options(source, site), lambda *_: None)
    assert type(caught.value) is kind, caught.value.message
    assert caught.value.hint
    assert "127.0.0.1" in caught.value.message
    assert not list(tmp_path.glob("video.mp4"))
    assert not list(tmp_path.glob(".cookies*"))


def _watchable_case(platform: Watchable) -> tuple[str, str]:
    return {
        "youtube": (CHANNEL, f"/channel/{CHANNEL}/videos"),
        "twitch": ("https://www.twitch.tv/someone", "/someone/videos?filter=archives&sort=time"),
        "kick": ("https://kick.com/someone", "/someone/videos"),
    }[platform.name]


def _listed(site: Standin, tmp_path: Path, platform: Watchable, answer: object) -> ListOptions:
    yt_dlp = program(tmp_path, {_watchable_case(platform)[1]: answer})
    bases = Bases(youtube=site.base, twitch=site.base, kick=site.base)
    return ListOptions(Guard(allow_private=("127.0.0.1",)), FetchOptions(yt_dlp=yt_dlp, bases=bases))


@pytest.mark.parametrize("platform", WATCHABLE, ids=lambda platform: platform.name)
def test_a_channel_belongs_to_one_platform(platform: Watchable) -> None:
    """Its own spellings are taken, those of the others are not."""
    for other in WATCHABLE:
        said = _watchable_case(other)[0]
        assert (platform.channel(said) is not None) == (other is platform)


@pytest.mark.parametrize("platform", WATCHABLE, ids=lambda platform: platform.name)
def test_a_channel_is_listed_when_its_feed_is_out_of_order(platform: Watchable, site: Standin, tmp_path: Path) -> None:
    """Every item has the key that adding its link by hand would give."""
    site.says = {}
    options = _listed(site, tmp_path, platform, page_json(3))
    found = listing(channel(_watchable_case(platform)[0]), NOTHING, options, NOW)
    assert len(found.items) == 3
    assert all(each.key == locate(each.url).key for each in found.items)
    assert found.notes
    assert found.name


LIST_FAULTS = [
    ("ERROR: [x] y: Unable to download API page: HTTP Error 429: Too Many Requests", Transient),
    ("ERROR: [x] y: Unable to download webpage: HTTP Error 503: Service Unavailable", Transient),
    ("ERROR: [x] y: Unable to download webpage: HTTP Error 403: Forbidden", NeedsPerson),
    ('ERROR: [x] y: Channel "y" not found', Permanent),
    (["no", "list"], Permanent),
]


@pytest.mark.parametrize(("answer", "kind"), LIST_FAULTS)
@pytest.mark.parametrize("platform", WATCHABLE, ids=lambda platform: platform.name)
def test_a_list_that_cannot_be_had_has_its_class(
    platform: Watchable, site: Standin, tmp_path: Path, answer: object, kind: type[ClipperError]
) -> None:
    """When no way is left, the error says what to do."""
    site.says = {}
    options = _listed(site, tmp_path, platform, answer)
    with pytest.raises(ClipperError) as caught:
        listing(channel(_watchable_case(platform)[0]), NOTHING, options, NOW)
    assert type(caught.value) is kind
    assert caught.value.hint


def test_cookies_are_a_copy_for_each_call(site: Standin, tmp_path: Path) -> None:
    """The person's file is not written, and the copy is gone afterwards."""
    cookies = tmp_path / "cookies.txt"
    cookies.write_text("# Netscape HTTP Cookie File\n")
    for platform in WATCHABLE:
        if platform.name != "youtube":
            options = _listed(site, tmp_path, platform, page_json(1))
            options = replace(options, fetch=replace(options.fetch, cookies_file=str(cookies)))
            listing(channel(_watchable_case(platform)[0]), NOTHING, options, NOW)
            call = calls(options.fetch.yt_dlp)[-1]
            used = Path(call[call.index("--cookies") + 1])
            assert used != cookies
            assert not used.exists()


RECORDED = {"id": KICK, "title": "A Stream", "channel_id": "668", "timestamp": 1787329245, "duration": 20}


def _kick_chat(begin: datetime) -> Answer:
    rows = [
        {
            "id": f"m{second}",
            "user_id": second,
            "content": "hi",
            "created_at": (begin + timedelta(seconds=second)).isoformat(),
        }
        for second in range(20)
    ]
    return Answer(200, json.dumps({"data": {"messages": rows}}).encode())


def _twitch_chat() -> Answer:
    nodes = [{"id": f"t{n}", "contentOffsetSeconds": n, "message": {"fragments": [{"text": "hi"}]}} for n in range(20)]
    comments = {"edges": [{"node": node} for node in nodes], "pageInfo": {"hasNextPage": False}}
    return Answer(200, json.dumps({"data": {"video": {"comments": comments}}}).encode())


CHATS = {
    "kick": ("/api/v1/chat/668/history", _kick_chat(datetime.fromtimestamp(1787329245, UTC))),
    "twitch": ("/gql", _twitch_chat()),
}


@pytest.mark.parametrize("name", CHATS)
@pytest.mark.parametrize("works", [True, False])
def test_a_recording_comes_with_its_chat_and_never_fails_for_it(
    name: str,
    works: bool,  # noqa: FBT001 - given by the table
    site: Standin,
    media: Path,
    tmp_path: Path,
) -> None:
    """The chat is asked for over real sockets through the guard; where its host refuses, a note says so."""
    source = next(source for source in OF_THE_WEB if source.name == name)
    path, answer = CHATS[name]
    site.says = {path: answer if works else Answer(403)}
    options = FetchOptions(
        bases=Bases(kick=site.base, kick_chat=site.base, twitch=site.base, twitch_chat=f"{site.base}/gql"),
        allow_private=("127.0.0.1",),
        yt_dlp=downloader(tmp_path, RECORDED, media),
    )
    shares: list[float] = []
    found = fetch(_located(source, site), tmp_path / "work", options, lambda share, _step: shares.append(share))
    assert (tmp_path / "work" / found.media).read_bytes() == media.read_bytes()
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    if works:
        chat = read_chat(tmp_path / "work" / found.chat)
        assert list(chat.times) == list(range(20))
        assert chat.platform == name
    else:
        assert found.chat == ""
        assert any("403" in note for note in found.notes)


def test_a_chat_that_a_person_gave_is_not_asked_for(site: Standin, media: Path, tmp_path: Path) -> None:
    """Nor where it is not wished."""
    site.says = {}
    site.asked.clear()
    program_path = downloader(tmp_path, RECORDED, media)
    options = FetchOptions(
        bases=Bases(kick=site.base, kick_chat=site.base), yt_dlp=program_path, chat="/some/chat.jsonl"
    )
    for number, wish in enumerate((options, replace(options, chat="", chat_replay=False))):
        fetch(locate(CASES["kick"].spellings[0]), tmp_path / f"work{number}", wish, lambda *_: None)
    assert not site.asked


LISTS = [
    "https://www.youtube.com/playlist?list=PLx",
    "https://www.twitch.tv/someone",
    "https://kick.com/someone/videos",
]


@pytest.mark.parametrize("link", LISTS)
def test_a_list_in_a_videos_place_is_refused_without_asking(link: str) -> None:
    """With the next step: it can be added as a channel."""
    with pytest.raises(BadInput, match="not a") as caught:
        check(locate(link), NOW)
    assert "channel" in caught.value.hint


@pytest.mark.parametrize(
    ("link", "word"),
    [
        ("https://cdn.discordapp.com/attachments/1/2/a.mp4?ex=65000000&is=1&hm=2", "ran out on 2023-09-12"),
        ("https://discord.com/channels/1/2/3", "only files"),
        ("https://evil.discordapp.com/attachments/1/2/a.mp4?ex=ffffffff", "only files"),
    ],
)
def test_a_discord_link_that_cannot_work_is_refused_without_asking(link: str, word: str) -> None:
    """One that ran out says when, and what is no file is said so; one without a date is tried."""
    with pytest.raises(BadInput, match=word) as caught:
        check(locate(link), NOW)
    assert caught.value.hint
    check(locate("https://cdn.discordapp.com/attachments/1/2/a.mp4"), NOW)


def test_a_local_file_is_used_where_it_is(media: Path, tmp_path: Path) -> None:
    """Nothing is copied, and a file that went away is said so before anything is begun."""
    found = fetch(locate(str(media)), tmp_path, FetchOptions(), lambda *_: None)
    assert found.media == str(media)
    assert not list(tmp_path.iterdir())
    with pytest.raises(BadInput, match="no such file"):
        check(replace(locate(str(media)), address=str(tmp_path / "gone.mp4")), NOW)


def test_a_host_that_was_asked_too_much_is_left_alone_by_the_next_fetch(site: Standin, tmp_path: Path) -> None:
    """The pause is kept between calls, and the other side hears nothing meanwhile."""
    direct = next(source for source in OF_THE_WEB if source.name == "direct")
    _says(direct, site, Answer(429))
    options = replace(_options(direct, site), polite_dir=str(tmp_path / "polite"))
    with pytest.raises(Transient):
        fetch(_located(direct, site), tmp_path / "work", options, lambda *_: None)
    asked = len(site.asked)
    with pytest.raises(NotYet) as caught:
        fetch(_located(direct, site), tmp_path / "work", options, lambda *_: None)
    assert caught.value.retry_after
    assert len(site.asked) == asked
