from __future__ import annotations

import contextlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.domain.errors import BadInput, ClipperError
from appliance.domain.located import Platform
from appliance.sources.address import check_policy, locate

SAME = [
    "https://www.youtube.com/watch?v=dQw4w9WgXcQ",
    "https://youtu.be/dQw4w9WgXcQ?si=abc&t=42",
    "http://m.youtube.com/watch?feature=share&v=dQw4w9WgXcQ",
    "https://www.youtube.com/live/dQw4w9WgXcQ?feature=shared",
]


def test_all_ways_to_write_a_youtube_link_are_one_video() -> None:
    """Short links, mobile links and share noise change nothing."""
    assert {locate(link).key for link in SAME} == {"youtube:dQw4w9WgXcQ"}
    assert {locate(link).platform for link in SAME} == {Platform.YOUTUBE}


@pytest.mark.parametrize(
    ("link", "platform"),
    [
        ("https://www.twitch.tv/videos/123456", Platform.TWITCH),
        ("https://clips.twitch.tv/SomeClip", Platform.TWITCH),
        ("https://kick.com/someone/videos/01a0", Platform.KICK),
        ("https://cdn.discordapp.com/attachments/1/2/a.mp4?ex=1&is=2&hm=3", Platform.DISCORD),
        ("https://example.org/talk.mp4", Platform.DIRECT),
        ("https://example.org/live/index.m3u8?token=1", Platform.DIRECT),
        ("https://example.org/watch/42", Platform.OTHER),
        ("https://notyoutube.com/watch?v=dQw4w9WgXcQ", Platform.OTHER),
        ("https://youtube.com.evil.example/watch?v=dQw4w9WgXcQ", Platform.OTHER),
    ],
)
def test_a_link_belongs_to_the_platform_of_its_host(link: str, platform: Platform) -> None:
    """Only the host itself and what lies below it count."""
    assert locate(link).platform is platform


def test_discord_links_are_one_video_whatever_their_signature() -> None:
    """Discord signs its links anew; the file is the same."""
    one = locate("https://cdn.discordapp.com/attachments/1/2/a.mp4?ex=1&is=2&hm=3")
    assert one.key == locate("https://cdn.discordapp.com/attachments/1/2/a.mp4?ex=9&is=8&hm=7").key


def test_a_link_that_is_not_allowed_is_refused_by_name() -> None:
    """The message names the host and what is taken, and how to allow it."""
    with pytest.raises(BadInput, match=r"kick\.com: kick links are not taken") as caught:
        check_policy(locate("https://kick.com/a/videos/b"), ("youtube",), allow_any=False)
    assert "allow under [sources]" in caught.value.hint
    with pytest.raises(BadInput, match=r"example\.org"):
        check_policy(locate("https://example.org/page"), ("youtube", "direct"), allow_any=False)
    check_policy(locate("https://example.org/page"), (), allow_any=True)


def test_a_file_is_always_taken(tmp_path: Path) -> None:
    """The policy is about links."""
    (tmp_path / "a b'c%.mp4").write_bytes(b"")
    check_policy(locate(str(tmp_path / "a b'c%.mp4")), (), allow_any=False)


@pytest.mark.parametrize(
    "said", ["", "   ", "nothing/here.mp4", "ftp://x/y.mp4", "https://", "http://[::1", "/", "a\0b"]
)
def test_what_is_neither_link_nor_file_is_told_so(said: str) -> None:
    """Every such thing is bad input with a next step."""
    with pytest.raises(BadInput) as caught:
        locate(said)
    assert caught.value.hint


@given(st.text(max_size=300))
def test_no_text_whatever_breaks_it(said: str) -> None:
    """Any text is located or refused, never a crash."""
    with contextlib.suppress(ClipperError):
        assert locate(said).key
