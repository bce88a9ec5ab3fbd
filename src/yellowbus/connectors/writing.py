"""The seam for writing into a SIS, beside `base.py`, which is the one for reading.

A connector that writes names the capability "write" in its manifest and has the methods of `Writer` as well. It writes
one student at a time. It decides nothing: whether a child is created, updated or left for a person is planned above, from
what `look` shows. What was written is believed only after `look` or `contacts` has read it back.

After `OutcomeUnknown` the caller looks the child up before anything else. A writer never repeats a write by itself.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import Enum
from typing import Protocol

from yellowbus.records import Problem, Value


@dataclass(frozen=True, slots=True)
class TargetField:
    """A field of the SIS that can be written; named and grouped as the SIS does it.

    `on_create` and `on_update` say when the SIS takes it. A field of a contact has `contact` True and its name without a
    slot. Fields with one `together` are sent all or none (an address); where `whole`, they cannot be cleared either.

    Of a contact: fields of one `listed` are the places of a list that has no gaps, by their numbers. A value is kept only
    where one of `beside` is filled (a type with its e-mail). `clears` is False where the SIS takes no blank.
    """

    name: str
    label: str
    group: str = ""
    type: str = "text"
    codes: str = ""
    contact: bool = False
    required: bool = False
    on_create: bool = True
    on_update: bool = True
    together: str = ""
    whole: bool = False
    listed: str = ""
    beside: tuple[str, ...] = ()
    clears: bool = True
    longest: int = 0
    needs_right: str = ""


class Standing(Enum):
    """How a student stands in the SIS. A word of enroll status, so that it can be shown as it is."""

    ACTIVE = "active"
    PRE_REGISTERED = "pre-registered"
    INACTIVE = "inactive"
    TRANSFERRED = "transferred"
    GRADUATED = "graduated"
    HISTORICAL = "historical"


@dataclass(frozen=True, slots=True)
class Sought:
    """A child that is looked for. `remote` and `key` are ids kept from before, blank where none is known.

    `remote` is the id by which the SIS writes (PowerSchool's DCID), `key` the one that people see (student number).
    """

    remote: str = ""
    key: str = ""
    first_name: str = field(default="", repr=False)
    last_name: str = field(default="", repr=False)
    birth_date: date | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class HeldContact:
    """A contact as the SIS holds it for one student: `values` by target name, `children` how many students share it."""

    remote: str
    link: str
    values: Mapping[str, Value] = field(repr=False)
    children: int = 1


@dataclass(frozen=True, slots=True)
class Held:
    """A student as the SIS holds it: `values` by target name, so that it can be compared with what is to be written."""

    remote: str
    key: str
    standing: Standing
    school: str
    values: Mapping[str, Value] = field(repr=False)
    first_name: str = field(default="", repr=False)
    last_name: str = field(default="", repr=False)
    birth_date: date | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Place:
    """A school as a place to write to in one school year: where not `ready`, `code` and `facts` are of a message.

    `first_day` and `last_day` are those of the year; `grades` the grades offered, empty where the SIS does not say.
    """

    school: str
    name: str
    ready: bool
    first_day: date | None = None
    last_day: date | None = None
    grades: frozenset[str] = frozenset()
    code: str = ""
    facts: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Enrollment:
    """What a new student needs to be enrolled. `exit_date` is the day after the last day of class."""

    school: str
    school_year: int
    entry_date: date
    exit_date: date
    standing: Standing


@dataclass(frozen=True, slots=True)
class StudentWrite:
    """One student to write: only what changes, by target name; None clears. `remote` is blank exactly on create.

    `token` is a text of ours, new for each attempt, that the SIS may echo or use to know a repetition.
    """

    token: str
    values: Mapping[str, Value] = field(repr=False)
    remote: str = ""
    enrollment: Enrollment | None = None

    @property
    def creates(self) -> bool:
        return not self.remote


@dataclass(frozen=True, slots=True)
class ContactWrite:
    """One contact of one student to write. `contact` is the contact in the SIS, `link` its tie to this student.

    Both blank: a new contact. `contact` alone: a contact that the SIS has is tied to this student (a sibling's).
    """

    token: str
    student: str
    student_key: str
    slot: int
    values: Mapping[str, Value] = field(repr=False)
    contact: str = ""
    link: str = ""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the SIS said of one write that it accepted: the ids it gave, and what it warned of."""

    remote: str
    key: str = ""
    warnings: tuple[Problem, ...] = ()


class Writer(Protocol):
    """The writing half of a connector. Every method may raise NeedsAdmin, TryLater or NotUnderstood."""

    def targets(self) -> list[TargetField]:
        """The fields that can be written: static ones and those that the server tells of."""

    def places(self, school_year: int) -> list[Place]:
        """Each school as a place to write to in the year that starts in `school_year` (Years & Terms and the like)."""

    def look(self, sought: Sought) -> list[Held]:
        """Every student that may be this child, whatever the standing: by ids first, else by name and by birth date.

        An id that is known answers alone if it is found. Otherwise wider is better than narrower: the caller decides.
        """

    def contacts(self, remote: str) -> list[HeldContact]:
        """The contacts of one student, in the order that the SIS gives them."""

    def contacts_like(self, values: Mapping[str, Value]) -> Iterator[HeldContact]:
        """Contacts of any student with the name and an e-mail or a phone of `values`, as far as the SIS can tell."""

    def write(self, change: StudentWrite) -> Receipt:
        """Create or update one student.

        Raises RecordError where the SIS refused it (with the fields it named), OutcomeUnknown where no answer came.
        """

    def write_contact(self, change: ContactWrite) -> Receipt:
        """Create, tie or update one contact. Raises as `write` does."""
