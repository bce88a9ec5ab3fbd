"""Everyone a read needs, on disk until it is handed on: students, their demographics and their guardians.

A list read by offset may shift, one person may be several users, and guardians name their children as well as the
other way round. So a page of students is put together only when all is read, in an order that a later read keeps:
that of a digest of the person, which is also where a bookmark points.
"""

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from hashlib import blake2b
from typing import Final

import msgspec

from yellowbus.connectors.base import Page
from yellowbus.connectors.oneroster.record import (
    GUARDIAN_ROLES,
    Org,
    Shape,
    in_order,
    joined,
    org_ids,
    person_key,
    roles_of,
)
from yellowbus.protocols.oneroster import Client, reading
from yellowbus.protocols.oneroster.reading import Json, word

PAGE: Final = 200
# Small enough that several people share a number, so that a bookmark points at nobody.
_BUCKETS: Final = 1 << 16

_TABLES: Final = """
CREATE TABLE student (id TEXT, person TEXT, bucket INTEGER, raw BLOB);
CREATE INDEX by_bucket ON student (bucket, person);
CREATE TABLE demographics (id TEXT PRIMARY KEY, raw BLOB) WITHOUT ROWID;
CREATE TABLE guardian (id TEXT PRIMARY KEY, raw BLOB) WITHOUT ROWID;
CREATE TABLE link (student TEXT, guardian TEXT, place INTEGER, PRIMARY KEY (student, guardian)) WITHOUT ROWID;
"""
_DEMOGRAPHICS: Final = "SELECT id, raw FROM demographics WHERE id IN (SELECT value FROM json_each(?))"
_GUARDIANS: Final = """
SELECT l.student, g.id, g.raw FROM link l JOIN guardian g ON g.id = l.guardian
WHERE l.student IN (SELECT value FROM json_each(?)) ORDER BY l.student, l.place, g.id
"""
_LAST: Final = 1_000_000  # the place of a guardian whom only the guardian's own record ties to the child


class People:
    """`load` reads what `shape` needs; `pages` gives it out."""

    def __init__(self, client: Client, shape: Shape, schools: Mapping[str, Org]) -> None:
        self._client = client
        self._shape = shape
        self._schools = schools
        # An unnamed database is a file without a name: nobody else can open it, and it ends with the process.
        self._disk = sqlite3.connect("", check_same_thread=False, isolation_level=None)
        for setting in ("temp_store=FILE", "journal_mode=OFF", "synchronous=OFF"):
            self._disk.execute(f"PRAGMA {setting}")
        self._disk.executescript(_TABLES)

    def load(self) -> None:
        self.add_students(self._client.lists("students"))
        if self._shape.needs_demographics:
            self.add_demographics(self._client.lists("demographics"))
        if self._shape.needs_contacts:
            self.add_guardians(self._client.lists("users"))

    def add_students(self, pages: Iterator[list[bytes]]) -> None:
        for rows in pages:
            with self._transaction():
                for raw in rows:
                    self._add_student(raw, reading.parsed(raw) or {})

    def add_demographics(self, pages: Iterator[list[bytes]]) -> None:
        """The id is that of the user; an older habit puts it under userSourcedId (oneroster dossier 2)."""
        for rows in pages:
            told = ((reading.parsed(raw) or {}, raw) for raw in rows)
            keyed = ((word(one.get("sourcedId")) or word(one.get("userSourcedId")), raw) for one, raw in told)
            known = [pair for pair in keyed if pair[0] is not None]
            with self._transaction():
                self._disk.executemany("INSERT OR REPLACE INTO demographics VALUES (?, ?)", known)

    def add_guardians(self, pages: Iterator[list[bytes]]) -> None:
        """Those with the role of one, and whoever a student names; students themselves are left out."""
        for rows in pages:
            with self._transaction():
                for raw in rows:
                    self._add_guardian(raw, reading.parsed(raw) or {})

    def pages(self, after: str) -> Iterator[Page]:
        (count,) = self._disk.execute("SELECT count(DISTINCT person) FROM student").fetchone()
        width = max(1, _BUCKETS * PAGE // max(PAGE, count))
        first = int(after) + 1 if after else 0
        while True:
            end = min(first + width, _BUCKETS)
            records = self._between(first, end - 1)
            yield Page(records, self._shape.decode, str(end - 1), last=end == _BUCKETS, total=count)
            if end == _BUCKETS:
                return
            first = end

    def close(self) -> None:
        self._disk.close()

    def everyone(self) -> list[bytes]:
        """All of them at once, where there are few."""
        return self._between(0, _BUCKETS)

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._disk.execute("BEGIN")
        yield
        self._disk.execute("COMMIT")

    def _add_student(self, raw: bytes, user: Json) -> None:
        sourced_id = word(user.get("sourcedId"))
        person = person_key(user) if sourced_id else f"without id {blake2b(raw, digest_size=8).hexdigest()}"
        digest = blake2b(person.encode("utf-8", "surrogatepass"), digest_size=2).digest()
        row = (sourced_id, person, int.from_bytes(digest, "big"), raw)
        self._disk.execute("INSERT INTO student VALUES (?, ?, ?, ?)", row)
        for place, guardian in enumerate(reading.agents(user)):
            self._link(sourced_id, guardian, place)

    def _add_guardian(self, raw: bytes, user: Json) -> None:
        roles, sourced_id = roles_of(user), word(user.get("sourcedId"))
        if "student" in roles or word(user.get("status")) == "tobedeleted" or sourced_id is None:
            return
        named = self._disk.execute("SELECT 1 FROM link WHERE guardian = ? LIMIT 1", (sourced_id,)).fetchone()
        if not (roles & GUARDIAN_ROLES or named):
            return
        self._disk.execute("INSERT OR REPLACE INTO guardian VALUES (?, ?)", (sourced_id, raw))
        for student in reading.agents(user):
            self._link(student, sourced_id, _LAST)

    def _link(self, student: str | None, guardian: str, place: int) -> None:
        self._disk.execute("INSERT OR IGNORE INTO link VALUES (?, ?, ?)", (student or "", guardian, place))

    def _between(self, first: int, last: int) -> list[bytes]:
        rows = self._disk.execute(
            "SELECT person, id, raw FROM student WHERE bucket BETWEEN ? AND ? ORDER BY bucket, person, id",
            (first, last),
        ).fetchall()
        ids = msgspec.json.encode([id_ for _, id_, _ in rows if id_]).decode()
        demographics = dict(self._disk.execute(_DEMOGRAPHICS, (ids,)))
        guardians = self._guardians(ids)
        people: dict[str, list[tuple[str, bytes]]] = {}
        for person, id_, raw in rows:
            people.setdefault(person, []).append((id_, raw))
        return [self._joined(users, demographics, guardians) for users in people.values()]

    def _guardians(self, ids: str) -> Mapping[str, list[tuple[str, bytes]]]:
        found: dict[str, list[tuple[str, bytes]]] = {}
        for student, guardian, raw in self._disk.execute(_GUARDIANS, (ids,)):
            found.setdefault(student, []).append((guardian, raw))
        return found

    def _joined(
        self,
        users: Sequence[tuple[str, bytes]],
        demographics: Mapping[str, bytes],
        guardians: Mapping[str, list[tuple[str, bytes]]],
    ) -> bytes:
        """One person of one or more users; where an id has several records the others add schools and guardians."""
        raws = in_order([raw for _, raw in users])
        parsed = [reading.parsed(raw) or {} for raw in raws]
        ids = [word(user.get("sourcedId")) or "" for user in parsed]
        contacts = dict(pair for id_ in ids for pair in guardians.get(id_, ()))
        orgs = dict.fromkeys(org for user in parsed for org in org_ids(user))
        told = next((demographics[id_] for id_ in ids if id_ in demographics), b"")
        return joined(raws, told, list(contacts.values()), self._coded(list(orgs)))

    def _coded(self, orgs: Sequence[str]) -> list[Org]:
        """Schools only, where at least one of the orgs is a known school: the district is no school."""
        known = [self._schools[org] for org in orgs if org in self._schools]
        return known or [Org(org, "") for org in orgs]


def loaded(client: Client, shape: Shape, schools: Mapping[str, Org]) -> "closing[People]":
    """Everyone, read; to be used in a with block."""
    people = People(client, shape, schools)
    people.load()
    return closing(people)
