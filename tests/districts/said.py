"""What the invented district says of a student, in the words of Enroll, as each SIS can carry it.

One table a system: the Enroll field, and what it must be. Every difference from the district is the vendor's coding,
and is named.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from walking import YEAR
from yellowbus.simulators.aeries.contacts import sequence_numbers
from yellowbus.simulators.district import Contact, Status, Student, Tie
from yellowbus.simulators.district.calendar import first_day
from yellowbus.simulators.district.families import GUARDIANS
from yellowbus.simulators.oneroster.documents import AGENT_ROLES
from yellowbus.simulators.qmlativ.enrollments import school_year_of

Say = Callable[[Student], str]
GRADES = {-1: "PK", 0: "K", 99: ""}
RACES = {"AI": "american-indian", "5": "asian", "BL": "black", "06": "pacific-islander", "WH": "white"}
GRADUATED = 999_999
TODAY = datetime.now(ZoneInfo("America/Phoenix")).date().isoformat()


def phone(number: str) -> str:
    """As Enroll writes it.

    >>> phone("+1 480 555 0101")
    '(480) 555-0101'
    """
    digits = "".join(sign for sign in number if sign.isdigit())[-10:]
    return f"({digits[:3]}) {digits[3:6]}-{digits[6:]}" if digits else ""


def grade(number: int) -> str:
    return GRADES.get(number, str(number))


def race(student: Student) -> str:
    found = [RACES[each] for each in student.races]
    return "two-or-more" if len(found) > 1 else "".join(found)


def stays(student: Student) -> bool:
    return student.status in {Status.ACTIVE, Status.PRE_REGISTERED}


def numbers(contact: Contact) -> dict[str, str]:
    """The first number of each type."""
    found = {each.type: phone(each.number) for each in reversed(contact.phones)}
    return {f"phone_{kind.lower()}": found.get(kind, "") for kind in ("Home", "Mobile", "Work")}


EVERYWHERE: Mapping[str, Say] = {
    "students.fname": lambda s: s.first,
    "students.mname": lambda s: s.middle,
    "students.lname": lambda s: s.last,
    "students.dob": lambda s: s.birth.isoformat(),
    "students.gender": lambda s: s.gender,
    "students.email": lambda s: s.email,
    "students.phone": lambda s: phone(s.household.phone),
    "students.sis_school_year": lambda _: str(YEAR),
    "students_annual.ethnicity": lambda s: "yes" if s.hispanic else "no",
}
_HOME = {
    "students_annual.address_city": lambda s: s.household.address.city,
    "students_annual.address_state": lambda s: s.household.address.state,
    "students_annual.address_zip": lambda s: s.household.address.postal_code,
    "students_annual.mailing_city": lambda s: (s.household.mailing or s.household.address).city,
    "students_annual.mailing_state": lambda s: (s.household.mailing or s.household.address).state,
    "students_annual.mailing_zip": lambda s: (s.household.mailing or s.household.address).postal_code,
}


def _number(number: int, none: int = 0) -> str:
    return "" if number in {0, none} else str(number)


# Aeries: ids are numbers, so leading zeros are gone; a record has three statuses; street and unit are one line;
# those who left with a diploma keep grade 12 and are in school 999, which the ready mapping leaves out; a next school
# is a number up to 999 (aeries dossier 3, 4, 6.3).
AERIES: Mapping[str, Say] = {
    **EVERYWHERE,
    **_HOME,
    "students.student_district_id": lambda s: str(int(s.number)),
    "students.state_id": lambda s: s.state_id,
    "students.preferred_name": lambda s: s.preferred,
    "students_annual.sis_entrydate": lambda s: s.entry.isoformat(),
    "students_annual.sis_exitdate": lambda s: "" if stays(s) else s.exit.isoformat(),
    "students_annual.sis_enroll_status": lambda s: s.status.value if stays(s) else "inactive",
    "students_annual.school_code": lambda s: _number(s.school.number, GRADUATED),
    "students_annual.grade": lambda s: grade(min(s.grade, 12)),
    "students_annual.next_school_code": lambda s: _number(s.next_school) if s.next_school <= 999 else "",
    "students_annual.address_street": lambda s: _line(s.household.address),
    "students_annual.mailing_street": lambda s: _line(s.household.mailing or s.household.address),
}


def _line(address: object) -> str:
    return f"{address.street} {address.unit}".strip()  # type: ignore[attr-defined]


# OneRoster: schools have sourcedIds; a user is active or to be deleted; no entry date, so the day of the import;
# demographics whose flags are all false say nothing, so ethnicity is blank then (oneroster dossier 1.6).
ONEROSTER: Mapping[str, Say] = {
    **EVERYWHERE,
    "students.student_district_id": lambda s: s.number,
    "students.sis_internal_id": lambda s: f"s-{s.dcid}",
    "students.preferred_name": lambda s: s.preferred,
    "students_annual.sis_entrydate": lambda _: TODAY,
    "students_annual.sis_enroll_status": lambda s: "active" if stays(s) else "inactive",
    "students_annual.school_code": lambda s: f"org-{s.school.number}",
    "students_annual.grade": lambda s: grade(s.grade),
    "students_annual.race": race,
    "students_annual.ethnicity": lambda s: "yes" if s.hispanic else ("no" if s.races else ""),
}


def _enrolled(student: Student) -> bool:
    """Whether Qmlativ has an enrollment in the year, or in the next one for who waits for it."""
    begun = school_year_of(student.entry)
    if student.status is Status.ACTIVE:
        return begun <= YEAR
    if student.school.number == GRADUATED:
        return begun == YEAR
    return begun in {YEAR, YEAR + 1} and student.school.year(begun) is not None


def _enrolled_next(student: Student) -> bool:
    return (
        _enrolled(student)
        and student.status is Status.PRE_REGISTERED
        and student.entry >= first_day(YEAR + 1)
    )


def _school(student: Student) -> int:
    return student.school.number


def _grade(student: Student) -> str:
    return grade(student.grade)


def _qmlativ_entry(student: Student) -> str:
    """An active student has one enrollment a year, from its first day on."""
    if student.status is Status.ACTIVE and school_year_of(student.entry) < YEAR:
        return first_day(YEAR).isoformat()
    return student.entry.isoformat() if _enrolled(student) else student.district_entry.isoformat()


def _qmlativ_exit(student: Student) -> str:
    """EndDate is the last day in class, the day before the district's."""
    left = not stays(student) and _enrolled(student)
    return (student.exit - timedelta(days=1)).isoformat() if left else ""


def _qmlativ_status(student: Student) -> str:
    """No status of its own: told by the enrollments. Who has none in the year or the next one is historical."""
    if student.status in {Status.ACTIVE, Status.GRADUATED}:
        return student.status.value
    if not _enrolled(student):
        return "historical"
    return "pre-registered" if student.status is Status.PRE_REGISTERED else "inactive"


# Qmlativ: per-year enrollments decide school, grade, dates and status; the unit of an address has its own field, and
# the add-on of a ZIP code another, which is not mapped; a suffix is a code (qmlativ dossier 8.1, 8.2, 8.3).
QMLATIV: Mapping[str, Say] = {
    **EVERYWHERE,
    **_HOME,
    "students.student_district_id": lambda s: s.number,
    "students.suffix": lambda s: s.suffix.upper().removesuffix("."),
    "students.state_id": lambda s: s.state_id,
    "students.sis_internal_id": lambda s: str(s.id),
    "students_annual.sis_entrydate": _qmlativ_entry,
    "students_annual.sis_exitdate": _qmlativ_exit,
    "students_annual.sis_enroll_status": _qmlativ_status,
    "students_annual.race": race,
    "students_annual.school_code": lambda s: str(_school(s)) if _enrolled(s) else "",
    "students_annual.grade": lambda s: _grade(s) if _enrolled(s) else "",
    "students_annual.next_school_code": lambda s: str(_school(s)) if _enrolled_next(s) else "",
    "students_annual.next_grade": lambda s: _grade(s) if _enrolled_next(s) else "",
    "students_annual.address_street": lambda s: s.household.address.street,
    "students_annual.mailing_street": lambda s: (s.household.mailing or s.household.address).street,
    "students_annual.address_unit": lambda s: s.household.address.unit.removeprefix("Apt "),
    "students_annual.mailing_unit": lambda s: (s.household.mailing or s.household.address).unit.removeprefix(
        "Apt "
    ),
    "students_annual.address_zip": lambda s: s.household.address.postal_code[:5],
    "students_annual.mailing_zip": lambda s: (s.household.mailing or s.household.address).postal_code[:5],
}


def _next_grade(student: Student) -> str:
    """Only with a next school; after grade 12 comes 99, which is no grade."""
    after = student.grade + 1
    return grade(after) if student.next_school and after <= 12 else ""


# PowerSchool: the school of those who left with a diploma is 999999, which the ready mapping leaves out; a
# mailing address stands only where it is another one.
POWERSCHOOL: Mapping[str, Say] = {
    **EVERYWHERE,
    "students.student_district_id": lambda s: s.number,
    "students.state_id": lambda s: s.state_id,
    "students.sis_internal_id": lambda s: str(s.dcid),
    "students_annual.sis_entrydate": lambda s: s.entry.isoformat(),
    "students_annual.sis_exitdate": lambda s: s.exit.isoformat(),
    "students_annual.sis_enroll_status": lambda s: s.status.value,
    "students_annual.school_code": lambda s: _number(s.school.number, GRADUATED),
    "students_annual.grade": lambda s: grade(s.grade),
    "students_annual.homeroom": lambda s: s.home_room,
    "students_annual.race": race,
    "students_annual.next_school_code": lambda s: _number(s.next_school, GRADUATED),
    "students_annual.next_grade": _next_grade,
    **_HOME,
    "students_annual.address_street": lambda s: _line(s.household.address),
    "students_annual.mailing_street": lambda s: _line(s.household.mailing) if s.household.mailing else "",
    "students_annual.mailing_city": lambda s: s.household.mailing.city if s.household.mailing else "",
    "students_annual.mailing_state": lambda s: s.household.mailing.state if s.household.mailing else "",
    "students_annual.mailing_zip": lambda s: s.household.mailing.postal_code if s.household.mailing else "",
}
STUDENTS = {"aeries": AERIES, "oneroster": ONEROSTER, "qmlativ": QMLATIV, "powerschool": POWERSCHOOL}


# --- guardians, in the order of their slots ---


def _person(contact: Contact) -> dict[str, str]:
    email = contact.emails[0].address if contact.emails else ""
    return {"fname": contact.first, "lname": contact.last, "email": email, **numbers(contact)}


def _flags(tie: Tie, *, lives_with: bool, custodial: bool = True) -> dict[str, str]:
    told = {"legal": custodial, "lives_with": lives_with}
    return {name: str(value).lower() for name, value in told.items()}


def _by_priority(student: Student) -> list[Tie]:
    return sorted(student.ties, key=lambda tie: tie.priority)


def aeries_guardians(student: Student) -> list[dict[str, str]]:
    """Who holds educational rights. The id is the number of the contact within the student (aeries dossier 6.5)."""
    ids = dict(zip((tie.id for tie in student.ties), sequence_numbers(student), strict=True))
    return [
        _person(tie.contact)
        | _flags(tie, lives_with=tie.lives_with)
        | {"sis_contact_id": str(ids[tie.id]), "fname": tie.contact.first[:20]}
        for tie in _by_priority(student)
        if tie.custodial
    ][:2]


def powerschool_guardians(student: Student) -> list[dict[str, str]]:
    return [
        _person(tie.contact)
        | _flags(tie, lives_with=tie.lives_with)
        | {"pickup": str(tie.pickup).lower(), "sis_contact_id": str(tie.contact.id)}
        for tie in _by_priority(student)
        if tie.custodial
    ][:4]


def qmlativ_guardians(student: Student) -> list[dict[str, str]]:
    """By family: who lives apart is in the second one, if there is another (qmlativ dossier 8.3)."""
    relatives = [tie for tie in _by_priority(student) if tie.relationship in GUARDIANS]
    near = any(tie.lives_with for tie in relatives)
    found = sorted(relatives, key=lambda tie: not tie.lives_with)
    return [
        _person(tie.contact)
        | _flags(tie, lives_with=tie.lives_with or not near, custodial=tie.custodial)
        | {"pickup": str(tie.pickup).lower(), "sis_contact_id": str(10_000_000 + tie.contact.id)}
        for tie in found
    ][:4]


def oneroster_guardians(student: Student) -> list[dict[str, str]]:
    """Whoever has the role of a parent or a guardian, in the order of the ids: OneRoster has none of its own."""
    found = [
        _person(tie.contact) | {"sis_contact_id": f"g-{tie.contact.id}", "phone_work": ""}
        for tie in student.ties
        if AGENT_ROLES.get(tie.relationship) in {"parent", "guardian"}
    ]
    return sorted(found, key=lambda slot: slot["sis_contact_id"])[:2]


GUARDIANS_OF: Mapping[str, Callable[[Student], list[dict[str, str]]]] = {
    "aeries": aeries_guardians,
    "oneroster": oneroster_guardians,
    "powerschool": powerschool_guardians,
    "qmlativ": qmlativ_guardians,
}
