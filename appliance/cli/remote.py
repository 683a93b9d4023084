"""What commands share that ask the running service."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from appliance.client import Client


def connected(config: Path | None, overrides: Sequence[str] | None, server: str = "") -> Client:
    """The running service: of this machine by its socket, or another one by its address."""
    from appliance import app
    from config.load import load_or_safe

    return app.client(load_or_safe(config, overrides or ()).settings, server)


def tell_json(document: Any) -> None:
    """One JSON document on stdout."""
    sys.stdout.write(json.dumps(document, indent=1, ensure_ascii=False) + "\n")
