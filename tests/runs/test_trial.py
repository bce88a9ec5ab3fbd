"""Send Record: one student, previewed, then written."""

from pathlib import Path

import pytest

from scene import STUDENT_RULES, YEAR, Scene, child, direct
from yellowbus.records import Outcome
from yellowbus.runs.importing import drive, order
from yellowbus.runs.models import Run, State
from yellowbus.runs.trial import Preview, previewed


@pytest.fixture
def scene(db: None, tmp_path: Path) -> Scene:
    made = Scene(tmp_path).ready()
    made.write_students([child(n) for n in range(5)])
    return made


def preview_of(scene: Scene, run: Run) -> Preview:
    with scene.scope():
        shown = previewed(run)
    assert shown is not None
    return shown


def test_it_is_shown_before_it_is_sent(scene: Scene) -> None:
    run = scene.run(yes=False, trial="000003")
    shown = preview_of(scene, run)
    assert (run.state, run.trigger) == (State.WAITING, "test")
    assert (shown.outcome, shown.row.name) == (Outcome.CREATED, "Given3 Family3")
    assert shown.basis.startswith("Enroll has no student with this Student District ID")
    assert [(line.label, line.before, line.after) for line in shown.row.lines][:2] == [
        ("Student District ID", None, "000003"),
        ("First Name", None, "Given3"),
    ]
    assert (shown.rest, scene.students()) == ([], {})


def test_what_stays_as_it_is_says_why(scene: Scene) -> None:
    scene.run()
    scene.write_students([child(3, last="Changed", phone="")])
    shown = preview_of(scene, scene.run(yes=False, trial="000003"))
    assert (shown.outcome, shown.basis) == (
        Outcome.UPDATED,
        "Enroll has a student with this Student District ID.",
    )
    assert [(line.label, line.before, line.after) for line in shown.row.lines] == [
        ("Last Name", "Family3", "Changed")
    ]
    rest = {same.label: (same.now, same.why) for same in shown.rest}
    assert (rest["First Name"], rest["Student Phone"]) == (
        ("Given3", "The same."),
        ("(480) 555-0103", "The SIS has no value."),
    )


def test_a_write_rule_that_keeps_a_value_is_named(scene: Scene) -> None:
    with scene.scope():
        rules = [rule for rule in STUDENT_RULES if rule["field"] != "students.phone"]
        scene.map("students", [*rules, direct("students.phone", "phone", write_rule="on-create")])
    scene.run()
    scene.write_students([child(3, phone="(480) 555-9999")])
    shown = preview_of(scene, scene.run(yes=False, trial="000003"))
    rest = {same.label: (same.now, same.mapped, same.why) for same in shown.rest}
    assert (shown.outcome, rest["Student Phone"]) == (
        Outcome.UNCHANGED,
        ("(480) 555-0103", "(480) 555-9999", "Kept: this field is written only when a student is created."),
    )


def test_one_that_nothing_changes_is_shown_however_often_it_is_sent(scene: Scene) -> None:
    scene.run(trial="000003")
    for _ in range(2):
        shown = preview_of(scene, scene.run(yes=False, trial="000003"))
        assert (shown.outcome, shown.row.key, shown.row.lines) == (Outcome.UNCHANGED, "000003", [])


def test_one_who_may_not_be_added_says_why(scene: Scene) -> None:
    scene.write_students([child(3, status="graduated", dob="01/01/1980")])
    shown = preview_of(scene, scene.run(yes=False, trial="000003"))
    assert (shown.outcome, [problem.code for problem in shown.problems], shown.row) == (
        Outcome.SKIPPED,
        ["status-not-chosen"],
        None,
    )


def test_one_who_cannot_be_used_is_shown_with_all_that_is_wrong(scene: Scene) -> None:
    scene.write_students([child(3, dob="31/31/2015")])
    shown = preview_of(scene, scene.run(yes=False, trial="000003"))
    rest = {same.label: same.why for same in shown.rest}
    assert (shown.outcome, shown.row.lines, shown.problems[0].sentence) == (
        Outcome.FAILED,
        [],
        rest["Date of Birth"],
    )


def test_nothing_is_shown_before_it_is_planned(scene: Scene) -> None:
    with scene.scope():
        run = order.order(scene.actor, scene.connection, "students", year=YEAR, trial="000003")
        assert previewed(run) is None


def test_once_sent_only_what_was_changed_is_shown(scene: Scene) -> None:
    shown = preview_of(scene, scene.run(trial="000003"))
    assert (shown.outcome, shown.rest, shown.row.status) == (Outcome.CREATED, (), "Succeeded")


def test_after_the_yes_exactly_this_student_is_there(scene: Scene) -> None:
    run = scene.run(yes=False, trial="000003")
    with scene.scope():
        order.approve(scene.actor, run.pk)
        drive.drive(str(run.pk))
        run.refresh_from_db()
    assert (run.state, run.counts) == (State.DONE, {"310": {"created": 1}})
    assert list(scene.students()) == ["000003"]


def test_the_others_are_not_missed_and_the_next_import_brings_them(scene: Scene) -> None:
    scene.run(trial="000003")
    run = scene.run()
    assert run.counts == {"310": {"created": 1, "unchanged": 1}, "320": {"created": 3}}
    with scene.scope():
        assert run.missing.count() == 0


def test_it_does_not_take_the_place_of_a_plan_that_waits(scene: Scene) -> None:
    waiting = scene.run(yes=False)
    scene.run(trial="000003")
    waiting.refresh_from_db()
    assert waiting.state == State.WAITING


def test_an_unknown_id_fails_and_says_so(scene: Scene) -> None:
    run = scene.run(trial="999999")
    assert (run.state, run.error_code, run.error_facts) == (
        State.FAILED,
        "student-not-in-sis",
        {"key": "999999"},
    )
    assert scene.students() == {}
