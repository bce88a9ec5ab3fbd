"""What keeps one registration from going has its own name, and the others go on."""

from typing import Any

import pytest
from export_scene import ROSA, RULES, ExportScene, direct

from yellowbus.runs import log
from yellowbus.runs.models import State

BEN = ROSA | {"students.fname": "Benito", "students.dob": "2013-01-09"}


def test_a_school_without_terms_fails_its_registrations_before_any_write(scene: ExportScene) -> None:
    scene.sis.set_place("310", ready=False)
    scene.sis.enroll("77", first_name="Ida", last_name="Holm", birth_date="2012-02-02")
    scene.student("77")
    scene.register("R-1")
    scene.register("R-2", ROSA | {"students.fname": "Ida"}, student="77", type="returning")
    scene.register("R-3", BEN, school="320")
    before = scene.sis.students
    run = scene.export()
    assert run.counts == {"310": {"failed": 2}, "320": {"created": 1}}
    lines = {line.key: line for line in log.records(run)}
    assert lines["R-1"].sentence.startswith("Cedar Ridge has no Years & Terms for 2026")
    assert "Term Setup" in lines["R-1"].remedy
    assert (lines["R-2"].status, scene.sync("R-1")) == ("Failed", ("failed", "powerschool-school-terms"))
    assert {remote: scene.sis.students[remote] for remote in before} == before


@pytest.mark.parametrize(
    ("place", "registered", "code"),
    [
        ({}, {"entry_date": "2026-08-16"}, "export-entry-date"),
        ({}, {"entry_date": "2027-06-05"}, "export-entry-date"),
        ({"grades": ["5", "6"]}, {}, "export-grade-not-offered"),
        ({}, {"school": "330"}, "export-school-unknown"),
    ],
)
def test_what_the_school_cannot_take_is_said_before_any_write(
    scene: ExportScene, place: dict[str, Any], registered: dict[str, Any], code: str
) -> None:
    from yellowbus.setup import assignments

    assignments.assign(scene.actor, scene.connection, ["330"])
    scene.sis.set_place("310", **place)
    scene.register("R-1", **registered)
    scene.register("R-2", BEN, school="320")
    run = scene.export()
    assert (scene.codes(run, "R-1"), scene.sync("R-1"), scene.sis.named()) == (
        [code],
        ("failed", code),
        ["Benito Núñez"],
    )


def test_a_grade_counts_as_the_mapping_writes_it_for_the_sis(scene: ExportScene) -> None:
    table = {"use": "match-codes", "table": [["4", "04"]]}
    grade = {"field": "grade", "type": "match-codes", "source": "registrations.grade", "steps": [table]}
    scene.map([*(rule for rule in RULES if rule["field"] != "grade"), grade])
    scene.sis.set_place("310", grades=["04"])
    scene.register("R-1")
    assert scene.export().counts == {"310": {"created": 1}}


def test_an_address_by_half_is_left_out_and_the_rest_goes(scene: ExportScene) -> None:
    scene.register("R-1", ROSA | {"students_annual.address_street": "12 Elm St"})
    run = scene.export()
    ((_, student),) = scene.sis.students.items()
    assert ("street" in student["values"], scene.codes(run, "R-1"), scene.sync("R-1")[0]) == (
        False,
        ["export-group-half"],
        "partial",
    )
    assert scene.change(run, "R-1").problems[0]["facts"] == {"group": "Address", "fields": "City"}


def test_a_required_value_that_is_blank_fails_the_record(scene: ExportScene) -> None:
    table = {"use": "match-codes", "table": [["5", "05"]], "on_unmatched": "blank"}
    grade = {"field": "grade", "type": "match-codes", "source": "registrations.grade", "steps": [table]}
    scene.map([*(rule for rule in RULES if rule["field"] != "grade"), grade])
    scene.register("R-1")
    scene.register("R-2", BEN, grade="5")
    run = scene.export()
    assert (scene.codes(run, "R-1"), scene.sis.named()) == (["export-required-blank"], ["Benito Núñez"])


def test_a_code_that_the_table_lacks_is_left_out_and_said(scene: ExportScene) -> None:
    table = {"use": "match-codes", "table": [["M", "M"]]}
    gender = {"field": "gender", "type": "match-codes", "source": "students.gender", "steps": [table]}
    scene.map([*(rule for rule in RULES if rule["field"] != "gender"), gender])
    scene.register("R-1")
    run = scene.export()
    assert (scene.codes(run, "R-1"), log.status(run)) == (["unmatched-code"], "Partial Sync")


def test_a_locked_record_fails_alone_and_every_field_that_the_sis_named_is_told(scene: ExportScene) -> None:
    remote = scene.sis.enroll("77", first_name="Rose", last_name="Núñez", birth_date="2015-03-04")
    scene.student("77")
    scene.sis.change(locked=[remote])
    scene.register("R-1", student="77")
    scene.register("R-2", BEN)
    run = scene.export()
    assert (run.counts, scene.codes(run, "R-1")) == (
        {"310": {"failed": 1, "created": 1}},
        ["powerschool-refused", "export-field-refused"],
    )
    assert scene.change(run, "R-1").problems[1]["facts"] == {"field": "First name", "code": "LOCKED"}
    assert scene.form("R-1").sis_id == ""


def test_a_value_that_the_sis_rewrites_is_told(scene: ExportScene) -> None:
    from yellowbus.connectors.littlesis.sis import Fault

    scene.register("R-1", ROSA | {"students.email": "Rosa@School.example"})
    shout = lambda: scene.sis.edit(next(iter(scene.sis.students)), email="rosa@school.example")  # noqa: E731
    scene.sis.faults.append(Fault("write", shout, after=True))
    run = scene.export()
    assert scene.codes(run, "R-1") == ["export-value-altered"]


def test_a_mapping_that_the_sis_cannot_take_stops_the_run_with_the_field(scene: ExportScene) -> None:
    scene.map([*RULES, direct("shoe_size", "students.mname")])
    scene.register("R-1")
    run = scene.export()
    assert (run.state, run.error_code, scene.sis.students) == (State.FAILED, "mapping-not-ready", {})
    assert "shoe_size" in run.error_facts["first"]


def test_what_tells_to_wait_is_taken_up_again_where_it_was(scene: ExportScene) -> None:
    from yellowbus.connectors.littlesis.sis import Fault, later

    scene.register("R-1")
    scene.register("R-2", BEN)
    scene.sis.faults.append(Fault("write", later, skip=1))
    run = scene.export()
    assert (run.state, run.error_code, scene.sis.named()) == (
        State.APPLYING,
        "too-many-requests",
        ["Rosa Núñez"],
    )
    scene.sis.calls.clear()
    run = scene.go_on(run)
    assert (run.state, run.counts, scene.sis.calls.count("write")) == (State.DONE, {"310": {"created": 2}}, 1)
