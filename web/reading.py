"""From the text of a request to the types that its endpoint names; every refusal says the place."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qsl

import msgspec
from starlette.types import Receive

from web.problems import BAD_INPUT, TOO_LARGE, WRONG_TYPE, Refusal

_MOST_WORDS = 100  # of a query
_DRAINED_BYTES = 16_000_000  # of a body that is too large: so much is read and forgotten, so that the answer is heard
_EXPECTED = re.compile(r"^Expected `([^`]+)`, got `([^`]+)`$")
_BOUNDED = re.compile(r"^Expected `([^`]+)` (.+)$")
_PLAINLY = {
    "int": "a whole number",
    "float": "a number",
    "str": "text",
    "bool": "true or false",
    "array": "a list",
    "object": "an object",
    "null": "nothing",
    "datetime": "a time",
}
_MANY = (msgspec.inspect.ListType, msgspec.inspect.VarTupleType, msgspec.inspect.SetType, msgspec.inspect.FrozenSetType)


class HungUp(Exception):
    """The other side hung up before the request was complete."""


def body_reader(kind: Any) -> Callable[[bytes], Any]:
    """A function from JSON to that type."""
    decode = msgspec.json.Decoder(kind).decode

    def read(said: bytes) -> Any:
        try:
            return decode(said)
        except msgspec.ValidationError as error:
            raise Refusal(
                BAD_INPUT, f"The body does not fit: {_words(error)}", "See /api/docs for its fields."
            ) from error
        except (msgspec.DecodeError, RecursionError) as error:
            raise Refusal(BAD_INPUT, f"The body is no JSON: {error}", "Send one JSON object in UTF-8.") from error

    return read


def query_reader(kind: Any) -> Callable[[bytes], Any]:
    """A function from a query to that type. Words that the type does not know are refused."""
    fields = {field.encode_name: _holds_many(field.type) for field in _fields(kind)}

    def read(said: bytes) -> Any:
        found: dict[str, Any] = {}
        for name, value in _words_of(said):
            if name not in fields:
                raise Refusal(BAD_INPUT, f"{name[:60]!r} is not asked for here", _nearest(name, fields))
            if fields[name]:
                found.setdefault(name, []).append(value)
            elif name in found:
                raise Refusal(BAD_INPUT, f"{name} is said twice", "Say it once.")
            else:
                found[name] = value
        try:
            return msgspec.convert(found, kind, strict=False)
        except msgspec.ValidationError as error:
            raise Refusal(
                BAD_INPUT, f"The query does not fit: {_words(error)}", "See /api/docs for its words."
            ) from error

    return read


def no_query(said: bytes) -> None:
    """Refuses any word: nothing is asked for here, and a misspelt filter must not pass as none."""
    for name, _value in _words_of(said):
        raise Refusal(BAD_INPUT, f"{name[:60]!r} is not asked for here", "This path takes no query.")


async def whole_body(receive: Receive, headers: Mapping[bytes, bytes], most_bytes: int) -> bytes:
    """All of the body. Refused when it is larger than that; HungUp when it does not come."""
    announced = headers.get(b"content-length", b"")
    parts: list[bytes] = []
    size, too_large = 0, announced.isdigit() and int(announced) > most_bytes
    if too_large and int(announced) > most_bytes + _DRAINED_BYTES:
        raise _too_large(most_bytes)
    while True:
        message = await receive()
        if message["type"] != "http.request":
            raise HungUp
        part = message.get("body", b"")
        size += len(part)
        too_large = too_large or size > most_bytes
        if size > most_bytes + _DRAINED_BYTES:
            raise _too_large(most_bytes)
        if not too_large:
            parts.append(part)
        if not message.get("more_body", False):
            break
    if too_large:
        raise _too_large(most_bytes)
    return parts[0] if len(parts) == 1 else b"".join(parts)


def check_json(headers: Mapping[bytes, bytes]) -> None:
    """Refuses a body that does not say that it is JSON."""
    kind = headers.get(b"content-type", b"").partition(b";")[0].strip().lower()
    if kind != b"application/json":
        said = kind.decode("latin-1") or "nothing"
        raise Refusal(WRONG_TYPE, f"The body says that it is {said}", "Send Content-Type: application/json.")


def _too_large(most_bytes: int) -> Refusal:
    return Refusal(
        TOO_LARGE,
        f"The body is larger than {most_bytes / 1e6:g} MB",
        "Send less, or raise max_body_mb under [web] in clipper.toml.",
        {"Connection": "close"},
    )


def _words_of(said: bytes) -> list[tuple[str, str]]:
    try:
        return parse_qsl(
            said.decode("ascii"), keep_blank_values=True, max_num_fields=_MOST_WORDS, encoding="utf-8", errors="strict"
        )
    except ValueError as error:  # a UnicodeError is one
        raise Refusal(BAD_INPUT, f"The query cannot be read: {error}", "Percent-encode it as UTF-8.") from error


def _nearest(name: str, known: Mapping[str, bool]) -> str:
    near = difflib.get_close_matches(name, known, 1)
    return f"Did you mean {near[0]}?" if near else f"It may be: {', '.join(known)}."


def _words(error: msgspec.ValidationError) -> str:
    """The sentence of msgspec in plain words, with the place first: `$.limit` is field limit."""
    said, _, place = str(error).partition(" - at `")
    place = place.rstrip("`").removeprefix("$").removeprefix(".")
    if kinds := _EXPECTED.match(said):
        said = f"should be {_plainly(kinds[1])}, not {_plainly(kinds[2])}"
    elif kinds := _BOUNDED.match(said):
        said = f"should be {_plainly(kinds[1])} {kinds[2]}"
    return f"{place} {said}" if place and said.startswith("should") else f"{place}: {said}" if place else f"it {said}"


def _plainly(kinds: str) -> str:
    return " or ".join(_PLAINLY.get(kind.strip(), kind.strip()) for kind in kinds.split("|"))


def _fields(kind: Any) -> tuple[msgspec.inspect.Field, ...]:
    found = msgspec.inspect.type_info(kind)
    assert isinstance(found, msgspec.inspect.StructType | msgspec.inspect.DataclassType)
    return found.fields


def _holds_many(kind: msgspec.inspect.Type) -> bool:
    if isinstance(kind, msgspec.inspect.Metadata):
        return _holds_many(kind.type)
    if isinstance(kind, msgspec.inspect.UnionType):
        return any(_holds_many(one) for one in kind.types)
    return isinstance(kind, _MANY)
