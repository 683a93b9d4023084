"""`clipper serve`, `reload` and `status`: the service from the terminal."""

from __future__ import annotations

import signal
from typing import Annotated

import typer

from appliance.cli import OK
from appliance.cli.options import ConfigFile, Json, Overrides

Server = Annotated[
    str, typer.Option("--server", metavar="URL", help="Another box, such as http://nas.lan:8484 (key in $CLIPPER_API_KEY).")
]


def serve(*, config: ConfigFile = None, overrides: Overrides = None) -> int:
    """Take work and do it: watch channels, make clips, answer on the network. Ends in order on SIGTERM or Ctrl-C."""
    from appliance import serving
    from appliance.cli.screen import remark

    # The service has handlers of its own; until it is up, an interruption ends it at once.
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    serving.serve(config, overrides or (), remark)
    return OK


def reload(*, config: ConfigFile = None, overrides: Overrides = None, server: Server = "", json_: Json = False) -> int:
    """Have the service read clipper.toml again. It keeps its old settings when the new ones are wrong."""
    from appliance.cli.remote import connected, tell_json
    from appliance.cli.screen import out

    answer = connected(config, overrides, server).post("/api/v1/system/reload")
    if json_:
        tell_json(answer)
    else:
        for line in answer["changes"]:
            out().print(line, markup=False)
    return OK
