"""The whole way of a record, from a file to the store and the journal."""

from django.db import connection
from django.test.utils import CaptureQueriesContext

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


def test_a_page_of_known_records_stages_nothing_and_looks_nobody_up(scene: Scene) -> None:
    scene.write_students([child(number) for number in range(1, 31)])
    scene.run()
    assert asked(scene) == {"incoming": 0, "match_key = ANY": 0, "runs_decision": 1}
    scene.write_students([child(number, grade="5" if number == 9 else "4") for number in range(1, 31)])
    assert asked(scene) == {"incoming": 4, "match_key = ANY": 1, "runs_decision": 2}


def asked(scene: Scene) -> dict[str, int]:
    """How many statements of the next run name these."""
    with CaptureQueriesContext(connection) as captured:
        scene.run()
    statements = [each["sql"] for each in captured.captured_queries]
    named = ("incoming", "match_key = ANY", "runs_decision")
    return {name: sum(name in statement for statement in statements) for name in named}
