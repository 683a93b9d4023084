"""`clipper videos`: what the service has accepted."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from appliance.cli import OK
from appliance.cli.remote import (
    Limit,
    Service,
    Yes,
    advice,
    ago,
    asking,
    listed,
    tell_fields,
    tell_json,
    tell_table,
    trouble,
    when,
)
from appliance.cli.screen import clock

app = typer.Typer(help="Videos of the running service.", no_args_is_help=True, rich_markup_mode=None)
Number = Annotated[int, typer.Argument(metavar="ID", min=1, help="The video's number.", show_default=False)]
State = Annotated[list[str] | None, typer.Option("--state", help="Only in this state.", show_default=False)]
OfChannel = Annotated[int | None, typer.Option("--channel", help="Only of this channel.", show_default=False)]
Search = Annotated[str, typer.Option("--search", "-s", help="Words of title or address.", show_default=False)]
Stage = Annotated[
    str, typer.Option("--from", metavar="STAGE", help="fetch, scan, transcribe or rank.", show_default=False)
]
Second = Annotated[float, typer.Argument(min=0, help="In seconds of the video.", show_default=False)]
Title = Annotated[str, typer.Option("--title", help="What it is called.", show_default=False)]
_PATH = "/api/v1/videos"


@app.command("list")
@asking
def list_(
    service: Service, *, state: State = None, channel: OfChannel = None, search: Search = "", limit: Limit = 50
) -> int:
    """The newest videos."""
    found = listed(service.client, _PATH, limit, state=state, channel=channel, q=search or None)
    if service.json:
        tell_json(found)
        return OK
    rows = [
        (
            one["id"],
            one["state"],
            f"{one['progress']:.0f} %",
            one["clips"],
            ago(one["added"]),
            one["title"] or one["key"],
            trouble(one) or one["step"],
        )
        for one in found["items"]
    ]
    tell_table(("#", "state", "done", "clips", "added", "title", ""), rows, found["total"])
    return OK


@app.command("show")
@asking
def show(service: Service, number: Number) -> int:
    """One video with its clips and jobs."""
    video = service.client.get(f"{_PATH}/{number}")
    clips = listed(service.client, "/api/v1/clips", 1000, video=number)["items"]
    jobs = listed(service.client, "/api/v1/jobs", 1000, video=number)["items"]
    if service.json:
        tell_json({"video": video, "clips": clips, "jobs": jobs})
        return OK
    tell_fields(
        {
            "video": f"{video['id']}  {video['title']}",
            "state": video["state"],
            "done": f"{video['progress']:.0f} %  {video['step']}",
            "from": video["address"],
            "length": clock(video["seconds"]) if video.get("seconds") else "",
            "added": when(video["added"]),
            "trouble": trouble(video),
            "next step": advice(video),
            "notes": "; ".join(video.get("notes") or ()),
        }
    )
    rows = [
        (
            one["id"],
            one["state"],
            one["moment"]["score"],
            clock(one["moment"]["start"]),
            clock(one["moment"]["end"]),
            one["title"],
        )
        for one in clips
    ]
    tell_table(("#", "state", "score", "from", "to", "title"), rows)
    return OK


@app.command("cancel")
@asking
def cancel(service: Service, number: Number) -> int:
    """Stop all work on it."""
    return _done(service, service.client.post(f"{_PATH}/{number}/cancel"), "is being stopped")


@app.command("retry")
@asking
def retry(service: Service, number: Number, *, stage: Stage = "") -> int:
    """Go on with it, from where it stopped or from an earlier stage."""
    return _done(service, service.client.post(f"{_PATH}/{number}/retry", {"stage": stage}))


@app.command("first")
@asking
def first(service: Service, number: Number) -> int:
    """Before everything that waits."""
    return _done(service, service.client.post(f"{_PATH}/{number}/first"), "goes first")


@app.command("mark")
@asking
def mark(service: Service, number: Number, start: Second, end: Second, *, title: Title = "") -> int:
    """A moment by hand, as a clip in draft."""
    clip = service.client.post(f"{_PATH}/{number}/clips", {"start": start, "end": end, "title": title})
    return service.tell(clip, f"clip {clip['id']} is a draft: `clipper clips render {clip['id']}` makes it")


@app.command("delete")
@asking
def delete(service: Service, number: Number, *, yes: Yes = False) -> int:
    """Delete it with its clips; it can be restored for ten minutes."""
    if not yes:
        typer.confirm(f"Delete video {number} with all its clips?", abort=True)
    return _done(
        service, service.client.delete(f"{_PATH}/{number}"), "is deleted; `clipper videos restore` brings it back"
    )


@app.command("restore")
@asking
def restore(service: Service, number: Number) -> int:
    """Bring a deleted one back."""
    return _done(service, service.client.post(f"{_PATH}/{number}/restore"), "is back")


def _done(service: Service, video: dict[str, Any], said: str = "") -> int:
    return service.tell(video, f"video {video['id']} {said or 'is ' + video['state']}")
