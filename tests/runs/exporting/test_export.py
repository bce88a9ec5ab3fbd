"""From an approved registration to the student in the SIS, its ids back and all of it logged."""

from datetime import date

import pytest
from export_scene import MARIA, ROSA, RULES, ExportScene, direct

from yellowbus.enroll import registrations
from yellowbus.enroll.models import Student
from yellowbus.runs import detail, log, outstanding
from yellowbus.runs.models import Due, State
from yellowbus.setup import registrations as intake

ADDRESS = {"students_annual.address_street": "12 Elm St", "students_annual.address_city": "Mesa"}


def test_an_approved_registration_becomes_a_student_with_its_ids_back(scene: ExportScene) -> None:
    scene.register("R-1", ROSA | MARIA)
    run = scene.export()
    assert (run.state, run.error_code, run.counts) == (State.DONE, "", {"310": {"created": 1}})
    ((remote, student),) = scene.sis.students.items()
    assert student["values"] == {
        "first_name": "Rosa", "last_name": "Núñez", "birth_date": "2015-03-04", "grade": "4", "gender": "F",
    }  # fmt: skip
    form = scene.form("R-1")
    assert (form.sis_id, form.sis_key) == (remote, student["key"])
    assert scene.sync("R-1") == ("succeeded", "")
    ((_, guardian),) = scene.sis.contacts.items()
    assert guardian["values"]["Contacts.FirstName"] == "María"
    assert guardian["ties"] == {remote: {"Contacts.Relationship": "mother"}}


def test_the_log_tells_it_as_an_export(scene: ExportScene) -> None:
    scene.register("R-1", ROSA | MARIA)
    run = scene.export()
    (line,) = log.records(run)
    assert (line.key, line.name, line.status, line.outcome) == ("R-1", "Rosa Núñez", "Succeeded", "created")
    assert detail.sentence(run, []) == "This export created 1 student."
    ((row,), count) = detail.rows(run, detail.Narrowed())
    told = [(each.label, each.before, each.after) for each in row.lines]
    assert (count, row.student) == (1, None)
    assert ("First name", None, "Rosa") in told
    assert ("1 - Contacts.Relationship", None, "mother") in told
    assert dict(detail.record(run, row.seq, source=True).source)["students.fname"] == "Rosa"


def test_exporting_it_again_writes_nothing_and_asks_the_sis_nothing(scene: ExportScene) -> None:
    scene.register("R-1", ROSA | MARIA)
    scene.export()
    before = scene.sis.read()
    scene.sis.calls.clear()
    run = scene.export()
    assert (run.counts, scene.sis.calls, scene.sis.read() == before) == ({"310": {"unchanged": 1}}, [], True)
    assert scene.sync("R-1") == ("succeeded", "")


def test_nor_does_any_export_after_that(scene: ExportScene) -> None:
    scene.register("R-1", ROSA | MARIA)
    scene.export()
    scene.sis.calls.clear()
    counts = [scene.export().counts for _ in range(3)]
    assert (counts, scene.sis.calls) == ([{"310": {"unchanged": 1}}] * 3, [])


def test_a_new_version_of_the_mapping_is_reason_to_look_again(scene: ExportScene) -> None:
    scene.register("R-1", ROSA | {"students.email": "rosa@school.example"})
    scene.map(rule for rule in RULES if rule["field"] != "email")
    scene.export()
    scene.map(RULES)
    run = scene.export()
    assert (run.counts, scene.change(run, "R-1").changes) == (
        {"310": {"updated": 1}},
        {"email": [None, "rosa@school.example"]},
    )


def test_only_what_differs_is_sent_and_a_group_goes_whole(scene: ExportScene) -> None:
    held = {
        "first_name": "Rosa",
        "last_name": "Núñez",
        "birth_date": "2015-03-04",
        "street": "12 Elm St",
        "city": "Tempe",
    }
    scene.sis.enroll("77", **held, gender="F", grade="3")
    scene.student("77", fname="Rosa", lname="Núñez", dob="2015-03-04")
    scene.register("R-1", ROSA | ADDRESS, student="77", type="returning")
    run = scene.export()
    assert (run.counts, scene.change(run, "R-1").changes) == (
        {"310": {"updated": 1}},
        {"city": ["Tempe", "Mesa"]},
    )
    ((_, student),) = scene.sis.students.items()
    assert (student["values"], student["key"]) == (held | {"city": "Mesa", "gender": "F", "grade": "3"}, "77")


def test_the_ids_reach_the_student_of_enroll_too(scene: ExportScene) -> None:
    remote = scene.sis.enroll("77", first_name="Rosa", last_name="Núñez", birth_date="2015-03-04")
    student = scene.student("77", fname="Rosa", lname="Núñez", dob="2015-03-04")
    scene.register("R-1", student="77")
    scene.export()
    held = Student.objects.get(pk=student)
    assert (held.lasting["sis_internal_id"], held.lasting["student_district_id"], held.version) == (
        remote,
        "77",
        2,
    )


def test_a_registration_finds_the_student_whom_an_import_brought_since(scene: ExportScene) -> None:
    scene.register("R-1")
    scene.export()
    student = scene.student(scene.form("R-1").sis_key, fname="Rosa", lname="Núñez", dob="2015-03-04")
    scene.export()
    assert scene.form("R-1").student == student


@pytest.mark.parametrize(
    ("rule", "kept"),
    [("always", "Rosa"), ("on-create", "Rose"), ("if-blank", "Rose"), ("never", "Rose")],
)
def test_each_write_mode_does_what_it_says(scene: ExportScene, rule: str, kept: str) -> None:
    scene.map([direct("first_name", "students.fname", write_rule=rule), *RULES[1:]])
    scene.sis.enroll("77", first_name="Rose", last_name="Núñez", birth_date="2015-03-04")
    scene.student("77")
    scene.register("R-1", student="77")
    scene.export()
    ((_, student),) = scene.sis.students.items()
    assert student["values"]["first_name"] == kept


@pytest.mark.parametrize(("overwrite", "kept"), [(False, "F"), (True, None)])
def test_a_blank_clears_only_where_its_clear_box_is_set(
    scene: ExportScene, overwrite: bool, kept: str | None
) -> None:
    rules = [dict(rule) for rule in RULES]
    rules[4] |= {"overwrite": overwrite}
    scene.map(rules)
    scene.sis.enroll("77", first_name="Rosa", last_name="Núñez", birth_date="2015-03-04", gender="F")
    scene.student("77")
    scene.register(
        "R-1", {name: value for name, value in ROSA.items() if name != "students.gender"}, student="77"
    )
    scene.export()
    ((_, student),) = scene.sis.students.items()
    assert student["values"]["gender"] == kept


def test_only_approved_ones_of_its_schools_and_its_year_leave(scene: ExportScene) -> None:
    others = {
        "R-2": {"status": "submitted"}, "R-3": {"status": "withdrawn"}, "R-4": {"school": "330"}, "R-5": {"year": 2027},
    }  # fmt: skip
    scene.register("R-1")
    for number, (key, other) in enumerate(others.items()):
        scene.register(key, ROSA | {"students.fname": f"Other{number}"}, **other)
    run = scene.export()
    assert (run.counts, scene.sis.named()) == ({"310": {"created": 1}}, ["Rosa Núñez"])
    run = scene.export(only=list(others))
    reasons = {key: scene.change(run, key).reason for key in others}
    assert (len(scene.sis.students), reasons) == (1, {
        "R-2": "export-not-approved", "R-3": "export-not-approved", "R-4": "export-school-elsewhere",
        "R-5": "export-other-year",
    })  # fmt: skip


def test_one_who_withdraws_after_the_export_is_named_and_left_in_the_sis(scene: ExportScene) -> None:
    scene.register("R-1")
    scene.export()
    before = scene.sis.read()
    intake.set_status(scene.actor, scene.instance.pk, "R-1", "withdrawn")
    assert scene.sync("R-1") == ("succeeded", "withdrawn-after-sync")
    run = scene.export()
    assert (scene.change(run, "R-1").reason, scene.sis.read()) == ("withdrawn-after-sync", before)


@pytest.mark.parametrize(
    ("today", "chosen", "status", "entry"),
    [
        (date(2026, 7, 1), None, "dynamic", ("2026-08-17", "pre-registered")),
        (date(2026, 9, 9), None, "dynamic", ("2026-09-09", "active")),
        (date(2026, 9, 9), "2026-10-01", "dynamic", ("2026-10-01", "active")),
        (date(2026, 9, 9), None, "pre-registered", ("2026-09-09", "pre-registered")),
        (date(2026, 7, 1), None, "active", ("2026-08-17", "active")),
    ],
)
def test_a_new_student_enters_by_the_rule(
    scene: ExportScene, today: date, chosen: str | None, status: str, entry: tuple[str, str]
) -> None:
    from datetime import UTC, datetime

    from yellowbus.planning.enrolling import EnrollAs

    scene.allow(status=EnrollAs(status))
    scene.register("R-1", entry_date=chosen)
    scene.export(now=datetime(today.year, today.month, today.day, 20, tzinfo=UTC))
    ((_, student),) = scene.sis.students.items()
    assert (student["entry"], student["standing"]) == entry
    assert student["exit"] == "2027-06-05"  # the day after the last day


def test_the_days_of_entry_can_be_changed_later(scene: ExportScene) -> None:
    scene.register("R-1")
    waiting = scene.export(yes=False)
    intake.set_entry_date(scene.actor, scene.instance.pk, "R-1", date(2027, 1, 11))
    run = scene.approve(waiting)
    assert (run.counts, scene.sis.students) == ({"310": {"skipped": 1}}, {})  # it was changed since the plan
    scene.export()
    ((_, student),) = scene.sis.students.items()
    assert student["entry"] == "2027-01-11"


def test_what_is_partial_or_failed_is_mended_alone(scene: ExportScene) -> None:
    scene.sis.change(drops=["bus"])
    scene.register("R-1", ROSA | {"students_annual.homeroom": "12"})
    scene.register("R-2", ROSA | {"students.fname": "Benito"})
    run = scene.export()
    assert (log.status(run), scene.sync("R-1"), scene.codes(run, "R-1")) == (
        "Partial Sync",
        ("partial", "export-value-dropped"),
        ["export-value-dropped"],
    )
    problem = scene.change(run, "R-1").problems[0]
    assert problem["facts"] == {"field": "Bus", "right": "Transport"}
    assert list(Due.objects.values_list("kind", "key", "reason")) == [
        ("export", "R-1", "export-value-dropped")
    ]
    scene.sis.change(drops=[])
    again = scene.go_on(outstanding.retry(scene.actor, run))
    assert (again.counts, scene.change(again, "R-1").changes) == (
        {"310": {"updated": 1}},
        {"bus": [None, "12"]},
    )
    assert (scene.sync("R-1"), Due.objects.count()) == (("succeeded", ""), 0)
    assert registrations.names([scene.form("R-1").id]) == {scene.form("R-1").id: "Rosa Núñez"}


def test_a_phone_in_another_writing_is_the_same_phone(scene: ExportScene) -> None:
    scene.register("R-1", ROSA | MARIA)
    scene.export()
    state = scene.sis.read()
    for contact in state["contacts"].values():
        contact["values"]["Contacts.Phones1"] = "480-555-0101"
    scene.sis.save(state)
    scene.register("R-1", ROSA | MARIA | {"students.gender": "X"})
    run = scene.export()
    assert scene.change(run, "R-1").changes == {"gender": ["F", "X"]}
