"""The rows behind the objects: light, and made from the invented district."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from yellowbus.simulators.district import Address, Contact, School, Student, Tie
from yellowbus.simulators.qmlativ.codes import Code


@dataclass(frozen=True, slots=True)
class Person:
    """A Name: the person record of everyone (8.2)."""

    id: int
    who: Student | Contact
    student: Student | None = None
    contact: Contact | None = None
    guardian: bool = False
    emergency: bool = False


@dataclass(frozen=True, slots=True)
class Phone:
    """`number` as people wrote it."""

    id: int
    name_id: int
    type: str
    number: str
    extension: str
    rank: int


@dataclass(frozen=True, slots=True)
class Email:
    id: int
    name_id: int
    type: str
    address: str
    rank: int


@dataclass(frozen=True, slots=True)
class Alias:
    id: int
    name_id: int
    student: Student


@dataclass(frozen=True, slots=True)
class Zip:
    id: int
    code: str
    city: str
    state: str


@dataclass(frozen=True, slots=True)
class Street:
    id: int
    name: str
    zip: Zip


@dataclass(frozen=True, slots=True)
class Place:
    """An Address: one row for all who live there (8.3)."""

    id: int
    written: Address
    number: str
    street: Street | None
    box: str
    zip: Zip
    add_on: str


@dataclass(frozen=True, slots=True)
class NameAddress:
    id: int
    name_id: int
    address_id: int
    physical: bool
    mailing: bool


@dataclass(frozen=True, slots=True)
class Entity:
    id: int
    code: str
    name: str
    current: int
    school: School | None = None


@dataclass(frozen=True, slots=True)
class Building:
    """The house of a school, the same in every year (14)."""

    id: int
    school: School
    address_id: int | None


@dataclass(frozen=True, slots=True)
class YearRow:
    """A row of a per-year object. `thing` is what it stands for in every year; `earlier` and `later` are the
    ids of its clones.
    """

    id: int
    year: int
    year_id: int
    thing: tuple[object, ...]
    earlier: int | None = None
    later: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SchoolRow(YearRow):
    """A School, an EntitySchool or a Calendar of one year."""

    school: School
    entity_id: int
    school_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeRow(YearRow):
    """An EntryCode or a WithdrawalCode of one year."""

    code: str
    description: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GradeRow(YearRow):
    grade: Code


@dataclass(frozen=True, slots=True, kw_only=True)
class Homeroom(YearRow):
    entity_id: int
    code: str


@dataclass(frozen=True, slots=True)
class Entry:
    """An EntryWithdrawal: one interval of enrollment (8.2)."""

    id: int
    student: Student
    entity_id: int
    year: int
    year_id: int
    school_id: int
    calendar_id: int
    grade: Code
    grade_id: int
    entry_code_id: int
    exit_code_id: int | None
    begin: date
    end: date | None
    active: bool
    homeroom_id: int | None


@dataclass(frozen=True, slots=True)
class EntityYear:
    """A StudentEntityYear; `entry` is missing where the school's year is not set up yet."""

    id: int
    student: Student
    entity_id: int
    year_id: int
    entry: Entry | None
    active: bool


@dataclass(frozen=True, slots=True)
class Pupil:
    """A Student with what Qmlativ calculates about it. `name_id` is its Name."""

    student: Student
    school: School
    name_id: int
    grade: Code
    entity_id: int
    year_id: int
    latest: Entry | None
    active: bool

    @property
    def version(self) -> int:
        return self.student.version


@dataclass(frozen=True, slots=True)
class Family:
    id: int
    language_id: int


@dataclass(frozen=True, slots=True)
class FamilyGuardian:
    id: int
    family_id: int
    name_id: int
    rank: int


@dataclass(frozen=True, slots=True)
class StudentFamily:
    id: int
    family_id: int
    student_id: int
    rank: int
    ties: Sequence[Tie]


@dataclass(frozen=True, slots=True)
class Guardian:
    """A StudentGuardian or an EmergencyContact."""

    id: int
    student: Student
    tie: Tie
    rank: int


@dataclass(frozen=True, slots=True)
class Device:
    """A StudentCustomCode."""

    id: int
    student_id: int
    code_id: int
