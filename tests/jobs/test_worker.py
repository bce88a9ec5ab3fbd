"""A worker as a process: does what waits, takes back what the dead held, and outlives its database connections."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from own_server import database

PATIENCE = 60.0
# A handler that notes what it did in a file; "slow" ones take until they are told to stop.
WORK = """
import logging, sys
logging.disable(logging.CRITICAL)
from yellowbus.config.start import start
start()
from yellowbus.jobs import handlers, port
@handlers.handles("note")
def note(of):
    with open(sys.argv[1], "a") as file:
        file.write(of + "\\n")
    if of == "slow":
        handlers.STOPPING.wait(600)
print("ready", flush=True)
port.run_worker(concurrency=2, silent_after=2)
"""
DEFER = """
INSERT INTO procrastinate_jobs (queue_name, task_name, lock, queueing_lock, args, status, worker_id)
VALUES ('work', 'work', 'note:' || %(of)s, 'note:' || %(of)s, jsonb_build_object('handler', 'note', 'of', %(of)s::text),
  %(status)s, NULL)
"""


class Queue:
    """A database with a queue, and the notes of its workers."""

    def __init__(self, url: str, folder: Path) -> None:
        self.url = url
        self.notes = folder / "notes"
        self.notes.touch()
        self.environment = dict(os.environ) | {
            "DATABASE_URL": url,
            "YELLOWBUS_DATA": str(folder),
            "PGAPPNAME": "yellowbus-worker-test",
        }

    @contextmanager
    def worker(self) -> Iterator[subprocess.Popen[str]]:
        command = [sys.executable, "-c", WORK, str(self.notes)]
        with subprocess.Popen(command, env=self.environment, stdout=subprocess.PIPE, text=True) as process:
            try:
                assert process.stdout is not None
                assert process.stdout.readline() == "ready\n"
                yield process
            finally:
                process.kill()

    def do(self, statement: str, **parameters: object) -> None:
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(statement, parameters)  # type: ignore[arg-type]

    def defer(self, of: str, status: str = "todo") -> None:
        self.do(DEFER, of=of, status=status)

    def noted(self) -> list[str]:
        return self.notes.read_text().split()

    def left(self) -> list[tuple[str, str]]:
        with psycopg.connect(self.url) as connection:
            return connection.execute(
                "SELECT args ->> 'of', status::text FROM procrastinate_jobs WHERE queue_name = 'work' ORDER BY id"
            ).fetchall()


def wait_until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.05)


@pytest.fixture
def queue(server: str, tmp_path: Path) -> Iterator[Queue]:
    with database(server, f"jobs_{os.getpid()}") as url:
        yield Queue(url, tmp_path)


def test_a_worker_does_what_waits_and_takes_back_what_the_dead_held(queue: Queue) -> None:
    with queue.worker() as process:
        queue.defer("plain")
        wait_until(lambda: queue.noted() == ["plain"])
        queue.defer("held by the dead", status="doing")
        wait_until(lambda: queue.noted()[1:] == ["held", "by", "the", "dead"])
        # A fresh job behind the lock of a dead one: the dead one has to go, or neither is ever done.
        queue.defer("stuck", status="doing")
        queue.defer("stuck")
        wait_until(lambda: queue.noted()[5:] == ["stuck"])
        wait_until(lambda: queue.left() == [])
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE) == 0


def test_a_worker_outlives_its_connections_and_its_queue(queue: Queue) -> None:
    with queue.worker():
        queue.defer("before")
        wait_until(lambda: queue.noted() == ["before"])
        queue.do(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'yellowbus-worker-test'"
        )
        queue.defer("between")
        wait_until(lambda: queue.noted() == ["before", "between"])
        queue.do(
            "TRUNCATE procrastinate_jobs, procrastinate_workers, procrastinate_periodic_defers, procrastinate_events"
        )
        queue.defer("after")
        wait_until(lambda: queue.noted() == ["before", "between", "after"])


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_worker_told_to_stop_ends_its_work_at_the_next_place_and_leaves(
    queue: Queue, number: signal.Signals
) -> None:
    with queue.worker() as process:
        queue.defer("slow")
        wait_until(lambda: queue.noted() == ["slow"])
        process.send_signal(number)
        assert process.wait(PATIENCE) == 0
    assert queue.left() == []
