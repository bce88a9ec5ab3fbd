"""Whether a child has a valid record in Aeries (aeries dossier 14.6).

OneRoster shows only children with a class now, so finding one proves a record and missing one proves nothing.
After a miss the students of all schools are looked through, of this year and the one before, whatever their status.
"""

import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum

from yellowbus.connectors.aeries import endpoints, record, wire
from yellowbus.connectors.aeries.server import Server
from yellowbus.connectors.base import text
from yellowbus.protocols.oneroster import Client, Query, both, equals, reading


class Validity(Enum):
    """What a child is in Aeries. Only ABSENT may be inserted; a person decides on AMBIGUOUS."""

    ACTIVE = "active"
    PRE_ENROLLED = "pre-enrolled"
    INACTIVE = "inactive"
    ABSENT = "absent"
    AMBIGUOUS = "ambiguous"


@dataclass(frozen=True, slots=True)
class Child:
    """Whom to look for: by what of it is known. `birth_date` is YYYY-MM-DD."""

    student_id: str = field(default="", repr=False)
    state_id: str = field(default="", repr=False)
    first_name: str = field(default="", repr=False)
    last_name: str = field(default="", repr=False)
    birth_date: str = field(default="", repr=False)

    @property
    def is_named(self) -> bool:
        return bool(self.first_name and self.last_name and self.birth_date)


@dataclass(frozen=True, slots=True)
class ValidRecord:
    """The answer, and the Student IDs it rests on."""

    validity: Validity
    student_ids: tuple[str, ...] = field(default=(), repr=False)


@dataclass(slots=True)
class _Known:
    """What the index keeps of one StudentID."""

    person: set[str] = field(default_factory=set)
    state_ids: set[str] = field(default_factory=set)
    statuses: set[str] = field(default_factory=set)


class Index:
    """The students of Aeries by Student ID, state id and name with birth date. Read once."""

    def __init__(self) -> None:
        self._by_id: dict[str, _Known] = {}
        self._by_state: dict[str, set[str]] = {}
        self._by_person: dict[str, set[str]] = {}

    def add(self, rows: Iterable[bytes], *, earlier: bool = False) -> None:
        """`earlier` says that the rows are of a year that has ended: whatever they were then, they are inactive now."""
        for raw in rows:
            told = wire.parsed(raw) or {}
            student = wire.number(told, "StudentID")
            if student is not None:
                self._add(student, told, status=record.INACTIVE if earlier else record.status_of(told))

    def _add(self, student: str, told: Mapping[str, object], *, status: str) -> None:
        known = self._by_id.setdefault(student, _Known())
        known.statuses.add(status)
        person = _person(
            *(wire.cell(name, told.get(name)) or "" for name in ("FirstName", "LastName", "Birthdate"))
        )
        known.person.add(person)
        self._by_person.setdefault(person, set()).add(student)
        state = wire.cell("StateStudentID", told.get("StateStudentID"))
        if state:
            known.state_ids.add(state)
            self._by_state.setdefault(state, set()).add(student)

    def judge(self, child: Child) -> ValidRecord:
        """By each thing that is known of the child; where they name different students a person decides."""
        found = set().union(*self._named(child))
        if not found:
            return ValidRecord(Validity.ABSENT)
        if len(found) > 1 or self._contradicts(child, next(iter(found))):
            return ValidRecord(Validity.AMBIGUOUS, tuple(sorted(found)))
        (student,) = found
        return ValidRecord(_validity(self._by_id[student].statuses), (student,))

    def _named(self, child: Child) -> Iterator[set[str]]:
        yield {child.student_id} & self._by_id.keys()
        yield self._by_state.get(child.state_id, set()) if child.state_id else set()
        if child.is_named:
            person = _person(child.first_name, child.last_name, child.birth_date)
            yield self._by_person.get(person, set())

    def _contradicts(self, child: Child, student: str) -> bool:
        """Whether the student found is another child by what is known of both, or two children under one number."""
        known = self._by_id[student]
        born = {person.rpartition("|")[2] for person in known.person}
        other_state = bool(child.state_id and known.state_ids and child.state_id not in known.state_ids)
        other_id = bool(child.student_id) and child.student_id != student
        other_birth = bool(child.birth_date) and child.birth_date not in born
        return other_state or other_id or other_birth or len(born) > 1


def _validity(statuses: set[str]) -> Validity:
    if record.ACTIVE in statuses:
        return Validity.ACTIVE
    return Validity.PRE_ENROLLED if record.PRE_ENROLLED in statuses else Validity.INACTIVE


def _person(first: str, last: str, born: str) -> str:
    return f"{_plain(first)}|{_plain(last)}|{born}"


def _plain(name: str) -> str:
    """A name without case, accents and punctuation, as two systems rarely write them alike.

    >>> _plain("O'Neil-Núñez"), _plain("ONEIL NUNEZ")
    ('oneilnunez', 'oneilnunez')
    """
    letters = unicodedata.normalize("NFKD", name).casefold()
    return "".join(letter for letter in letters if letter.isalnum())


class Records:
    """Answers for one connection; the index is read when the first child is missed, and kept."""

    def __init__(self, server: Server, client: Client, prefix: str) -> None:
        self._server = server
        self._client = client
        self._prefix = prefix
        self._index: Index | None = None

    def valid_record(self, child: Child) -> ValidRecord:
        visible = self._visible(child)
        if len(visible) > 1:
            return ValidRecord(Validity.AMBIGUOUS, tuple(sorted(visible)))
        if visible:
            return ValidRecord(Validity.ACTIVE, tuple(visible))
        return self.index().judge(child)

    def index(self) -> Index:
        if self._index is None:
            self._index = _read_index(self._server)
        return self._index

    def _visible(self, child: Child) -> set[str]:
        """The Student IDs under which OneRoster shows the child: by its id if that is known, else by name and birth."""
        if child.student_id:
            raw = self._client.one("students", self._prefix + child.student_id)
            return {child.student_id} if raw is not None and _is_active(raw) else set()
        if not child.is_named:
            return set()
        named = both(equals("familyName", child.last_name), equals("givenName", child.first_name))
        query = Query(named, ("sourcedId", "status", "givenName", "familyName"))
        found = (raw for page in self._client.lists("students", query) for raw in page)
        return {student for raw in found if (student := self._same_child(raw, child))}

    def _same_child(self, raw: bytes, child: Child) -> str:
        """The Student ID, if the user is the child by name and birth date; a provider may not regard the filter."""
        told = reading.parsed(raw) or {}
        sourced_id = reading.word(told.get("sourcedId")) or ""
        first, last = (reading.word(told.get(part)) or "" for part in ("givenName", "familyName"))
        same = _person(first, last, "") == _person(child.first_name, child.last_name, "")
        if not (same and sourced_id and _is_active(raw)):
            return ""
        demographics = self._client.one("demographics", sourced_id)
        born = reading.day((reading.parsed(demographics or b"") or {}).get("birthDate"))
        return sourced_id.removeprefix(self._prefix) if born == child.birth_date else ""


def _is_active(raw: bytes) -> bool:
    return (reading.word((reading.parsed(raw) or {}).get("status")) or "active").lower() == "active"


def _read_index(server: Server) -> Index:
    index = Index()
    info = server.require_year()
    for rows in _everyone(server):
        index.add(rows)
    earlier = _year_before(info.year)
    if any(year.startswith(earlier) for year in info.years):
        for rows in _everyone(server.of_year(earlier)):
            index.add(rows, earlier=True)
    return index


def _everyone(server: Server) -> Iterator[list[bytes]]:
    server.require_year()
    for school in server.codes():
        path = endpoints.STUDENTS.format(school=school)
        yield from server.paged(path, area=endpoints.STUDENT_DATA, what="students")


def _year_before(year: str) -> str:
    start = text(year[:4]) or "0"
    return str(int(start) - 1) if start.isdigit() else "none"
