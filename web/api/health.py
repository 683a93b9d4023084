"""How the box is, for people, for what watches over it, and for Prometheus."""

from __future__ import annotations

import ipaddress

from starlette.responses import Response

from appliance.actions.health import Health, Status, health
from appliance.domain.errors import ClipperError
from appliance.domain.user import Role
from web import metrics
from web.answers import Answer, Content
from web.endpoint import Asked, Endpoint
from web.problems import UNKNOWN, Refusal


def show(asked: Asked) -> Answer:
    """How the box is; 503 when something is out of order. Strangers are told no more than that."""
    found = health(asked.box, asked.about)
    status = 200 if found.status is Status.OK else 503
    if asked.actor.through == "nothing":
        found = Health(found.status, found.uptime_seconds)
    return Answer(found, status=status)


def scrape(asked: Asked) -> Response:
    """The metrics, for who has a key or sits on this machine."""
    if asked.actor.through == "nothing" and not _is_here(asked):
        raise Refusal(UNKNOWN, "Metrics need a key", "Send one as X-Api-Key, or ask from the machine itself.")
    try:
        said = metrics.text(asked.box, asked.about)
    except ClipperError as error:
        said = f"# {error.message}\nclipper_db_ok 0\n".encode()
    return Response(said, headers={"Cache-Control": "no-store"}, media_type=metrics.TYPE)


def _is_here(asked: Asked) -> bool:
    """Whether the request comes from this machine itself, and not through a proxy on it."""
    if asked.headers.get("x-forwarded-for") or asked.headers.get("forwarded"):
        return False
    try:
        return ipaddress.ip_address(asked.address).is_loopback
    except ValueError:
        return False


FROM_ROOT = (
    Endpoint("GET", "/health", show, "How the box is", role=None, answer=Health, also=(503,)),
    Endpoint(
        "GET",
        "/metrics",
        scrape,
        "Metrics in Prometheus's text format",
        role=None,
        answer=Content(metrics.TYPE, "One metric a line"),
        refusals=(401,),
    ),
)
ENDPOINTS = (Endpoint("GET", "/health", show, "How the box is, in detail", Role.VIEWER, answer=Health, also=(503,)),)
