"""`clipper keys`: keys for programs."""

from __future__ import annotations

from typing import Annotated

import typer

from appliance.cli import OK
from appliance.cli.remote import Limit, Service, ago, asking, listed, tell_json, tell_table, when
from appliance.domain.user import Role

app = typer.Typer(help="Keys for programs that use the API.", no_args_is_help=True, rich_markup_mode=None)
Number = Annotated[int, typer.Argument(metavar="ID", min=1, help="The key's number.", show_default=False)]
Name = Annotated[str, typer.Argument(metavar="NAME", help="What the key is for.", show_default=False)]
As = Annotated[Role, typer.Option("--role", help="See (viewer), work (editor), or run the box (admin).")]
Days = Annotated[
    float | None, typer.Option("--days", min=0.01, metavar="N", help="It works this long.", show_default=False)
]
_PATH = "/api/v1/keys"


@app.command("list")
@asking
def list_(service: Service, *, limit: Limit = 200) -> int:
    """All keys: whose they are, what they may do, and when they were last used."""
    found = listed(service.client, _PATH, limit)
    if service.json:
        tell_json(found)
        return OK
    rows = [
        (
            one["id"],
            one["name"],
            f"{one['begins']}…",
            one["role"],
            "revoked" if one["revoked"] else f"until {when(one['expires'])}" if one["expires"] else "",
            ago(one["last_used"]) or "never",
        )
        for one in found["items"]
    ]
    tell_table(("#", "name", "begins", "role", "", "used"), rows, found["total"])
    return OK


@app.command("create")
@asking
def create(service: Service, name: Name, *, role: As = Role.VIEWER, days: Days = None) -> int:
    """Make a key; it is shown this once."""
    made = service.client.post(_PATH, {"name": name, "role": role.value, "days": days})
    return service.tell(made, f"{made['token']}\nIt is shown this once. Send it as X-Api-Key.")


@app.command("revoke")
@asking
def revoke(service: Service, number: Number) -> int:
    """Have a key work no more, at once."""
    service.client.delete(f"{_PATH}/{number}")
    return service.tell({"revoked": number}, f"key {number} works no more")
