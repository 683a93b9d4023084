"""What clipper.toml says, and may say."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
from starlette.responses import PlainTextResponse, Response

from appliance.actions import settings
from appliance.actions.settings import InForce
from appliance.domain.user import Role
from web.answers import Content
from web.endpoint import Asked, Endpoint

_TOML = "application/toml"


class Export(msgspec.Struct, frozen=True):
    """`everything`: defaults too."""

    everything: bool = False


def show(asked: Asked) -> InForce:
    """The settings in force, and where each was set."""
    return settings.in_force(asked.about)


def schema(_asked: Asked) -> Mapping[str, Any]:
    """The JSON Schema of clipper.toml."""
    return settings.schema()


def export(asked: Asked) -> Response:
    """A clipper.toml with everything that is in force or was made by hand."""
    text = settings.as_toml(asked.box, everything=asked.query.everything)
    headers = {"Content-Disposition": 'attachment; filename="clipper.toml"', "Cache-Control": "no-store"}
    return PlainTextResponse(text, headers=headers, media_type=_TOML)


ENDPOINTS = (
    Endpoint("GET", "/settings", show, "The settings in force, and where each was set", Role.ADMIN, answer=InForce),
    Endpoint("GET", "/settings/schema", schema, "What clipper.toml may say", answer=dict[str, Any]),
    Endpoint(
        "GET", "/settings/export", export, "All of it as a clipper.toml, with what was made by hand", Role.ADMIN,
        query=Export, answer=Content(_TOML, "A clipper.toml"),
    ),
)  # fmt: skip
