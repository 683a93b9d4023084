"""Pieces of a chat file: whole lines of JSON lines, or the elements of the message list inside one JSON document."""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator
from typing import Protocol

BLOCK_BYTES = 1 << 20
_LONGEST = 1 << 24  # one message is never longer than this
# The keys under which the known documents keep their messages.
_LIST = re.compile(r'"(?:comments|messages|chat|data)"\s*:\s*\[')
_SPACES = re.compile(r"[\s,]*")


class Readable(Protocol):
    """What is needed of an open binary file."""

    def read(self, size: int, /) -> bytes:
        """At most `size` bytes; empty at the end."""
        ...


def opening(file: Readable) -> bytes:
    """The first block, without a byte order mark and leading space."""
    return file.read(BLOCK_BYTES).removeprefix(codecs.BOM_UTF8).lstrip()


def is_lines(start: bytes) -> bool:
    """Whether the file is JSON lines: its first line with anything on it is a whole object, or there are several lines and
    the first is no part of a bigger document.
    """
    first, _, rest = start.partition(b"\n")
    first = first.strip()
    if first.startswith(b"[") or first in {b"{", b""}:
        return False
    try:
        value = json.loads(first)
    except ValueError:
        # One very long line is a document; a broken line among others is a broken line.
        return bool(rest.strip()) and not first.endswith((b",", b"{", b"["))
    return isinstance(value, dict) and (bool(rest.strip()) or not _LIST.search(first.decode("utf-8", "replace")))


def whole_lines(file: Readable) -> Iterator[bytes]:
    """The file as blocks of whole lines; a byte order mark is skipped."""
    rest = b""
    first = True
    while block := file.read(BLOCK_BYTES):
        if first:
            block, first = block.removeprefix(codecs.BOM_UTF8), False
        whole, newline, tail = block.rpartition(b"\n")
        if newline:
            yield rest + whole + newline
            rest = tail
        else:
            rest += block
    if rest.strip():
        yield rest


def elements(file: Readable) -> Iterator[object]:
    """The elements of the message list of a JSON document, one by one, without holding the document.

    A document that breaks off gives what came before. An element that is no valid JSON ends the list.
    """
    decoder = json.JSONDecoder()
    text = codecs.getincrementaldecoder("utf-8-sig")("replace")
    pending, at, inside = "", 0, False
    while True:
        block = file.read(BLOCK_BYTES)
        pending, at = pending[at:] + text.decode(block, final=not block), 0
        if not inside:
            begin = _list_start(pending)
            if begin is None:
                if not block or len(pending) > _LONGEST:
                    return
                continue
            at, inside = begin, True
        while True:
            at = _end_of(_SPACES, pending, at)
            if pending.startswith("]", at):
                return
            try:
                element, at = decoder.raw_decode(pending, at)
            except ValueError:
                break
            yield element
        if not block or len(pending) - at > _LONGEST:
            return


def _list_start(text: str) -> int | None:
    opened = text.lstrip()
    if opened.startswith("["):
        return text.index("[") + 1
    found = _LIST.search(text)
    return found.end() if found else None


def _end_of(pattern: re.Pattern[str], text: str, at: int) -> int:
    found = pattern.match(text, at)
    return found.end() if found else at
