"""The connection check, and the override file that it suggests (qmlativ dossier 11, “Doctor”)."""

import tomllib
from datetime import date, timedelta

import pytest

from yellowbus.connectors.qmlativ import layers
from yellowbus.errors import YellowbusError


@pytest.fixture
def healthy(family):
    family.add(
        "Enrollment/WithdrawalCode", WithdrawalCodeID=1, Code="W1", Description="Moved", SchoolYearID=14
    )
    return family


def told(diagnosis, code):
    return [line for line in diagnosis.checks if line.code == code]


def imports(vendor, override):
    return [dict(record.values) for record in vendor.records(profile=override)]


def test_a_sound_instance_has_nothing_to_mend(healthy):
    diagnosis = healthy.open().diagnose()
    assert ([line for line in diagnosis.checks if not line.ok], diagnosis.override) == ([], "")


def test_every_object_of_the_read_plan_has_its_line(healthy):
    names = {line.name for line in healthy.open().check()}
    assert {table.path for table in layers.load().tables.values()} <= names


def test_the_check_and_the_diagnosis_say_the_same(healthy):
    healthy.not_given.add("Family/Family")
    assert list(healthy.open().check()) == list(healthy.open().diagnose().checks)


def test_refused_credentials_end_the_check(healthy):
    lines = list(healthy.open(secret="wrong").check())
    assert [(line.name, line.ok, line.code) for line in lines] == [
        ("Signed in", False, "credentials-refused")
    ]


def switch(vendor, name):
    """The other position of one unknown of the dossier."""
    match name:
        case "token":
            vendor.styles = {"basic_get"}
        case "root":
            vendor.root = "Generic"
        case "indexed":
            vendor.indexed_only = True
        case "plain-lists":
            vendor.search = False
        case "wrapper":
            vendor.wrappers = {"StringSearchCondition"}
        case "rows":
            vendor.objects = "Rows"
        case "next":
            vendor.next = ("Page", "Following")
        case "small-pages":
            vendor.most = 100
        case "parameter":
            vendor.needs_parameter["Enrollment/GradeReference"] = "SchoolYearID"
        case "field":
            vendor.dropped.add("Demographics/Name.ExternalUniqueIdentifier")
        case "code-field":
            for row in vendor.rows["Demographics/Name"]:
                row["GenderCode"] = row.pop("Gender")
        case "object":
            vendor.not_given.add("Demographics/EmergencyContact")
        case "silent-object":
            vendor.not_given, vendor.refusal = {"Family/Family"}, (404, {})


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("token", {"token": {"styles": ["basic_get"]}}),
        ("root", {"paths": {"roots": ["Generic"]}}),
        ("indexed", {"lists": {"search_fields": "indexed"}}),
        ("plain-lists", {"lists": {"by": "get"}}),
        ("wrapper", {"conditions": {"id": "StringSearchCondition", "int": "StringSearchCondition"}}),
        ("rows", {"lists": {"objects": "Rows"}}),
        ("next", {"lists": {"next": "Page.Following"}}),
        ("small-pages", {"lists": {"page_size": 100}}),
        ("parameter", {"objects": {"grade_reference": {"parameters": {"SchoolYearID": "@school_year"}}}}),
        ("field", {"objects": {"name": {"fields": {"ExternalUniqueIdentifier": "off"}}}}),
        ("code-field", {"objects": {"name": {"fields": {"Gender": {"type": "text", "as": "GenderCode"}}}}}),
        ("object", {"objects": {"emergency_contact": {"use": False}}}),
        ("silent-object", {"objects": {"family": {"use": False}}}),
    ],
)
def test_the_suggested_override_makes_the_import_pass(healthy, name, part):
    switch(healthy, name)
    diagnosis = healthy.open().diagnose()
    assert tomllib.loads(diagnosis.override) == part
    assert [line for line in diagnosis.checks if not line.ok and not line.warning] == []
    [values] = imports(healthy, diagnosis.override)
    assert values["Name.FirstName"] == "First1"


@pytest.mark.parametrize(
    "name", ["indexed", "plain-lists", "wrapper", "rows", "small-pages", "parameter", "object"]
)
def test_without_the_override_the_same_import_stops(healthy, name):
    switch(healthy, name)
    with pytest.raises(YellowbusError):
        imports(healthy, "")


def test_a_second_check_with_the_override_finds_nothing(healthy):
    for name in ("indexed", "parameter", "field", "object"):
        switch(healthy, name)
    override = healthy.open().diagnose().override
    again = healthy.open(profile=override).diagnose()
    assert ([line for line in again.checks if not line.ok], again.override) == ([], "")


def test_a_smaller_page_size_holds_against_the_one_of_the_form(healthy):
    healthy.most = 20
    override = healthy.open(page_size="200").diagnose().override
    assert tomllib.loads(override) == {"lists": {"page_size": 20}}
    assert len(healthy.records(profile=override, page_size="200")) == 1


def test_another_way_of_asking_leaves_the_page_size_of_the_form(healthy):
    switch(healthy, "indexed")
    opened = healthy.open(page_size="2")
    assert tomllib.loads(opened.diagnose().override) == {"lists": {"search_fields": "indexed"}}
    assert {path.split("/")[-1] for _, path, *_ in healthy.asked if path.split("/")[-1].isdigit()} == {
        "1",
        "2",
    }


def test_an_error_that_names_nothing_is_narrowed_to_its_field(healthy):
    refused = "Demographics/Address.POBox"

    def answer(request):
        if b"POBox" in request.url.query:
            return healthy._json({"Message": "An error has occurred."}, 400)
        row = {
            "AddressID": 1,
            "StreetNumberAndName": "1 Elm",
            "SecondaryUnitNumber": "",
            "AddressLine2": "",
            "ZipID": 11,
        }
        return healthy._json({"Objects": [{**row, "ZipCodeWithAddon": "1"}], "Paging": {}})

    healthy.answers["/Custom/2/Demographics/Address/1/1"] = answer
    diagnosis = healthy.open().diagnose()
    assert tomllib.loads(diagnosis.override) == {"objects": {"address": {"fields": {"POBox": "off"}}}}, (
        refused
    )


def test_what_nobody_can_be_read_without_is_not_suggested_away(healthy):
    healthy.not_given.add("Demographics/Name")
    diagnosis = healthy.open().diagnose()
    [line] = told(diagnosis, "qmlativ-object")
    assert (line.name, line.ok, line.warning, diagnosis.override) == ("Demographics/Name", False, False, "")


def test_a_required_field_that_is_gone_is_a_failure(healthy):
    healthy.dropped.add("Student/Student.StudentNumber")
    diagnosis = healthy.open().diagnose()
    [line] = told(diagnosis, "qmlativ-fields")
    assert (line.facts["fields"], line.warning, diagnosis.override) == ("StudentNumber", False, "")


def test_a_year_that_is_not_cloned_is_named(healthy):
    for path in ("Enrollment/GradeReference", "Enrollment/EntryCode"):
        healthy.rows[path] = [row for row in healthy.rows[path] if row["SchoolYearID"] == 14]
    [line] = told(healthy.open(school_year="2026").diagnose(), "qmlativ-year-not-set-up")
    assert (line.facts, line.warning) == (
        {"year": "2026-2027", "lacking": "grade references, entry codes"},
        True,
    )


def test_the_numbering_of_years_is_read_from_their_description(healthy):
    for row in healthy.rows["District/SchoolYear"]:
        row["NumericYear"] -= 1
    system = healthy.system()
    system["Districts"][0]["SchoolYearCurrent"]["NumericYear"] = 2025
    healthy.system = lambda: system
    assert tomllib.loads(healthy.open().diagnose().override) == {"years": {"numeric": "starting"}}


def test_an_access_about_to_end_is_a_warning(healthy):
    soon = date.today() + timedelta(days=5)  # noqa: DTZ011 - as the check itself sees the day
    first, *rest = healthy.open(expires=soon.isoformat()).check()
    assert (first.code, first.warning, first.facts) == ("qmlativ-access-ends", True, {"day": soon, "days": 5})
    assert [line for line in rest if not line.ok] == []


def test_an_access_that_has_ended_is_said(healthy):
    first, *_ = healthy.open(expires="2020-06-30").check()
    assert (first.code, first.facts) == ("qmlativ-access-ended", {"day": date(2020, 6, 30)})


def test_the_report_is_in_plain_words(healthy):
    healthy.not_given.add("Demographics/EmergencyContact")
    report = healthy.open().diagnose().report().splitlines()
    assert report[0] == (
        "ok      Signed in: The credentials are accepted. Token request by Basic header, POST: accepted;"
        " key and secret in the form, POST: accepted; Basic header, GET: accepted."
    )
    [line] = [line for line in report if line.startswith("warning")]
    assert line == (
        "warning Demographics/EmergencyContact: The integration may not read Demographics/EmergencyContact at"
        " skyward.example.org, or the instance does not have it. The suggested override file works around this:"
        " the object is not read."
    )


def test_a_suggestion_is_a_profile_that_has_nothing_wrong(healthy):
    for name in ("token", "indexed", "small-pages", "parameter", "field", "object"):
        switch(healthy, name)
    assert layers.check(healthy.open().diagnose().override) == []


def test_nothing_of_a_student_or_a_secret_is_in_the_report(healthy):
    healthy.not_given, healthy.refusal = {"Family/Family"}, (400, {"error": "First1 Last1 is unknown"})
    said = healthy.open().diagnose()
    words = f"{said.report()} {said.override} {said.checks}"
    assert [word for word in ("First1", "Last1", "s3cret", "qm-1", "5550") if word in words] == []
