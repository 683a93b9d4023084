"""`clipper schedules`: what the clock does."""

from __future__ import annotations

from typing import Annotated

import typer

from appliance.cli import OK
from appliance.cli.remote import Limit, Service, Yes, asking, listed, tell_json, tell_table, when

app = typer.Typer(help="Rules of the clock.", no_args_is_help=True, rich_markup_mode=None)
Number = Annotated[int, typer.Argument(metavar="ID", min=1, help="The rule's number.", show_default=False)]
Name = Annotated[str, typer.Argument(help="What it is called.", show_default=False)]
Cron = Annotated[str, typer.Argument(help='Minute hour day month weekday, such as "30 3 * * *".', show_default=False)]
Action = Annotated[str, typer.Argument(help="sync, tidy, retention or daily_best.", show_default=False)]
Zone = Annotated[str, typer.Option("--zone", metavar="ZONE", help="Such as Europe/Berlin.", show_default=False)]
Missed = Annotated[str, typer.Option("--missed", metavar="skip|once|all", help="What happens to missed runs.")]
_PATH = "/api/v1/schedules"


@app.command("list")
@asking
def list_(service: Service, *, limit: Limit = 200) -> int:
    """All rules, and when they are due next."""
    found = listed(service.client, _PATH, limit)
    if service.json:
        tell_json(found)
        return OK
    rows = [
        (
            one["rule"]["id"],
            one["rule"]["name"],
            one["rule"]["cron"],
            one["rule"]["zone"],
            one["rule"]["action"],
            ", ".join(when(at) for at in one["next"][:2]) or "off",
            one["rule"]["last_result"],
        )
        for one in found["items"]
    ]
    tell_table(("#", "name", "cron", "zone", "does", "next", "last result"), rows, found["total"])
    return OK


@app.command("put")
@asking
def put(service: Service, name: Name, cron: Cron, action: Action, *, zone: Zone = "", missed: Missed = "once") -> int:
    """Make a rule, or change the one of that name."""
    body = {"name": name, "cron": cron, "action": action, "zone": zone, "missed": missed}
    made = service.client.put(_PATH, body)
    return service.tell(made, f"rule {made['rule']['id']} is due next at {when((made['next'] or [None])[0])}")


@app.command("run")
@asking
def run(service: Service, number: Number) -> int:
    """Do now what it does."""
    job = service.client.post(f"{_PATH}/{number}/run")
    return service.tell(job, f"job {job['id']} does it")


@app.command("tick")
@asking
def tick(service: Service) -> int:
    """Start what is due now."""
    answer = service.client.post(f"{_PATH}/tick")
    return service.tell(answer, f"{answer['count']} rules were due")


@app.command("remove")
@asking
def remove(service: Service, number: Number, *, yes: Yes = False) -> int:
    """Take away a rule that was made by hand."""
    if not yes:
        typer.confirm(f"Remove rule {number}?", abort=True)
    return service.tell(service.client.delete(f"{_PATH}/{number}"), f"rule {number} is gone")
