"""The demo from its first line to its last, as a process of its own."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from shutil import rmtree
from typing import IO
from urllib.error import URLError
from urllib.request import urlopen

import pytest

from yellowbus.config.server import LocalServer

STUDENTS = 60
# PostgreSQL does not run as root, so as root its folder must be reachable for another user.
BASE = Path("/var/lib/yellowbus") if os.geteuid() == 0 else Path(__file__).parents[2] / ".yellowbus"


@dataclass(frozen=True)
class Told:
    status: int
    out: str
    err: str
    folder: Path


def demo(folder: Path, *arguments: str) -> Told:
    # Another database in the environment stands for production: the demo must not look at it.
    env = os.environ | {
        "YELLOWBUS_DATA": str(folder),
        "DATABASE_URL": "postgresql://nobody@127.0.0.1:9/production",
    }
    env.pop("YELLOWBUS_ALLOW_PRIVATE_ADDRESSES", None)
    ended = subprocess.run(
        [sys.executable, "-m", "yellowbus", "demo", "--once", "--students", str(STUDENTS), *arguments],
        capture_output=True, text=True, env=env, check=False,
    )  # fmt: skip
    return Told(ended.returncode, ended.stdout, ended.stderr, folder)


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """A data folder that the database's own user can reach too."""
    made = BASE / f"demo-{os.getpid()}"
    made.mkdir(parents=True)
    yield made
    rmtree(made)


@pytest.fixture(scope="module")
def told(folder: Path) -> Told:
    return demo(folder)


def test_the_demo_ends_by_itself_and_well(told: Told) -> None:
    assert (told.status, told.err) == (0, "")


def test_the_demo_tells_its_steps_in_order(told: Told) -> None:
    steps = [line.split("  ", 1)[1] for line in told.out.splitlines() if line[:1].isdigit()]
    assert steps == [
        "A PowerSchool SIS is simulated",
        "Its administrator installs the Yellowbus plugin and enables it",
        "A connection is made and checked",
        "Schools are imported and assigned to the connection",
        "The ready mapping for students is laid",
        "The whole student import is planned; nothing is written yet",
        "A person says yes, and exactly that plan is applied",
        "The Sync Log keeps every record",
        "The next night finds nothing new",
        "The school office changes 1 student; the night writes only those",
    ]


def test_every_check_of_the_connection_is_shown(told: Told) -> None:
    signs = ("   ✓ ", "   ~ ", "   ! ")
    checks = [line[5:].partition(":")[0] for line in told.out.splitlines() if line.startswith(signs)]
    assert checks[:6] == ["Reached", "Signed in", "Rights", "Contacts", "Schools", "Years & Terms"]


def test_what_was_planned_is_what_was_done_and_the_second_night_changes_nothing(told: Told) -> None:
    lines = [line.strip() for line in told.out.splitlines()]
    assert f"This import creates {STUDENTS} students." in lines
    assert f"This import created {STUDENTS} students." in lines
    assert f"This import left {STUDENTS} students as they were." in lines


def test_the_demo_keeps_to_its_own_folder(told: Told) -> None:
    assert [path.name for path in told.folder.iterdir()] == ["demo"]


def test_the_demo_tells_the_same_story_again_as_json(told: Told, folder: Path) -> None:
    again = demo(folder, "--json")
    runs = json.loads(again.out)["runs"]
    assert (again.status, [(run["status"], run["counts"]) for run in runs]) == (
        0, [("Succeeded", {"created": STUDENTS}), ("Succeeded", {"unchanged": STUDENTS}),
         ("Succeeded", {"updated": 1, "unchanged": STUDENTS - 1})],
    )  # fmt: skip


def test_the_demo_stays_for_a_person_to_look_and_ends_at_ctrl_c(folder: Path) -> None:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    running = subprocess.Popen(
        [sys.executable, "-m", "yellowbus", "demo", "--students", "20", "--port", str(port)],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=os.environ | {"YELLOWBUS_DATA": str(folder)},
    )  # fmt: skip
    try:
        assert _status(port) == 200
        link = _sign_in_link(running.stdout)
        with urlopen(link) as page:
            assert (page.status, link.startswith(f"http://127.0.0.1:{port}/join/")) == (200, True)
        running.send_signal(signal.SIGINT)
        running.communicate(timeout=60)
    finally:
        running.kill()
        running.communicate()
    assert running.returncode == 0
    assert LocalServer(folder / "demo").running is False


def _sign_in_link(told: IO[str] | None) -> str:
    assert told is not None
    return next(line.split()[-1] for line in told if line.strip().startswith("Sign in, once"))


def _status(port: int) -> int:
    """The status of the front page, once there is one."""
    end = time.monotonic() + 120
    while True:
        try:
            with urlopen(f"http://127.0.0.1:{port}/") as reply:
                return int(reply.status)
        except (URLError, ConnectionError):
            if time.monotonic() > end:
                raise
            time.sleep(0.3)
