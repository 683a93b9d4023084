"""`clipper jobs` and `clipper lanes`: the work itself."""

from __future__ import annotations

import sys
from typing import Annotated, Any

import typer

from appliance.cli import OK
from appliance.cli.remote import (
    Limit,
    Service,
    Yes,
    ago,
    asking,
    listed,
    tell_fields,
    tell_json,
    tell_table,
    trouble,
    when,
)

app = typer.Typer(help="Jobs of the running service.", no_args_is_help=True, rich_markup_mode=None)
lanes = typer.Typer(help="The lanes that jobs run in.", no_args_is_help=True, rich_markup_mode=None)
Number = Annotated[int, typer.Argument(metavar="ID", min=1, help="The job's number.", show_default=False)]
Numbers = Annotated[list[int], typer.Argument(metavar="ID...", min=1, help="Jobs by number.", show_default=False)]
Status = Annotated[
    list[str] | None,
    typer.Option("--status", help="Only in this state; `error` is all that failed or is held.", show_default=False),
]
OfVideo = Annotated[int | None, typer.Option("--video", help="Only of this video.", show_default=False)]
OfLane = Annotated[
    str | None, typer.Option("--lane", metavar="gpu|cpu|net", help="Only of this lane.", show_default=False)
]
Failed = Annotated[bool, typer.Option("--failed", help="Everything that failed or is held.")]
Some = Annotated[list[int] | None, typer.Argument(metavar="[ID...]", min=1, help="Jobs by number.", show_default=False)]
Name = Annotated[str, typer.Argument(metavar="gpu|cpu|net", help="Which lane.", show_default=False)]
Why = Annotated[str, typer.Option("--why", help="What everybody is told.", show_default=False)]
_PATH = "/api/v1/jobs"


@app.command("list")
@asking
def list_(
    service: Service, *, status: Status = None, video: OfVideo = None, lane: OfLane = None, limit: Limit = 50
) -> int:
    """The newest jobs."""
    found = listed(service.client, _PATH, limit, status=status, video=video, lane=lane)
    if service.json:
        tell_json(found)
        return OK
    rows = [
        (
            one["id"],
            one["kind"],
            one["lane"],
            one["state"],
            f"{one['attempt']}/{one['attempts']}",
            one.get("video") or "",
            f"{one['progress'] * 100:.0f} %" if one["state"] == "executing" else ago(one.get("ended") or one["due"]),
            one["waiting"] or _told(one),
        )
        for one in found["items"]
    ]
    tell_table(("#", "kind", "lane", "state", "try", "video", "when", ""), rows, found["total"])
    return OK


@app.command("show")
@asking
def show(service: Service, number: Number) -> int:
    """One job with its history."""
    job = service.client.get(f"{_PATH}/{number}")
    if service.json:
        tell_json(job)
        return OK
    tell_fields(
        {
            "job": f"{job['id']}  {job['kind']} in lane {job['lane']}",
            "state": job["state"],
            "video": job.get("video"),
            "clip": job.get("clip"),
            "try": f"{job['attempt']} of {job['attempts']}",
            "due": when(job["due"]),
            "started": when(job.get("started")),
            "ended": when(job.get("ended")),
            "waiting": job["waiting"],
        }
    )
    tell_table(
        ("when", "kind", "what"),
        [(when(one.get("at")), one["fault"], f"{one['message']}. {one['hint']}") for one in job["troubles"]],
    )
    return OK


@app.command("log")
@asking
def log(service: Service, number: Number) -> int:
    """What it said, as JSON lines."""
    sys.stdout.write(service.client.text(f"{_PATH}/{number}/log"))
    return OK


@app.command("cancel")
@asking
def cancel(service: Service, numbers: Numbers) -> int:
    """Stop them; what runs ends within two seconds."""
    return _each(service, numbers, "cancel", "is being stopped")


@app.command("retry")
@asking
def retry(service: Service, numbers: Some = None, *, failed: Failed = False) -> int:
    """Once more, with the same payload."""
    if failed:
        answer = service.client.post(f"{_PATH}/retry")
        return service.tell(answer, f"{answer['count']} jobs are tried again")
    return _each(service, numbers or [], "retry", "is tried again")


@app.command("first")
@asking
def first(service: Service, numbers: Numbers) -> int:
    """Before all others of their lane."""
    return _each(service, numbers, "first", "goes first")


@app.command("delete")
@asking
def delete(service: Service, numbers: Numbers, *, yes: Yes = False) -> int:
    """Forget jobs that are over."""
    if not yes:
        typer.confirm(f"Forget {len(numbers)} jobs?", abort=True)
    answer = service.client.post(f"{_PATH}/delete", {"jobs": numbers})
    return service.tell(answer, f"{answer['count']} jobs are forgotten")


@lanes.command("list")
@asking
def list_lanes(service: Service) -> int:
    """The lanes, and what is in them."""
    return _lanes(service, service.client.get("/api/v1/lanes"))


@lanes.command("pause")
@asking
def pause(service: Service, name: Name, *, why: Why = "") -> int:
    """Take no new job from a lane; what runs goes on."""
    return _lanes(service, service.client.post(f"/api/v1/lanes/{name}/pause", {"why": why}))


@lanes.command("resume")
@asking
def resume(service: Service, name: Name) -> int:
    """Take jobs from it again."""
    return _lanes(service, service.client.post(f"/api/v1/lanes/{name}/resume"))


def _told(job: dict[str, Any]) -> str:
    """Where it is, or what went wrong last."""
    if job["state"] == "completed":
        return ""
    return str(job["step"]) if job["state"] == "executing" else trouble(job)


def _lanes(service: Service, answer: dict[str, Any]) -> int:
    if service.json:
        tell_json(answer)
        return OK
    rows = [
        (
            one["name"],
            one["workers"],
            one["executing"],
            one["available"],
            one["waiting"],
            f"paused: {one['why']}" if one["paused"] else "",
        )
        for one in answer["lanes"]
    ]
    tell_table(("lane", "workers", "running", "due", "later", ""), rows)
    return OK


def _each(service: Service, numbers: list[int], verb: str, said: str) -> int:
    jobs = [service.client.post(f"{_PATH}/{number}/{verb}") for number in dict.fromkeys(numbers)]
    return service.tell(jobs, "\n".join(f"job {job['id']} {said}" for job in jobs) or "no job was named")
