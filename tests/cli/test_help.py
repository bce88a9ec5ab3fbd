"""`yellowbus --help` is enough to find everything."""

import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
import typer

from yellowbus import __version__
from yellowbus.cli.main import app

ROOT: Any = typer.main.get_command(app)


def commands(group: Any, *path: str) -> Iterator[tuple[tuple[str, ...], Any]]:
    for name, each in group.commands.items():
        if hasattr(each, "commands"):
            yield from commands(each, *path, name)
        else:
            yield (*path, name), each


ALL = dict(commands(ROOT))


def help_of(*path: str) -> str:
    ended = subprocess.run(
        [sys.executable, "-m", "yellowbus", *path, "--help"], capture_output=True, text=True, check=True
    )
    return ended.stdout


def test_every_command_can_be_found_from_the_help_of_the_program() -> None:
    shown = help_of()
    assert [name for path in ALL for name in path if name not in shown] == []


@pytest.mark.parametrize("path", ALL, ids=" ".join)
def test_the_example_of_a_command_calls_that_command(path: tuple[str, ...]) -> None:
    assert ALL[path].epilog.startswith(f"Example: yellowbus {' '.join(path)}")


@pytest.mark.parametrize("path", ALL, ids=" ".join)
def test_every_command_says_what_it_does_and_answers_as_json(path: tuple[str, ...]) -> None:
    assert ALL[path].help.split("\n")[0].endswith((".", ":")) or "." in ALL[path].help
    assert "--json" in [option for parameter in ALL[path].params for option in parameter.opts]


def test_no_command_takes_a_secret_as_an_argument() -> None:
    named = {option for each in ALL.values() for parameter in each.params for option in parameter.opts}
    assert {option for option in named if "secret" in option or "password" in option} == {"--secrets-file"}


def test_the_version_is_told() -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "yellowbus", "--version"], capture_output=True, text=True, check=True
    )
    assert ended.stdout == f"yellowbus {__version__}\n"


def test_help_reads_neither_django_nor_the_network() -> None:
    slow = "[name for name in ('django', 'httpx2', 'psycopg', 'procrastinate') if name in sys.modules]"
    ended = subprocess.run(
        [sys.executable, "-c", f"import sys, yellowbus.cli.main; print({slow})"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert ended.stdout == "[]\n"


def test_a_wrong_use_ends_with_2() -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "yellowbus", "runs", "nothing"], capture_output=True, check=False
    )
    assert ended.returncode == 2
