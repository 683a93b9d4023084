"""What of the settings nobody is shown: passwords inside addresses and arguments. Secrets proper are in files."""

from __future__ import annotations

import re
from typing import Any

HIDDEN = "***"
_LOGIN = re.compile(r"(?<=://)[^/@\s]+(?=@)")
_QUERY = re.compile(r"(?i)([?&](?:token|key|api_key|sig|password)=)[^&\s#]+")
_OPTION = re.compile(
    r"(?i)^(--?(?:password|username|video-password|twofactor|ap-password|client-certificate-password))=.*", re.DOTALL
)
_NEXT = re.compile(
    r"(?i)^(-p|-u|-2|--(?:password|username|video-password|twofactor|ap-password|client-certificate-password))$"
)
_HEADER = re.compile(r"(?i)((?:authorization|cookie|x-api-key)\s*:\s*).+", re.DOTALL)


def masked(value: Any) -> Any:
    """The value without what is secret in it, through lists and tables."""
    match value:
        case str():
            shown = _QUERY.sub(rf"\g<1>{HIDDEN}", _LOGIN.sub(HIDDEN, value))
            return _HEADER.sub(rf"\g<1>{HIDDEN}", _OPTION.sub(rf"\g<1>={HIDDEN}", shown))
        case dict():
            return {key: masked(item) for key, item in value.items()}
        case list() | tuple():
            shown_items = [masked(item) for item in value]
            for number, item in enumerate(value[:-1]):
                if isinstance(item, str) and _NEXT.match(item):
                    shown_items[number + 1] = HIDDEN
            return type(value)(shown_items)
        case _:
            return value
