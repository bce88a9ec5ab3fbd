"""Keeps two workers and a tick alive, and does to them what a bad night does: kills, pauses, lost queues, a database
that crashes. Each blow falls in the phase of the run that it is meant for, at a moment left to chance.
"""

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg

from yellowbus.config.server import LocalServer

HERE = Path(__file__).parent
PATIENCE = 120.0
# What a phase locks that no earlier phase does: whoever holds it stops the run exactly there.
GATES = {"reading": "runs_page", "planning": "runs_hold", "applying": "enroll_student"}
# Held in the middle of a transaction, after a few more of them, free to go right before the blow, or on the way to the
# gate: reading, computing or waiting for the SIS. The plan is one transaction, so right after it the phase is over.
MOMENTS = {
    "reading": ("in the middle", "after a few", "right after", "on the way"),
    "planning": ("in the middle", "on the way"),
    "applying": ("in the middle", "after a few", "right after"),
}
WORDS = {"reading": "read", "planning": "plan", "applying": "apply"}


class Gate:
    """A closed gate holds a run in the middle of its transaction, so that no phase is over before its blow falls."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.table = ""
        self._lock: psycopg.Connection[Any] | None = None

    def close(self, table: str) -> None:
        """Waits until whoever is inside has left. Another gate opens only when this one is closed."""
        lock = psycopg.connect(self.url)
        if table == self.table:
            self.open()  # who waits there would else wait for us, and we for them
        lock.execute(f"LOCK TABLE {table} IN SHARE MODE")
        self.open()
        self.table, self._lock = table, lock

    def open(self) -> None:
        if self._lock is not None:
            self._lock.close()
        self._lock = None

    def wait_for_somebody(self) -> None:
        deadline = time.monotonic() + PATIENCE
        with psycopg.connect(self.url, autocommit=True) as connection:
            while not connection.execute(_WAITING).fetchone():
                assert time.monotonic() < deadline, f"nobody came to the gate of {self.table}"
                time.sleep(0.01)

    def let_one_through(self) -> None:
        """One transaction: the next one queues behind this gate, which queues behind that one."""
        self.wait_for_somebody()
        self.close(self.table)


_WAITING = "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"


@dataclass
class Supervisor:
    """`kills` counts the blows by phase. `environment` leads every process to the database of the test."""

    url: str
    environment: dict[str, str]
    chance: random.Random
    kills: Counter[str] = field(default_factory=Counter)
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.gate = Gate(self.url)

    def start(self) -> None:
        self.processes["tick"] = self._spawn("tick", "tick")
        for name in ("one", "two"):
            self.processes[name] = self._spawn(name, "work")

    def stop(self) -> None:
        self.gate.open()
        for process in self.processes.values():
            process.send_signal(signal.SIGCONT)
            process.kill()
            process.wait()

    def ask(self, *words: str) -> str:
        """Let chaos_district.py do something in this database; its answer."""
        told = subprocess.run(
            [sys.executable, str(HERE / "chaos_district.py"), *words],
            env=self.environment, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert told.returncode == 0, told.stderr
        return told.stdout.rpartition("answer: ")[2].strip()

    def order(self) -> str:
        """The next night's run, which stays in its phase until the last blow to it has fallen."""
        self.gate.close(GATES["reading"])
        return self.ask("order")

    def wait_for_plan(self, run: str) -> None:
        self.gate.open()
        self.wait_for(run, "waiting")

    def approve(self, run: str) -> None:
        self.gate.close(GATES["applying"])
        self.ask("approve", run)

    def kill(self, run: str, phase: str) -> None:
        """Kill -9 whoever works on the run, in this phase."""
        name = self._at_a_moment_of_chance(run, phase)
        self.processes[name].kill()
        self.processes[name].wait()
        self.processes[name] = self._spawn(name, "work")
        self.gate.close(GATES[phase])

    def pause(self, run: str, phase: str, *, seconds: float) -> None:
        """Stop whoever works on the run for longer than its time-out, then let it go on."""
        name = self._at_a_moment_of_chance(run, phase)
        self.processes[name].send_signal(signal.SIGSTOP)
        # Comes back once the server has ended the transaction that the paused one may have left open.
        self.gate.close(GATES[phase])
        time.sleep(seconds)
        self.processes[name].send_signal(signal.SIGCONT)

    def crash(self, server: LocalServer) -> None:
        """The database server ends as if it had been killed, and comes up again."""
        server.restart("immediate")
        if self.gate.table:
            self.gate.close(self.gate.table)

    def empty_queue(self) -> None:
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(
                "TRUNCATE procrastinate_jobs, procrastinate_workers, procrastinate_events,"
                " procrastinate_periodic_defers CASCADE"
            )

    def state(self, run: str) -> str:
        with psycopg.connect(self.url) as connection:
            row = connection.execute(
                "SELECT state, error_code, error_facts FROM runs_run WHERE id = %s", [run]
            ).fetchone()
        assert row is not None
        assert row[0] != "failed", row[1:]
        return str(row[0])

    def wait_for(self, run: str, *states: str) -> str:
        deadline = time.monotonic() + PATIENCE
        while (state := self.state(run)) not in states:
            assert time.monotonic() < deadline, f"the run is still {state} and not {states}"
            time.sleep(0.01)
        return state

    def _at_a_moment_of_chance(self, run: str, phase: str) -> str:
        """Who works on the run in `phase`, which it is in one of MOMENTS."""
        self.kills[WORDS[phase]] += 1
        if self.gate.table != GATES[phase]:
            self.gate.close(GATES[phase])
        self.wait_for(run, phase)
        moment = self.chance.choice(MOMENTS[phase])
        if moment == "on the way":
            time.sleep(self.chance.uniform(0, 0.5))
            return self._at_work()
        for _ in range(2 if moment == "after a few" else 0):
            self.gate.let_one_through()
        self.gate.wait_for_somebody()
        name = self._at_work()
        if moment == "right after":
            self.gate.open()
            time.sleep(self.chance.uniform(0, 0.01))
        return name

    def _at_work(self) -> str:
        """Who spoke last of runs or students to the database; if nobody did, one of the two by chance."""
        with psycopg.connect(self.url) as connection:
            row = connection.execute(
                "SELECT application_name FROM pg_stat_activity WHERE application_name IN ('one', 'two')"
                " AND query ~ '(runs|enroll)_' ORDER BY query_start DESC LIMIT 1"
            ).fetchone()
        return str(row[0]) if row else self.chance.choice(["one", "two"])

    def _spawn(self, name: str, what: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, str(HERE / "chaos_worker.py"), what],
            env=self.environment | {"PGAPPNAME": name}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip


def environment(url: str, folder: Path) -> dict[str, str]:
    ours = {
        "DATABASE_URL": url,
        "YELLOWBUS_DATA": str(folder),
        "YELLOWBUS_ALLOW_PRIVATE_ADDRESSES": "1",
        "YELLOWBUS_CLAIM_SECONDS": "2",
        "YELLOWBUS_PAGE_ROWS": "10",
        "DJANGO_SETTINGS_MODULE": "yellowbus.config.settings",
    }
    return dict(os.environ) | ours
