"""How a contestant is measured: one process, one night, one line of JSON.

The clock starts after the imports and the connection, so that it compares work and not start-up. `cpu` is
ours, `server_cpu` that of every live process of a PostgreSQL on this machine, `peak_mb` the largest this
process ever was.
"""

import argparse
import json
import os
import resource
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import psycopg

from targets import COLUMNS

SCHEMA = "yellowbus_benchmark"


@dataclass(frozen=True, slots=True)
class Night:
    """What one night did: rows read, refused, and brought to the database."""

    read: int
    refused: int
    written: int


def contestant(night: Callable[[Path, psycopg.Connection, str], Night]) -> None:
    """Run one night of a floor: `--file F --database URL --table T`, the table made if it is not there."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--file", type=Path, required=True)
    parser.add_argument("--database", required=True)
    parser.add_argument("--table", required=True)
    given = parser.parse_args()
    with psycopg.connect(given.database) as connection:
        make_table(connection, given.table)
        measured(connection, lambda: night(given.file, connection, f"{SCHEMA}.{given.table}"))


def measured(connection: psycopg.Connection, work: Callable[[], Night]) -> None:
    """Do the work and print what it took. The work includes its commit."""
    server, clock, cpu = _server_cpu(connection), time.perf_counter(), time.process_time()
    night = work()
    connection.commit()
    taken = {"seconds": time.perf_counter() - clock, "cpu": time.process_time() - cpu}
    taken["server_cpu"] = _server_cpu(connection) - server
    json.dump(asdict(night) | taken | {"peak_mb": peak_mb()}, sys.stdout)


def peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def make_table(connection: psycopg.Connection, table: str) -> None:
    columns = ", ".join(f"{name} text" for name in COLUMNS[1:])
    connection.execute(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}")
    columns = f"{COLUMNS[0]} text PRIMARY KEY, {columns}, hash bigint NOT NULL"
    connection.execute(f"CREATE TABLE IF NOT EXISTS {SCHEMA}.{table} ({columns})")
    connection.commit()


def upsert(connection: psycopg.Connection, table: str) -> None:
    """Bring the rows of the temporary table `incoming` into `table`."""
    names = (*COLUMNS, "hash")
    new = ", ".join(f"{name} = excluded.{name}" for name in names[1:])
    connection.execute(
        f"INSERT INTO {table} ({', '.join(names)}) SELECT {', '.join(names)} FROM incoming"
        f" ON CONFLICT ({names[0]}) DO UPDATE SET {new}"
    )


def _server_cpu(connection: psycopg.Connection) -> float:
    """Seconds of CPU of the server's processes so far; 0 where it runs on another machine or is not
    ours to see."""
    processes = connection.execute("SELECT pid FROM pg_stat_activity").fetchall()
    return sum(_cpu_of(pid) for (pid,) in processes)


def _cpu_of(pid: int) -> float:
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return 0.0
    name, _, rest = text.rpartition(")")
    fields = rest.split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK") if "postgres" in name else 0.0
