from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.domain.errors import BadInput, ClipperError
from appliance.sources import channel
from tests.standins.youtube import CHANNEL

NAMED = [
    (CHANNEL, "youtube", CHANNEL),
    (f"  {CHANNEL} ", "youtube", CHANNEL),
    (f"https://www.youtube.com/channel/{CHANNEL}/videos", "youtube", CHANNEL),
    (f"m.youtube.com/channel/{CHANNEL}", "youtube", CHANNEL),
    ("@SomeOne", "youtube", "@SomeOne"),
    ("https://www.youtube.com/@SomeOne/streams?view=1", "youtube", "@SomeOne"),
    ("youtube.com/@SomeOne", "youtube", "@SomeOne"),
    ("https://www.youtube.com/c/SomeName", "youtube", "c/SomeName"),
    ("https://www.youtube.com/user/old", "youtube", "user/old"),
    ("https://www.youtube.com/playlist?list=PLabcdefghijkl", "youtube", "PLabcdefghijkl"),
    ("https://www.twitch.tv/SomeOne", "twitch", "someone"),
    ("twitch.tv/someone/videos?filter=archives", "twitch", "someone"),
    ("https://m.twitch.tv/someone/about", "twitch", "someone"),
    ("https://kick.com/Some-One", "kick", "some-one"),
    ("kick.com/some-one/videos", "kick", "some-one"),
]


@pytest.mark.parametrize(("said", "platform", "name"), NAMED)
def test_a_channel_is_understood_in_every_spelling(said: str, platform: str, name: str) -> None:
    """Ids, handles and addresses of any page, with and without https://; its own address names it again."""
    found = channel(said)
    assert (found.platform, found.id) == (platform, name)
    assert channel(found.url) == found


@pytest.mark.parametrize(
    "said",
    [
        "",
        "someone",
        "@x",
        "@bad handle",
        "UC",
        CHANNEL[:-1],
        CHANNEL + "x",
        f"https://www.youtube.com/channel/{CHANNEL[:-1]}",
        "https://www.youtube.com/watch?v=dQw4w9WgXcQ",
        "https://youtu.be/dQw4w9WgXcQ",
        "https://www.twitch.tv/videos/123",
        "https://clips.twitch.tv/Some",
        "https://kick.com/categories/games",
        "https://example.org/@someone",
        "https://youtube.com.evil.example/@someone",
        "ftp://youtube.com/@someone",
        "http://[::1",
    ],
)
def test_what_is_no_channel_is_said_so(said: str) -> None:
    """Words that could be anything, ids of a wrong length, videos, and other hosts, each with the next step."""
    with pytest.raises(BadInput) as caught:
        channel(said)
    assert caught.value.hint


def test_a_channel_id_that_is_none_is_told_why() -> None:
    """Its length is named."""
    with pytest.raises(BadInput, match=f"it has {len(CHANNEL) - 1} signs, not UC and 22 more"):
        channel(CHANNEL[:-1])


@given(
    st.text(max_size=100)
    | st.from_regex(r"(https?://)?(www\.)?(youtube\.com|twitch\.tv|kick\.com)/.{0,40}", fullmatch=True)
)
def test_no_text_whatever_breaks_it(said: str) -> None:
    """Any text names a channel or is refused; a channel's address leads to the platform."""
    with contextlib.suppress(ClipperError):
        found = channel(said)
        assert found.url.startswith(("https://www.youtube.com/", "https://www.twitch.tv/", "https://kick.com/"))
