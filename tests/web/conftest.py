from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.web.serving import Site
from tests.web.serving import site as served


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """The application on real sockets, with nothing in it."""
    with served(tmp_path) as one:
        yield one
