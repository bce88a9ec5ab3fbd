"""A district, and another one that must see nothing of it."""

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:  # Django is not ready when this file is read
    from scene import Scene


@pytest.fixture
def scene(db: None, tmp_path: Path) -> "Scene":
    from scene import Scene

    (tmp_path / "one").mkdir()
    return Scene(tmp_path / "one").ready()


@pytest.fixture
def outsider(db: None, tmp_path: Path) -> "Scene":
    from scene import Scene

    (tmp_path / "other").mkdir()
    return Scene(tmp_path / "other", name="Other Unified (invented)").ready()
