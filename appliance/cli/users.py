"""`clipper users`: who may use this box."""

from __future__ import annotations

import sys
from typing import Annotated, Any

import typer

from appliance.cli import OK
from appliance.cli.remote import Limit, Service, Yes, ago, asking, listed, tell_json, tell_table, when
from appliance.domain.user import Role

app = typer.Typer(help="Accounts of this box.", no_args_is_help=True, rich_markup_mode=None)
Name = Annotated[str, typer.Argument(metavar="NAME", help="The account's name.", show_default=False)]
As = Annotated[Role, typer.Option("--role", help="See (viewer), work (editor), or run the box (admin).")]
KeyName = Annotated[str, typer.Option("--name", metavar="TEXT", help="What the key is for.")]
KeyRole = Annotated[Role, typer.Option("--role", help="What the key may do, at most what its owner may.")]
Days = Annotated[
    float | None, typer.Option("--days", min=0.01, metavar="N", help="It works this long.", show_default=False)
]
NewRole = Annotated[Role, typer.Argument(metavar="ROLE", help="viewer, editor or admin.", show_default=False)]
_PATH = "/api/v1/users"


@app.command("list")
@asking
def list_(service: Service, *, limit: Limit = 200) -> int:
    """Everybody with an account."""
    found = listed(service.client, _PATH, limit)
    if service.json:
        tell_json(found)
        return OK
    rows = [
        (one["id"], one["name"], one["role"], "disabled" if one["disabled"] else "", ago(one["last_seen"]) or "never")
        for one in found["items"]
    ]
    tell_table(("#", "name", "role", "", "last here"), rows, found["total"])
    return OK


@app.command("setup")
@asking
def setup(service: Service) -> int:
    """A token for the first account: one use, one hour. Only while there is no account."""
    made = service.client.post("/api/v1/setup/token")
    return service.tell(made, f"{made['token']}\nIt makes the first account, once, until {when(made['expires'])}.")


@app.command("add")
@asking
def add(service: Service, name: Name, *, role: As = Role.EDITOR) -> int:
    """Make an account. The password is asked for, or read from standard input."""
    body = {"name": name, "password": _password(), "role": role.value}
    made = service.client.post(_PATH, body)
    return service.tell(made, f"{made['name']} is {made['role']} now")


@app.command("invite")
@asking
def invite(service: Service, *, role: As = Role.EDITOR) -> int:
    """A token with which one person can make an account of that role."""
    made = service.client.post("/api/v1/invitations", {"role": role.value})
    return service.tell(made, f"{made['token']}\nIt makes one account, until {when(made['expires'])}.")


@app.command("reset")
@asking
def reset(service: Service, name: Name) -> int:
    """A new password for somebody; their browsers are logged out. It is asked for, or read from standard input."""
    number = _find(service, name)["id"]
    made = service.client.put(f"{_PATH}/{number}/password", {"password": _password()})
    return service.tell(made, f"{name} has a new password")


@app.command("role")
@asking
def role(service: Service, name: Name, role: NewRole) -> int:
    """Give somebody another role."""
    made = service.client.patch(f"{_PATH}/{_find(service, name)['id']}", {"role": role.value})
    return service.tell(made, f"{name} is {made['role']} now")


@app.command("disable")
@asking
def disable(service: Service, name: Name) -> int:
    """Let somebody in no more; what is theirs stays."""
    made = service.client.patch(f"{_PATH}/{_find(service, name)['id']}", {"disabled": True})
    return service.tell(made, f"{name} cannot log in any more, and their keys do not work")


@app.command("enable")
@asking
def enable(service: Service, name: Name) -> int:
    """Let somebody in again."""
    made = service.client.patch(f"{_PATH}/{_find(service, name)['id']}", {"disabled": False})
    return service.tell(made, f"{name} can log in again")


@app.command("remove")
@asking
def remove(service: Service, name: Name, *, yes: Yes = False) -> int:
    """Take an account away that owns nothing."""
    number = _find(service, name)["id"]
    if not yes:
        typer.confirm(f"Take the account of {name} away?", abort=True)
    service.client.delete(f"{_PATH}/{number}")
    return service.tell({"removed": number}, f"{name} has no account any more")


@app.command("key")
@asking
def key(
    service: Service, user: Name, *, name: KeyName = "a program", role: KeyRole = Role.VIEWER, days: Days = None
) -> int:
    """Make a key for somebody; it is shown this once."""
    body = {"name": name, "role": role.value, "days": days, "user": _find(service, user)["id"]}
    made = service.client.post("/api/v1/keys", body)
    return service.tell(made, f"{made['token']}\nIt is shown this once. {user} may send it as X-Api-Key.")


def _find(service: Service, name: str) -> dict[str, Any]:
    """The account of that name; Missing, with those there are, when there is none."""
    from appliance.domain.errors import Missing

    everybody = {one["name"]: one for one in service.client.pages(_PATH, limit=200)}
    if name not in everybody:
        raise Missing(f"there is no user {name}", f"There are: {', '.join(everybody) or 'none'}.")
    found: dict[str, Any] = everybody[name]
    return found


def _password() -> str:
    """From the terminal, twice and unseen; from a pipe, its first line."""
    if sys.stdin.isatty():
        return str(typer.prompt("Password", hide_input=True, confirmation_prompt=True, err=True))
    return sys.stdin.readline().rstrip("\r\n")
