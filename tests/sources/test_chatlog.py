from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from appliance.domain.errors import BadInput
from appliance.sources.chatlog import read_chat


def written(path: Path, rows: list[object]) -> Path:
    path.write_text("\n".join(json.dumps(row) for row in rows) + "\n", encoding="utf-8")
    return path


def said(path: Path, offset: float = 0.0) -> list[tuple[float, str]]:
    """(time, text) of every message."""
    chat = read_chat(path, offset=offset)
    return [(round(time, 3), chat.vocabulary[text]) for time, text in zip(chat.times, chat.texts, strict=True)]


def test_json_lines(tmp_path: Path) -> None:
    """The own format: columns in order of time, every user and text once."""
    path = written(
        tmp_path / "chat.jsonl",
        [
            {"t": 5, "user": "b", "text": "yo"},
            {"t": 1.5, "user": "a", "text": "hi"},
            {"t": 7, "user": "a", "text": "hi"},
        ],
    )
    chat = read_chat(path)
    assert list(chat.times) == [1.5, 5.0, 7.0]
    assert chat.users[0] == chat.users[2] != chat.users[1]
    assert sorted(chat.vocabulary) == ["hi", "yo"]
    assert (chat.before_start, chat.unreadable) == (0, 0)


def test_negative_times_are_dropped_and_counted(tmp_path: Path) -> None:
    """Messages from before the video are left out; an offset moves all times first."""
    path = written(tmp_path / "c.jsonl", [{"t": at, "user": "a", "text": str(at)} for at in (-5, -1, 0, 3)])
    chat = read_chat(path)
    assert (list(chat.times), chat.before_start) == ([0.0, 3.0], 2)
    assert said(path, offset=2.0) == [(1.0, "-1"), (2.0, "0"), (5.0, "3")]


def test_broken_lines_are_counted_and_named(tmp_path: Path) -> None:
    """Broken lines cost only themselves; the first five are named by number."""
    lines = [
        '{"t": 1, "user": "a", "text": "one"}',
        "not json",
        '{"t": 2, "user": "a", "text": "two"}',
        '{"t": "x"}',
        "",
        "[1,2]",
    ]
    path = tmp_path / "c.jsonl"
    path.write_bytes(("\n".join(lines) + "\n").encode() + b'{"t": 3, "user": "a", "text": "\xff"}\n{"t": 4, "te')
    chat = read_chat(path)
    assert [chat.vocabulary[text] for text in chat.texts] == ["one", "two"]
    assert chat.unreadable == 5
    assert chat.unreadable_lines == (2, 4, 6, 7, 8)


def test_a_byte_order_mark_and_windows_line_ends(tmp_path: Path) -> None:
    """A file from a Windows editor is read like any other."""
    path = tmp_path / "c.jsonl"
    path.write_bytes(
        b"\xef\xbb\xbf" + b'{"t": 1, "user": "a", "text": "hi"}\r\n{"t": 2, "user": "b", "text": "yo"}\r\n'
    )
    assert said(path) == [(1.0, "hi"), (2.0, "yo")]
    assert read_chat(path).unreadable == 0


def test_twitch_downloader(tmp_path: Path) -> None:
    """One big document of comments, with emotes marked in fragments."""
    comment = {
        "content_offset_seconds": 12.5,
        "commenter": {"_id": "7", "display_name": "Ann"},
        "message": {
            "body": "nice Kappa",
            "fragments": [{"text": "nice ", "emoticon": None}, {"text": "Kappa", "emoticon": {"emoticon_id": "25"}}],
        },
    }
    document = {"FileInfo": {"v": 1}, "streamer": {"name": "x"}, "comments": [comment, comment], "embeddedData": None}
    for indent in (None, 2):
        path = tmp_path / "twitch.json"
        path.write_text(json.dumps(document, indent=indent))
        chat = read_chat(path)
        assert said(path) == [(12.5, "nice Kappa")] * 2
        assert chat.emotes == {"Kappa"}
        assert chat.platform == "twitch"


def test_chat_downloader_old_and_new(tmp_path: Path) -> None:
    """`author` as a name or as an object; the exact offset is used where it is given."""
    rows = [
        {"author": "old", "message": "first", "time_in_seconds": 3, "video_offset_time_msec": 3400},
        {
            "author": {"id": "U1", "name": "new"},
            "message": "second",
            "time_in_seconds": 9.5,
            "emotes": [{"name": "hype"}],
        },
        {"author": "old", "message": None, "amount": "$5", "time_in_seconds": 11},
    ]
    path = tmp_path / "cd.json"
    path.write_text(json.dumps(rows))
    assert said(path) == [(3.4, "first"), (9.5, "second"), (11.0, "")]
    assert read_chat(path).emotes == {"hype"}


def test_kick(tmp_path: Path) -> None:
    """Kick writes times of day and emotes in brackets; the first message is zero."""
    messages = [
        {
            "id": "2",
            "content": "wow [emote:123:KEKW]",
            "created_at": "2026-01-02T10:00:09Z",
            "sender": {"id": 2, "username": "b"},
        },
        {"id": "1", "content": "hi", "created_at": "2026-01-02T10:00:00Z", "sender": {"id": 1, "username": "a"}},
    ]
    path = tmp_path / "kick.json"
    path.write_text(json.dumps({"status": {"code": 200}, "data": {"messages": messages, "cursor": "1"}}))
    chat = read_chat(path)
    assert said(path) == [(0.0, "hi"), (9.0, "wow KEKW")]
    assert (set(chat.emotes), chat.platform) == ({"KEKW"}, "kick")
    lines = written(tmp_path / "kick.jsonl", list(messages))
    assert said(lines, offset=4.0) == [(4.0, "hi"), (13.0, "wow KEKW")]


def test_youtube_live_chat(tmp_path: Path) -> None:
    """yt-dlp's live_chat lines: text and emoji runs, paid messages; markers are no messages and no errors."""
    item = {
        "message": {
            "runs": [
                {"text": "hey "},
                {"emoji": {"emojiId": "😂"}},
                {"emoji": {"isCustomEmoji": True, "shortcuts": [":cat:"]}},
            ]
        },
        "authorExternalChannelId": "UC1",
    }
    actions = [{"addChatItemAction": {"item": {"liveChatTextMessageRenderer": item}}}]
    paid = [{"addChatItemAction": {"item": {"liveChatPaidMessageRenderer": item}}}]
    rows = [
        {"clickTrackingParams": "x", "addBannerToLiveChatCommand": {}},
        {"replayChatItemAction": {"actions": actions, "videoOffsetTimeMsec": "1500"}},
        {"replayChatItemAction": {"actions": paid, "videoOffsetTimeMsec": "2500"}},
        {"replayChatItemAction": {"actions": [{"addLiveChatTickerItemAction": {}}], "videoOffsetTimeMsec": "2600"}},
    ]
    path = written(tmp_path / "v.live_chat.json", list(rows))
    chat = read_chat(path)
    assert said(path) == [(1.5, "hey 😂 cat"), (2.5, "hey 😂 cat")]
    assert (set(chat.emotes), chat.platform, chat.unreadable) == ({"cat"}, "youtube", 0)


def test_a_document_that_breaks_off(tmp_path: Path) -> None:
    """A download that was cut gives the messages that came before."""
    rows = [{"author": f"user{number}", "message": "héllo", "time_in_seconds": number} for number in range(50)]
    text = json.dumps(rows, ensure_ascii=False)
    path = tmp_path / "cut.json"
    path.write_text(text[: len(text) // 2], encoding="utf-8")
    assert 20 <= len(read_chat(path)) < 30


def test_a_long_document_is_read_in_blocks(tmp_path: Path) -> None:
    """Messages that straddle the blocks of a file of several megabytes are all there, in lines and in one document."""
    rows = [
        {"t": number / 10, "user": number % 99, "text": f"{'ä' * (number % 80)} {number}"} for number in range(40_000)
    ]
    lines = written(tmp_path / "big.jsonl", list(rows))
    assert lines.stat().st_size > 2_000_000
    document = tmp_path / "big.json"
    document.write_text(
        json.dumps([{"time_in_seconds": row["t"], "message": row["text"]} for row in rows], ensure_ascii=False)
    )
    for path in (lines, document):
        chat = read_chat(path)
        assert len(chat) == 40_000
        assert chat.unreadable == 0
        assert len(chat.vocabulary) == 40_000


@pytest.mark.parametrize(
    "content", [b"", b"   \n", b"hello", b"{}", b"[]", b"\x00\x01\x02", b'{"comments": []}', b"[1, 2, 3]"]
)
def test_what_is_no_chat_is_refused_in_words(tmp_path: Path, content: bytes) -> None:
    """A file without any chat message is an error that says what is read."""
    path = tmp_path / "x.json"
    path.write_bytes(content)
    with pytest.raises(BadInput) as caught:
        read_chat(path)
    assert str(path) in caught.value.message
    assert caught.value.hint


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    """No file, no chat: the path is in the message."""
    with pytest.raises(BadInput, match=r"nothing\.json"):
        read_chat(tmp_path / "nothing.json")


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.binary(max_size=400)
    | st.text(max_size=200).map(str.encode)
    | st.from_regex(r'(\{"t": ?-?[0-9]{1,4}, ?"text": ?"[a-z]*"\}?\n?){1,5}').map(str.encode)
)
def test_no_content_breaks_the_reader(tmp_path: Path, content: bytes) -> None:
    """Any bytes give a chat in order of time from 0 on, or BadInput."""
    path = tmp_path / "any"
    path.write_bytes(content)
    try:
        chat = read_chat(path)
    except BadInput:
        return
    assert list(chat.times) == sorted(chat.times)
    assert all(time >= 0 for time in chat.times)
    assert len(chat.times) == len(chat.users) == len(chat.texts)


@pytest.mark.shared
@pytest.mark.parametrize(
    ("name", "count"),
    [
        ("twitch_replay.json", 19),
        ("yt_all_message_types.json", 500),
        ("yt_live_replay_messages.json", 600),
        ("yt_superchats.json", 60),
    ],
)
def test_real_replays(shared: Path, name: str, count: int) -> None:
    """Replays of real streams are read without a broken record."""
    chat = read_chat(shared / "media" / "chat" / name)
    assert len(chat) >= count
    assert chat.unreadable == 0
