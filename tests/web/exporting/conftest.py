"""The pages of a district that exports into a little SIS."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import yellowbus.connectors

LITTLE = str(Path(__file__).parents[2] / "runs" / "exporting")
if LITTLE not in yellowbus.connectors.__path__:  # where a kind of SIS is looked for
    yellowbus.connectors.__path__.append(LITTLE)

if TYPE_CHECKING:  # Django is not ready when this file is read
    from export_people import ExportDistrict


@pytest.fixture
def scene(
    db: None, plain: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> "Iterator[ExportDistrict]":
    from export_people import ExportDistrict

    from yellowbus.connectors import registry

    monkeypatch.setattr(registry, "SYSTEMS", (*registry.SYSTEMS, "littlesis"))
    made = ExportDistrict(tmp_path)
    with made.scope():
        yield made
