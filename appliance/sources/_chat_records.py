"""One chat message out of a record of any known kind."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Message:
    """`time` in seconds of the video, or with `absolute` in seconds of the day's clock."""

    time: float
    user: object
    text: str
    emotes: tuple[str, ...] = ()
    platform: str = ""
    absolute: bool = False


def message(record: object) -> tuple[Message, ...] | None:
    """The messages of a record: usually one; none for a notice that nobody wrote; None when the record is of no known kind."""
    if isinstance(record, list):
        return _row(record)
    if not isinstance(record, dict):
        return None
    if "replayChatItemAction" in record:
        return tuple(_youtube(record))
    if not _NOTICES.isdisjoint(record):
        return ()
    read = next((read for key, read in _KINDS.items() if key in record), _plain)
    return _one(read(record))


def _one(found: Message | None) -> tuple[Message, ...] | None:
    return None if found is None else (found,)


def _row(record: list[object]) -> tuple[Message, ...] | None:
    """[time, user, text]."""
    if len(record) != 3:
        return None
    return _one(_plain({"t": record[0], "user": record[1], "text": record[2]}))


def _plain(record: Mapping[str, object]) -> Message | None:
    time = _first(record, "t", "time", "offset", "timestamp_s")
    text = record.get("text", record.get("message"))
    if time is None or not isinstance(text, str):
        return None
    return Message(time, _name(record.get("user", record.get("author"))), _line(text))


def _twitch(record: Mapping[str, object]) -> Message | None:
    """A comment of a Twitch VOD, as the API answers it and TwitchDownloader keeps it."""
    time = _number(record.get("content_offset_seconds"))
    body = _mapping(record.get("message"))
    if time is None:
        return None
    fragments = [part for part in _sequence(body.get("fragments")) if isinstance(part, dict)]
    text = body.get("body")
    if not isinstance(text, str):
        text = "".join(str(part.get("text", "")) for part in fragments)
    emotes = tuple(str(part.get("text", "")).strip() for part in fragments if part.get("emoticon") or part.get("emote"))
    writer = _mapping(record.get("commenter"))
    return Message(
        time, _name(writer.get("_id") or writer.get("id") or writer.get("display_name")), _line(text), emotes, "twitch"
    )


def _downloader(record: Mapping[str, object]) -> Message | None:
    """chat-downloader: `author` is a name in old files and an object in new ones."""
    time = _number(record.get("time_in_seconds"))
    exact = _number(record.get("video_offset_time_msec"))
    if time is None:
        return None
    if exact is not None and abs(exact / 1000.0 - time) < 2.0:
        time = exact / 1000.0
    author = record.get("author")
    known = _mapping(author)
    user = record.get("author_id") or known.get("id") or known.get("name") or author
    text = record.get("message")
    emotes = tuple(
        str(emote.get("name", ""))
        for emote in _sequence(record.get("emotes"))
        if isinstance(emote, dict) and emote.get("name")
    )
    platform = "youtube" if "video_offset_time_msec" in record or "author_id" in record else "twitch"
    return Message(time, _name(user), _line(text if isinstance(text, str) else ""), emotes, platform)


def _kick(record: Mapping[str, object]) -> Message | None:
    """A message of Kick's API: the time is a time of day, emotes are written [emote:id:name]."""
    text, written = record.get("content"), record.get("created_at")
    if not isinstance(text, str) or not isinstance(written, str):
        return None
    try:
        at = datetime.fromisoformat(written).timestamp()
    except ValueError:
        return None
    plain, emotes = _kick_text(text)
    sender = _mapping(record.get("sender"))
    user = record.get("user_id") or sender.get("id") or sender.get("username")
    offset = _first(record, "offset", "video_offset")
    return Message(at if offset is None else offset, _name(user), plain, emotes, "kick", absolute=offset is None)


def _kick_text(text: str) -> tuple[str, tuple[str, ...]]:
    emotes: list[str] = []
    pieces = text.split("[emote:")
    line = pieces[0]
    for piece in pieces[1:]:
        mark, closed, rest = piece.partition("]")
        name = mark.partition(":")[2]
        if closed and name:
            emotes.append(name)
            line += name + " " + rest
        else:
            line += "[emote:" + piece
    return _line(line), tuple(emotes)


def _youtube(record: Mapping[str, object]) -> Iterator[Message]:
    """A line of yt-dlp's live_chat: an action with the time in the video beside it."""
    replay = _mapping(record["replayChatItemAction"])
    time = _number(replay.get("videoOffsetTimeMsec", record.get("videoOffsetTimeMsec")))
    if time is None:
        return
    for action in _sequence(replay.get("actions")):
        item = _mapping(_mapping(_mapping(action).get("addChatItemAction")).get("item"))
        for kind in ("liveChatTextMessageRenderer", "liveChatPaidMessageRenderer"):
            said = _mapping(item.get(kind))
            if said:
                text, emotes = _runs(_mapping(said.get("message")))
                user = said.get("authorExternalChannelId") or _mapping(said.get("authorName")).get("simpleText")
                yield Message(time / 1000.0, _name(user), text, emotes, "youtube")


def _runs(body: Mapping[str, object]) -> tuple[str, tuple[str, ...]]:
    line, emotes = "", []
    for run in _sequence(body.get("runs")):
        piece = _mapping(run)
        emoji = _mapping(piece.get("emoji"))
        if not emoji:
            line += str(piece.get("text", ""))
            continue
        shortcuts = _sequence(emoji.get("shortcuts"))
        if emoji.get("isCustomEmoji") and shortcuts:
            emotes.append(str(shortcuts[0]).strip(":"))
            line += " " + emotes[-1] + " "
        else:
            line += str(emoji.get("emojiId", ""))
    return _line(line or str(body.get("simpleText", ""))), tuple(emotes)


_KINDS = {"content_offset_seconds": _twitch, "time_in_seconds": _downloader, "created_at": _kick}
# Nobody wrote these: markers, banners and the player's seeks; and a paid message once more, as it hangs above the chat.
_NOTICES = frozenset({"clickTrackingParams", "addChatItemAction", "action_type", "ticker_duration"})


def _line(text: str) -> str:
    return " ".join(text.split())


def _name(user: object) -> object:
    return user if isinstance(user, str | int) else str(user or "")


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, dict) else {}


def _sequence(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _first(record: Mapping[str, object], *names: str) -> float | None:
    return next((found for name in names if (found := _number(record.get(name))) is not None), None)


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        found = float(value)
    except (ValueError, OverflowError):
        return None
    return found if math.isfinite(found) else None
