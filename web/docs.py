"""The reference of the API: the OpenAPI document, and a page that shows it without anything from elsewhere."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import msgspec
from starlette.responses import FileResponse, RedirectResponse, Response

from web.answers import Content
from web.endpoint import Asked, Endpoint, Table
from web.openapi import document

STATIC = Path(__file__).parent / "static"


def openapi(asked: Asked) -> Response:
    """The OpenAPI 3.1 document of this API."""
    return Response(_document(asked.table, asked.about.version), media_type="application/json")


def page(_asked: Asked) -> Response:
    """The reference as a page."""
    return FileResponse(STATIC / "docs.html", headers={"Cache-Control": "no-cache"})


def front(_asked: Asked) -> Response:
    """The way to the reference, for who types the address of the box."""
    return RedirectResponse("/api/docs")


@lru_cache(maxsize=4)
def _document(table: Table, version: str) -> bytes:
    return msgspec.json.encode(document(dict(table), version))


ENDPOINTS = (
    Endpoint(
        "GET", "/api/openapi.json", openapi, "This document", None,
        answer=Content("application/json", "An OpenAPI 3.1 document"),
    ),
    Endpoint("GET", "/api/docs", page, "The reference as a page", None, answer=Content("text/html", "A page")),
    Endpoint("GET", "/", front, "The way to the reference", None, answer=Content("text/html"), status=307),
)  # fmt: skip
