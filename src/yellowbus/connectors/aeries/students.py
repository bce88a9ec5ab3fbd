"""Every child of a district, from the lists of its schools (aeries dossier 4, 5, 16.3).

A child has a record in each of its schools, and only all of them together say which one counts. So the lists are read
school by school onto disk, and given out child by child in an order that a later read keeps: that of a digest,
which is also where a bookmark points.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from hashlib import blake2b
from typing import Final

import msgspec

from yellowbus.connectors.aeries import endpoints, wire
from yellowbus.connectors.aeries.record import Parts, Shape, in_order
from yellowbus.connectors.aeries.server import Server
from yellowbus.connectors.base import Page, text

PAGE: Final = 200
# Small enough that several children share a number, so that a bookmark points at nobody.
_BUCKETS: Final = 1 << 16

_TABLES: Final = """
CREATE TABLE student (school TEXT, number TEXT, id TEXT, child TEXT, bucket INTEGER, raw BLOB);
CREATE INDEX by_bucket ON student (bucket, child);
CREATE TABLE extended (school TEXT, number TEXT, id TEXT, raw BLOB, PRIMARY KEY (school, number, id)) WITHOUT ROWID;
CREATE TABLE contact (id TEXT, number TEXT, raw BLOB, PRIMARY KEY (id, number)) WITHOUT ROWID;
CREATE TABLE program (id TEXT, raw BLOB, PRIMARY KEY (id, raw)) WITHOUT ROWID;
"""
_CHILDREN: Final = """
SELECT s.child, s.id, s.raw, x.raw FROM student s
LEFT JOIN extended x ON x.school = s.school AND x.number = s.number AND x.id = s.id
WHERE s.bucket BETWEEN ? AND ? ORDER BY s.bucket, s.child, s.school, s.number
"""
_OF: Final = "SELECT id, raw FROM {table} WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id, raw"

Row = tuple[str, str, bytes, bytes | None]


class Students:
    """`load` reads what `shape` needs, `add_…` takes rows read elsewhere; `pages` gives children out."""

    def __init__(self, shape: Shape) -> None:
        self._shape = shape
        # An unnamed database is a file without a name: nobody else can open it, and it ends with the process.
        self._disk = sqlite3.connect("", check_same_thread=False, isolation_level=None)
        for setting in ("temp_store=FILE", "journal_mode=OFF", "synchronous=OFF"):
            self._disk.execute(f"PRAGMA {setting}")
        self._disk.executescript(_TABLES)

    def load(self, server: Server, schools: Sequence[str]) -> None:
        for school in schools:
            path = endpoints.STUDENTS.format(school=school)
            for rows in server.paged(path, area=endpoints.STUDENT_DATA, what="students"):
                self.add_students(rows)
            self._load_extended(server, school)
            if self._shape.needs_contacts:
                path = endpoints.CONTACTS.format(school=school)
                self.add_contacts(server.rows(path, area=endpoints.CONTACTS_AREA))
            if self._shape.needs_programs:
                path = endpoints.PROGRAMS.format(school=school, student=endpoints.EVERY_STUDENT)
                self.add_programs(server.rows(path, area=endpoints.STUDENT_PROGRAMS))

    def _load_extended(self, server: Server, school: str) -> None:
        path = endpoints.EXTENDED.format(school=school)
        if self._shape.needs_extended:
            for rows in server.paged(path, area=endpoints.STUDENT_DATA, what="extended students"):
                self.add_extended(rows)

    def add_students(self, rows: Iterable[bytes]) -> None:
        self._insert("INSERT INTO student VALUES (?, ?, ?, ?, ?, ?)", map(_student_row, rows))

    def add_extended(self, rows: Iterable[bytes]) -> None:
        self._insert("INSERT OR REPLACE INTO extended VALUES (?, ?, ?, ?)", map(_extended_row, rows))

    def add_contacts(self, rows: Iterable[bytes]) -> None:
        self._insert("INSERT OR REPLACE INTO contact VALUES (?, ?, ?)", map(_contact_row, rows))

    def add_programs(self, rows: Iterable[bytes]) -> None:
        self._insert("INSERT OR IGNORE INTO program VALUES (?, ?)", map(_program_row, rows))

    def pages(self, after: str) -> Iterator[Page]:
        """Pages of whole buckets, so that one begins where the one before ended whatever has changed since."""
        (count,) = self._disk.execute("SELECT count(DISTINCT child) FROM student").fetchone()
        width = max(1, _BUCKETS * PAGE // max(PAGE, count))
        first = int(after) + 1 if after else 0
        while True:
            end = min(first + width, _BUCKETS)
            records = self._between(first, end - 1)
            yield Page(records, self._shape.decode, str(end - 1), last=end == _BUCKETS, total=count)
            if end == _BUCKETS:
                return
            first = end

    def everyone(self) -> list[bytes]:
        """All of them at once, where there are few."""
        return self._between(0, _BUCKETS)

    def close(self) -> None:
        self._disk.close()

    def _insert(self, statement: str, rows: Iterable[Sequence[object]]) -> None:
        with self._transaction():
            self._disk.executemany(statement, rows)

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._disk.execute("BEGIN")
        yield
        self._disk.execute("COMMIT")

    def _between(self, first: int, last: int) -> list[bytes]:
        children: dict[str, list[Row]] = {}
        rows: list[Row] = self._disk.execute(_CHILDREN, (first, last)).fetchall()
        for row in rows:
            children.setdefault(row[0], []).append(row)
        ids = msgspec.json.encode(sorted({row[1] for row in rows})).decode()
        contacts, programs = self._of("contact", ids), self._of("program", ids)
        return [_parts(records, contacts, programs).joined() for records in children.values()]

    def _of(self, table: str, ids: str) -> Mapping[str, list[bytes]]:
        found: dict[str, list[bytes]] = {}
        for student, raw in self._disk.execute(_OF.format(table=table), (ids,)):
            found.setdefault(student, []).append(raw)
        return found


def _parts(
    rows: Sequence[Row], contacts: Mapping[str, list[bytes]], programs: Mapping[str, list[bytes]]
) -> Parts:
    students = in_order([row[2] for row in rows])
    extended = {row[2]: row[3] or b"" for row in rows}
    student = rows[0][1]
    return Parts(students, extended[students[0]], contacts.get(student, ()), programs.get(student, ()))


def _student_row(raw: bytes) -> tuple[str, str, str, str, int, bytes]:
    """One StudentID with two birth dates is two children under one number by mistake: neither hides the other."""
    told = wire.parsed(raw) or {}
    student = wire.number(told, "StudentID") or ""
    born = wire.cell("Birthdate", told.get("Birthdate")) or ""
    child = f"{student} {born}" if student else f"without id {blake2b(raw, digest_size=8).hexdigest()}"
    bucket = int.from_bytes(blake2b(child.encode("utf-8", "surrogatepass"), digest_size=2).digest(), "big")
    return _text(told, "SchoolCode"), _text(told, "StudentNumber"), student, child, bucket, raw


def _extended_row(raw: bytes) -> tuple[str, str, str, bytes]:
    told = wire.parsed(raw) or {}
    return _text(told, "SchoolCode"), _text(told, "StudentNumber"), _text(told, "StudentID"), raw


def _contact_row(raw: bytes) -> tuple[str, str, bytes]:
    told = wire.parsed(raw) or {}
    return _text(told, "StudentID"), _text(told, "SequenceNumber"), raw


def _program_row(raw: bytes) -> tuple[str, bytes]:
    return _text(wire.parsed(raw) or {}, "StudentID"), raw


def _text(told: wire.Json, name: str) -> str:
    return text(told.get(name)) or ""
