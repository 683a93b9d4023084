"""Chat replays from files: read in blocks, told apart by content, kept as columns.

Known are JSON lines `{"t", "user", "text"}`, what TwitchDownloader and chat-downloader write (old and new), the messages of
Kick's API, and the `live_chat` lines of yt-dlp.
"""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Iterable
from itertools import count
from pathlib import Path
from typing import TypeVar

import msgspec
import numpy as np
from numpy.typing import NDArray

from appliance.domain.chat import Chat
from appliance.domain.errors import BadInput
from appliance.sources import _chat_blocks as blocks
from appliance.sources._chat_records import Message, message

T = TypeVar("T", int, float)

_NAMED_LINES = 5
_FORMATS = 'Known are JSON lines {"t","user","text"}, TwitchDownloader, chat-downloader, Kick and yt-dlp live_chat.'


class _Plain(msgspec.Struct, gc=False):
    """A line of Clipper's own format. The field order is that of the file, which makes decoding faster."""

    t: float
    user: str | int = ""
    text: str = ""


def read_chat(path: Path, *, offset: float = 0.0) -> Chat:
    """Read a chat file; `offset` seconds are added to every time.

    Messages before 0 are dropped and counted, lines that cannot be read are counted and the first few named. BadInput when
    the file cannot be opened, is empty, or holds no message at all.
    """
    columns = _Columns(offset)
    try:
        with path.open("rb") as file:
            opening = blocks.opening(file)
            if not opening:
                raise BadInput(f"{path} is empty", "Give the chat replay of the video.")
            file.seek(0)
            if blocks.is_lines(opening):
                _read_lines(file, columns)
            else:
                _read_document(blocks.elements(file), columns)
    except OSError as error:
        raise BadInput(f"{path} cannot be read: {error.strerror}", "Check the path and its permissions.") from error
    if not columns.seen:
        raise BadInput(f"{path} holds no chat message", _FORMATS)
    return columns.chat()


class _Columns:
    """Collects messages as columns; every user and every text is kept once."""

    def __init__(self, offset: float) -> None:
        self.offset = offset
        self.times = array("d")
        self.users = array("i")
        self.texts = array("i")
        # A new name gets the next number by being asked for.
        self.user_numbers: defaultdict[object, int] = defaultdict(count().__next__)
        self.text_numbers: defaultdict[str, int] = defaultdict(count().__next__)
        self.emotes: set[str] = set()
        self.platform = ""
        self.unreadable = 0
        self.unreadable_lines: list[int] = []
        self.absolute = False

    @property
    def seen(self) -> int:
        """Messages that could be read, whatever their time."""
        return len(self.times)

    def add_plain(self, found: list[_Plain]) -> None:
        """Take a block of the own format."""
        users, texts = self.user_numbers, self.text_numbers
        self.times.extend([line.t for line in found])
        self.users.extend([users[line.user] for line in found])
        self.texts.extend([texts[line.text] for line in found])

    def add(self, found: Message) -> None:
        """Take one message of any other format."""
        self.times.append(found.time)
        self.users.append(self.user_numbers[found.user])
        self.texts.append(self.text_numbers[found.text])
        self.emotes.update(found.emotes)
        self.platform = self.platform or found.platform
        self.absolute = self.absolute or found.absolute

    def broken(self, line: int) -> None:
        """Count a line that says nothing we know."""
        self.unreadable += 1
        if len(self.unreadable_lines) < _NAMED_LINES:
            self.unreadable_lines.append(line)

    def chat(self) -> Chat:
        """The columns in order of time, from 0 on. Times of day count from the first message."""
        times = np.frombuffer(self.times, dtype=np.float64)  # a view: what is added below is added in place
        times += self.offset - (times.min() if self.absolute else 0.0)
        usable = times >= 0
        dropped = int(len(times) - usable.sum())
        ordered = bool(np.all(times[1:] >= times[:-1]))
        columns = (self.times, self.users, self.texts)
        if dropped or not ordered:
            order = np.flatnonzero(usable)[np.argsort(times[usable], kind="stable")]
            columns = (_taken(self.times, order), _taken(self.users, order), _taken(self.texts, order))
        return Chat(
            *columns,
            tuple(self.text_numbers),
            frozenset(self.emotes),
            before_start=dropped,
            unreadable=self.unreadable,
            platform=self.platform,
            unreadable_lines=tuple(self.unreadable_lines),
        )


def _taken(column: array[T], order: NDArray[np.int64]) -> array[T]:
    return array(column.typecode, np.frombuffer(column, dtype=column.typecode)[order].tobytes())


def _read_lines(file: blocks.Readable, columns: _Columns) -> None:
    plain = msgspec.json.Decoder(_Plain)
    number = 1
    for block in blocks.whole_lines(file):
        lines = block.count(b"\n") + (not block.endswith(b"\n"))
        try:
            columns.add_plain(plain.decode_lines(block))
        except (msgspec.DecodeError, UnicodeDecodeError):
            _read_each(block, number, plain, columns)
        number += lines


def _read_each(block: bytes, number: int, plain: msgspec.json.Decoder[_Plain], columns: _Columns) -> None:
    """Line by line: some line of the block is broken or of another format."""
    for place, line in enumerate(block.split(b"\n")):
        if not line.strip():
            continue
        try:
            columns.add_plain([plain.decode(line)])
            continue
        except (msgspec.DecodeError, UnicodeDecodeError):
            pass
        try:
            found = message(msgspec.json.decode(line))
        except (msgspec.DecodeError, UnicodeDecodeError):
            columns.broken(number + place)
            continue
        if found is None:
            columns.broken(number + place)
        for each in found or ():
            columns.add(each)


def _read_document(records: Iterable[object], columns: _Columns) -> None:
    for number, record in enumerate(records, 1):
        found = message(record)
        if found is None:
            columns.broken(number)
        for each in found or ():
            columns.add(each)
