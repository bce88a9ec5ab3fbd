"""What an invented district consists of. Every SIS simulator shows these same children in its own way."""

from dataclasses import dataclass, field
from datetime import date
from enum import Enum

GRADUATED_GRADE = 99
PRE_KINDERGARTEN = -1
# A day that is not known: what a SIS was never told, or was told to forget.
NO_DAY = date.min


class Status(Enum):
    """Where a student stands in the school's eyes, whatever letters a SIS has for it."""

    ACTIVE = "active"
    PRE_REGISTERED = "pre-registered"
    INACTIVE = "inactive"
    TRANSFERRED = "transferred"
    GRADUATED = "graduated"
    HISTORICAL = "historical"


class Level(Enum):
    ELEMENTARY = "elementary"
    MIDDLE = "middle"
    HIGH = "high"
    GRADUATED = "graduated"


@dataclass(frozen=True, slots=True)
class Address:
    street: str
    unit: str
    city: str
    state: str
    postal_code: str


@dataclass(frozen=True, slots=True)
class Term:
    """A term of one school and year. `portion` is the denominator: 1 a year, 2 a semester, 3 a trimester, 4
    a quarter.
    """

    dcid: int
    number: int
    school_number: int
    school_dcid: int
    start_year: int
    portion: int
    name: str
    abbreviation: str
    first_day: date
    last_day: date


@dataclass(slots=True, eq=False)
class School:
    dcid: int
    number: int
    name: str
    abbreviation: str
    level: Level
    low_grade: int
    high_grade: int
    state_id: str
    address: Address
    phone: str
    fax: str
    principal_first: str
    principal_last: str
    principal_email: str
    terms: list[Term] = field(default_factory=list)

    def year(self, start_year: int) -> Term | None:
        """The term that spans the whole of that year, if the school has set it up."""
        return next(
            (term for term in self.terms if term.start_year == start_year and term.portion == 1), None
        )


@dataclass(slots=True)
class Email:
    """`id` is the address itself, `link` its tie to the person; a SIS may tell the two apart."""

    id: int
    link: int
    type: str
    address: str
    primary: bool


@dataclass(slots=True)
class Phone:
    id: int
    link: int
    type: str
    number: str
    extension: str
    sms: bool
    preferred: bool


@dataclass(slots=True)
class Home:
    """An address tied to a person."""

    id: int
    link: int
    type: str
    address: Address
    line_two: str = ""
    country: str = "US"
    start: date | None = None
    end: date | None = None


@dataclass(slots=True, eq=False)
class Contact:
    """A grown-up. One object for all children of the same grown-up. `created` and `modified` are known of
    what a SIS was told through its API.
    """

    id: int
    prefix: str
    first: str
    middle: str
    last: str
    suffix: str
    gender: str
    employer: str
    emails: list[Email]
    phones: list[Phone]
    homes: list[Home]
    active: bool = True
    number: str = ""
    state_number: str = ""
    unreported: bool = False
    created: date | None = None
    modified: date | None = None
    version: int = 1


@dataclass(slots=True)
class Detail:
    """What a contact is to a student for a span of time."""

    id: int
    relationship: str
    note: str = ""
    custodial: bool = False
    lives_with: bool = False
    emergency: bool = False
    pickup: bool = False
    mail: bool = False
    unreported: bool = False
    active: bool = True
    start: date | None = None
    end: date | None = None


@dataclass(slots=True, eq=False)
class Tie:
    """How one contact stands to one student. `legacy` is the slot of old student columns that it fills, or
    blank. One of the details is in force; what the tie says of itself is what that one says.
    """

    id: int
    contact: Contact
    student_dcid: int
    priority: int
    legacy: str
    details: list[Detail]

    @property
    def current(self) -> Detail:
        return next((detail for detail in self.details if detail.active), self.details[0])

    @property
    def detail(self) -> int:
        return self.current.id

    @property
    def relationship(self) -> str:
        return self.current.relationship

    @property
    def note(self) -> str:
        return self.current.note

    @property
    def custodial(self) -> bool:
        return self.current.custodial

    @property
    def lives_with(self) -> bool:
        return self.current.lives_with

    @property
    def emergency(self) -> bool:
        return self.current.emergency

    @property
    def pickup(self) -> bool:
        return self.current.pickup

    @property
    def mail(self) -> bool:
        return self.current.mail


@dataclass(slots=True, eq=False)
class Household:
    surname: str
    address: Address
    mailing: Address | None
    phone: str
    language: str
    members: list["Student"] = field(default_factory=list, repr=False)


@dataclass(slots=True, eq=False)
class Student:
    """`version` is raised by every change, so that whoever keeps a rendered copy knows that it is old. `more`
    is what a SIS was told that has no place here, by that system's own name for it. `touched` is the change
    of a student and, as nobody knows better, of all its contacts.
    """

    dcid: int
    id: int
    person_id: int
    number: str
    state_id: str
    username: str
    first: str
    middle: str
    last: str
    suffix: str
    preferred: str
    birth: date
    gender: str
    grade: int
    status: Status
    school: School = field(repr=False)
    entry: date
    exit: date
    entry_code: str
    exit_code: str
    home_room: str
    household: Household = field(repr=False)
    hispanic: bool
    races: tuple[str, ...]
    email: str
    district_entry: date
    district_entry_grade: int
    school_entry: date
    graduation_year: int
    next_school: int
    lunch_id: int
    ties: list[Tie] = field(default_factory=list, repr=False)
    version: int = 1
    more: dict[str, str] = field(default_factory=dict, repr=False)

    def touched(self) -> None:
        self.version += 1
        for tie in self.ties:
            tie.contact.version += 1

    def legacy(self, slot: str) -> Contact | None:
        """The contact that fills an old slot such as "mother" or "emergency1"."""
        return next((tie.contact for tie in self.ties if tie.legacy == slot), None)
