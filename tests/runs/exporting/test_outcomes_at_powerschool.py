"""What keeps one registration from going into PowerSchool is said in its own words, and the others go on."""

from typing import Any

import pytest
from export_scene import MARIA, ROSA, direct
from powerschool_walk import HOME, YEAR, Walk

from yellowbus.runs import log
from yellowbus.runs.models import Run
from yellowbus.simulators.powerschool import Fault, FaultKind

BEN = ROSA | {"students.fname": "Benito", "students.lname": "Quill", "students.dob": "2013-01-09"}


def with_ben(walk: Walk) -> tuple[Run, log.RecordLine]:
    """Export R-1 beside a child with whom nothing is wrong, who arrives. What is said of R-1."""
    walk.register("R-9", BEN | HOME)
    run = walk.export()
    lines = {line.key: line for line in log.records(run)}
    assert (run.state, lines["R-9"].status, len(walk.students("Quill"))) == ("done", "Succeeded", 1)
    return run, lines["R-1"]


def other_school(walk: Walk) -> Any:
    """One that offers the fourth grade, and is not the one of the children who are well."""
    return next(
        each
        for each in walk.app.sis.district.schools
        if str(each.number) != walk.school and each.low_grade <= 4 <= each.high_grade
    )


def test_a_school_without_terms(walk: Walk) -> None:
    school = other_school(walk)
    school.terms[:] = [term for term in school.terms if term.start_year != YEAR]
    walk.register("R-1", ROSA, school=str(school.number))
    run, line = with_ben(walk)
    assert (line.status, walk.sync("R-1"), walk.students("Núñez")) == (
        "Failed", ("failed", "powerschool-school-terms"), [],
    )  # fmt: skip
    assert line.sentence.startswith(f"{school.name} has no Years & Terms for 2026")
    assert "Start Page > School Setup > Years and Terms" in line.remedy
    assert run.counts == {str(school.number): {"failed": 1}, walk.school: {"created": 1}}


@pytest.mark.parametrize("day", ["2026-01-05", "2027-08-30"])
def test_an_entry_date_outside_of_the_year(walk: Walk, day: str) -> None:
    walk.register("R-1", ROSA, entry_date=day)
    _, line = with_ben(walk)
    assert (line.status, walk.sync("R-1"), walk.students("Núñez")) == (
        "Failed", ("failed", "export-entry-date"), [],
    )  # fmt: skip


def test_an_entry_code_that_powerschool_does_not_know(walk: Walk) -> None:
    code = direct("school_enrollment.entry_code", "students_annual.homeroom")
    walk.add_rules(code)
    walk.register("R-1", ROSA | {"students_annual.homeroom": "ZZ"})
    run, line = with_ben(walk)
    assert (line.status, walk.codes(run, "R-1"), walk.students("Núñez")) == (
        "Failed", ["write-refused", "export-field-refused"], [],
    )  # fmt: skip
    assert walk.facts("R-1", "export-field-refused")["field"] == "Entry code"
    assert "Entry code" in line.sentence


def test_an_address_by_half(walk: Walk) -> None:
    walk.register("R-1", ROSA | {name: value for name, value in HOME.items() if not name.endswith("city")})
    _, line = with_ben(walk)
    assert (line.status, walk.sync("R-1")) == ("Partial Sync", ("partial", "export-group-half"))
    assert walk.facts("R-1", "export-group-half") == {"group": "Address", "fields": "City"}
    (rosa,) = walk.students("Núñez")
    assert (rosa.household.address.street, rosa.grade) == ("", 4)


def test_a_grade_that_the_school_does_not_offer(walk: Walk) -> None:
    walk.register("R-1", ROSA, grade="12")
    _, line = with_ben(walk)
    assert (line.status, walk.sync("R-1"), walk.students("Núñez")) == (
        "Failed", ("failed", "export-grade-not-offered"), [],
    )  # fmt: skip


def test_a_record_that_somebody_works_on(walk: Walk) -> None:
    known = next(each for each in walk.app.sis.district.students if each.status.value == "active")
    walk.know(known)
    answers = {
        "students.fname": known.first,
        "students.lname": known.last,
        "students.dob": known.birth.isoformat(),
    }
    walk.register(
        "R-1", answers | {"students.email": "new@school.example"}, student=known.number, type="returning",
        school=str(known.school.number), grade=str(max(known.grade, 1)),
    )  # fmt: skip
    walk.app.sis.faults.add(Fault(FaultKind.LOCKED, what=str(known.dcid)))
    before = known.email
    _, line = with_ben(walk)
    assert (line.status, walk.sync("R-1"), known.email) == ("Failed", ("failed", "record-locked"), before)
    run = walk.export()
    assert (walk.sync("R-1"), known.email, run.counts[walk.school]["unchanged"]) == (
        ("succeeded", ""), "new@school.example", 1,
    )  # fmt: skip


def test_one_bad_contact_is_named_and_mended_alone(walk: Walk) -> None:
    father = {
        "students_annual.guardian2_fname": "Luis", "students_annual.guardian2_email": "luis@family.example",
    }  # fmt: skip
    walk.register("R-1", ROSA | MARIA | HOME | father)
    run, line = with_ben(walk)
    assert (line.status, walk.sync("R-1")) == ("Partial Sync", ("partial", "export-contact-lacks"))
    assert walk.facts("R-1", "export-contact-lacks") == {"slot": 2, "fields": "2 - Contacts.LastName"}
    (rosa,) = walk.students("Núñez")
    assert ([tie.contact.first for tie in rosa.ties], rosa.household.address.street) == (
        ["María"],
        "12 Elm St",
    )
    walk.register("R-1", ROSA | MARIA | HOME | father | {"students_annual.guardian2_lname": "Núñez"})
    students, touched = len(walk.app.sis.district.students), len(walk.app.sis.journal.all(resource="student"))
    again = walk.export(only=[line.key for line in log.records(run) if line.status != "Succeeded"])
    assert sorted(walk.changes(again, "R-1")) == [
        "2 - Contacts.Emails1", "2 - Contacts.Emails1Type", "2 - Contacts.FirstName", "2 - Contacts.LastName",
    ]  # fmt: skip
    assert (again.read, walk.sync("R-1"), [tie.contact.first for tie in rosa.ties]) == (
        1, ("succeeded", ""), ["María", "Luis"],
    )  # fmt: skip
    writes = len(walk.app.sis.journal.all(resource="student"))
    assert (len(walk.app.sis.district.students), writes) == (students, touched)


def test_an_unchanged_registration_writes_nothing(walk: Walk) -> None:
    walk.register("R-1", ROSA | MARIA | HOME)
    walk.export()
    version, journal = walk.app.sis.district.version, len(walk.app.sis.journal.all())
    walk.register("R-1", ROSA | MARIA | HOME)
    again = walk.export()
    assert (again.counts, again.changes.exclude(changes=None).count()) == ({walk.school: {"unchanged": 1}}, 0)
    assert (walk.app.sis.district.version, len(walk.app.sis.journal.all())) == (version, journal)
