"""`yellowbus simulate` as a process: what it prints connects to it, pasted as it stands."""

import shlex
import subprocess
import sys
from collections.abc import Iterator

import pytest

PROGRAM = [sys.executable, "-m", "yellowbus", "simulate"]


@pytest.fixture(params=["aeries", "oneroster", "qmlativ"])
def printed(request: pytest.FixtureRequest) -> Iterator[list[str]]:
    """The lines up to the end of what is to be pasted, while the simulator runs."""
    command = [*PROGRAM, request.param, "--students", "20"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        yield [line.rstrip("\n") for line in iter(running.stdout.readline, "END\n")]
        running.terminate()
        assert running.wait(60) == 0


def test_the_printed_command_connects(yellowbus, printed: list[str]) -> None:
    start = printed.index("Connect it:") + 1
    pasted = printed[start:]
    assert pasted[0] == "export YELLOWBUS_ALLOW_PRIVATE_ADDRESSES=1"
    end = next(place for place, line in enumerate(pasted) if line.endswith("<<'END'"))
    command = " ".join(line.removesuffix("\\") for line in pasted[1 : end + 1]).removesuffix("<<'END'")
    yellowbus("org", "add", "Juniper Flats (invented)", "--time-zone", "America/Phoenix")
    ended = yellowbus(*shlex.split(command)[1:], stdin="\n".join(pasted[end + 1 :]))
    assert (ended.status, "is connected to" in ended.out) == (0, True), ended.err


def test_nothing_secret_stands_in_the_arguments(printed: list[str]) -> None:
    arguments = [line for line in printed if "--set" in line]
    assert [line for line in arguments if "secret=" in line or "certificate=" in line] == []
