"""The ready mappings for PowerSchool against a simulated district: every value arrives."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from yellowbus.catalog import catalog
from yellowbus.connectors.powerschool import fields
from yellowbus.connectors.powerschool.plugin import plugin_xml
from yellowbus.mapping.check import check_mapping
from yellowbus.mapping.document import from_document, to_document
from yellowbus.setup import ready
from yellowbus.simulators.district import District, Student
from yellowbus.simulators.powerschool import PowerSchool, serve_app

YEAR = 2026
STUDENTS = 150


@pytest.fixture
def sis() -> PowerSchool:
    return PowerSchool(District(students=STUDENTS, seed=11, school_year=YEAR))


@pytest.fixture
def plugged_in(sis: PowerSchool) -> Iterator[dict[str, str]]:
    """The credentials of the plugin, installed and enabled."""
    plugin = next(iter(sis.sis.plugins.all()), None) or sis.sis.plugins.install(
        plugin_xml(access_level=True).encode()
    )
    sis.sis.plugins.enable(plugin)
    running = serve_app(sis)
    yield {"server_url": running.url, "client_id": plugin.client_id, "client_secret": plugin.client_secret}
    running.stop()


@pytest.fixture
def imported(yellowbus, plugged_in: dict[str, str]) -> dict[str, dict[str, str]]:
    """What Enroll exports, by student number, after connecting, mapping and importing on the command line alone."""
    open_ones = (
        "--set",
        f"server_url={plugged_in['server_url']}",
        "--set",
        f"client_id={plugged_in['client_id']}",
    )
    steps: tuple[tuple[object, ...], ...] = (
        ("org", "add", "Juniper Flats (invented)", "--time-zone", "America/Phoenix"),
        ("enroll", "years", "enable", YEAR),
        (
            "connection",
            "add",
            "PS",
            "--system",
            "powerschool",
            "--instance",
            "production",
            "--agree",
            *open_ones,
        ),
        ("mapping", "apply", "PS", "--ready", "--kind", "schools"),
        ("import", "PS", "--kind", "schools", "--yes"),
        ("connection", "assign", "PS", "--all"),
        ("mapping", "apply", "PS", "--ready"),
        ("mapping", "check", "PS"),
        ("import", "PS", "--yes"),
    )
    for step in steps:
        ended = yellowbus(*step, env={"YELLOWBUS_CLIENT_SECRET": plugged_in["client_secret"]})
        assert (step, ended.status, ended.err if ended.status else "") == (step, 0, "")
    lines = yellowbus("enroll", "students", "export").out.splitlines()
    return {document["students.student_district_id"]: document for document in map(json.loads, lines)}


def expected(student: Student) -> dict[str, str]:
    """What the district itself says of a student, in the words of Enroll."""
    grades = {-1: "PK", 0: "K"}
    values = {
        "students.student_district_id": student.number,
        "students.fname": student.first,
        "students.mname": student.middle,
        "students.lname": student.last,
        "students.dob": student.birth.isoformat(),
        "students.gender": student.gender,
        "students.state_id": student.state_id,
        "students.email": student.email,
        "students.sis_internal_id": str(student.dcid),
        "students.sis_school_year": str(YEAR),
        "students_annual.sis_entrydate": student.entry.isoformat(),
        "students_annual.sis_exitdate": student.exit.isoformat(),
        "students_annual.sis_enroll_status": student.status.value,
        "students_annual.ethnicity": "yes" if student.hispanic else "no",
        "students_annual.school_code": "" if student.school.number == 999999 else str(student.school.number),
        "students_annual.grade": "" if student.grade == 99 else grades.get(student.grade, str(student.grade)),
    }
    return {name: value for name, value in values.items() if value}


def test_the_export_is_what_the_simulator_holds(
    imported: dict[str, dict[str, str]], sis: PowerSchool
) -> None:
    names = set(expected(sis.sis.district.students[0])) | {
        "students.mname",
        "students.email",
        "students.state_id",
    }
    held = {
        number: {name: value for name, value in document.items() if name in names}
        for number, document in imported.items()
    }
    assert held == {student.number: expected(student) for student in sis.sis.district.students}


def test_guardians_are_those_with_custody_in_the_order_of_the_school(
    imported: dict[str, dict[str, str]], sis: PowerSchool
) -> None:
    def guardians(document: dict[str, str]) -> list[str]:
        ids = (document.get(f"students_annual.guardian{n}_sis_contact_id") for n in (1, 2, 3, 4))
        return [found for found in ids if found]

    assert {number: guardians(document) for number, document in imported.items()} == {
        student.number: [str(tie.contact.id) for tie in student.ties if tie.custodial][:4]
        for student in sis.sis.district.students
    }


def test_a_guardian_arrives_whole(imported: dict[str, dict[str, str]], sis: PowerSchool) -> None:
    student = next(
        each for each in sis.sis.district.students
        if each.ties and each.ties[0].custodial and each.ties[0].relationship == "Mother"
        and each.ties[0].contact.emails and each.ties[0].contact.phones
    )  # fmt: skip
    tie = student.ties[0]
    slot = {
        name.removeprefix("students_annual.guardian1_"): value
        for name, value in imported[student.number].items()
        if name.startswith("students_annual.guardian1_")
    }
    assert {name: slot.get(name) for name in ("fname", "lname", "email", "relationship", "legal")} == {
        "fname": tie.contact.first,
        "lname": tie.contact.last,
        "email": tie.contact.emails[0].address,
        "relationship": "mother",
        "legal": "true",
    }
    assert slot["phone_mobile"][:1] == "("
    assert [slot["lives_with"], slot["pickup"]] == [str(tie.lives_with).lower(), str(tie.pickup).lower()]


def test_no_ordinary_record_has_a_problem_and_more_contacts_than_slots_are_noted(
    yellowbus, imported: dict[str, dict[str, str]], sis: PowerSchool
) -> None:
    crowded = sum(sum(tie.emergency for tie in each.ties) > 4 for each in sis.sis.district.students)
    assert crowded > 0
    run = next(run for run in yellowbus("runs", "list", "--json").json if run["kind"] == "students")
    causes = yellowbus("runs", "show", run["id"], "--json").json["causes"]
    assert [(cause["code"], cause["count"]) for cause in causes] == [("contacts-left-over", crowded)]
    assert yellowbus("due", "list", "--json").json == []


def test_a_second_import_changes_nothing(yellowbus, imported: dict[str, dict[str, str]]) -> None:
    assert yellowbus("import", "PS", "--yes", "--json").json["counts"] == {"unchanged": STUDENTS}


def test_a_day_in_the_school_office_updates_only_whom_it_changed(
    yellowbus, imported: dict[str, dict[str, str]], sis: PowerSchool
) -> None:
    sis.sis.district.change(0.1, seed=3)
    run = yellowbus("import", "PS", "--yes", "--json").json
    assert sum(run["counts"].values()) == len(sis.sis.district.students)
    lines = yellowbus("enroll", "students", "export").out.splitlines()
    now = {document["students.student_district_id"]: document for document in map(json.loads, lines)}
    changed = {number for number in now if now[number] != imported.get(number)}
    assert len(changed) == run["counts"].get("updated", 0) + run["counts"].get("created", 0)


@pytest.mark.parametrize("kind", ["students", "schools"])
def test_a_ready_mapping_is_complete_and_names_only_fields_that_every_powerschool_has(kind: str) -> None:
    document: dict[str, Any] = ready.document("powerschool", kind)
    known = {field.name for group in (kind, "contacts") for field in fields.known(group)}
    assert check_mapping(from_document(document), catalog(kind), known) == []
    assert from_document(to_document(from_document(document))) == from_document(document)


def test_todays_date_is_not_needed() -> None:
    """A night does not give every child a new entry date: the SIS has one."""
    rules = {rule["field"]: rule for rule in ready.document("powerschool", "students")["rules"]}
    assert rules["students_annual.sis_entrydate"]["source"] == "school_enrollment.entry_date"
