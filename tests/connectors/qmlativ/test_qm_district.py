"""Schools, fields, code sets and the expiration date (qmlativ dossier 3.1, 6.2, 8.1)."""

from datetime import date

import pytest

from yellowbus.connectors import registry
from yellowbus.connectors.base import Code
from yellowbus.connectors.qmlativ.expiry import ending
from yellowbus.errors import NeedsAdmin


def test_schools_are_those_of_the_target_year_by_code(vendor):
    assert [(school.code, school.name, school.ready) for school in vendor.open().schools()] == [
        ("001", "Elm School", True),
        ("002", "Oak School", False),
    ]


def test_a_school_without_a_calendar_says_so(vendor):
    [_, oak] = vendor.open().schools()
    assert (
        oak.note
        == "No calendar for 2025-2026. The school needs one of that year before it can enroll students."
    )


def test_a_school_is_read_with_its_grades_address_and_calendar(vendor):
    vendor.address(9999, "1 School Rd")
    [elm, _] = vendor.records(kind="schools")
    told = ("School.Code", "LowGrade.Code", "HighGrade.Code", "Entity.Code", "Calendar.StartDate", "Zip.City")
    assert [elm.values.get(name) for name in told] == ["001", "03", "04", "100", "2025-09-01", "Maple"]
    assert elm.values["Address.StreetNumberAndName"] == "1 School Rd"


def test_the_same_schools_are_read_in_the_next_year_under_new_ids(vendor):
    now = vendor.records("School.Code", "School.Name", kind="schools")
    then = vendor.records("School.Code", "School.Name", kind="schools", year=2026)
    assert now == then


def test_codes_are_those_of_the_target_year_and_never_ids(vendor):
    vendor.rows["Enrollment/EntryCode"][1]["Description"] = "New this year"
    now, then = (list(vendor.open(school_year=year).codes()) for year in ("2025", "2026"))
    assert [code for code in now if code.set == "entry_code"] == [
        Code("entry_code", "E1", "New to the district")
    ]
    assert [code for code in then if code.set == "entry_code"] == [Code("entry_code", "E1", "New this year")]
    assert [code.value for code in now if code.set == "school"] == ["001", "002"]
    assert Code("state", "MN", "Minnesota") in now


def test_a_code_set_that_is_not_granted_is_left_out(vendor):
    vendor.not_given.add("Enrollment/EntryCode")
    sets = {code.set for code in vendor.open().codes()}
    assert ("entry_code" in sets, "grade_level" in sets) == (False, True)


def test_fields_are_those_that_the_instance_has(family):
    names = {field.name for field in family.open().fields("students")}
    family.dropped.add("Demographics/Name.Gender")
    family.not_given.add("Demographics/EmergencyContact")
    later = {field.name for field in family.open().fields("students")}
    assert names - later == {"Name.Gender", "Contact.Name.Gender", "Contact.Comment"}


def test_fields_below_a_join_that_cannot_be_made_are_not_there(family):
    family.dropped.add("Student/Student.LanguageIDNative")
    names = {field.name for field in family.open().fields("students")}
    assert ("NativeLanguage.Code" in names, "HomeLanguage.Code" in names) == (False, True)


def test_a_field_says_its_type_its_codes_and_the_right_it_needs(family):
    fields = {field.name: field for field in family.open().fields("students")}
    birth, grade, pick_up = (
        fields[name] for name in ("Name.BirthDate", "Grade.Code", "Contact.AllowStudentPickup")
    )
    assert (birth.label, birth.type, birth.needs_right) == (
        "Name: birth date",
        "date",
        "Demographics/Name.BirthDate",
    )
    assert (grade.codes, grade.contact) == ("grade_level", False)
    assert (pick_up.type, pick_up.contact) == ("boolean", True)


def test_fields_cost_a_request_for_each_object_and_no_row(family):
    opened = family.open()
    fields = opened.fields("schools")
    asked = [path for _, path, *_ in family.asked]
    assert (len(fields) > 10, len(asked), len(set(asked))) == (True, 10, 10)
    assert [path for path in asked if path.split("/")[-1].isdigit()] == []


@pytest.mark.parametrize(
    ("expires", "stage"),
    [
        ("2026-12-25", None),
        ("2026-12-24", 30),
        ("2026-12-02", 30),
        ("2026-12-01", 7),
        ("2026-11-26", 7),
        ("2026-11-25", 1),
        ("2026-11-24", 1),
        ("2026-11-23", 0),
        ("", None),
    ],
)
def test_the_end_of_the_access_is_seen_30_7_and_1_days_ahead(expires, stage):
    found = ending(expires, date(2026, 11, 24))
    assert (found and found.stage) == stage


def test_a_connection_tells_the_end_of_its_own_access():
    told = registry.ending("qmlativ", {"expires": "2026-11-25"}, date(2026, 11, 24))
    assert (told and (told.days, told.stage)) == (1, 1)
    assert registry.ending("qmlativ", {}, date(2026, 11, 24)) is None
    assert registry.ending("flatfile", {"expires": "2026-11-25"}, date(2026, 11, 24)) is None


def test_an_expiration_date_that_is_none_is_refused():
    with pytest.raises(NeedsAdmin) as caught:
        ending("30.6.2027", date(2026, 11, 24))
    assert caught.value.code == "qmlativ-expiry-date"
