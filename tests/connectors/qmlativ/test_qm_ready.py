"""The ready mappings, from what Qmlativ sends to what Enroll holds."""

import json
from datetime import date
from importlib import resources

import pytest

from yellowbus.catalog import catalog
from yellowbus.mapping.check import check_mapping
from yellowbus.mapping.compile import compile_mapping
from yellowbus.mapping.document import from_document
from yellowbus.mapping.steps import Context


def ready(kind):
    file = resources.files("yellowbus.connectors.qmlativ").joinpath("ready", f"{kind}.json")
    return json.loads(file.read_text("utf-8"))


def mapped(kind, record):
    compiled = compile_mapping(from_document(ready(kind)), catalog(kind), Context(date(2025, 11, 24), 2025))
    return compiled.apply(record)


@pytest.mark.parametrize("kind", ["students", "schools"])
def test_a_ready_mapping_has_nothing_open_and_asks_only_for_fields_there_are(family, kind):
    family.address(9999, "1 School Rd")
    mapping = from_document(ready(kind))
    given = {field.name for field in family.open().fields(kind)}
    given |= {"Suffix.Code"}  # the small instance has no suffixes, so no catalogue of them
    assert check_mapping(mapping, catalog(kind), given) == []


def test_a_student_of_qmlativ_becomes_a_student_of_enroll(family):
    [record] = family.records()
    outcome = mapped("students", record)
    assert outcome.problems == ()
    assert outcome.values == {
        "students.student_district_id": "200001",
        "students.fname": "First1",
        "students.lname": "Last1",
        "students.dob": "2017-03-04",
        "students.gender": "F",
        "students.email": "first1@example.org",
        "students.phone": "(651) 555-0001",
        "students.sis_internal_id": "1",
        "students.sis_school_year": "2025",
        "students_annual.sis_entrydate": "2025-09-01",
        "students_annual.sis_enroll_status": "active",
        "students_annual.school_code": "001",
        "students_annual.grade": "3",
        "students_annual.ethnicity": "no",
        "students_annual.address_street": "12 Elm St",
        "students_annual.address_unit": "2",
        "students_annual.address_city": "Maple",
        "students_annual.address_state": "MN",
        "students_annual.address_zip": "55001",
        "students_annual.mailing_street": "PO Box 9",
        "students_annual.mailing_unit": "2",
        "students_annual.mailing_city": "Maple",
        "students_annual.mailing_state": "MN",
        "students_annual.mailing_zip": "55001",
        "students_annual.guardian1_fname": "Grown9001",
        "students_annual.guardian1_lname": "Up",
        "students_annual.guardian1_email": "grown@example.org",
        "students_annual.guardian1_phone_mobile": "(651) 555-0101",
        "students_annual.guardian1_relationship": "mother",
        "students_annual.guardian1_legal": "true",
        "students_annual.guardian1_lives_with": "true",
        "students_annual.guardian1_pickup": "true",
        "students_annual.guardian1_sis_contact_id": "9001",
        "students_annual.guardian2_fname": "Grown9002",
        "students_annual.guardian2_lname": "Up",
        "students_annual.guardian2_relationship": "mother",
        "students_annual.guardian2_legal": "true",
        "students_annual.guardian2_lives_with": "false",
        "students_annual.guardian2_pickup": "true",
        "students_annual.guardian2_sis_contact_id": "9002",
        "students_annual.emergency1_fname": "Near9003",
        "students_annual.emergency1_lname": "By",
        "students_annual.emergency1_relationship": "other",
        "students_annual.emergency1_pickup": "false",
        "students_annual.emergency1_sis_contact_id": "9003",
        "students_annual.emergency2_fname": "Grown9002",
        "students_annual.emergency2_lname": "Up",
        "students_annual.emergency2_relationship": "mother",
        "students_annual.emergency2_pickup": "true",
        "students_annual.emergency2_sis_contact_id": "9002",
    }


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"IsCurrentActive": True}, "active"),
        ({"IsCurrentActive": False, "IsGraduated": True}, "graduated"),
        ({"IsCurrentActive": False}, "pre-registered"),
        ({"IsCurrentActive": False, "EndDate": "2025-10-10"}, "inactive"),
        ({"IsCurrentActive": False, "SchoolYearID": 15}, "pre-registered"),
        ({"IsCurrentActive": False, "SchoolYearID": 13}, "historical"),
    ],
)
def test_the_enroll_status_is_told_by_the_enrollment(vendor, changes, status):
    vendor.student(1)
    for row in (vendor.rows["Student/Student"][0], vendor.rows["Enrollment/EntryWithdrawal"][0]):
        row.update({name: value for name, value in changes.items() if name in row})
    names = (
        "NextEnrollment.StartDate",
        "Student.IsCurrentActive",
        "Student.IsGraduated",
        "Enrollment.StartDate",
        "Enrollment.EndDate",
    )
    [record] = vendor.records(*names)
    assert mapped("students", record).values["students_annual.sis_enroll_status"] == status


@pytest.mark.parametrize(
    ("flags", "race"),
    [
        (["IsWhite"], "white"),
        (["IsAlaskan"], "american-indian"),
        (["IsAsian", "IsBlack"], "two-or-more"),
        ([], None),
    ],
)
def test_the_races_of_a_student_are_one_code(vendor, flags, race):
    vendor.student(1, **dict.fromkeys(flags, True))
    [record] = vendor.records()
    assert mapped("students", record).values.get("students_annual.race") == race


def test_a_school_of_qmlativ_becomes_a_school_of_enroll(family):
    elm, _ = family.records(kind="schools")
    assert mapped("schools", elm).values == {
        "schools.school_code": "001",
        "schools.name": "Elm School",
        "schools.group": "District schools",
        "schools.level": "Elementary",
        "schools.address": "12 Elm St, Maple, MN, 55001",
        "schools.grades": "3 to 4",
    }


def test_who_is_not_enrolled_in_the_year_entered_with_the_first_enrollment(vendor):
    vendor.student(1)
    vendor.rows["Enrollment/EntryWithdrawal"] = []
    [record] = vendor.records("Student.StudentNumber", "Student.EarliestDistrictEnrollmentDate")
    assert mapped("students", record).values["students_annual.sis_entrydate"] == "2022-09-01"
