"""The dictionary of what can be written of a student (powerschool dossier 9.3): path, column, type, length,
and where it goes.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import Enum
from typing import Any

from yellowbus.simulators.district import District, Student
from yellowbus.simulators.district.families import NO_ADDRESS
from yellowbus.simulators.district.people import NO_DAY, Address, Household, Status
from yellowbus.simulators.powerschool.codes import STATUS_CODES

Put = Callable[[District, Student, str], None]


class Kind(Enum):
    TEXT = "text"
    WHOLE = "whole"
    DATE = "date"


@dataclass(frozen=True, slots=True, eq=False)
class Field:
    """`path` without `student/`; `longest` None where the dictionary has no maximum."""

    path: str
    column: str
    put: Put
    kind: Kind = Kind.TEXT
    longest: int | None = None
    insert_only: bool = False


def _text(name: str) -> Put:
    return lambda _, student, text: setattr(student, name, text)


def _whole(name: str) -> Put:
    return lambda _, student, text: setattr(student, name, int(text or 0))


def _day(name: str) -> Put:
    def put(_: District, student: Student, text: str) -> None:
        setattr(student, name, date.fromisoformat(text) if text else NO_DAY)

    return put


def kept(column: str) -> Put:
    """Into what only PowerSchool knows of the student."""

    def put(_: District, student: Student, text: str) -> None:
        student.more[column.lower()] = text

    return put


def own_household(student: Student) -> Household:
    """The student's address is its own: what is written there is not seen at its brothers and sisters."""
    home = student.household
    if any(member is not student for member in home.members):
        home.members[:] = [member for member in home.members if member is not student]
        student.household = replace(home, members=[student])
    return student.household


def _home_phone(_: District, student: Student, text: str) -> None:
    own_household(student).phone = text


def language(_: District, student: Student, text: str) -> None:
    own_household(student).language = text


def _physical(part: str) -> Put:
    def put(_: District, student: Student, text: str) -> None:
        home = own_household(student)
        home.address = _with(home.address, part, text)

    return put


def _mailing(part: str) -> Put:
    def put(_: District, student: Student, text: str) -> None:
        home = own_household(student)
        home.mailing = _with(home.mailing or NO_ADDRESS, part, text)

    return put


def _with(address: Address, part: str, text: str) -> Address:
    """The street is one line here: writing it takes the flat with it."""
    changed: dict[str, str] = {part: text} | ({"unit": ""} if part == "street" else {})
    return replace(address, **changed)


def _local_id(_: District, student: Student, text: str) -> None:
    student.number = text


def _school(district: District, student: Student, text: str) -> None:
    student.school = next(school for school in district.schools if school.number == int(text))


BY_CODE = {code: status for status, (code, _, _) in STATUS_CODES.items()}
BY_LETTER = {letter: status for status, (_, letter, _) in STATUS_CODES.items()}


def _status_code(_: District, student: Student, text: str) -> None:
    # 13.2: any other number is inactive.
    student.status = BY_CODE.get(int(text), Status.INACTIVE)


def _status_letter(_: District, student: Student, text: str) -> None:
    student.status = BY_LETTER[text.upper()]


def _federal(_: District, student: Student, text: str) -> None:
    student.hispanic = text == "YES"
    student.more["fedethnicity"] = {"YES": "1", "NO": "0"}.get(text, "")


def _address_fields(block: str, prefix: str, put: Callable[[str], Put]) -> tuple[Field, ...]:
    at = f"addresses/{block}"
    return (
        Field(f"{at}/street", f"{prefix}Street", put("street"), longest=60),
        Field(f"{at}/city", f"{prefix}City", put("city"), longest=50),
        Field(f"{at}/state_province", f"{prefix}State", put("state"), longest=2),
        Field(f"{at}/postal_code", f"{prefix}Zip", put("postal_code"), longest=10),
        Field(f"{at}/grid_location", f"{prefix}Geocode", kept(f"{prefix}Geocode"), longest=40),
    )


def _contact_field(key: str, column: str, longest: int | None) -> Field:
    return Field(f"contact/{key}", column, kept(column), longest=longest)


ENROLLMENT = "school_enrollment"
W, D = Kind.WHOLE, Kind.DATE
_ENROLLMENT = (
    Field(f"{ENROLLMENT}/school_number", "SchoolID", _school, W),
    Field(f"{ENROLLMENT}/grade_level", "Grade_Level", _whole("grade"), W),
    Field(f"{ENROLLMENT}/entry_date", "EntryDate", _day("entry"), D),
    Field(f"{ENROLLMENT}/exit_date", "ExitDate", _day("exit"), D),
    Field(f"{ENROLLMENT}/enroll_status_code", "Enroll_Status", _status_code, W),
    Field(f"{ENROLLMENT}/enroll_status", "Enroll_Status", _status_letter),
    Field(f"{ENROLLMENT}/entry_code", "EntryCode", _text("entry_code"), longest=10),
    Field(f"{ENROLLMENT}/exit_code", "ExitCode", _text("exit_code"), longest=10),
    Field(f"{ENROLLMENT}/entry_comment", "TransferComment", kept("TransferComment"), longest=4000),
    Field(f"{ENROLLMENT}/exit_comment", "ExitComment", kept("ExitComment"), longest=4000),
    Field(
        f"{ENROLLMENT}/district_of_residence", "DistrictOfResidence", kept("DistrictOfResidence"), longest=20
    ),
    Field(f"{ENROLLMENT}/track", "Track", kept("Track")),
    Field(f"{ENROLLMENT}/full_time_equivalency/fteid", "FteId", kept("FteId"), W),
)
FIELDS: tuple[Field, ...] = (
    Field("local_id", "Student_Number", _local_id, W, longest=19, insert_only=True),
    Field("state_province_id", "State_StudentNumber", _text("state_id"), longest=32),
    Field("name/first_name", "First_Name", _text("first"), longest=50),
    Field("name/middle_name", "Middle_Name", _text("middle"), longest=30),
    Field("name/last_name", "Last_Name", _text("last"), longest=50),
    Field("demographics/gender", "Gender", _text("gender"), longest=2),
    Field("demographics/birth_date", "DOB", _day("birth"), D),
    Field("demographics/district_entry_date", "DistrictEntryDate", _day("district_entry"), D),
    Field("demographics/projected_graduation_year", "Sched_YearOfGraduation", _whole("graduation_year"), W),
    Field("demographics/ssn", "SSN", kept("SSN")),
    *(replace(field, insert_only=True) for field in _ENROLLMENT),
    *_address_fields("physical", "", _physical),
    *_address_fields("mailing", "Mailing_", _mailing),
    Field("phones/main/number", "Home_Phone", _home_phone, longest=30),
    _contact_field("mother", "Mother", 60),
    _contact_field("father", "Father", 60),
    _contact_field("guardian_email", "GuardianEmail", None),
    _contact_field("guardian_fax", "GuardianFax", 30),
    _contact_field("emergency_contact_name1", "Emerg_Contact_1", 60),
    _contact_field("emergency_phone1", "Emerg_Phone_1", 30),
    _contact_field("emergency_contact_name2", "Emerg_Contact_2", 60),
    _contact_field("emergency_phone2", "Emerg_Phone_2", 30),
    _contact_field("doctor_name", "Doctor_Name", 60),
    _contact_field("doctor_phone", "Doctor_Phone", 30),
    Field("contact_info/email", "PSM_StudentContact.Email", _text("email")),
    Field("initial_enrollment/district_entry_date", "DistrictEntryDate", _day("district_entry"), D),
    Field("initial_enrollment/school_entry_date", "SchoolEntryDate", _day("school_entry"), D),
    Field(
        "initial_enrollment/district_entry_grade_level",
        "DistrictEntryGradeLevel",
        kept("DistrictEntryGradeLevel"),
        W,
    ),
    Field(
        "initial_enrollment/school_entry_grade_level",
        "SchoolEntryGradeLevel",
        kept("SchoolEntryGradeLevel"),
        W,
    ),
    Field("schedule_setup/home_room", "Home_Room", _text("home_room"), longest=60),
    Field("schedule_setup/next_school", "Next_School", _whole("next_school"), W),
    Field("schedule_setup/sched_next_year_grade", "Sched_NextYearGrade", kept("Sched_NextYearGrade"), W),
    Field("ethnicity_race/scheduling_reporting_ethnicity", "Ethnicity", kept("Ethnicity")),
    Field("ethnicity_race/federal_ethnicity", "FedEthnicity", _federal),
    Field("ethnicity_race/federal_race_decline_indicator", "FedRaceDecline", kept("FedRaceDecline")),
)
BY_PATH: Mapping[str, Field] = {field.path: field for field in FIELDS}
# What the district's own children have, and one who was just registered has not.
UNKNOWN_YET = dict.fromkeys(
    (
        "districtofresidence",
        "track",
        "ssn",
        "busroute",
        "lunch_status",
        "districtentrygradelevel",
        "schoolentrygradelevel",
        "sched_nextyeargrade",
        "fedethnicity",
    ),
    "",
)
# Table and field of an extension: where it goes.
EXTENSION_FIELDS: Mapping[tuple[str, str], Put] = {
    ("u_students_extension", "preferredname"): _text("preferred"),
    ("u_students_extension", "busroute"): kept("busroute"),
    ("studentcorefields", "primarylanguage"): language,
    ("studentcorefields", "prevschool"): kept("prevschool"),
}


def leaf(record: Any, path: str, *, null_clears: bool) -> str | None:
    """The text at a path of a record; None where it was not sent. What is no leaf counts as not sent (1.8).

    >>> leaf({"name": {"first_name": 7}}, "name/first_name", null_clears=False)
    '7'
    """
    value = record
    for key in path.split("/"):
        if not isinstance(value, dict) or key not in value:
            return None
        value = value[key]
    if value is None:
        return "" if null_clears else None
    if isinstance(value, bool):
        return str(value).lower()
    return None if isinstance(value, dict | list) else str(value)
