"""Secrets are taken out of everything that is written down: known values first, then what looks like one."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

HIDDEN = "***"
_SHORTEST = 6  # a shorter value would blot out ordinary words
_known: set[str] = set()

_NAMES = re.compile(
    r"(?i)(^|[_-])(authorization|cookies?|x[_-]api[_-]key|api[_-]?key|password|passwd|secret|token|signature)$"
)
_PATTERNS = (
    # user:password@ in an address
    (re.compile(r"(?<=://)[^/@\s\"']+(?=@)"), HIDDEN),
    # a header: everything up to the end of its line, or of the quoted text it stands in
    (
        re.compile(
            r"""(?i)(["']?\b(?:proxy-)?(?:authorization|set-cookie|cookie|x-api-key)["']?\s*[:=]\s*)"""
            r"""(?:(["'])[^"'\r\n]*\2|[^"'\r\n]+)"""
        ),
        rf"\g<1>{HIDDEN}",
    ),
    (re.compile(r"(?i)\b(bearer|basic)\s+[A-Za-z0-9._~+/=-]{6,}"), rf"\g<1> {HIDDEN}"),
    # signed links and keys in a query
    (
        re.compile(
            r"(?i)([?&;](?:[a-z_]*token|sig|lsig|signature|hm|is|ex|key|api_?key|password|secret|code|x-amz-[a-z-]+)=)"
            r"[^&\s\"'#<>]+"
        ),
        rf"\g<1>{HIDDEN}",
    ),
    (re.compile(r"\bsk-[A-Za-z0-9_-]{6,}"), HIDDEN),
    (
        re.compile(r"""(?i)\b(api[_-]?key|password|passwd|secret)(["']?\s*[:=]\s*["']?)[^\s"',;&]+"""),
        rf"\g<1>\g<2>{HIDDEN}",
    ),
    (re.compile(r"""(?i)(token["']?[\s:=]+["']?)[A-Za-z0-9_./+=-]{12,}"""), rf"\g<1>{HIDDEN}"),
)


def hide(*values: str) -> None:
    """Take these exact values out of everything that is written from now on."""
    _known.update(value for value in values if len(value) >= _SHORTEST)


def redacted(value: Any) -> Any:
    """The value without secrets, through mappings and lists; numbers and the like come back as they are."""
    match value:
        case str():
            return _scrubbed(value)
        case bytes():
            return _scrubbed(value.decode("utf-8", "replace"))
        case Mapping():
            return {
                key: HIDDEN if item and not isinstance(item, bool) and _NAMES.search(str(key)) else redacted(item)
                for key, item in value.items()
            }
        case list() | tuple() | set() | frozenset():
            return [redacted(item) for item in value]
        case None | bool() | int() | float():
            return value
        case _:
            return _scrubbed(str(value))


def _scrubbed(text: str) -> str:
    for secret in sorted(_known, key=len, reverse=True):
        text = text.replace(secret, HIDDEN)
    for pattern, instead in _PATTERNS:
        text = pattern.sub(instead, text)
    return text
