"""From what Aeries sent of one child to a Record, and back into bytes that are equal for an equal child.

One child has a record in each school it goes to, will go to or has left (aeries dossier 4). The one that counts is an
active one before a pre-enrolled before an inactive, and of these the one entered last.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from yellowbus.connectors.aeries import fields, wire
from yellowbus.connectors.aeries.errors import SYSTEM
from yellowbus.connectors.base import text
from yellowbus.errors import RecordError
from yellowbus.records import Record, Value

Pairs = tuple[tuple[str, str], ...]

ACTIVE: Final = "active"
PRE_ENROLLED: Final = "pre-enrolled"
INACTIVE: Final = "inactive"
_ORDER: Final = {ACTIVE: 0, PRE_ENROLLED: 1, INACTIVE: 2}
_RACES: Final = tuple(f"RaceCode{number}" for number in range(1, 6))
_EXTENDED: Final = "Extended."
_CONTACT: Final = "Contact."
_PROGRAMS: Final = "Programs."
_COMPUTED: Final = frozenset(("Status", "Races", "OtherSchools.Active", "OtherSchools.PreEnrolled"))


def status_of(told: wire.Json) -> str:
    """Blank is active, a star pre-enrolled, any other letter inactive (dossier 4)."""
    code = text(told.get("InactiveStatusCode"))
    if code is None or code.isspace():
        return ACTIVE
    return PRE_ENROLLED if code.strip() == "*" else INACTIVE


def in_order(raws: Sequence[bytes]) -> list[bytes]:
    """The records of one child, the one that counts first."""
    if len(raws) == 1:
        return list(raws)
    by_school = sorted(raws, key=lambda raw: (text((wire.parsed(raw) or {}).get("SchoolCode")) or "", raw))
    by_entry = sorted(by_school, key=_entered, reverse=True)
    return sorted(by_entry, key=lambda raw: _ORDER[status_of(wire.parsed(raw) or {})])


def _entered(raw: bytes) -> str:
    return wire.cell("SchoolEnterDate", (wire.parsed(raw) or {}).get("SchoolEnterDate")) or ""


def contact_order(raw: bytes) -> tuple[int, int]:
    """As Aeries shows them: by order, then by number (dossier 6.5)."""
    told = wire.parsed(raw) or {}
    return _integer(told.get("ContactOrder")), _integer(told.get("SequenceNumber"))


def _integer(value: object) -> int:
    return value if isinstance(value, int) else 0


@dataclass(frozen=True, slots=True)
class Parts:
    """All that Aeries holds of one child, as sent; `students` with the one that counts first."""

    students: Sequence[bytes]
    extended: bytes = b""
    contacts: Sequence[bytes] = ()
    programs: Sequence[bytes] = ()

    def joined(self) -> bytes:
        contacts: list[bytes] = sorted(self.contacts, key=contact_order)
        return b"".join(
            (
                b'{"students":[' + b",".join(self.students) + b'],"extended":' + (self.extended or b"null"),
                b',"contacts":[' + b",".join(contacts),
                b'],"programs":[' + b",".join(sorted(self.programs)) + b"]}",
            )
        )


@dataclass(frozen=True, slots=True)
class Shape:
    """The fields wanted, blank; `decode` fills in what one child has."""

    blank: Mapping[str, Value]
    student: Pairs
    extended: Pairs
    contact: Pairs

    @classmethod
    def of(cls, asked: frozenset[str]) -> "Shape":
        contact = fields.names("contacts")
        wanted = sorted(asked or fields.names("students") | contact)
        own = [name for name in wanted if name not in contact]
        plain = fields.names("students") - _COMPUTED
        return cls(
            blank=dict.fromkeys(own),
            student=tuple((name, name) for name in own if name in plain and "." not in name),
            extended=_pairs(own, _EXTENDED),
            contact=_pairs([name for name in wanted if name in contact], _CONTACT),
        )

    @property
    def needs_extended(self) -> bool:
        return bool(self.extended)

    @property
    def needs_programs(self) -> bool:
        return any(name.startswith(_PROGRAMS) for name in self.blank)

    @property
    def needs_contacts(self) -> bool:
        return bool(self.contact)

    def decode(self, raw: bytes) -> Record:
        """Raises RecordError for what is no student; nothing of it is told, since all of it is personal."""
        parts: Any = wire.parsed(raw)
        students = parts.get("students") if parts else None
        if not students or not isinstance(students[0], dict):
            raise RecordError("record-unreadable", system=SYSTEM)
        if wire.number(students[0], "StudentID") is None:
            raise RecordError("record-without-id", system=SYSTEM)
        found = {**self.blank, **wire.cells(students[0], self.student)}
        found.update(pair for pair in _computed(students) if pair[0] in found)
        found.update(pair for pair in _programs(parts["programs"]) if pair[0] in found)
        if isinstance(parts["extended"], dict):
            found.update(wire.cells(parts["extended"], self.extended))
        contacts = [wire.cells(told, self.contact) for told in parts["contacts"]] if self.contact else []
        return Record(found, contacts)


def _pairs(names: Sequence[str], prefix: str) -> Pairs:
    """Each of the fields with this prefix, and the property of Aeries that it is."""
    return tuple((name, name.removeprefix(prefix)) for name in names if name.startswith(prefix))


def _computed(students: Sequence[wire.Json]) -> Iterator[tuple[str, Value]]:
    first, *others = students
    races = (wire.cell(name, first.get(name)) for name in _RACES)
    yield "Status", status_of(first)
    yield "Races", ",".join(dict.fromkeys(race for race in races if race)) or None
    yield "OtherSchools.Active", _schools(first, others, ACTIVE)
    yield "OtherSchools.PreEnrolled", _schools(first, others, PRE_ENROLLED)


def _schools(first: wire.Json, others: Sequence[wire.Json], status: str) -> Value:
    own = text(first.get("SchoolCode"))
    codes = {text(other.get("SchoolCode")) for other in others if status_of(other) == status} - {own, None}
    return ",".join(sorted(code for code in codes if code)) or None


def _programs(programs: Sequence[wire.Json]) -> Iterator[tuple[str, Value]]:
    """Several rows of one code are one program; it is open while one of them has no end (dossier 6.6)."""
    told = [(text(row.get("ProgramCode")), row) for row in programs]
    everything = {code for code, _ in told if code}
    still = {code for code, row in told if code and not _ended(row)}
    yield "Programs.All", ",".join(sorted(everything)) or None
    yield "Programs.Open", ",".join(sorted(still)) or None


def _ended(row: wire.Json) -> bool:
    return any(wire.cell(name, row.get(name)) for name in ("EligibilityEndDate", "ParticipationEndDate"))
