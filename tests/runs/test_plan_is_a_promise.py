"""Nothing is written until all is planned; what was shown is what is applied, row by row."""

from typing import Any

import pytest

from scene import Scene, child
from yellowbus.errors import NeedsAdmin
from yellowbus.runs.importing import drive, order
from yellowbus.runs.models import Change, Due, Run, State


def approve(scene: Scene, run: Run) -> Run:
    with scene.scope():
        order.approve(scene.actor, run.pk)
        drive.drive(str(run.pk))
        run.refresh_from_db()
    return run


def rows(scene: Scene, run: Run) -> list[dict[str, Any]]:
    """Every row of a plan as it was shown."""
    with scene.scope():
        return list(Change.objects.filter(run=run).order_by("seq").values("seq", "key", "outcome", "changes"))


def test_the_first_run_waits_for_a_person_and_writes_nothing(scene: Scene) -> None:
    scene.write_students([child(n) for n in range(20)])
    run = scene.run(yes=False)
    assert (run.state, run.waits_because) == (State.WAITING, "first-run")
    assert run.counts == {"310": {"created": 10}, "320": {"created": 10}}
    assert scene.students() == {}


def test_a_later_run_without_a_yes_stops_at_its_plan(scene: Scene) -> None:
    scene.write_students([child(1)])
    scene.run()
    scene.write_students([child(1, grade="5")])
    run = scene.run(yes=False)
    assert (run.state, run.waits_because) == (State.WAITING, "asked-to-plan")
    assert scene.students()["000001"]["students_annual.grade"] == "4"


def test_approving_applies_exactly_the_rows_shown(scene: Scene) -> None:
    scene.write_students([child(n) for n in range(20)])
    scene.run()
    scene.write_students([child(n, grade="5") if n < 5 else child(n) for n in range(22)])
    run = scene.run(yes=False)
    shown = rows(scene, run)
    scene.write_students([child(n, grade="9") for n in range(30)])  # the SIS has moved on; the plan has not
    assert approve(scene, run).state == State.DONE
    assert rows(scene, run) == shown
    grades = {key: student["students_annual.grade"] for key, student in scene.students().items()}
    assert grades == {f"{n:06}": "5" if n < 5 else "4" for n in range(22)}


def test_a_plan_is_approved_once(scene: Scene) -> None:
    scene.write_students([child(1)])
    run = approve(scene, scene.run(yes=False))
    with scene.scope(), pytest.raises(NeedsAdmin, match="does not wait") as refused:
        order.approve(scene.actor, run.pk)
    assert refused.value.code == "run-not-waiting"


def test_a_row_whose_student_changed_since_is_left_out_and_stays_due(scene: Scene) -> None:
    scene.write_students([child(1), child(2)])
    scene.run()
    scene.write_students([child(1, grade="5"), child(2, grade="5")])
    run = scene.run(yes=False)
    scene.edit("000001", mname="Ray")
    approve(scene, run)
    held = scene.students()
    assert (held["000001"]["students_annual.grade"], held["000001"]["students.mname"]) == ("4", "Ray")
    assert held["000002"]["students_annual.grade"] == "5"
    assert run.counts == {"310": {"skipped": 1}, "320": {"updated": 1}}
    with scene.scope():
        assert list(Due.objects.values_list("key", "reason")) == [("000001", "changed-since")]
    assert scene.run().counts == {"310": {"updated": 1}, "320": {"unchanged": 1}}
    with scene.scope():
        assert not Due.objects.exists()


def test_a_student_who_was_made_since_is_not_made_twice(scene: Scene) -> None:
    from yellowbus.enroll.models import Student

    scene.write_students([child(1), child(2)])
    run = scene.run(yes=False)
    with scene.scope():
        Student.objects.create(instance=scene.instance, lasting={"student_district_id": "000001"})
    approve(scene, run)
    assert scene.students()["000001"] == {"students.student_district_id": "000001"}
    assert run.counts == {"310": {"skipped": 1}, "320": {"created": 1}}


def test_a_newer_plan_replaces_an_older_one(scene: Scene) -> None:
    scene.write_students([child(1)])
    older = scene.run(yes=False)
    scene.write_students([child(1, grade="5")])
    newer = scene.run(yes=False)
    older.refresh_from_db()
    assert (older.state, newer.state) == (State.REPLACED, State.WAITING)
    with scene.scope(), pytest.raises(NeedsAdmin):
        order.approve(scene.actor, older.pk)
    approve(scene, newer)
    assert scene.students()["000001"]["students_annual.grade"] == "5"


def test_a_retry_of_one_record_leaves_a_waiting_plan_alone(scene: Scene) -> None:
    scene.write_students([child(1), child(2)])
    scene.run()
    scene.write_students([child(1, grade="5"), child(2, grade="5")])
    waiting = scene.run(yes=False)
    scene.run(only=["000001"])
    waiting.refresh_from_db()
    assert waiting.state == State.WAITING
    approve(scene, waiting)
    assert waiting.counts == {"310": {"skipped": 1}, "320": {"updated": 1}}


def test_approving_is_refused_while_another_import_moves(scene: Scene) -> None:
    scene.write_students([child(1)])
    waiting = scene.run(yes=False)
    with scene.scope():
        moving = order.order(scene.actor, scene.connection, "students", year=2026)
        with pytest.raises(NeedsAdmin) as refused:
            order.approve(scene.actor, waiting.pk)
        assert (refused.value.code, refused.value.facts["run"]) == ("run-under-way", moving.pk)


def test_a_failed_run_is_not_taken_up_again_after_a_newer_plan(scene: Scene) -> None:
    scene.write_students([child(1)])
    failed = scene.run(yes=False)
    with scene.scope():
        Run.objects.filter(pk=failed.pk).update(state=State.FAILED)
        newer = scene.run()
        with pytest.raises(NeedsAdmin) as refused:
            order.resume(scene.actor, failed.pk)
        assert (refused.value.code, refused.value.facts["newer"]) == ("run-replaced", newer.pk)


def test_a_read_that_shrank_holds_the_whole_run(scene: Scene) -> None:
    scene.write_students([child(n) for n in range(100)])
    scene.run()
    scene.write_students([child(n, grade="5") for n in range(80)])
    run = scene.run()
    assert (run.state, run.waits_because) == (State.WAITING, "read-shrank")
    assert run.error_facts == {"now": "80", "before": "100", "threshold": 10}
    assert {student["students_annual.grade"] for student in scene.students().values()} == {"4"}


def test_a_shrunk_read_goes_on_with_a_persons_yes(scene: Scene) -> None:
    scene.write_students([child(n) for n in range(100)])
    scene.run()
    scene.write_students([child(n) for n in range(80)])
    assert approve(scene, scene.run()).state == State.DONE
    assert scene.run().state == State.DONE


@pytest.mark.parametrize("left", [95, 90])
def test_a_read_that_shrank_a_little_flows(scene: Scene, left: int) -> None:
    scene.write_students([child(n) for n in range(100)])
    scene.run()
    scene.write_students([child(n) for n in range(left)])
    assert scene.run().state == State.DONE


def test_students_missing_from_a_read_are_listed_and_not_touched(scene: Scene) -> None:
    from yellowbus.enroll import bulk
    from yellowbus.runs.models import Missing

    scene.write_students([child(n) for n in range(10)])
    scene.run()
    before = scene.students()
    scene.write_students([child(n) for n in range(8)])
    run = scene.run()
    with scene.scope():
        ids = bulk.ids_by_key("students", scene.instance.pk, ["000008", "000009"])
        assert set(Missing.objects.filter(run=run).values_list("student_id", flat=True)) == set(ids.values())
    assert scene.students() == before


@pytest.mark.parametrize(
    "trouble", [{"dob": "02/30/2015"}, {"school": "999"}, {"last": "Stranger", "dob": "11/30/2012"}]
)
def test_a_record_that_cannot_be_used_does_not_look_like_a_student_who_left(
    scene: Scene, trouble: dict[str, str]
) -> None:
    from yellowbus.runs.models import Missing

    scene.write_students([child(1), child(2)])
    scene.run()
    scene.write_students([child(1, **trouble), child(2)])
    run = scene.run()
    assert sum(tally.get("failed", 0) + tally.get("review", 0) for tally in run.counts.values()) == 1
    with scene.scope():
        assert not Missing.objects.exists()
