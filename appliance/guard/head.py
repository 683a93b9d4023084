"""The head of an HTTP message, as far as a proxy has to understand it."""

from __future__ import annotations

import re
from dataclasses import dataclass

MOST_BYTES = 32_768
END = b"\r\n\r\n"
# What is between two neighbours only and never passed on.
_HOP = {"connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "proxy-connection", "te", "trailer"}
_HOP |= {"upgrade", "expect"}
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")

Fields = tuple[tuple[str, str], ...]


class Broken(ValueError):
    """A head that is not HTTP/1, or that two readers could read in two ways."""


@dataclass(frozen=True, slots=True)
class Head:
    """The three words of the first line, and the fields in their order."""

    first: tuple[str, str, str]
    fields: Fields

    def values(self, name: str) -> list[str]:
        """What a field says, once for each time it is there."""
        return [value for known, value in self.fields if known.lower() == name]

    def value(self, name: str) -> str:
        """What a field says; empty when it is not there."""
        return ", ".join(self.values(name))

    @property
    def length(self) -> int | None:
        """Content-Length in bytes; None when it is not there. Broken when it is said in several ways."""
        said = set(self.values("content-length"))
        if not said:
            return None
        only = said.pop()
        if said or not re.fullmatch(r"[0-9]{1,18}", only) or self.values("transfer-encoding"):
            raise Broken("its length is said in several ways")
        return int(only)

    def passed_on(self) -> Fields:
        """The fields that are meant for the other end."""
        named = {name.strip().lower() for name in self.value("connection").split(",")}
        return tuple((name, value) for name, value in self.fields if name.lower() not in _HOP | named)


def parse(raw: bytes) -> Head:
    """A head with its empty line. Broken for folded lines, names with spaces and whatever else is no HTTP/1."""
    lines = raw.removesuffix(END).decode("latin-1").split("\r\n")
    first = lines[0].split(" ", 2)
    if len(first) == 2:  # an answer may lack its phrase
        first.append("")
    if len(first) != 3 or not lines[0].isprintable():
        raise Broken("its first line is no HTTP")
    fields = []
    for line in lines[1:]:
        name, colon, value = line.partition(":")
        if not colon or not _TOKEN.fullmatch(name) or re.search(r"[\r\n\x00]", value):
            raise Broken("one of its fields is no HTTP")
        fields.append((name, value.strip()))
    return Head((first[0], first[1], first[2]), tuple(fields))


def write(first: str, fields: Fields) -> bytes:
    """A head as it goes over the wire."""
    lines = [first, *(f"{name}: {value}" for name, value in fields)]
    return "\r\n".join(lines).encode("latin-1", "replace") + END
