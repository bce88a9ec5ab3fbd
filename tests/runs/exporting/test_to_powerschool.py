"""Approved registrations go into a simulated PowerSchool over real HTTP, by the ready mapping."""

import pytest
from export_scene import MARIA, ROSA, YEAR
from powerschool_walk import HOME, Walk

from yellowbus.enroll import registrations
from yellowbus.runs import log
from yellowbus.runs.models import Change
from yellowbus.simulators.powerschool import Fault, FaultKind

# The answer is lost, late, cut, empty, a page for people: only the second of them before anything was done.
BREAKS = (
    FaultKind.DROPPED, FaultKind.DROPPED_BEFORE, FaultKind.ERROR_AFTER, FaultKind.CUT_BODY, FaultKind.CUT_JSON,
    FaultKind.EMPTY_BODY,
)  # fmt: skip


def test_a_new_family_arrives_whole_and_an_export_again_writes_nothing(walk: Walk) -> None:
    walk.register("R-1", ROSA | MARIA | HOME)
    walk.register("R-2", ROSA | MARIA | HOME | {"students.fname": "Benito"}, grade="K")
    run = walk.export()
    assert (run.counts, [line.status for line in log.records(run)]) == (
        {walk.school: {"created": 2}},
        ["Succeeded"] * 2,
    )
    rosa, benito = walk.students("Núñez")
    assert [(each.first, each.grade, str(each.school.number)) for each in (rosa, benito)] == [
        ("Rosa", 4, walk.school), ("Benito", 0, walk.school),
    ]  # fmt: skip
    form = registrations.find(walk.instance.pk, "R-1")
    assert form is not None
    assert (form.sis_id, form.sis_key) == (str(rosa.dcid), rosa.number)
    ((mother,), (same,)) = [[tie.contact for tie in each.ties] for each in (rosa, benito)]
    assert (mother.id, mother.first, [each.address for each in mother.emails]) == (
        same.id,
        "María",
        ["maria@family.example"],
    )
    before = walk.app.sis.district.version
    assert (walk.export().counts, walk.app.sis.district.version) == ({walk.school: {"unchanged": 2}}, before)


def test_a_returning_student_gets_what_changed_and_keeps_the_rest(walk: Walk) -> None:
    known = next(
        each for each in walk.app.sis.district.students if each.status.value == "active" and each.birth
    )
    born = known.birth.isoformat()
    walk.know(known)
    people = len(walk.app.sis.district.students)
    answers = {"students.fname": known.first, "students.lname": known.last, "students.dob": born}
    walk.register(
        "R-1", answers | {"students.email": "new@school.example"}, student=known.number, type="returning",
        school=str(known.school.number), grade=str(max(known.grade, 1)),
    )  # fmt: skip
    run = walk.export()
    change = Change.objects.get(run=run)
    assert (change.outcome, list(change.changes or {}), known.email) == (
        "updated",
        ["contact_info.email"],
        "new@school.example",
    )
    assert len(walk.app.sis.district.students) == people


@pytest.mark.parametrize("kind", BREAKS)
def test_a_connection_that_breaks_makes_no_second_student(walk: Walk, kind: FaultKind) -> None:
    walk.register("R-1", ROSA | MARIA | HOME)
    walk.app.sis.faults.add(Fault(kind, path="/ws/v1/student", method="POST"))
    run = walk.export()
    if kind is FaultKind.DROPPED_BEFORE:
        assert run.error_code == "export-looks-again"
        run = walk.go_on(run)
    assert ([each.first for each in walk.students("Núñez")], run.counts) == (
        ["Rosa"],
        {walk.school: {"created": 1}},
    )


def test_a_value_that_powerschool_drops_is_named(walk: Walk) -> None:
    walk.register("R-1", ROSA | {"students.email": "rosa@school.example"})
    walk.app.sis.faults.add(
        Fault(FaultKind.IGNORED_FIELD, path="/ws/v1/student", method="POST", what="contact_info/email")
    )
    run = walk.export()
    (line,) = log.records(run)
    assert (line.status, line.problems[0].code) == ("Partial Sync", "export-value-not-kept")
    assert "Student e-mail" in line.sentence


def test_a_school_without_its_year_is_told_as_the_article_does(walk: Walk) -> None:
    school = next(each for each in walk.app.sis.district.schools if str(each.number) == walk.school)
    school.terms[:] = [term for term in school.terms if term.start_year != YEAR]
    walk.register("R-1", ROSA)
    run = walk.export()
    (line,) = log.records(run)
    assert (line.status, walk.students("Núñez")) == ("Failed", [])
    assert "Years and Terms" in line.remedy
