"""The database server in the data folder: started, shared, stopped by the last, and private."""

import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psycopg
import pytest

from own_server import DATA
from yellowbus.config.server import LocalServer
from yellowbus.errors import NeedsAdmin

# Another process that uses the server until it is killed; it says when it is up.
USE = """
import sys, time
from pathlib import Path
from yellowbus.config.server import LocalServer
LocalServer(Path(sys.argv[1])).start()
print("up", flush=True)
time.sleep(600)
"""


@pytest.fixture
def folder(server: str) -> Iterator[Path]:
    """A data folder of one test. The programs are those that the tests' own server runs, so that none is copied."""
    DATA.parent.mkdir(parents=True, exist_ok=True)
    made = Path(tempfile.mkdtemp(prefix="server-", dir=DATA.parent))
    made.chmod(0o711)
    if (DATA / "programs").exists():
        (made / "programs").symlink_to(DATA / "programs")
    yield made / "data" if not (made / "programs").exists() else made
    LocalServer(made).stop("immediate") if (made / "postgres").exists() else None
    shutil.rmtree(made)


def up(folder: Path) -> bool:
    return LocalServer(folder).running


def ask(server: LocalServer, query: str) -> object:
    with psycopg.connect(server.url, autocommit=True) as connection:
        row = connection.execute(query).fetchone()  # type: ignore[arg-type]
    return row[0] if row else None


def test_it_starts_and_the_last_user_stops_it(folder: Path) -> None:
    first, second = LocalServer(folder), LocalServer(folder)
    assert first.start() == second.start()
    assert ask(first, "SELECT current_database()") == "yellowbus"
    first.release()
    assert up(folder)
    second.release()
    assert not up(folder)


def test_releasing_twice_or_unused_does_nothing(folder: Path) -> None:
    used, unused = LocalServer(folder), LocalServer(folder)
    used.start()
    unused.release()
    assert up(folder)
    used.release()
    used.release()
    assert not up(folder)


def test_what_was_written_is_there_after_a_stop_and_after_a_crash(folder: Path) -> None:
    server = LocalServer(folder)
    server.start()
    with psycopg.connect(server.url, autocommit=True) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS number")
    server.restart("immediate")
    assert ask(server, "SELECT number FROM kept") == 7
    server.release()
    server.start()
    assert ask(server, "SELECT number FROM kept") == 7
    server.release()


@contextmanager
def other_users(folder: Path, number: int) -> Iterator[list[subprocess.Popen[str]]]:
    """Processes that use the server, all of them killed at the end."""
    command = [sys.executable, "-c", USE, str(folder)]
    with ExitStack() as stack:
        users = [
            stack.enter_context(subprocess.Popen(command, stdout=subprocess.PIPE, text=True))
            for _ in range(number)
        ]
        assert [user.stdout.readline() for user in users if user.stdout] == ["up\n"] * number
        yield users
        for user in users:
            user.kill()


def test_a_killed_user_leaves_it_up_and_the_next_one_that_leaves_stops_it(folder: Path) -> None:
    with other_users(folder, 1):
        pass
    assert up(folder)
    server = LocalServer(folder)
    server.start()
    server.release()
    assert not up(folder)


def test_it_stays_up_for_users_in_other_processes(folder: Path) -> None:
    with other_users(folder, 1):
        server = LocalServer(folder)
        server.start()
        server.release()
        assert up(folder)


def test_processes_that_start_it_at_once_share_one(folder: Path) -> None:
    with other_users(folder, 3):
        server = LocalServer(folder)
        server.start()
        assert ask(server, "SELECT count(*) FROM pg_database WHERE datname = 'yellowbus'") == 1
        server.release()


def test_a_cluster_that_was_half_made_is_made_anew(folder: Path) -> None:
    half = folder / "postgres.half"
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18")
    server = LocalServer(folder)
    server.start()
    assert (ask(server, "SELECT 1"), half.exists()) == (1, False)
    server.release()


@pytest.mark.parametrize("made", ["PG_VERSION", "postmaster.pid"])
def test_a_kill_while_the_cluster_is_made_is_in_nobodys_way(folder: Path, made: str) -> None:
    process = subprocess.Popen([sys.executable, "-c", USE, str(folder)], stdout=subprocess.DEVNULL)
    while not (folder / "postgres.half" / made).exists():
        time.sleep(0.005)
        assert process.poll() is None
    process.send_signal(signal.SIGKILL)
    process.wait()
    server = LocalServer(folder)
    server.start()
    assert ask(server, "SELECT current_database()") == "yellowbus"
    server.release()
    assert not (folder / "postgres.half").exists()


def test_a_cluster_of_another_major_version_is_refused_and_not_touched(folder: Path) -> None:
    server = LocalServer(folder)
    server.start()
    server.release()
    (folder / "postgres" / "PG_VERSION").write_text("17\n")
    with pytest.raises(NeedsAdmin) as refused:
        server.start()
    assert (refused.value.code, refused.value.facts["found"]) == ("database-other-major", "17")
    assert not up(folder)
    (folder / "postgres" / "PG_VERSION").write_text("18\n")


def modes(folder: Path) -> dict[Path, int]:
    return {parent: stat.S_IMODE(parent.stat().st_mode) for parent in folder.parents}


def test_no_folder_outside_its_own_changes_its_mode(folder: Path) -> None:
    before = modes(folder)
    server = LocalServer(folder)
    server.start()
    server.release()
    assert modes(folder) == before


def test_the_data_is_readable_by_its_owner_alone(folder: Path) -> None:
    server = LocalServer(folder)
    server.start()
    kept = [folder / "postgres", folder / "postgres.log", server.socket]
    assert {path.name: stat.S_IMODE(path.stat().st_mode) & 0o077 for path in kept} == dict.fromkeys(
        ("postgres", "postgres.log", "run"), 0
    )
    open_files = [path for path in (folder / "postgres").rglob("*") if path.lstat().st_mode & 0o077]
    assert open_files == []
    assert stat.S_IMODE(folder.stat().st_mode) & 0o066 == 0
    server.release()


def test_it_listens_on_no_network(folder: Path) -> None:
    server = LocalServer(folder)
    server.start()
    assert ask(server, "SHOW listen_addresses") == ""
    assert ask(server, "SHOW unix_socket_permissions") == "0700"
    server.release()


def test_its_log_keeps_no_statement(folder: Path) -> None:
    server = LocalServer(folder)
    server.start()
    with pytest.raises(psycopg.Error):
        ask(server, "SELECT 'Canaryname'::int")
    server.release()
    log = (folder / "postgres.log").read_text()
    assert "SELECT 'Canaryname'" not in log


@pytest.fixture
def deep(folder: Path) -> Iterator[Path]:
    """A data folder whose path is too long for a socket."""
    made = folder / ("long-" * 18)
    made.mkdir(parents=True, mode=0o711)
    if (folder / "programs").exists():
        (made / "programs").symlink_to((folder / "programs").resolve())
    yield made
    if (made / "postgres").exists():
        LocalServer(made).stop("immediate")
    shutil.rmtree(LocalServer(made).socket, ignore_errors=True)


def test_a_long_path_has_its_socket_in_the_temporary_folder(deep: Path) -> None:
    server = LocalServer(deep)
    server.start()
    assert server.socket.parent == Path(tempfile.gettempdir())
    assert ask(server, "SELECT 1") == 1
    server.release()


def test_the_socket_folder_is_made_again_after_the_temporary_folder_was_emptied(deep: Path) -> None:
    server = LocalServer(deep)
    server.start()
    server.release()
    shutil.rmtree(server.socket)
    server.start()
    assert ask(server, "SELECT 1") == 1
    server.release()


@pytest.mark.parametrize("trap", ["open", "link"])
def test_a_socket_folder_that_is_open_to_others_is_not_used(deep: Path, tmp_path: Path, trap: str) -> None:
    socket = LocalServer(deep).socket
    if trap == "open":
        socket.mkdir()
        socket.chmod(0o777)
    else:
        socket.symlink_to(tmp_path)
    try:
        with pytest.raises(NeedsAdmin) as refused:
            LocalServer(deep).start()
        assert refused.value.code == "database-socket-folder"
    finally:
        socket.unlink() if trap == "link" else None


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(NeedsAdmin) as refused:
        LocalServer(tmp_path / "file" / "data").start()
    assert refused.value.code == "database-not-made"
    assert refused.value.facts["reason"] == "Not a directory"
