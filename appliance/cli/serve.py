"""`clipper serve`, `reload` and `status`: the service from the terminal."""

from __future__ import annotations

import signal

from appliance.cli import OK
from appliance.cli.options import ConfigFile, Overrides
from appliance.cli.remote import Service, asking, tell_fields, tell_json, tell_table, when


def serve(*, config: ConfigFile = None, overrides: Overrides = None) -> int:
    """Take work and do it: watch channels, make clips, answer on the network. Ends in order on SIGTERM or Ctrl-C."""
    from appliance import serving
    from appliance.cli.screen import remark

    # The service has handlers of its own; until it is up, an interruption ends it at once.
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    serving.serve(config, overrides or (), remark)
    return OK


@asking
def reload(service: Service) -> int:
    """Have the service read clipper.toml again. It keeps its old settings when the new ones are wrong."""
    answer = service.client.post("/api/v1/system/reload")
    return service.tell(answer, "\n".join(answer["changes"]))


@asking
def status(service: Service) -> int:
    """How the service is, at a glance."""
    client = service.client
    system, lanes = client.get("/api/v1/system"), client.get("/api/v1/lanes")["lanes"]
    waiting = client.get("/api/v1/clips", state="pending", limit=1)["total"]
    failed = client.get("/api/v1/jobs", status="error", limit=1)["total"]
    if service.json:
        tell_json({"system": system, "lanes": lanes, "waiting_clips": waiting, "failed_jobs": failed})
        return OK
    tell_fields(
        {
            "Clipper": f"{system['version']}, up since {when(system['started'])}",
            "settings": system["settings_file"] or "built-in defaults",
            "safe mode": system["problem"],
            "warnings": "; ".join(system["warnings"]),
            "clips": f"{waiting} wait for a yes: `clipper clips list --waiting`" if waiting else "none waits for a yes",
            "failed": f"{failed} jobs: `clipper jobs list --status error`" if failed else "",
        }
    )
    rows = [(one["name"], one["executing"], one["available"], one["waiting"], one["why"]) for one in lanes]
    tell_table(("lane", "running", "due", "later", ""), rows)
    return OK
