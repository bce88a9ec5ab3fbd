"""A district with its schools imported and assigned."""

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:  # Django is not ready when this file is read
    from scene import Scene


@pytest.fixture
def scene(db: None, tmp_path: Path) -> "Scene":
    from scene import Scene

    return Scene(tmp_path).ready()
