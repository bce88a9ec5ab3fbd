"""The program as a person uses it: arguments in, exit status and two streams out."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from typer.testing import CliRunner

from yellowbus.cli.main import app

if TYPE_CHECKING:
    from scene import Scene


@dataclass(frozen=True)
class Ended:
    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Yellowbus = Callable[..., Ended]


@pytest.fixture
def yellowbus(db: None) -> Yellowbus:
    """Call the program in this process, on the database of the tests."""

    def call(*arguments: object, stdin: str = "", env: dict[str, str] | None = None) -> Ended:
        ended = CliRunner().invoke(app, [str(each) for each in arguments], input=stdin, env=env)
        if ended.exception is not None and not isinstance(ended.exception, SystemExit):
            raise ended.exception
        return Ended(ended.exit_code, ended.stdout, ended.stderr)

    return call


@pytest.fixture
def scene(db: None, tmp_path: Path) -> "Scene":
    from scene import Scene  # Django is set up only after this file is read

    return Scene(tmp_path).ready()
