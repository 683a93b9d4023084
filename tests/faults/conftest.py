from __future__ import annotations

from pathlib import Path

import pytest

from tests.faults.material import make_video


@pytest.fixture(scope="session")
def video(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Forty seconds with words and louder parts, small and quick to work on."""
    return make_video(tmp_path_factory.mktemp("video") / "talk.mp4", seconds=40, size="320x180", rate=10)
