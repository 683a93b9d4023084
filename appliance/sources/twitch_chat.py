"""The chat of a Twitch recording, asked for by second: asking by cursor is refused to whoever is no browser.

The question's name and hash are those of the web player; they change now and then, and then the hash is refused with words.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from appliance.sources.replay import Answer, Asking, NoReplay, Said

CLIENT_ID = "kd1unb4b3q4t58fwlpcbzcbnm76a8fp"
_QUESTION = "VideoCommentsByOffsetOrCursor"
_HASH = "b70a3591ff0f4e0313d126c6a1502d79a1c02baebb288227c582044aa76adf6a"
_TRIES = 4  # the list is missing now and then and there on the next try


def ask(asking: Asking, link: str, video: str, at: float) -> Answer:
    """What was said from second `at` on. NoReplay when Twitch gives no list of it."""
    body = json.dumps(
        {
            "operationName": _QUESTION,
            "variables": {"videoID": video, "contentOffsetSeconds": int(at)},
            "extensions": {"persistedQuery": {"version": 1, "sha256Hash": _HASH}},
        }
    ).encode()
    for _ in range(_TRIES):
        known = asking.json(link, body)
        found = _comments(known)
        if found is None:
            continue
        said = tuple(_said(found))
        more = found.get("pageInfo")
        if not isinstance(more, dict) or not more.get("hasNextPage"):
            return Answer(said, None)
        last = max((each.at for each in said), default=at)
        # Seconds are whole: a second with more messages than one answer holds is passed after one look.
        return Answer(said, last if last > at else float(int(at) + 1))
    raise NoReplay("Twitch gave no chat for this recording")


def _comments(known: Any) -> dict[str, Any] | None:
    if not isinstance(known, dict):
        return None
    faults = known.get("errors")
    if isinstance(faults, list) and faults and not known.get("data"):
        text = faults[0].get("message", "") if isinstance(faults[0], dict) else ""
        raise NoReplay(f"Twitch refused the question: {text or 'without a reason'}"[:200])
    video = (known.get("data") or {}).get("video")
    found = video.get("comments") if isinstance(video, dict) else None
    return found if isinstance(found, dict) else None


def _said(found: dict[str, Any]) -> Iterator[Said]:
    edges = found.get("edges")
    for edge in edges if isinstance(edges, list) else []:
        try:
            node = edge["node"]
            name, at = str(node["id"]), float(node["contentOffsetSeconds"])
            writer = node.get("commenter") or {}
            pieces = [
                {"text": str(piece.get("text", "")), **({"emote": piece["emote"]} if piece.get("emote") else {})}
                for piece in node["message"]["fragments"]
            ]
        except (KeyError, TypeError, ValueError, AttributeError):
            continue
        user = writer.get("id") or writer.get("login") or ""
        yield Said(
            name, at, {"content_offset_seconds": at, "commenter": {"_id": user}, "message": {"fragments": pieces}}
        )
