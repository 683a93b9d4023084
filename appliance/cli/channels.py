"""`clipper channels`: what is watched."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from appliance.cli import OK
from appliance.cli.options import Keywords, MaxSeconds, MinScore, MinSeconds, Top
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

app = typer.Typer(help="Watched channels and folders.", no_args_is_help=True, rich_markup_mode=None)
Number = Annotated[int, typer.Argument(metavar="ID", min=1, help="The channel's number.", show_default=False)]
Maybe = Annotated[int | None, typer.Argument(metavar="[ID]", min=1, help="One channel; else all.", show_default=False)]
Said = Annotated[str, typer.Argument(metavar="CHANNEL", help="An id, a @handle or an address.", show_default=False)]
Name = Annotated[str, typer.Option("--name", help="What it is called here.", show_default=False)]
Every = Annotated[float, typer.Option("--every", min=2, metavar="MIN", help="Minutes between two looks.")]
Backfill = Annotated[int, typer.Option("--backfill", min=0, max=1000, metavar="N", help="Take so many old videos.")]
Words = Annotated[
    list[str] | None,
    typer.Option("--title", metavar="WORD", help="Only with this word in the title.", show_default=False),
]
Shortest = Annotated[float, typer.Option("--min-video", min=0, metavar="MIN", help="Leave shorter videos alone.")]
Longest = Annotated[float, typer.Option("--max-video", min=0, metavar="MIN", help="Leave longer ones alone (0: none).")]
Look = Annotated[str, typer.Option("--look", metavar="NAME", help="The look of its clips.", show_default=False)]
Candidates = Annotated[bool, typer.Option("--candidates", help="Only find the moments; render later.")]
Approve = Annotated[
    float | None,
    typer.Option(
        "--auto-approve", min=0, max=100, metavar="SCORE", help="Approve from this score on.", show_default=False
    ),
]
Score = Annotated[
    float, typer.Argument(metavar="SCORE", min=0, max=100, help="From which score on.", show_default=False)
]
_PATH = "/api/v1/channels"


@app.command("list")
@asking
def list_(service: Service, *, limit: Limit = 200) -> int:
    """All that is watched, and how asking it went."""
    found = listed(service.client, _PATH, limit)
    if service.json:
        tell_json(found)
        return OK
    rows = [
        (
            one["id"],
            one["name"],
            one["platform"],
            one["videos"],
            "paused" if one["paused"] else f"next {ago(one.get('next_poll'))}",
            f"{one['errors']} errors, last good {ago(one.get('last_good')) or 'never'}: {trouble(one)}"
            if one["errors"]
            else "",
        )
        for one in found["items"]
    ]
    tell_table(("#", "name", "platform", "videos", "asked", ""), rows, found["total"])
    return OK


@app.command("show")
@asking
def show(service: Service, number: Number) -> int:
    """One channel, and what it showed lately."""
    channel = service.client.get(f"{_PATH}/{number}")
    seen = listed(service.client, f"{_PATH}/{number}/seen", 20)
    if service.json:
        tell_json({"channel": channel, "seen": seen})
        return OK
    tell_fields(
        {
            "channel": f"{channel['id']}  {channel['name']}",
            "address": channel["address"],
            "stands in": "clipper.toml" if channel["origin"] == "toml" else "",
            "last good": when(channel.get("last_good")),
            "next": "paused" if channel["paused"] else when(channel.get("next_poll")),
            "note": channel["note"],
            "trouble": trouble(channel),
            "next step": advice(channel),
        }
    )
    tell_table(
        ("seen", "title", "what was done"), [(when(one["at"]), one["title"], one["outcome"]) for one in seen["items"]]
    )
    return OK


@app.command("add")
@asking
def add(
    service: Service,
    channel: Said,
    *,
    name: Name = "",
    every: Every = 10.0,
    backfill: Backfill = 0,
    title: Words = None,
    shortest: Shortest = 3.0,
    longest: Longest = 0.0,
    top: Top = None,
    min_seconds: MinSeconds = None,
    max_seconds: MaxSeconds = None,
    min_score: MinScore = None,
    keywords: Keywords = None,
    look: Look = "",
    candidates: Candidates = False,
    auto_approve: Approve = None,
) -> int:
    """Watch a channel: its new videos are taken from now on."""
    wishes: dict[str, Any] = {
        "top": top or 3,
        "min_seconds": min_seconds,
        "max_seconds": max_seconds,
        "min_score": min_score,
        "keywords": keywords or [],
        "look": look,
        "auto_render": False if candidates else None,
        "approval": "auto" if auto_approve is not None else "",
        "auto_approve_score": auto_approve,
        "min_video_seconds": shortest * 60 or None,
        "max_video_seconds": longest * 60 or None,
    }
    rules = {
        "every_seconds": every * 60,
        "title_keywords": title or [],
        "min_video_seconds": shortest * 60,
        "max_video_seconds": longest * 60,
        "backfill": backfill,
        "wishes": {key: wish for key, wish in wishes.items() if wish not in (None, "", [])},
    }
    made = service.client.post(_PATH, {"channel": channel, "name": name, "rules": rules})
    return service.tell(made, f"channel {made['id']} is watched: {made['name'] or made['address']}")


@app.command("sync")
@asking
def sync(service: Service, number: Maybe = None) -> int:
    """Ask one channel, or all of them, now."""
    answer = service.client.post(f"{_PATH}/sync" if number is None else f"{_PATH}/{number}/sync")
    return service.tell(answer, "they are being asked" if number is None else "it is being asked")


@app.command("pause")
@asking
def pause(service: Service, number: Number) -> int:
    """Ask it no more until it is resumed."""
    return service.tell(service.client.post(f"{_PATH}/{number}/pause"), f"channel {number} is paused")


@app.command("resume")
@asking
def resume(service: Service, number: Number) -> int:
    """Ask it again."""
    return service.tell(service.client.post(f"{_PATH}/{number}/resume"), f"channel {number} is asked again")


@app.command("remove")
@asking
def remove(service: Service, number: Number, *, yes: Yes = False) -> int:
    """Watch it no more; its videos and clips stay."""
    if not yes:
        typer.confirm(f"Watch channel {number} no more?", abort=True)
    return service.tell(service.client.delete(f"{_PATH}/{number}"), f"channel {number} is not watched any more")


@app.command("auto-approve")
@asking
def auto_approve(service: Service, number: Number, score: Score) -> int:
    """Which clips of the last 30 days a rule with this score would have approved. Nothing is changed."""
    answer = service.client.get(f"{_PATH}/{number}/auto-approve", score=score)
    if service.json:
        tell_json(answer)
        return OK
    rows = [(one["id"], one["moment"]["score"], one["state"], one["title"]) for one in answer["clips"]]
    tell_table(("#", "score", "state now", "title"), rows)
    return OK
