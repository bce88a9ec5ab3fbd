"""A back-up comes back on an empty machine, whole, and goes on where it was; without its keys it does not pretend."""

import json
import os
import subprocess
import sys
import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from own_server import database
from runs.conftest import committed as committed  # noqa: PLC0414 (a fixture is found by its name)
from scene import Scene, child
from yellowbus.config import backup, environment
from yellowbus.errors import NeedsAdmin
from yellowbus.runs.importing import order
from yellowbus.setup import secrets

SECRET = "a secret of this test"
Elsewhere = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def elsewhere(server: str, tmp_path: Path) -> Iterator[Elsewhere]:
    """The program on another machine: a data folder and a database of its own, both empty."""
    folder = tmp_path / "elsewhere"
    with database(server, f"restored_{os.getpid()}") as url:
        env = os.environ | {"DATABASE_URL": url, "YELLOWBUS_DATA": str(folder)}

        def call(*arguments: object) -> subprocess.CompletedProcess[str]:
            return subprocess.run(
                [sys.executable, "-m", "yellowbus", *map(str, arguments)],
                env=env, capture_output=True, text=True, check=False,
            )  # fmt: skip

        yield call


@pytest.fixture
def kept(committed: Scene, tmp_path: Path) -> dict[str, Path]:
    """A back-up of an installation with a stored credential, a plan that waits, and a run that was just ordered."""
    scene = committed
    scene.write_students([child(n) for n in range(1, 6)])
    scene.run()
    with scene.scope():
        secrets.keep(scene.connection, {"client_secret": SECRET})
    scene.write_students([child(n, phone="(480) 555-0199") for n in range(1, 6)])
    with scene.scope():
        order.order(scene.actor, scene.connection, "students", year=2026, yes=True)
    (tmp_path / "safe").mkdir()
    made = {"archive": tmp_path / "yellowbus.tar", "keys": tmp_path / "safe" / "keys.json"}
    backup.make(made["archive"], keys_to=made["keys"])
    return made


def answer(done: subprocess.CompletedProcess[str]) -> Any:
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_a_back_up_comes_back_on_an_empty_machine_and_its_run_goes_on(
    committed: Scene, kept: dict[str, Path], elsewhere: Elsewhere
) -> None:
    told = answer(elsewhere("restore", kept["archive"], "--keys", kept["keys"], "--json"))
    assert told["keys"] == backup.look(kept["archive"]).keys
    exported = elsewhere("enroll", "students", "export").stdout.splitlines()
    held = {line["students.student_district_id"]: line for line in map(json.loads, exported)}
    assert {key: {k: v for k, v in each.items() if k != "students.id"} for key, each in held.items()} == (
        committed.students()
    )
    assert answer(elsewhere("runs", "list", "--json"))[0]["state"] == "Queued"
    assert elsewhere("worker", "--once").returncode == 0
    newest = answer(elsewhere("runs", "list", "--json"))[0]
    assert (newest["status"], newest["counts"]) == ("Succeeded", {"updated": 5})


def test_the_credentials_open_again_with_the_keys_that_were_kept(
    kept: dict[str, Path], elsewhere: Elsewhere
) -> None:
    assert SECRET.encode() not in kept["archive"].read_bytes()
    answer(elsewhere("restore", kept["archive"], "--keys", kept["keys"], "--json"))
    assert "opens every stored credential" in elsewhere("doctor").stdout


def test_nothing_is_restored_without_the_right_keys(
    kept: dict[str, Path], elsewhere: Elsewhere, tmp_path: Path
) -> None:
    other = tmp_path / "other.json"
    other.write_text(kept["keys"].read_text().replace('"k1": "', '"k1": "AAAA', 1))
    other.chmod(0o600)
    for keys, code in ((tmp_path / "none.json", "backup-keys-missing"), (other, "backup-keys-wrong")):
        refused = elsewhere("restore", kept["archive"], "--keys", keys, "--json")
        assert (refused.returncode, json.loads(refused.stdout)["error"]["code"]) == (1, code)
    assert not (tmp_path / "elsewhere").exists()


def test_a_database_that_holds_something_is_not_touched(kept: dict[str, Path], elsewhere: Elsewhere) -> None:
    elsewhere("org", "add", "Already here (invented)")
    refused = elsewhere("restore", kept["archive"], "--keys", kept["keys"], "--json")
    assert (refused.returncode, json.loads(refused.stdout)["error"]["code"]) == (1, "restore-not-empty")
    assert [each["name"] for each in answer(elsewhere("org", "list", "--json"))] == [
        "Already here (invented)"
    ]


def test_a_back_up_replaces_nothing_and_lies_apart_from_its_keys(committed: Scene, tmp_path: Path) -> None:
    (tmp_path / "there.tar").write_text("mine")
    for target, keys, code in (
        (tmp_path / "there.tar", None, "backup-in-the-way"),
        (tmp_path / "new.tar", tmp_path / "keys.json", "backup-side-by-side"),
        (tmp_path / "no" / "new.tar", None, "backup-no-folder"),
    ):
        with pytest.raises(NeedsAdmin) as refused:
            backup.make(target, keys_to=keys)
        assert refused.value.code == code
    assert sorted(path.name for path in tmp_path.iterdir() if path.is_file() and "csv" not in path.name) == [
        "there.tar"
    ]


def test_what_is_no_back_up_is_refused(tmp_path: Path) -> None:
    (tmp_path / "text").write_text("no archive")
    with tarfile.open(tmp_path / "empty.tar", "w"):
        pass
    for name in ("text", "empty.tar", "missing"):
        with pytest.raises(NeedsAdmin) as refused:
            backup.look(tmp_path / name)
        assert refused.value.code == "backup-unreadable"


def test_a_back_up_of_newer_code_is_refused(
    kept: dict[str, Path], elsewhere: Elsewhere, tmp_path: Path
) -> None:
    newer = tmp_path / "newer.tar"
    with tarfile.open(kept["archive"]) as archive:
        archive.extractall(tmp_path / "parts", filter="data")
    about = json.loads((tmp_path / "parts" / "about.json").read_text())
    about["migrations"]["runs"].append("9999_from_the_future")
    (tmp_path / "parts" / "about.json").write_text(json.dumps(about))
    with tarfile.open(newer, "w") as archive:
        for name in ("about.json", "database.dump"):
            archive.add(tmp_path / "parts" / name, name)
    refused = elsewhere("restore", newer, "--keys", kept["keys"], "--json")
    assert (refused.returncode, json.loads(refused.stdout)["error"]["code"]) == (1, "backup-newer")


def test_without_a_copy_of_the_keys_the_command_says_that_it_is_not_whole(
    committed: Scene, tmp_path: Path
) -> None:
    def call(name: str, *more: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "yellowbus", "backup", str(tmp_path / name), *more]
        return subprocess.run(command, capture_output=True, text=True, check=False, env=os.environ)

    assert call("kept.tar", "--keys-kept").returncode == 0
    alone = call("alone.tar")
    assert (alone.returncode, "This back-up is not whole" in alone.stdout) == (3, True)
    assert str(environment.keys_file()) in alone.stdout.replace("\n", "")
