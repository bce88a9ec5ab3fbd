"""Web and worker as processes that start together and stop together."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from http.client import HTTPConnection
from urllib.error import URLError
from urllib.request import urlopen

import psycopg
import pytest

PATIENCE = 90.0


@pytest.fixture(scope="module")
def url(server: str) -> Iterator[str]:
    """A fresh database of its own."""
    name = f"serving_{os.getpid()}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    yield server.replace("/yellowbus?", f"/{name}?")
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
    return port


def answer(port: int) -> str:
    with urlopen(f"http://127.0.0.1:{port}/healthz") as reply:
        body: bytes = reply.read()
    return body.decode()


def until_it_answers(port: int) -> str:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        try:
            return answer(port)
        except (URLError, ConnectionError):
            time.sleep(0.2)
    raise TimeoutError


def workers(url: str) -> int:
    with psycopg.connect(url) as connection:
        row = connection.execute("SELECT count(*) FROM procrastinate_workers").fetchone()
    return row[0] if row else 0


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_serve_starts_pages_and_worker_and_stops_both(url: str, how: signal.Signals) -> None:
    port = free_port()
    serve = subprocess.Popen(
        [sys.executable, "-m", "yellowbus", "serve", "--port", str(port)],
        env=os.environ | {"DATABASE_URL": url}, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        assert until_it_answers(port) == "ok"
        end = time.monotonic() + PATIENCE
        while workers(url) == 0 and time.monotonic() < end:
            time.sleep(0.2)
        assert workers(url) == 1
        serve.send_signal(how)
        assert serve.wait(PATIENCE) == 0
    finally:
        serve.kill()
        serve.wait()
    with pytest.raises(URLError):
        answer(port)
    assert workers(url) == 0


def test_a_worker_told_to_work_once_ends_by_itself(url: str) -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "yellowbus", "worker", "--once"],
        env=os.environ | {"DATABASE_URL": url}, capture_output=True, text=True, timeout=PATIENCE, check=False,
    )  # fmt: skip
    assert ended.returncode == 0


def test_a_database_that_does_not_answer_is_told_in_a_sentence() -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "yellowbus", "org", "list", "--json"],
        env=os.environ | {"DATABASE_URL": "postgresql://nobody@127.0.0.1:9/none"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (ended.returncode, "Traceback" in ended.stderr) == (1, False)
    assert '"code": "database-unreachable"' in ended.stdout


@pytest.mark.parametrize(("proxy", "status"), [("127.0.0.1", 200), ("192.0.2.9", 301)])
def test_only_the_proxy_in_front_is_believed_that_people_came_by_tls(
    url: str, proxy: str, status: int
) -> None:
    port = free_port()
    env = os.environ | {
        "DATABASE_URL": url,
        "YELLOWBUS_HOSTS": "sync.district.example",
        "YELLOWBUS_PROXY": proxy,
    }
    web = subprocess.Popen(
        [sys.executable, "-m", "yellowbus", "web", "--port", str(port)], env=env, stderr=subprocess.DEVNULL
    )
    try:
        until_it_listens(port)
        said = {
            "Host": "sync.district.example",
            "X-Forwarded-Proto": "https",
            "X-Forwarded-For": "198.51.100.7",
        }
        assert (status_of(port, said), status_of(port, {"Host": "sync.district.example"})) == (status, 301)
    finally:
        web.terminate()
        web.wait(30)


def until_it_listens(port: int) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        with socket.socket() as knock:
            if knock.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.2)
    raise TimeoutError


def status_of(port: int, headers: dict[str, str]) -> int:
    """The status of the sign-in page, redirects not followed."""
    with closing(HTTPConnection("127.0.0.1", port, timeout=30)) as asked:
        asked.request("GET", "/account/login/", headers=headers)
        return asked.getresponse().status
