"""Every value can say where it came from: the run, the record, the mapping and each of its steps."""

import pytest

from scene import STUDENT_RULES, YEAR, Scene, child, direct
from yellowbus.errors import NeedsAdmin
from yellowbus.runs.timeline import timeline
from yellowbus.runs.why import Why, why
from yellowbus.setup.permissions import Actor, Permission


def ask(scene: Scene, name: str, key: str = "000001", *, year: int = YEAR) -> Why:
    with scene.scope():
        return why(scene.actor, scene.instance.pk, student(scene, key), name, year=year)


def student(scene: Scene, key: str = "000001") -> int:
    from yellowbus.enroll.models import Student

    return Student.objects.get(instance=scene.instance, district_id=key).pk


def test_a_value_tells_its_way_from_the_sis_step_by_step(scene: Scene) -> None:
    scene.write_students([child(1, dob="03/09/2015")])
    run = scene.run()
    told = ask(scene, "students.dob")
    assert (told.label, told.value, told.replayed, told.before) == (
        "Date of Birth", "2015-03-09", "2015-03-09", None,
    )  # fmt: skip
    assert told.trace is not None
    assert (told.trace.source, told.trace.start) == ("dob", "03/09/2015")
    assert [value for _, value in told.steps] == ["2015-03-09"]
    assert (told.run, told.seq, told.note) == (run, 1, None)


def test_it_is_the_last_run_that_wrote_the_field_which_answers(scene: Scene) -> None:
    scene.write_students([child(1)])
    created = scene.run()
    scene.write_students([child(1, first="Renamed")])
    renamed = scene.run()
    scene.write_students([child(1, first="Renamed", phone="(480) 555-0199")])
    scene.run()
    assert (ask(scene, "students.fname").run, ask(scene, "students.lname").run) == (renamed, created)
    assert ask(scene, "students.fname").before == "Given1"


def test_it_is_told_by_the_mapping_of_that_night_and_not_of_today(scene: Scene) -> None:
    scene.write_students([child(1)])
    scene.run()
    with scene.scope():
        rules = [rule for rule in STUDENT_RULES if rule["field"] != "students.fname"]
        scene.map("students", [*rules, direct("students.fname", "last")])
    told = ask(scene, "students.fname")
    assert told.run is not None
    assert (told.run.mapping.number, told.trace.source if told.trace else "", told.replayed) == (
        1,
        "first",
        "Given1",
    )


def test_a_plan_that_only_waits_wrote_nothing(scene: Scene) -> None:
    scene.write_students([child(1)])
    created = scene.run()
    scene.write_students([child(1, first="Planned")])
    scene.run(yes=False)
    assert ask(scene, "students.fname").run == created


def test_a_record_left_out_wrote_nothing(scene: Scene) -> None:
    scene.write_students([child(1)])
    created = scene.run()
    scene.write_students([child(1, first="Left")])
    plan = scene.run(yes=False)
    scene.edit("000001", mname="Meanwhile")
    with scene.scope():
        from yellowbus.runs.importing import drive, order

        order.approve(scene.actor, plan.pk)
        drive.drive(str(plan.pk))
    assert ask(scene, "students.fname").run == created


def test_a_value_changed_by_no_import_says_so(scene: Scene) -> None:
    scene.write_students([child(1)])
    scene.run()
    scene.edit("000001", fname="By hand")
    told = ask(scene, "students.fname")
    assert (told.value, told.replayed, told.note.code if told.note else "") == (
        "By hand",
        "Given1",
        "why-changed-since",
    )


def test_a_value_that_no_import_wrote_says_so(scene: Scene) -> None:
    scene.write_students([child(1)])
    scene.run()
    scene.edit("000001", mname="Ada")
    told = ask(scene, "students.mname")
    assert (told.value, told.run, told.note.code if told.note else "") == ("Ada", None, "why-no-run")


def test_a_value_of_another_school_year_is_not_this_years(scene: Scene) -> None:
    scene.write_students([child(1)])
    this = scene.run()
    assert ask(scene, "students_annual.grade").run == this
    last = ask(scene, "students_annual.grade", year=YEAR - 1)
    assert (last.run, last.value) == (None, None)


def test_what_is_not_there_is_refused(scene: Scene) -> None:
    scene.write_students([child(1)])
    scene.run()
    with pytest.raises(NeedsAdmin) as refused:
        ask(scene, "students.shoe_size")
    assert refused.value.code == "field-unknown"
    with scene.scope(), pytest.raises(NeedsAdmin) as gone:
        why(scene.actor, scene.instance.pk, 0, "students.fname", year=YEAR)
    assert gone.value.code == "student-gone"


def test_only_who_may_see_students_may_ask(scene: Scene) -> None:
    scene.write_students([child(1)])
    scene.run()
    stranger = Actor("stranger", scene.organization.pk, frozenset(Permission) - {Permission.VIEW_STUDENTS})
    with scene.scope(), pytest.raises(NeedsAdmin) as refused:
        why(stranger, scene.instance.pk, student(scene), "students.fname", year=YEAR)
    assert refused.value.code == "not-permitted"
    with scene.scope(), pytest.raises(NeedsAdmin):
        timeline(stranger, scene.instance.pk, student(scene))


def test_a_students_story_is_told_the_newest_first(scene: Scene) -> None:
    scene.write_students([child(1)])
    scene.run()
    scene.write_students([child(1, first="Renamed")])
    scene.run()
    scene.run()  # nothing new, so nothing to tell
    scene.write_students([child(1, first="Renamed", dob="02/30/2015")])
    scene.run()
    with scene.scope():
        events = timeline(scene.actor, scene.instance.pk, student(scene))
    assert [(event.outcome, event.status, len(event.lines)) for event in events] == [
        ("failed", "Failed", 0), ("updated", "Succeeded", 1), ("created", "Succeeded", 10),
    ]  # fmt: skip
    assert [(line.label, line.before, line.after) for line in events[1].lines] == [
        ("First Name", "Given1", "Renamed")
    ]
    assert events[0].problems[0].code == "bad-date"
