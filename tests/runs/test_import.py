"""The whole way of a record, from a file to the store and the journal."""

from scene import Scene, child
from yellowbus.runs.models import Change, State


def test_a_new_student_is_created_with_every_mapped_value(scene: Scene) -> None:
    scene.write_students([child(7)])
    run = scene.run()
    assert (run.state, run.counts) == (State.DONE, {"310": {"created": 1}})
    assert scene.students() == {
        "000007": {
            "students.student_district_id": "000007",
            "students.fname": "Given7",
            "students.lname": "Family7",
            "students.dob": "2015-08-08",
            "students.sis_school_year": "2026",
            "students.phone": "(480) 555-0107",
            "students_annual.sis_entrydate": run.today.isoformat(),
            "students_annual.school_code": "310",
            "students_annual.grade": "4",
            "students_annual.sis_enroll_status": "active",
        }
    }


def test_a_second_night_finds_nothing_new(scene: Scene) -> None:
    scene.write_students([child(n) for n in range(50)])
    scene.run()
    with scene.scope():
        rows = Change.objects.count()
        again = scene.run()
        assert again.counts == {"310": {"unchanged": 25}, "320": {"unchanged": 25}}
        assert Change.objects.count() == rows


def test_only_what_changed_is_written(scene: Scene) -> None:
    scene.write_students([child(n) for n in range(50)])
    scene.run()
    scene.write_students([child(n, grade="5") if n == 3 else child(n) for n in range(50)])
    run = scene.run()
    assert run.counts == {"310": {"unchanged": 24, "updated": 1}, "320": {"unchanged": 25}}
    with scene.scope():
        (change,) = Change.objects.filter(run=run)
        assert change.changes == {"students_annual.grade": ["4", "5"]}
    assert scene.students()["000003"]["students_annual.grade"] == "5"
