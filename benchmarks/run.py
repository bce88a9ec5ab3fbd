"""The performance claims, measured side by side: `python benchmarks/run.py` (`--help` for sizes).

Every round runs all contestants one after the other on the same two nights, so that a ratio compares the
same minutes of the same machine. The database is DATABASE_URL if set, else a server of our own in a
temporary folder. What the contestants wrote is compared value for value; a difference ends the run.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import psycopg
from rich.console import Console
from rich.table import Table

from data import write_nights
from measure import SCHEMA
from targets import COLUMNS
from yellowbus.config.server import LocalServer

HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Contestant:
    """A script that takes `--file F --database URL` and prints one line of JSON (measure.py).

    `table` is where it leaves the 40 values, if it does so in columns. `reset` brings it back before its
    night 1."""

    name: str
    script: str
    table: str = ""
    environment: dict[str, str] = field(default_factory=dict)

    def run(self, file: Path, database: str) -> dict[str, float]:
        command = [sys.executable, str(HERE / self.script), "--file", str(file), "--database", database]
        done = subprocess.run(
            command, env=os.environ | self.environment, stdout=subprocess.PIPE, text=True, check=True
        )
        return json.loads(done.stdout)

    def reset(self, database: str) -> None:
        with psycopg.connect(database) as connection:
            connection.execute(f"DROP TABLE IF EXISTS {SCHEMA}.{self.table}")


FLOOR = Contestant("polars floor", "floor.py", table="floor")
PLAIN = Contestant("plain Python", "plain.py", table="plain")
PLAIN_MEMO = Contestant(
    "plain Python, dates remembered", "plain.py", table="plain", environment={"PLAIN_MEMO": "1"}
)
CONTESTANTS = (FLOOR, PLAIN, PLAIN_MEMO)


@contextmanager
def database(folder: Path) -> Iterator[str]:
    """DATABASE_URL, or a server of our own that ends with the block."""
    if url := os.environ.get("DATABASE_URL"):
        yield url
        return
    server = LocalServer(folder / "database")
    try:
        yield server.start()
    finally:
        server.release()


def written(database: str) -> dict[str, int]:
    """Rows inserted, updated and deleted so far, by table. Temporary tables are not counted."""
    # A session reports its counts when it ends, which is a moment after its program has ended.
    time.sleep(1)
    with psycopg.connect(database) as connection:
        rows = connection.execute(
            "SELECT schemaname || '.' || relname, n_tup_ins + n_tup_upd + n_tup_del FROM pg_stat_user_tables"
        )
        return dict(rows.fetchall())


def one_round(nights: tuple[Path, Path], database: str, contestants: tuple[Contestant, ...]) -> dict:
    """Both nights of every contestant: {(name, night): measures}, with the rows written by table under
    "tables"."""
    results = {}
    for one in contestants:
        one.reset(database)
        for number, file in enumerate(nights, 1):
            before = written(database)
            measures = one.run(file, database)
            after = written(database)
            tables = {name: count - before.get(name, 0) for name, count in after.items()}
            results[one.name, number] = measures | {
                "tables": {name: count for name, count in tables.items() if count}
            }
    return results


def compare(database: str, left: str, right: str) -> int:
    """The number of rows of two tables, which must hold the same values. SystemExit where they do not."""
    columns = ", ".join(COLUMNS)
    both = f"SELECT {columns} FROM {SCHEMA}.{left}", f"SELECT {columns} FROM {SCHEMA}.{right}"
    with psycopg.connect(database) as connection:
        for one, other in (both, both[::-1]):
            differing = connection.execute(f"SELECT count(*) FROM ({one} EXCEPT {other}) rest").fetchone()[0]
            if differing:
                raise SystemExit(f"{left} and {right} differ in {differing} rows")
        return connection.execute(f"SELECT count(*) FROM {SCHEMA}.{left}").fetchone()[0]


def table_of(rounds: list[dict], contestants: tuple[Contestant, ...], night: int) -> Table:
    """Medians over the rounds; a ratio is the median of the ratios within each round."""
    titles = (
        "rows/s",
        "x floor",
        "CPU s",
        "x floor",
        "with server",
        "peak MB",
        "data rows written",
        "refused",
    )
    table = Table("contestant", *titles, title=f"Night {night}")
    for one in contestants:
        own, floor = [each[one.name, night] for each in rounds], [each[FLOOR.name, night] for each in rounds]
        ratio = _ratios(own, floor)
        table.add_row(
            one.name,
            f"{median(each['read'] / each['seconds'] for each in own):,.0f}",
            ratio(lambda each: each["seconds"]),
            f"{median(each['cpu'] for each in own):.2f}",
            ratio(lambda each: each["cpu"]),
            ratio(lambda each: each["cpu"] + each["server_cpu"]),
            f"{max(each['peak_mb'] for each in own):.0f}",
            f"{sum(own[-1]['tables'].values()):,}",
            f"{own[-1]['refused']:,}",
        )
    return table


def _ratios(own: list[dict], floor: list[dict]) -> Callable[[Callable[[dict], float]], str]:
    def ratio(of: Callable[[dict], float]) -> str:
        return f"{median(of(ours) / of(theirs) for ours, theirs in zip(own, floor, strict=True)):.2f}"

    return ratio


def memory(nights: tuple[Path, Path], database: str, contestant: Contestant) -> list[float]:
    """Peak megabytes of both nights."""
    contestant.reset(database)
    return [contestant.run(file, database)["peak_mb"] for file in nights]


def report(console: Console, rounds: list[dict], contestants: tuple[Contestant, ...]) -> None:
    for night in (1, 2):
        console.print(table_of(rounds, contestants, night))
    for one in contestants:
        own = rounds[-1][one.name, 2]
        told = ", ".join(f"{name} {count:,}" for name, count in sorted(own["tables"].items()))
        console.print(f"{one.name}, night 2: {own['written']:,} students changed; rows written: {told}")


def measure(given: argparse.Namespace, folder: Path, console: Console) -> None:
    nights = write_nights(folder, given.students, given.seed)
    with database(folder) as url:
        rounds = [one_round(nights, url, CONTESTANTS) for _ in range(given.rounds)]
        report(console, rounds, CONTESTANTS)
        console.print(
            f"{FLOOR.name} and {PLAIN.name} agree in all {compare(url, 'floor', 'plain'):,} students."
        )
        if given.large:
            large = write_nights(folder, given.large, given.seed)
            for one in CONTESTANTS[1:]:
                peaks = " and ".join(f"{peak:.0f}" for peak in memory(large, url, one))
                console.print(f"{one.name}, {given.large:,} students: peak {peaks} MB")


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure the performance claims side by side.")
    parser.add_argument("--students", type=int, default=100_000)
    parser.add_argument(
        "--large", type=int, default=500_000, help="size of the memory measurement; 0 leaves it out"
    )
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seed", type=int, default=7)
    given = parser.parse_args()
    with TemporaryDirectory(prefix="yellowbus-benchmark-") as folder:
        Path(folder).chmod(0o755)  # the server may run as another user and must reach its own folder in it
        measure(given, Path(folder), Console(width=130))


if __name__ == "__main__":
    main()
