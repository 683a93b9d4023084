from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.domain.errors import BadInput, NeedsPerson, Permanent
from appliance.domain.listed import NOTHING, ChannelAddress, Listing, Remembered
from appliance.guard import Guard
from appliance.sources import channel, expand, listing
from appliance.sources.address import is_list, locate
from appliance.sources.base import Bases, FetchOptions, ListOptions
from appliance.sources.feed import parse
from appliance.sources.lists import item
from tests.standins.server import Answer, Asked, Standin, served
from tests.standins.youtube import CHANNEL, NEWEST, calls, feed_xml, page_json, program, video_id

NOW = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)
FEED = "/feeds/videos.xml"
GONE = "ERROR: [youtube:tab] x: This channel does not exist"


@pytest.fixture
def site() -> Iterator[Standin]:
    with served(Standin()) as standin:
        yield standin


def _options(site: Standin, yt_dlp: str = "/nowhere/yt-dlp", **more: int) -> ListOptions:
    fetch = FetchOptions(
        yt_dlp=yt_dlp, bases=Bases(youtube=site.base, twitch=site.base, kick=site.base), allow_private=("127.0.0.1",)
    )
    return ListOptions(Guard(allow_private=("127.0.0.1",)), fetch, **more)


def _ask(options: ListOptions, since: Remembered = NOTHING, said: str = CHANNEL) -> Listing:
    return listing(channel(said), since, options, NOW)


def test_the_feed_tells_the_newest_videos(site: Standin) -> None:
    """Each with key, title, time and picture, newest first; yt-dlp is not needed for it."""
    site.says[FEED] = Answer(
        200, feed_xml(15, title="A & <b>"), {"ETag": '"1"', "Last-Modified": "Fri, 20 Nov 2026 18:00:00 GMT"}
    )
    found = _ask(_options(site))
    assert [each.key for each in found.items] == [f"youtube:{video_id(number)}" for number in range(15)]
    assert found.items[0].published == NEWEST
    assert found.items[0].title == "A & <b> 0"
    assert found.items[0].thumbnail.startswith("https://i.ytimg.com/")
    assert found.items[0].seconds is None
    assert found.remembered == Remembered('"1"', "Fri, 20 Nov 2026 18:00:00 GMT", CHANNEL)
    assert found.notes == ("the feed was asked",)
    assert found.name == "A Channel"
    assert site.asked[0].query == {"channel_id": CHANNEL}


def test_an_unchanged_feed_costs_no_body(site: Standin) -> None:
    """The validators go back as they came, and 304 is no news."""

    def says(asked: Asked) -> Answer:
        same = asked.headers.get("if-none-match") == '"1"' and asked.headers.get("if-modified-since") == "then"
        return Answer(304) if same else Answer(200, feed_xml(1), {"ETag": '"1"', "Last-Modified": "then"})

    site.says[FEED] = says
    first = _ask(_options(site))
    second = _ask(_options(site), first.remembered)
    assert (first.not_modified, second.not_modified) == (False, True)
    assert second.items == ()
    assert second.remembered == first.remembered


BROKEN = {
    "404": Answer(404, b"<html>Error 404</html>"),
    "500": Answer(500),
    "429": Answer(429),
    "a web page": Answer(200, b"<!DOCTYPE html><html><title>Before you continue</title></html>"),
    "broken": Answer(200, feed_xml(5)[:900]),
    "nothing": Answer(200, b""),
    "no Atom feed": Answer(200, b'<?xml version="1.0"?><rss version="2.0"><channel><title>x</title></channel></rss>'),
    "could not be asked": Answer(200, feed_xml(15), cut=500),
}


@pytest.mark.parametrize("word", BROKEN)
def test_a_feed_that_is_out_of_order_is_replaced_by_the_page(site: Standin, tmp_path: Path, word: str) -> None:
    """404, 500, a web page, half a feed: the page is asked instead, the note says why, and the validators are kept."""
    site.says[FEED] = BROKEN[word]
    since = Remembered('"1"', "then", CHANNEL)
    found = _ask(
        _options(site, program(tmp_path, {f"/channel/{CHANNEL}/videos": page_json(20, first_live=True)})), since
    )
    assert [each.key for each in found.items] == [f"youtube:{video_id(number)}" for number in range(15)]
    assert word in found.notes[0]
    assert "page was asked instead" in found.notes[0]
    assert found.remembered == since
    assert (found.items[0].live, found.items[1].live) == (True, False)
    assert found.items[1].seconds == 601
    assert found.items[1].thumbnail == "https://i.ytimg.com/large.jpg"


def test_only_when_both_ways_fail_there_is_an_error(site: Standin, tmp_path: Path) -> None:
    """It has the class of the page's fault and tells of both."""
    site.says[FEED] = Answer(404)
    bot = "ERROR: [youtube:tab] x: Sign in to confirm you're not a bot"
    with pytest.raises(NeedsPerson, match=r"not a bot \(the feed answered 404\)"):
        _ask(_options(site, program(tmp_path, {"/videos": bot})))


def test_days_of_404_never_lose_the_channel(site: Standin, tmp_path: Path) -> None:
    """Poll after poll goes by the page, and the first good feed is used again."""
    options = _options(site, program(tmp_path, {"/videos": page_json(3)}))
    site.says[FEED] = Answer(404)
    since = NOTHING
    for _ in range(3):
        since = _ask(options, since).remembered
    site.says[FEED] = Answer(200, feed_xml(2), {"ETag": '"2"'})
    assert _ask(options, since).notes == ("the feed was asked",)


def test_a_handle_is_looked_up_once(site: Standin, tmp_path: Path) -> None:
    """The id is remembered, and the next poll goes to the feed at once."""
    site.says[FEED] = Answer(200, feed_xml(1))
    yt_dlp = program(tmp_path, {"/@SomeOne": page_json(1)})
    first = _ask(_options(site, yt_dlp), said="@SomeOne")
    assert first.remembered.resolved == CHANNEL
    _ask(_options(site, yt_dlp), first.remembered, said="@SomeOne")
    assert len(calls(yt_dlp)) == 1
    assert {"--flat-playlist", "--ignore-config", "--no-plugin-dirs"} <= set(calls(yt_dlp)[0])
    assert len(site.asked) == 2


def test_a_handle_of_nobody_is_said_so(site: Standin, tmp_path: Path) -> None:
    """Whether yt-dlp says so, or finds a page that is no channel."""
    with pytest.raises(Permanent, match="does not exist"):
        _ask(_options(site, program(tmp_path, {"/@SomeOne": GONE})), said="@SomeOne")
    with pytest.raises(Permanent, match="no channel was found"):
        _ask(
            _options(site, program(tmp_path, {"/@SomeOne": {"_type": "playlist", "entries": []}})),
            said="@SomeOne",
        )


def test_older_videos_come_only_when_asked_for(site: Standin, tmp_path: Path) -> None:
    """With a number the page is asked for so many, more than a feed has."""
    options = _options(site, program(tmp_path, {"/videos": page_json(300)}), backfill=100)
    found = _ask(options)
    assert len(found.items) == 100
    assert "100 newest" in found.notes[0]
    assert not site.asked


@pytest.mark.parametrize(
    ("said", "end", "link"),
    [
        (
            "https://www.twitch.tv/someone",
            "/someone/videos?filter=archives&sort=time",
            "https://www.twitch.tv/videos/12345",
        ),
        (
            "https://kick.com/someone",
            "/someone/videos",
            "https://kick.com/someone/videos/01a0251f-ef48-702d-9289-d66922da0e84",
        ),
    ],
)
def test_recordings_of_a_streamer_are_listed(site: Standin, tmp_path: Path, said: str, end: str, link: str) -> None:
    """Twitch and Kick by yt-dlp: keys, lengths and times, and one that still runs is marked."""
    smuggled = link + "#__youtubedl_smuggle=%7B%7D"
    rows = [
        {
            "_type": "url_transparent",
            "url": smuggled,
            "title": "A",
            "duration": 7200,
            "timestamp": 1787329245,
            "is_live": True,
        },
        {"_type": "url_transparent", "url": None, "title": "broken"},
    ]
    yt_dlp = program(tmp_path, {end: {"_type": "playlist", "entries": rows}})
    found = _ask(_options(site, yt_dlp), said=said)
    assert len(found.items) == 1
    assert found.items[0].key == locate(link).key
    assert found.items[0].url == link
    assert found.items[0].live
    assert found.items[0].seconds == 7200
    assert found.items[0].published == datetime.fromtimestamp(1787329245, UTC)
    assert calls(yt_dlp)[0][-1] == site.base + end


def test_a_channel_may_be_known_by_its_address_alone(site: Standin) -> None:
    """As it is kept."""
    site.says[FEED] = Answer(200, feed_xml(2))
    known = ChannelAddress("youtube", "", f"https://www.youtube.com/channel/{CHANNEL}")
    assert len(listing(known, NOTHING, _options(site), NOW).items) == 2


def test_a_platform_that_cannot_be_watched_is_refused(site: Standin) -> None:
    """By name."""
    with pytest.raises(BadInput, match="vimeo"):
        listing(ChannelAddress("vimeo", "x", "https://vimeo.com/x"), NOTHING, _options(site), NOW)


def test_a_playlist_of_five_thousand_gives_its_first_and_counts_the_rest(site: Standin, tmp_path: Path) -> None:
    """Only as many are asked for as are wanted."""
    located = locate("https://www.youtube.com/playlist?list=PLabcdefghijkl")
    yt_dlp = program(tmp_path, {"list=PLabcdefghijkl": page_json(200, whole=5000)})
    found = expand(located, _options(site, yt_dlp, limit=50))
    assert is_list(located)
    assert len(found.items) == 50
    assert found.notes == ("the first 50 videos of the list were taken, 4950 were left out",)
    call = calls(yt_dlp)[0]
    assert call[call.index("--playlist-end") + 1] == "51"


def test_an_uncounted_list_tells_that_there_are_more(site: Standin, tmp_path: Path) -> None:
    """And a short one has nothing to tell."""
    located = locate("https://www.youtube.com/playlist?list=PLabcdefghijkl")
    options = _options(site, program(tmp_path, {"list=PLabcdefghijkl": page_json(20)}), limit=10)
    assert "more were left out" in expand(located, options).notes[0]
    assert expand(located, replace(options, limit=20)).notes == ()


@pytest.mark.parametrize(
    ("link", "asked"),
    [
        ("https://www.youtube.com/@SomeOne", "/@SomeOne/videos"),
        ("https://www.youtube.com/@SomeOne/featured", "/@SomeOne/videos"),
        ("https://www.youtube.com/@SomeOne/streams", "/@SomeOne/streams"),
        (f"https://www.youtube.com/channel/{CHANNEL}/", f"/channel/{CHANNEL}/videos"),
        ("https://www.twitch.tv/someone", "/someone/videos?filter=archives&sort=time"),
        ("https://www.twitch.tv/someone/clips?range=7d", "/someone/clips?range=7d"),
        ("https://kick.com/some-one/", "/some-one/videos"),
    ],
)
def test_the_front_page_of_a_channel_stands_for_its_videos(
    site: Standin, tmp_path: Path, link: str, asked: str
) -> None:
    """Any other page is taken as it is."""
    assert is_list(locate(link))
    yt_dlp = program(tmp_path, {asked: page_json(2)})
    assert len(expand(locate(link), _options(site, yt_dlp)).items) == 2
    assert calls(yt_dlp)[0][-1] == site.base + asked


def test_a_list_without_videos_is_bad_input(site: Standin, tmp_path: Path) -> None:
    """Empty or private."""
    options = _options(site, program(tmp_path, {"list=PLabcdefghijkl": page_json(0)}))
    with pytest.raises(BadInput, match="no video"):
        expand(locate("https://www.youtube.com/playlist?list=PLabcdefghijkl"), options)


def test_a_list_is_read_by_the_real_yt_dlp(site: Standin) -> None:
    """A page that lists media files, over a real socket, without opening one of them."""
    entries = "".join(
        f"<item><title>Talk {number}</title><link>{site.base}/talk{number}.mp4</link></item>" for number in range(5)
    )
    rss = f'<?xml version="1.0"?><rss version="2.0"><channel><title>Talks</title>{entries}</channel></rss>'
    site.says["/list"] = Answer(200, rss.encode(), {"Content-Type": "application/rss+xml"})
    found = expand(locate(f"{site.base}/list"), _options(site, "", limit=3))
    assert [each.title for each in found.items] == ["Talk 0", "Talk 1", "Talk 2"]
    assert found.items[0].key == locate(f"{site.base}/talk0.mp4").key
    assert found.notes
    assert not [path for path in site.paths() if path.endswith(".mp4")]


@pytest.mark.parametrize(
    ("link", "expected"),
    [
        ("https://www.youtube.com/playlist?list=PLx", True),
        ("https://www.youtube.com/@x/videos", True),
        ("https://www.youtube.com/watch?v=dQw4w9WgXcQ&list=PLx", False),
        ("https://www.twitch.tv/someone/videos?filter=archives", True),
        ("https://www.twitch.tv/videos/123", False),
        ("https://clips.twitch.tv/Some", False),
        ("https://kick.com/someone/videos", True),
        ("https://kick.com/someone/videos/01a0251f-ef48-702d-9289-d66922da0e84", False),
        ("https://example.org/playlist", False),
    ],
)
def test_a_list_is_told_from_a_video_by_its_link(link: str, expected: bool) -> None:  # noqa: FBT001
    """A video that is shown as part of a list is a video."""
    assert is_list(locate(link)) is expected


def test_entities_of_a_feed_are_not_unfolded() -> None:
    """A feed that defines its own entities is refused before it is parsed."""
    bomb = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><feed>&b;</feed>'
    assert "no Atom feed" in parse(bomb).trouble


@given(st.binary(max_size=400) | st.binary(max_size=100).map(lambda noise: feed_xml(1)[:700] + noise))
def test_no_bytes_whatever_break_the_feed(body: bytes) -> None:
    """Any answer is a list or a trouble in words."""
    found = parse(body)
    assert found.trouble or all(each.key for each in found.items)


rows = st.dictionaries(
    st.sampled_from(["url", "webpage_url", "title", "duration", "timestamp", "live_status", "thumbnails", "_type"]),
    st.none()
    | st.text(max_size=20)
    | st.floats()
    | st.lists(st.none(), max_size=2)
    | st.just("https://youtu.be/dQw4w9WgXcQ"),
)


@given(rows)
def test_no_row_whatever_breaks_the_list(row: dict[str, object]) -> None:
    """Any row is a video or nothing."""
    found = item(row)
    assert found is None or found.key
