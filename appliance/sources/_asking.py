"""How the chat of a recording is asked for: thousands of small questions over few connections, all through the address guard."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from urllib.parse import urlsplit

from appliance.domain.errors import Permanent, Transient
from appliance.sources.base import FetchOptions
from appliance.sources.replay import Reply, Send

_SECONDS = 20.0
_BYTES = 5_000_000


@contextmanager
def sender(options: FetchOptions, headers: Mapping[str, str]) -> Iterator[Send]:
    """While inside, what sends a question with these headers; with a body it is a POST. Several threads may use it.

    It raises Transient when the network fails, BadInput when the guard refuses, Permanent when too much comes. Redirects are
    answers like any other.
    """
    import httpx2

    from appliance.guard.proxy import guarded

    guard = options.guard
    sent = {"user-agent": "clipper", **headers}
    with (
        guarded(guard) as proxy,
        httpx2.Client(proxy=proxy.url, trust_env=False, headers=sent, timeout=_SECONDS) as client,
    ):

        def send(link: str, body: bytes | None) -> Reply:
            guard.target(link)
            host = urlsplit(link).hostname
            try:
                with client.stream("GET" if body is None else "POST", link, content=body) as answer:
                    content = bytearray()
                    for piece in answer.iter_bytes():
                        content += piece
                        if len(content) > _BYTES:
                            raise Permanent(f"{host} answered with more than {_BYTES / 1e6:g} MB")
                    reply = answer.status_code, dict(answer.headers), bytes(content)
            except (httpx2.HTTPError, httpx2.StreamError) as error:
                refused = proxy.trouble
                raise refused or Transient(f"{host} did not answer: {str(error) or type(error).__name__}") from error
            if proxy.refused:
                raise proxy.refused[-1]
            return reply

        yield send
