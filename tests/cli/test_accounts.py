from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from appliance.cli import BAD_INPUT, OK, run
from tests.web.serving import PASSWORD, Site, site

Cli = Callable[..., tuple[int, Any]]


@pytest.fixture
def box(tmp_path: Path) -> Iterator[Site]:
    """A running service."""
    with site(tmp_path) as one:
        yield one


@pytest.fixture
def cli(box: Site, capsys: pytest.CaptureFixture[str]) -> Cli:
    """A command that asks it over its socket; the exit code, and what it printed: JSON decoded, else text. One that is
    typed into is a process of its own.
    """

    def command(*args: str, typed: str = "") -> tuple[int, Any]:
        words = [*args, "--set", f"web.socket={box.socket}"]
        if typed:
            done = subprocess.run(
                [sys.executable, "-m", "appliance", *words], input=typed, capture_output=True, text=True, check=False
            )
            return done.returncode, done.stdout + done.stderr
        code = run(words)
        said = capsys.readouterr()
        return code, json.loads(said.out) if "--json" in args and code == OK else said.out + said.err

    return command


def test_accounts_are_made_and_managed_from_the_terminal(cli: Cli, box: Site) -> None:
    """Add, list, promote, reset, keep out and take away: each is one command."""
    assert cli("users", "add", "ann", "--role", "admin", typed=f"{PASSWORD}\n")[0] == OK
    assert cli("users", "add", "bob", typed=f"{PASSWORD}\n")[0] == OK
    listed = cli("users", "list", "--json")[1]
    assert [(one["name"], one["role"]) for one in listed["items"]] == [("ann", "admin"), ("bob", "editor")]
    assert cli("users", "role", "bob", "viewer")[0] == OK
    assert cli("users", "reset", "bob", typed="another password\n")[0] == OK
    box.log_in("bob", "another password")
    assert cli("users", "disable", "bob")[0] == OK
    assert "disabled" in cli("users", "list")[1]
    assert cli("users", "enable", "bob")[0] == OK
    assert cli("users", "remove", "bob", "--yes")[0] == OK
    assert cli("users", "list", "--json")[1]["total"] == 1


def test_a_new_box_is_set_up_with_a_token(cli: Cli, box: Site) -> None:
    """The token is printed once asked for, and refused with the next step when there are accounts."""
    token = cli("users", "setup", "--json")[1]["token"]
    body = {"token": token, "name": "ann", "password": PASSWORD}
    assert box.ask("POST", "/api/v1/setup", body).status == 201
    code, said = cli("users", "setup")
    assert code == BAD_INPUT
    assert "users reset" in said


def test_keys_are_made_listed_and_revoked(cli: Cli, box: Site) -> None:
    """A key works after `create`, is listed without itself, and works no more after `revoke`."""
    made = cli("keys", "create", "backup", "--role", "editor", "--json")[1]
    headers = {"X-Api-Key": made["token"]}
    assert box.ask("GET", "/api/v1/users/me", headers=headers).status == 200
    said = cli("keys", "list")[1]
    assert "backup" in said
    assert made["token"] not in said
    assert cli("keys", "revoke", str(made["key"]["id"]))[0] == OK
    assert box.ask("GET", "/api/v1/users/me", headers=headers).status == 401
    assert cli("keys", "revoke", "99")[0] == BAD_INPUT


def test_a_key_for_somebody_never_may_more_than_they(cli: Cli) -> None:
    """An admin makes keys for others, within the role of their owner."""
    cli("users", "add", "bob", "--role", "viewer", typed=f"{PASSWORD}\n")
    made = cli("users", "key", "bob", "--json")[1]
    assert made["key"]["role"] == "viewer"
    code, said = cli("users", "key", "bob", "--role", "admin")
    assert code == BAD_INPUT
    assert "viewer" in said


def test_a_wrong_name_gets_the_right_ones(cli: Cli) -> None:
    """Nobody has to look up how an account is spelt."""
    cli("users", "add", "ann", typed=f"{PASSWORD}\n")
    code, said = cli("users", "reset", "anne", typed=f"{PASSWORD}\n")
    assert code == BAD_INPUT
    assert "ann" in said
