"""PowerQueries (powerschool dossier 11.2), run for real: the tables are copied into SQLite as a query needs
them, and after a change only the rows that changed.

The vendor's server speaks Oracle's SQL. Joins, CASE, NVL, DECODE and ORDER BY mean the same here; a query
that SQLite cannot read is refused when its plugin is installed, with SQLite's reason, so that nothing is
answered by guesswork.
"""

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from threading import RLock
from typing import Any

from yellowbus.simulators.district import District
from yellowbus.simulators.powerschool.columns import EXTENSIONS, TABLES, Table
from yellowbus.simulators.powerschool.named_queries import NamedQuery
from yellowbus.simulators.powerschool.plugin_xml import BadPluginError
from yellowbus.simulators.powerschool.query import Kind
from yellowbus.simulators.powerschool.typed_json import typed

KEPT_RESULTS = 4
Rows = Sequence[tuple[Any, ...]]
Stamp = Callable[[District, Any], int]


def _own(_: District, row: Any) -> int:
    """Of a student or a person."""
    version: int = row.version
    return version


def _owner(_: District, row: Any) -> int:
    """Of the person to whom an e-mail, phone or address belongs."""
    version: int = row[0].version
    return version


def _tied(district: District, tie: Any) -> int:
    student = district.student_by_dcid(tie.student_dcid)
    return student.version if student else 0


# Table: the version that tells whether a row is still what it was. Those not named are small and copied whole.
STAMPS: Mapping[str, Stamp] = {
    "Students": _own,
    **dict.fromkeys(EXTENSIONS, _own),
    "Person": _own,
    "StudentContactAssoc": _tied,
    "StudentContactDetail": lambda district, row: _tied(district, row[0]),
    "OriginalContactMap": _tied,
    "EmailAddress": _owner,
    "PersonEmailAddressAssoc": _owner,
    "PhoneNumber": _owner,
    "PersonPhoneNumberAssoc": _owner,
    "PersonAddress": _owner,
    "PersonAddressAssoc": _owner,
}


@dataclass(slots=True)
class Database:
    district: District
    _connection: sqlite3.Connection | None = None
    _loaded: dict[str, int] = field(default_factory=dict)
    _stamps: dict[str, dict[Any, int]] = field(default_factory=dict)
    _results: dict[tuple[Any, ...], Rows] = field(default_factory=dict)
    _lock: RLock = field(default_factory=RLock)

    def reads(self, query: NamedQuery) -> set[tuple[Table, str]]:
        """The columns that a query touches anywhere; raises BadPluginError where SQLite cannot read it."""
        found: set[tuple[Table, str]] = set()

        def note(action: int, table: str | None, column: str | None, *_: object) -> int:
            if action == sqlite3.SQLITE_READ and table and column and table.lower() in TABLES:
                found.add((TABLES[table.lower()], column.lower()))
            return sqlite3.SQLITE_OK

        with self._lock:
            connection = self._open()
            connection.set_authorizer(note)
            try:
                cursor = connection.execute(f"SELECT * FROM ({query.sql}) LIMIT 0", _blank(query))  # noqa: S608
            except sqlite3.Error as error:
                raise BadPluginError(
                    f"The simulator runs PowerQueries in SQLite, which refuses {query.name}: {error}."
                ) from error
            finally:
                connection.set_authorizer(None)
        if len(cursor.description) != len(query.columns):
            raise BadPluginError(
                f"Query {query.name} selects {len(cursor.description)} items "
                f"but has {len(query.columns)} columns."
            )
        return found

    def run(self, query: NamedQuery, arguments: Mapping[str, Any]) -> Rows:
        """All rows; kept for the next page until the district changes."""
        with self._lock:
            key = (query.name, query.sql, self.district.version, *sorted(arguments.items()))
            if key not in self._results:
                self._keep(key, self._rows(query, arguments))
            return self._results[key]

    def _rows(self, query: NamedQuery, arguments: Mapping[str, Any]) -> Rows:
        for table in {table for table, _ in self.reads(query)}:
            self._load(table)
        return self._open().execute(query.sql, _blank(query) | dict(arguments)).fetchall()

    def _keep(self, key: tuple[Any, ...], rows: Rows) -> None:
        if len(self._results) >= KEPT_RESULTS:
            del self._results[next(iter(self._results))]
        self._results[key] = rows

    def _open(self) -> sqlite3.Connection:
        if self._connection is None:
            self._connection = sqlite3.connect(":memory:", check_same_thread=False)
            self._connection.create_function("NVL", 2, lambda value, other: other if value is None else value)
            self._connection.create_function("DECODE", -1, _decode)
            for table in TABLES.values():
                self._connection.execute(
                    f"CREATE TABLE {table.name} ({', '.join(c.name for c in table.columns.values())})"
                )
        return self._connection

    def _load(self, table: Table) -> None:
        if self._loaded.get(table.name) == self.district.version:
            return
        columns, connection = list(table.columns.values()), self._open()
        marks = ", ".join("?" * len(columns))
        old, new = self._turn(table)
        connection.executemany(f"DELETE FROM {table.name} WHERE {table.primary_key} = ?", old)  # noqa: S608
        # Oracle has no empty text: a blank is NULL.
        rows = ([_value(column.kind, column.text(row)) for column in columns] for row in new)
        connection.executemany(f"INSERT INTO {table.name} VALUES ({marks})", rows)  # noqa: S608
        connection.execute(
            f"CREATE INDEX IF NOT EXISTS {table.name}_key ON {table.name} ({table.primary_key})"
        )
        self._loaded[table.name] = self.district.version

    def _turn(self, table: Table) -> tuple[list[tuple[Any]], list[Any]]:
        """(keys of the rows to forget, rows to copy) since the table was last copied."""
        rows, get, stamp = list(table.rows(self.district)), table.key.get, STAMPS.get(table.name)
        known = self._stamps.get(table.name, {})
        stamps = {get(row): stamp(self.district, row) if stamp else self.district.version for row in rows}
        self._stamps[table.name] = stamps
        old = [(key,) for key, version in known.items() if stamps.get(key) != version]
        return old, [row for row in rows if known.get(get(row)) != stamps[get(row)]]


def _value(kind: Kind, text: str) -> Any:
    if not text:
        return None
    return typed(text) if kind is Kind.NUMBER else text


def _blank(query: NamedQuery) -> dict[str, Any]:
    return {argument.name: argument.default for argument in query.arguments}


def _decode(value: Any, *rest: Any) -> Any:
    pairs = list(zip(rest[::2], rest[1::2], strict=False))
    default = rest[-1] if len(rest) % 2 else None
    return next((result for wanted, result in pairs if wanted == value), default)
