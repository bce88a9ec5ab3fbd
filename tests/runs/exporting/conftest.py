"""A district that exports into a little SIS."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

import yellowbus.connectors

HERE = str(Path(__file__).parent)
if HERE not in yellowbus.connectors.__path__:  # where a kind of SIS is looked for
    yellowbus.connectors.__path__.append(HERE)

if TYPE_CHECKING:  # Django is not ready when this file is read
    from export_scene import ExportScene
    from powerschool_walk import Walk


@pytest.fixture
def kinds(monkeypatch: pytest.MonkeyPatch) -> None:
    """The little SIS is one of the kinds there are."""
    from yellowbus.connectors import registry

    monkeypatch.setattr(registry, "SYSTEMS", (*registry.SYSTEMS, "littlesis"))


@pytest.fixture
def scene(kinds: None, db: None, tmp_path: Path) -> "Iterator[ExportScene]":
    from export_scene import ExportScene

    made = ExportScene(tmp_path)
    with made.scope():
        yield made


@pytest.fixture
def make(kinds: None, db: None, tmp_path: Path) -> "Callable[[], ExportScene]":
    """As many scenes as are asked for."""
    from export_scene import ExportScene

    def made() -> ExportScene:
        folder = tmp_path / uuid4().hex
        folder.mkdir()
        return ExportScene(folder)

    return made


@pytest.fixture
def committed(kinds: None, migrated: None, tmp_path: Path) -> "Iterator[ExportScene]":
    """The same in committed rows, for what needs more than one process; emptied at the end."""
    from export_scene import ExportScene, empty

    made = ExportScene(tmp_path)
    with made.scope():
        yield made
    empty()


@pytest.fixture
def walk(db: None) -> "Iterator[Walk]":
    """An organization that exports into a simulated PowerSchool."""
    from powerschool_walk import walking

    with walking() as made:
        yield made


@pytest.fixture
def lasting_walk(migrated: None) -> "Iterator[Walk]":
    """The same in committed rows, for what needs more than one process; emptied at the end."""
    from export_scene import empty
    from powerschool_walk import walking

    with walking() as made:
        yield made
    empty()
