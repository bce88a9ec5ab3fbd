"""A student as /ws/v1 shows it (powerschool dossier 8): the tree before typing."""

from collections.abc import Callable, Sequence
from typing import Any

from yellowbus.simulators.district import names
from yellowbus.simulators.district.people import Address, Student
from yellowbus.simulators.powerschool.codes import STATUS_CODES
from yellowbus.simulators.powerschool.columns import EXTENSIONS, STUDENTS, Column
from yellowbus.simulators.powerschool.options import Options
from yellowbus.simulators.powerschool.query import Kind
from yellowbus.simulators.powerschool.typed_json import KEPT_BLANK, Several

RACES = {code: (description, category) for code, description, category in names.RACES}
FULL_TIME = {"fteid": 12, "name": "Full Time"}
PART_TIME = {"fteid": 13, "name": "Half Time"}
FTE = {str(row["fteid"]): row for row in (FULL_TIME, PART_TIME)}
FEDERAL_ETHNICITY = {"1": "YES", "0": "NO", "": ""}
Tree = dict[str, Any]


def column(student: Student, name: str) -> str:
    """What the student's row says in one column."""
    return STUDENTS.columns[name.lower()].text(student)


def _demographics(student: Student, _: Options) -> Tree:
    return {
        "gender": student.gender,
        "birth_date": column(student, "DOB"),
        "district_entry_date": column(student, "DistrictEntryDate"),
        "projected_graduation_year": student.graduation_year or None,
    }


def _address(address: Address | None, options: Options) -> Tree | None:
    if address is None or not address.city:
        return None
    street = f"{address.street} {address.unit}".strip()
    return {
        "street": street or (KEPT_BLANK if options.blank_street else ""),
        "city": address.city,
        "state_province": address.state,
        "postal_code": address.postal_code,
    }


def _addresses(student: Student, options: Options) -> Tree:
    home = student.household
    places = {
        "physical": (_address(home.address, options), "Geocode"),
        "mailing": (_address(home.mailing, options), "Mailing_Geocode"),
    }
    return {
        name: place | {"grid_location": column(student, grid)} if place else None
        for name, (place, grid) in places.items()
    }


def _nothing(_student: Student, _options: Options) -> Tree:
    return {}


def _phones(student: Student, _: Options) -> Tree:
    return {"main": {"number": student.household.phone} if student.household.phone else None}


def _school_enrollment(student: Student, _: Options) -> Tree:
    code, letter, description = STATUS_CODES[student.status]
    return {
        "enroll_status": letter,
        "enroll_status_description": description,
        "enroll_status_code": code,
        "grade_level": student.grade,
        "entry_date": column(student, "EntryDate"),
        "exit_date": column(student, "ExitDate"),
        "school_number": student.school.number,
        "school_id": student.school.dcid,
        "entry_code": student.entry_code,
        "exit_code": student.exit_code,
        "entry_comment": column(student, "TransferComment"),
        "exit_comment": column(student, "ExitComment"),
        "district_of_residence": column(student, "DistrictOfResidence"),
        "track": column(student, "Track"),
        "full_time_equivalency": FTE.get(column(student, "FteId")),
    }


def _ethnicity_race(student: Student, _: Options) -> Tree:
    races = [
        {
            "district_race_code": code,
            "district_race_code_description": RACES[code][0],
            "federal_race_code_category": RACES[code][1],
        }
        for code in student.races
    ]
    return {
        "scheduling_reporting_ethnicity": column(student, "Ethnicity"),
        "federal_ethnicity": FEDERAL_ETHNICITY[column(student, "FedEthnicity")],
        "federal_race_decline_indicator": column(student, "FedRaceDecline"),
        "races": races,
    }


# Key of the contact block: its column (9.3).
CONTACT = {
    "mother": "Mother",
    "father": "Father",
    "guardian_email": "GuardianEmail",
    "guardian_fax": "GuardianFax",
    "emergency_contact_name1": "Emerg_Contact_1",
    "emergency_phone1": "Emerg_Phone_1",
    "emergency_contact_name2": "Emerg_Contact_2",
    "emergency_phone2": "Emerg_Phone_2",
    "doctor_name": "Doctor_Name",
    "doctor_phone": "Doctor_Phone",
}


def _contact(student: Student, _: Options) -> Tree:
    return {key: column(student, name) for key, name in CONTACT.items()}


def _contact_info(student: Student, _: Options) -> Tree:
    return {"email": student.email}


def _initial_enrollment(student: Student, _: Options) -> Tree:
    return {
        "district_entry_date": column(student, "DistrictEntryDate"),
        "district_entry_grade_level": column(student, "DistrictEntryGradeLevel"),
        "school_entry_date": column(student, "SchoolEntryDate"),
        "school_entry_grade_level": column(student, "SchoolEntryGradeLevel"),
    }


def _schedule_setup(student: Student, _: Options) -> Tree:
    next_grade = str(99 if student.grade == 12 else student.grade + 1) if student.next_school else ""
    return {
        "home_room": student.home_room,
        "next_school": student.next_school or None,
        "sched_next_year_grade": student.more.get("sched_nextyeargrade", next_grade),
    }


def _lunch(student: Student, _: Options) -> Tree:
    paid = f"{student.dcid % 40}.50" if student.dcid % 9 == 0 else "0.00"
    return {
        "balance_1": paid,
        "balance_2": "0.00",
        "balance_3": "0.00",
        "balance_4": "0.00",
        "lunch_id": student.lunch_id,
    }


EXPANSIONS: dict[str, Callable[[Student, Options], Tree]] = {
    "demographics": _demographics,
    "addresses": _addresses,
    "alerts": _nothing,
    "phones": _phones,
    "school_enrollment": _school_enrollment,
    "ethnicity_race": _ethnicity_race,
    "contact": _contact,
    "contact_info": _contact_info,
    "initial_enrollment": _initial_enrollment,
    "schedule_setup": _schedule_setup,
    "fees": _nothing,
    "lunch": _lunch,
}


def attributes() -> Tree:
    """What the server offers: expansions with comma and blank, extensions with comma alone (5.2)."""
    return {"@expansions": ", ".join(EXPANSIONS), "@extensions": ",".join(EXTENSIONS)}


def number(student: Student, options: Options) -> str:
    return student.number.lstrip("0") if options.numeric_student_numbers else student.number


def tree(student: Student, expansions: Sequence[str], extensions: Sequence[str], options: Options) -> Tree:
    """The default elements and those asked for; unknown names are ignored (7)."""
    found: Tree = {}
    if tables := [_table_extension(student, name, options) for name in extensions]:
        found["_extension_data"] = {"_table_extension": tables}
    found |= {
        "id": student.dcid,
        "local_id": number(student, options),
        "state_province_id": student.state_id,
        "student_username": student.username,
        "name": {"first_name": student.first, "middle_name": student.middle, "last_name": student.last},
    }
    for name in expansions:
        found[name] = EXPANSIONS[name](student, options)
    return found


def _table_extension(student: Student, name: str, options: Options) -> Tree:
    values = [(title, Column(title, kind, get).text(student)) for title, kind, get in EXTENSIONS[name]]
    fields: Any = [{"name": title, "type": "String", "value": value} for title, value in values if value]
    if len(fields) == 1 and not options.single_field_bare:
        fields = Several(fields)
    return {"recordFound": bool(fields), "name": name, "_field": fields}


# The fields that q may speak of (7), any case.
SEARCH: dict[str, tuple[Kind, Callable[[Student], str]]] = {
    "id": (Kind.NUMBER, lambda s: str(s.dcid)),
    "local_id": (Kind.NUMBER, lambda s: s.number),
    "state_province_id": (Kind.TEXT, lambda s: s.state_id),
    "student_username": (Kind.TEXT, lambda s: s.username),
    "name.first_name": (Kind.TEXT, lambda s: s.first),
    "name.last_name": (Kind.TEXT, lambda s: s.last),
    "school_enrollment.enroll_status": (Kind.ANY_CASE, lambda s: STATUS_CODES[s.status][1]),
    "school_enrollment.enroll_status_code": (Kind.NUMBER, lambda s: str(STATUS_CODES[s.status][0])),
    "school_enrollment.entry_date": (Kind.DATE, lambda s: s.entry.isoformat()),
}
