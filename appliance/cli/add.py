"""`clipper add`: give the service work."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from appliance.cli import FAILED, OK
from appliance.cli.options import Keywords, MaxSeconds, MinScore, MinSeconds, Query, Top
from appliance.cli.remote import Service, asking, tell_json

Sources = Annotated[list[str], typer.Argument(metavar="SOURCE...", help="Links or files.", show_default=False)]
Aspect = Annotated[
    str | None, typer.Option("--aspect", metavar="9:16|1:1|4:5|16:9", help="The shape.", show_default=False)
]
Look = Annotated[str, typer.Option("--look", metavar="NAME", help="A [look.NAME] of clipper.toml.", show_default=False)]
_OVER = {"ready", "failed", "held", "cancelled"}


@asking
def add(
    service: Service,
    sources: Sources,
    *,
    top: Top = None,
    min_seconds: MinSeconds = None,
    max_seconds: MaxSeconds = None,
    min_score: MinScore = None,
    aspect: Aspect = None,
    look: Look = "",
    query: Query = "",
    keywords: Keywords = None,
    candidates: Annotated[bool, typer.Option("--candidates", help="Only find the moments; render later.")] = False,
    first: Annotated[bool, typer.Option("--first", help="Before everything that waits.")] = False,
    wait: Annotated[bool, typer.Option("--wait", help="Stay and show how far it is.")] = False,
) -> int:
    """Hand links and files to the running service. They are safe once this returns; the clips come by themselves."""
    wishes: dict[str, Any] = {
        "top": top,
        "min_seconds": min_seconds,
        "max_seconds": max_seconds,
        "min_score": min_score,
        "aspect": aspect,
        "look": look,
        "query": query,
        "keywords": keywords or [],
        "auto_render": False if candidates else None,
    }
    body = {
        "sources": [_whole(source, service) for source in sources],
        "wishes": {name: wish for name, wish in wishes.items() if wish not in (None, "", [])},
        "first": first,
    }
    answer = service.client.post("/api/v1/videos", body)
    if not service.json:
        _tell(answer)
    if wait:
        answer["videos"] = [_watched(service, taken["video"]["id"]) for taken in answer["taken"]]
    if service.json:
        tell_json(answer)
    failed = any(video["state"] in {"failed", "held"} for video in answer.get("videos", ()))
    return FAILED if failed else OK


def _whole(source: str, service: Service) -> str:
    """A file of this machine by its whole path: the service has another current folder."""
    if "://" in service.client.at:
        return source
    path = Path(source).expanduser()
    return str(path.absolute()) if "://" not in source and path.exists() else source


def _tell(answer: dict[str, Any]) -> None:
    from appliance.cli.screen import complain, out

    for taken in answer["taken"]:
        video = taken["video"]
        said = "accepted" if taken["new"] else f"already here ({video['state']})"
        out().print(f"video {video['id']}: {said}: {video['title'] or taken['source']}", markup=False, soft_wrap=True)
    for found in answer["lists"]:
        number = found["job"]["id"]
        out().print(f"job {number} looks into {found['source']}: `clipper jobs show {number}`", markup=False)
    for refused in answer["refused"]:
        complain(refused["why"], refused["hint"])


def _watched(service: Service, number: int) -> dict[str, Any]:
    """Show the video's way with a bar until it is over."""
    import time

    from appliance.cli.screen import bars, complain, remark

    with bars() as bar:
        tell = bar(f"video {number}")
        while True:
            video: dict[str, Any] = service.client.get(f"/api/v1/videos/{number}")
            tell(video["progress"] / 100, video["step"] or video["state"])
            if video["state"] in _OVER:
                break
            time.sleep(0.5)
    if video.get("trouble"):
        complain(video["trouble"]["message"], video["trouble"].get("hint", ""))
    elif video["state"] == "ready":
        remark(f"{video['clips']} clips: `clipper clips list --video {number}`")
    return video
