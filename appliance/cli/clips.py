"""`clipper clips`: what was found, made and decided."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from appliance.cli import OK
from appliance.cli.remote import (
    Limit,
    Service,
    Yes,
    advice,
    asking,
    listed,
    tell_fields,
    tell_json,
    tell_table,
    trouble,
    when,
)
from appliance.cli.screen import clock

app = typer.Typer(help="Clips of the running service.", no_args_is_help=True, rich_markup_mode=None)
Number = Annotated[int, typer.Argument(metavar="ID", min=1, help="The clip's number.", show_default=False)]
Numbers = Annotated[list[int], typer.Argument(metavar="ID...", min=1, help="Clips by number.", show_default=False)]
State = Annotated[list[str] | None, typer.Option("--state", help="Only in this state.", show_default=False)]
OfVideo = Annotated[int | None, typer.Option("--video", help="Only of this video.", show_default=False)]
Waiting = Annotated[bool, typer.Option("--waiting", help="Only those that wait for a yes or a no.")]
Aspect = Annotated[
    str | None, typer.Option("--aspect", metavar="9:16|1:1|4:5|16:9", help="Another shape.", show_default=False)
]
Look = Annotated[str, typer.Option("--look", metavar="NAME", help="Another look.", show_default=False)]
Reason = Annotated[list[str] | None, typer.Option("--reason", help="Why not (may be given again).", show_default=False)]
_PATH = "/api/v1/clips"


@app.command("list")
@asking
def list_(
    service: Service, *, state: State = None, video: OfVideo = None, waiting: Waiting = False, limit: Limit = 50
) -> int:
    """The newest clips."""
    asked = {"state": state, "video": video, "waiting": "true" if waiting else None}
    found = listed(service.client, _PATH, limit, **asked)
    if service.json:
        tell_json(found)
        return OK
    rows = [
        (
            one["id"],
            one["video"],
            one["state"],
            one["moment"]["score"],
            f"{clock(one['moment']['start'])} - {clock(one['moment']['end'])}",
            one["title"],
            trouble(one),
        )
        for one in found["items"]
    ]
    tell_table(("#", "video", "state", "score", "from - to", "title", ""), rows, found["total"])
    return OK


@app.command("show")
@asking
def show(service: Service, number: Number) -> int:
    """One clip, why it was chosen, and where its files are."""
    clip = service.client.get(f"{_PATH}/{number}")
    if service.json:
        tell_json(clip)
        return OK
    moment = clip["moment"]
    tell_fields(
        {
            "clip": f"{clip['id']}  {clip['title']}",
            "state": clip["state"],
            "video": clip["video"],
            "score": f"{moment['score']:.0f}",
            "from - to": f"{clock(moment['start'])} - {clock(moment['end'])}",
            "folder": clip["folder"],
            "decided": f"{when(clip.get('decided'))} by {clip['decided_by']}" if clip.get("decided") else "",
            "trouble": trouble(clip),
            "next step": advice(clip),
            "notes": "; ".join(clip.get("notes") or ()),
        }
    )
    tell_table(
        ("signal", "weight", "why"),
        [(one["signal"], f"{one['weight']:+.2f}", one["text"]) for one in moment["reasons"]],
    )
    return OK


@app.command("render")
@asking
def render(service: Service, numbers: Numbers, *, aspect: Aspect = None, look: Look = "") -> int:
    """Make the files of these clips, all or none."""
    wishes = {name: wish for name, wish in (("aspect", aspect), ("look", look)) if wish}
    answer = service.client.post(f"{_PATH}/render", {"clips": numbers, "wishes": wishes})
    return service.tell(answer, f"{len(answer['clips'])} clips are being rendered")


@app.command("approve")
@asking
def approve(service: Service, numbers: Numbers) -> int:
    """Yes."""
    return _each(service, numbers, "approve", None)


@app.command("reject")
@asking
def reject(service: Service, numbers: Numbers, *, reason: Reason = None) -> int:
    """No."""
    return _each(service, numbers, "reject", {"reasons": reason or []})


@app.command("undo")
@asking
def undo(service: Service, numbers: Numbers) -> int:
    """Take a yes or no back."""
    return _each(service, numbers, "undo", None)


@app.command("delete")
@asking
def delete(service: Service, number: Number, *, yes: Yes = False) -> int:
    """Delete it; it can be restored for ten minutes."""
    if not yes:
        typer.confirm(f"Delete clip {number}?", abort=True)
    return service.tell(service.client.delete(f"{_PATH}/{number}"), f"clip {number} is deleted")


@app.command("restore")
@asking
def restore(service: Service, numbers: Numbers) -> int:
    """Bring deleted ones back."""
    return _each(service, numbers, "restore", None)


def _each(service: Service, numbers: list[int], verb: str, body: Any) -> int:
    clips = [service.client.post(f"{_PATH}/{number}/{verb}", body) for number in dict.fromkeys(numbers)]
    return service.tell(clips, "\n".join(f"clip {clip['id']} is {clip['state']}" for clip in clips))
