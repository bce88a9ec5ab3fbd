"""The performance claims, measured side by side: `python benchmarks/run.py` (`--help` for sizes).

Every round runs all contestants one after the other on the same two nights, so that a ratio compares the same
minutes of the same machine. They work in a database of the benchmark's own, on the server of DATABASE_URL if
set, else on one that is started in a temporary folder. What they wrote is compared value for value; a
difference ends the run.
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
from urllib.parse import urlsplit

import psycopg
from rich.console import Console
from rich.table import Table

from data import write_nights
from measure import SCHEMA
from targets import COLUMNS, FIELDS, SCHOOL_YEAR
from yellowbus.config.server import LocalServer

HERE = Path(__file__).parent
NAME = "yellowbus_benchmark"


@dataclass(frozen=True, slots=True)
class Contestant:
    """A script that takes `--file F --database URL` and prints one line of JSON (measure.py).

    `arguments` follow them; with `plans` it also takes `--dry-run`.
    """

    name: str
    script: str
    arguments: tuple[str, ...] = ()
    environment: dict[str, str] = field(default_factory=dict)
    plans: bool = False

    def run(self, file: Path, database: str, *more: str) -> dict:
        asked = ["--file", str(file), "--database", database, *self.arguments, *more]
        command = [sys.executable, str(HERE / self.script), *asked]
        environment = os.environ | self.environment
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        if done.returncode:
            raise SystemExit(f"{self.name} failed:\n{done.stderr}")
        return json.loads(done.stdout)


FLOOR = Contestant("polars floor", "floor.py", arguments=("--table", "floor"))
PLAIN = Contestant("plain Python", "plain.py", arguments=("--table", "plain"))
PLAIN_MEMO = Contestant(
    "plain, dates remembered",
    "plain.py",
    arguments=("--table", "plain_memo"),
    environment={"PLAIN_MEMO": "1"},
)
PRODUCT = Contestant("Yellowbus", "product.py", plans=True)
CONTESTANTS = (FLOOR, PLAIN, PLAIN_MEMO, PRODUCT)


@contextmanager
def server(folder: Path) -> Iterator[str]:
    """The server of DATABASE_URL, or one of our own that ends with the block."""
    if url := os.environ.get("DATABASE_URL"):
        yield url
        return
    local = LocalServer(folder / "database")
    try:
        yield local.start()
    finally:
        local.release()


@contextmanager
def fresh_database(server: str) -> Iterator[str]:
    """An empty database of our own on the server, so that nobody's data is touched; dropped at the end."""
    drop = f"DROP DATABASE IF EXISTS {NAME} WITH (FORCE)"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(drop)
        connection.execute(f"CREATE DATABASE {NAME}")
        try:
            yield urlsplit(server)._replace(path=f"/{NAME}").geturl()
        finally:
            connection.execute(drop)


def written(database: str) -> dict[str, int]:
    """Rows inserted, updated and deleted so far, by table. Temporary tables are not counted."""
    # A session reports its counts when it ends, which is a moment after its program has ended.
    time.sleep(1)
    with psycopg.connect(database) as connection:
        rows = connection.execute(
            "SELECT schemaname || '.' || relname, n_tup_ins + n_tup_upd + n_tup_del FROM pg_stat_user_tables"
        )
        return dict(rows.fetchall())


def one_round(nights: tuple[Path, Path], database: str) -> dict:
    """Both nights of every contestant by (name, night); of those that plan, night 2 first as night "plan"."""
    results = {}
    for one in CONTESTANTS:
        results[one.name, 1] = _night(one, nights[0], database)
        if one.plans:
            results[one.name, "plan"] = one.run(nights[1], database, "--dry-run")
        results[one.name, 2] = _night(one, nights[1], database)
    return results


def _night(one: Contestant, file: Path, database: str) -> dict:
    """The measures of one night, with the rows written by table."""
    before = written(database)
    measures = one.run(file, database)
    after = written(database)
    tables = {name: count - before.get(name, 0) for name, count in after.items()}
    return measures | {"tables": {name: count for name, count in sorted(tables.items()) if count}}


def data_rows(measures: dict) -> int:
    """Rows of students and schools; those of plans, logs and journals are not among them."""
    return sum(
        count
        for name, count in measures["tables"].items()
        if name.startswith((f"{SCHEMA}.", "public.enroll_"))
    )


def in_columns(table: str) -> str:
    """The 40 values that a floor left, as a query."""
    return f"SELECT {', '.join(COLUMNS)} FROM {SCHEMA}.{table}"


def of_product() -> str:
    """The same of the product."""
    homes = {"students": "lasting", "students_annual": f"annual -> '{SCHOOL_YEAR}'"}
    values = (f"{homes[field.partition('.')[0]]} ->> '{field.partition('.')[2]}'" for field in FIELDS)
    return f"SELECT {', '.join(values)} FROM enroll_student"


def missing(database: str, those: str, among: str) -> int:
    """How many rows of one query the other does not give."""
    with psycopg.connect(database) as connection:
        return connection.execute(f"SELECT count(*) FROM ({those} EXCEPT {among}) rest").fetchone()[0]


def compare(database: str) -> None:
    """SystemExit where a student is not the same everywhere.

    The product keeps a student whose optional field is wrong and leaves that field; the floors refuse the
    row. So it may have more students than they, but not others.
    """
    floor, plain, product = in_columns("floor"), in_columns("plain"), of_product()
    for those, among in ((floor, plain), (plain, floor), (floor, product)):
        if differing := missing(database, those, among):
            raise SystemExit(f"{differing} students differ: {those} EXCEPT {among}")


def table_of(rounds: list[dict], night: int) -> Table:
    """Medians over the rounds; a ratio is the median of the ratios within each round."""
    titles = ("rows/s", "x floor", "CPU s", "x floor", "with server", "peak MB", "data rows", "refused")
    table = Table("contestant", *titles, title=f"Night {night}")
    for one in CONTESTANTS:
        own, floor = [each[one.name, night] for each in rounds], [each[FLOOR.name, night] for each in rounds]
        table.add_row(
            one.name,
            f"{median(each['read'] / each['seconds'] for each in own):,.0f}",
            f"{ratio(own, floor, seconds):.2f}",
            f"{median(map(cpu, own)):.2f}",
            f"{ratio(own, floor, cpu):.2f}",
            f"{ratio(own, floor, whole_cpu):.2f}",
            f"{max(each['peak_mb'] for each in own):.0f}",
            f"{data_rows(own[-1]):,}",
            f"{own[-1]['refused']:,}",
        )
    return table


def seconds(measures: dict) -> float:
    return measures["seconds"]


def cpu(measures: dict) -> float:
    return measures["cpu"]


def whole_cpu(measures: dict) -> float:
    """With the CPU of the database server."""
    return measures["cpu"] + measures["server_cpu"]


def ratio(own: list[dict], other: list[dict], of: Callable[[dict], float]) -> float:
    return median(of(ours) / of(theirs) for ours, theirs in zip(own, other, strict=True))


def claims(rounds: list[dict]) -> Iterator[str]:
    """What is claimed of the product, one line each."""
    names = (PRODUCT.name, 2), (PRODUCT.name, "plan"), (PLAIN.name, 2), (FLOOR.name, 2)
    own, plan, plain, floor = ([each[name] for each in rounds] for name in names)
    yield f"night 2, CPU: {ratio(own, plain, cpu):.2f} x plain Python (claim: at most 3)"
    yield f"night 2, CPU with server: {ratio(own, plain, whole_cpu):.2f} x plain Python"
    yield f"night 2, time: {ratio(own, floor, seconds):.2f} x polars floor"
    yield f"dry run, time: {ratio(plan, own, seconds):.2f} x night 2 (claim: at most 1.2)"
    rows = data_rows(own[-1]) / own[-1]["written"]
    yield f"night 2, data rows written per changed student: {rows:.2f} (claim: at most 1.1)"
    yield f"night 2, all rows written: {own[-1]['tables']}"


def memory(nights: tuple[Path, Path], server: str) -> str:
    """The product's peak in both nights."""
    with fresh_database(server) as database:
        return " and ".join(f"{PRODUCT.run(file, database)['peak_mb']:.0f}" for file in nights)


def measure(given: argparse.Namespace, folder: Path, console: Console) -> None:
    nights = write_nights(folder, given.students, given.seed)
    rounds = []
    with server(folder) as url:
        for _ in range(given.rounds):
            with fresh_database(url) as database:
                rounds.append(one_round(nights, database))
                compare(database)
        for night in (1, 2):
            console.print(table_of(rounds, night))
        console.print("\n".join(claims(rounds)), soft_wrap=True)
        if given.large:
            peaks = memory(write_nights(folder, given.large, given.seed), url)
            console.print(f"peak MB at {given.large:,} students, nights 1 and 2: {peaks} (claim: under 150)")


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
        os.environ["YELLOWBUS_DATA"] = folder  # the product's keys
        measure(given, Path(folder), Console(width=120))


if __name__ == "__main__":
    main()
