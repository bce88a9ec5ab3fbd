"""The rows of a district on disk, to join from: memory does not grow with the district."""

import sqlite3
import threading
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from yellowbus.connectors.qmlativ.profile import Table
from yellowbus.records import Value

Row = Mapping[str, Value]
NOTHING: Row = {}


class Spool:
    """Tables named as in the profile, every value text. Filled from several threads, read from one."""

    def __init__(self) -> None:
        # An unnamed database is a file without a name: nobody else can open it, and it ends with the process.
        self._disk = sqlite3.connect("", check_same_thread=False, isolation_level=None)
        self._disk.row_factory = sqlite3.Row
        self._lock = threading.Lock()
        for setting in ("temp_store=FILE", "journal_mode=OFF", "synchronous=OFF"):
            self._disk.execute(f"PRAGMA {setting}")

    def create(self, table: Table, columns: Sequence[str], looked_up_by: Iterable[str]) -> None:
        listed = ", ".join(f'"{column}" TEXT' for column in columns)
        self._disk.execute(f'CREATE TABLE "{table.name}" ({listed})')
        self._disk.execute(f'CREATE UNIQUE INDEX "{table.name} key" ON "{table.name}" ("{table.key}")')
        number = f'CAST("{table.key}" AS INTEGER)'
        self._disk.execute(f'CREATE INDEX "{table.name} order" ON "{table.name}" ({number}, "{table.key}")')
        for column in sorted(set(looked_up_by) - {table.key}):
            self._disk.execute(f'CREATE INDEX "{table.name} by {column}" ON "{table.name}" ("{column}")')

    def insert(self, table: str, rows: Sequence[Sequence[Value]]) -> int:
        """How many of the rows are new: one whose key is there already is left out."""
        if not rows:
            return 0
        marks = ", ".join("?" * len(rows[0]))
        with self._lock:
            before = self._disk.total_changes
            self._disk.execute("BEGIN")
            self._disk.executemany(f'INSERT OR IGNORE INTO "{table}" VALUES ({marks})', rows)  # noqa: S608 - the profile's names
            self._disk.execute("COMMIT")
            return self._disk.total_changes - before

    def of(self, table: str, on: str, values: Iterable[Value]) -> list[Row]:
        """The rows whose field has one of the values, in the order of no field."""
        listed = msgspec.json.encode(sorted({value for value in values if value is not None}))
        query = f'SELECT * FROM "{table}" WHERE "{on}" IN (SELECT value FROM json_each(?))'  # noqa: S608 - the same
        return [dict(row) for row in self._disk.execute(query, (listed,))]

    def after(self, table: Table, key: str, count: int) -> list[Row]:
        """The next rows that have a key, in its order, after one key ("" is the start)."""
        number = f'CAST("{table.key}" AS INTEGER)'
        query = (
            f'SELECT * FROM "{table.name}" WHERE ({number}, "{table.key}") > (CAST(? AS INTEGER), ?)'  # noqa: S608 - the same
            f' ORDER BY {number}, "{table.key}" LIMIT ?'
        )
        return [dict(row) for row in self._disk.execute(query, (key or "-1", key, count))]

    def keyless(self, table: Table) -> list[Row]:
        query = f'SELECT * FROM "{table.name}" WHERE "{table.key}" IS NULL'  # noqa: S608 - the same
        return [dict(row) for row in self._disk.execute(query)]

    def count(self, table: str) -> int:
        (held,) = self._disk.execute(f'SELECT count(*) FROM "{table}"').fetchone()  # noqa: S608 - the same
        return int(held)

    def close(self) -> None:
        self._disk.close()
