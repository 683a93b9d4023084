"""The reference of the API: the OpenAPI document, and a page that shows it without anything from elsewhere."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import msgspec
from starlette.responses import FileResponse, RedirectResponse, Response

from web.answers import Content
from web.endpoint import Asked, Endpoint

STATIC = Path(__file__).parent / "static"


def openapi(asked: Asked) -> Response:
    """The OpenAPI 3.1 document of this API."""
    return Response(_document(asked.about.version), media_type="application/json")


def page(_asked: Asked) -> Response:
    """The reference as a page."""
    return FileResponse(STATIC / "docs.html", headers={"Cache-Control": "no-cache"})


def front(_asked: Asked) -> Response:
    """The way to the reference, for who types the address of the box."""
    return RedirectResponse("/api/docs")


@cache
def _document(version: str) -> bytes:
    from web.api import all as everything
    from web.openapi import document

    below = {"/api/v1": everything.ENDPOINTS, "": everything.FROM_ROOT}
    return msgspec.json.encode(document(below, version))


ENDPOINTS = (
    Endpoint(
        "GET", "/api/openapi.json", openapi, "This document", None,
        answer=Content("application/json", "An OpenAPI 3.1 document"),
    ),
    Endpoint("GET", "/api/docs", page, "The reference as a page", None, answer=Content("text/html", "A page")),
    Endpoint("GET", "/", front, "The way to the reference", None, answer=Content("text/html"), status=307),
)  # fmt: skip
