"""An undo puts back what a run changed, and nothing else: what was touched since is named and left."""

from datetime import UTC, datetime

from scene import STUDENT_RULES, YEAR, Scene, child, direct
from undo_scene import MISTAKE, approve, content, refused, rows, student_of, undo, wrong_run
from yellowbus.enroll.models import Student
from yellowbus.runs.models import Decision, State, Undoing

MANY = 2_000
NOW = datetime(2026, 9, 1, 18, tzinfo=UTC)


# --- a whole run ---


def test_two_thousand_students_changed_by_a_run_stand_as_before(scene: Scene) -> None:
    right = [child(n) for n in range(MANY)]
    scene.write_students(right)
    scene.run()
    before = content(scene)
    scene.write_students([child(n, first=f"Mistaken{n}", grade="9") for n in range(MANY)])
    wrong = scene.run(released={"students.fname": MANY, "students_annual.grade": MANY})
    assert content(scene) != before
    undone = undo(scene, wrong)
    assert (undone.state, undone.read) == (State.DONE, MANY)
    assert undone.counts == {"310": {"updated": 1000}, "320": {"updated": 1000}}
    assert content(scene) == before
    scene.write_students(right)
    assert scene.run().counts == {"310": {"unchanged": 1000}, "320": {"unchanged": 1000}}
    assert content(scene) == before


def test_a_first_import_undone_leaves_nothing(scene: Scene) -> None:
    empty = content(scene)
    scene.write_students([child(n) for n in range(30)])
    undone = undo(scene, scene.run())
    assert (content(scene), undone.counts) == (empty, {"310": {"updated": 15}, "320": {"updated": 15}})
    assert {reason for _, reason, _ in rows(scene, undone).values()} == {"undo-removes"}
    assert scene.run().counts == {"310": {"created": 15}, "320": {"created": 15}}


def test_an_undo_is_shown_before_anything_is_put_back(scene: Scene) -> None:
    wrong = wrong_run(scene)
    as_it_was = content(scene)
    plan = undo(scene, wrong, yes=False)
    assert (plan.state, plan.waits_because, content(scene)) == (State.WAITING, "undo-planned", as_it_was)
    assert rows(scene, plan)["000001"] == (
        "updated", "", {"students.fname": [MISTAKE, "Given1"], "students_annual.grade": ["9", "4"]},
    )  # fmt: skip
    shown = rows(scene, plan)
    assert approve(scene, plan).state == State.DONE
    assert rows(scene, plan) == shown


def test_an_edit_between_run_and_undo_survives(scene: Scene) -> None:
    wrong = wrong_run(scene)
    scene.edit("000001", mname="Ray")
    undo(scene, wrong)
    held = scene.students()["000001"]
    assert (held["students.mname"], held["students.fname"], held["students_annual.grade"]) == (
        "Ray",
        "Given1",
        "4",
    )


def test_a_field_changed_since_is_refused_by_name_and_the_rest_goes_on(scene: Scene) -> None:
    wrong = wrong_run(scene)
    scene.edit("000001", fname="By hand")
    undone = undo(scene, wrong)
    held = scene.students()["000001"]
    assert (held["students.fname"], held["students_annual.grade"]) == ("By hand", "4")
    assert refused(scene, undone) == {"000001": ["undo-field-changed students.fname"]}
    assert (undone.counts["310"], undone.partial) == ({"updated": 2}, 1)


def test_a_student_of_whom_every_field_was_changed_since_is_left_out(scene: Scene) -> None:
    scene.write_students([child(1), child(2)])
    scene.run()
    scene.write_students([child(1, phone="(480) 555-0199"), child(2, phone="(480) 555-0198")])
    wrong = scene.run()
    scene.edit("000001", phone="(480) 555-0177")
    undone = undo(scene, wrong)
    assert [row[:2] for row in rows(scene, undone).values()] == [
        ("skipped", "undo-field-changed"),
        ("updated", ""),
    ]
    assert scene.students()["000001"]["students.phone"] == "(480) 555-0177"


def test_a_student_edited_after_the_plan_of_the_undo_is_left_out(scene: Scene) -> None:
    wrong = wrong_run(scene)
    plan = undo(scene, wrong, yes=False)
    scene.edit("000001", mname="Ray")
    approve(scene, plan)
    assert rows(scene, plan)["000001"][:2] == ("skipped", "undo-changed-since")
    assert scene.students()["000001"]["students.fname"] == MISTAKE
    assert undo(scene, wrong).counts["310"] == {"updated": 1, "skipped": 1}
    assert scene.students()["000001"]["students.fname"] == "Given1"


def test_a_value_that_was_blank_is_blank_again_and_a_year_that_was_not_is_gone(scene: Scene) -> None:
    scene.write_students([child(1)])
    scene.run()
    before = content(scene)
    with scene.scope():
        from yellowbus.enroll import years

        years.enable_imports(scene.instance.pk, YEAR + 1)
    next_year = scene.run(year=YEAR + 1)
    with scene.scope():
        assert set(Student.objects.get().annual) == {str(YEAR), str(YEAR + 1)}
    undo(scene, next_year)
    assert content(scene) == before


def test_only_the_year_of_the_run_is_touched(scene: Scene) -> None:
    wrong = wrong_run(scene)
    with scene.scope():
        student = Student.objects.get(district_id="000001")
        student.annual |= {str(YEAR + 1): {"grade": "9"}}
        student.version += 1
        student.save(update_fields=["annual", "version"])
    undo(scene, wrong)
    with scene.scope():
        annual = Student.objects.get(district_id="000001").annual
    assert (annual[str(YEAR)]["grade"], annual[str(YEAR + 1)]) == ("4", {"grade": "9"})


def test_custom_fields_are_put_back_too(scene: Scene) -> None:
    from yellowbus.enroll.students import add_custom_field

    with scene.scope():
        add_custom_field(scene.instance.pk, "bus", "Bus")
        scene.map("students", [*STUDENT_RULES, direct("custom.bus", "phone")])
    scene.write_students([child(1)])
    scene.run()
    before = content(scene)
    scene.write_students([child(1, phone="(480) 555-0199")])
    undone = undo(scene, scene.run())
    assert rows(scene, undone)["000001"][2]["custom.bus"] == ["(480) 555-0199", "(480) 555-0101"]
    assert content(scene) == before


def test_an_undo_works_while_imports_are_off(scene: Scene) -> None:
    from yellowbus.enroll.models import SchoolYear

    wrong = wrong_run(scene)
    with scene.scope():
        SchoolYear.objects.update(imports_enabled=False)
    assert approve(scene, undo(scene, wrong, yes=False)).state == State.DONE
    assert scene.students()["000001"]["students.fname"] == "Given1"


# --- students whom the run added ---


def test_a_student_whom_something_else_touched_is_archived(scene: Scene) -> None:
    scene.write_students([child(1), child(2)])
    first = scene.run()
    scene.edit("000001", mname="Ray")
    undone = undo(scene, first)
    assert {key: row[:2] for key, row in rows(scene, undone).items()} == {
        "000001": ("updated", "undo-archives"),
        "000002": ("updated", "undo-removes"),
    }
    with scene.scope():
        left = Student.objects.get(instance=scene.instance)
        assert (left.district_id, left.lasting["mname"], left.archived_at is None) == ("000001", "Ray", False)
    night = scene.run()
    assert night.counts == {"310": {"unchanged": 1}, "320": {"created": 1}}
    with scene.scope():
        assert Student.objects.get(district_id="000001").archived_at is not None


def test_a_student_with_a_registration_or_a_decision_is_archived(scene: Scene) -> None:
    from yellowbus.enroll.models import Registration, School

    scene.write_students([child(1), child(2), child(3)])
    first = scene.run()
    with scene.scope():
        school = School.objects.filter(instance=scene.instance).first()
        assert school is not None
        Registration.objects.create(
            instance=scene.instance, external_id="r1", student_id=student_of(scene, "000001"), school=school,
            year=YEAR, grade="4", status="approved",
        )  # fmt: skip
        Decision.objects.create(
            connection=scene.connection,
            key="777777",
            student_id=student_of(scene, "000002"),
            actor="registrar",
        )
    plan = undo(scene, first, yes=False)
    assert {key: row[1] for key, row in rows(scene, plan).items()} == {
        "000001": "undo-archives", "000002": "undo-archives", "000003": "undo-removes",
    }  # fmt: skip
    with scene.scope():  # matched while the plan waited
        Decision.objects.create(
            connection=scene.connection,
            key="888888",
            student_id=student_of(scene, "000003"),
            actor="registrar",
        )
    approve(scene, plan)
    assert rows(scene, plan)["000003"][:2] == ("skipped", "undo-changed-since")
    assert sorted(scene.students()) == ["000001", "000002", "000003"]


def test_a_field_of_an_added_student_is_cleared_unless_no_student_can_be_without_it(scene: Scene) -> None:
    scene.write_students([child(1)])
    first = scene.run()
    undo(scene, first, field="students.phone")
    assert "students.phone" not in scene.students()["000001"]
    undone = undo(scene, first, field="students.fname")
    assert refused(scene, undone) == {"000001": ["undo-field-required students.fname"]}
    assert scene.students()["000001"]["students.fname"] == "Given1"


def test_a_student_who_is_gone_is_named(scene: Scene) -> None:
    wrong = wrong_run(scene)
    with scene.scope():
        Student.objects.get(district_id="000001").delete()
    assert rows(scene, undo(scene, wrong))["000001"][:2] == ("skipped", "undo-gone")


def test_schools_are_put_back_and_stay(scene: Scene) -> None:
    scene.write_schools(
        [("School Code", "name", "group", "level", "street"), ("310", "Wrong", "Main", "Elementary", "1 Elm St"),
         ("320", "Oak Hill", "Main", "High", "2 Oak St"), ("330", "New", "Main", "High", "3 Ash St")]
    )  # fmt: skip
    with scene.scope():
        from yellowbus.enroll import schools

        wrong = scene.run("schools")
        undone = undo(scene, wrong)
        names = schools.names(scene.instance.pk)
    assert names == {"310": "Cedar Ridge", "320": "Oak Hill", "330": "New"}
    assert {key: row[:2] for key, row in rows(scene, undone).items()} == {
        "310": ("updated", ""),
        "330": ("skipped", "undo-school-stays"),
    }


# --- the undo of an undo ---


def test_an_undo_is_undone(scene: Scene) -> None:
    wrong = wrong_run(scene)
    changed = content(scene)
    undone = undo(scene, wrong)
    again = undo(scene, undone)
    assert (content(scene), again.counts["310"]) == (changed, {"updated": 2})
    with scene.scope():
        assert [Undoing.objects.get(run=each).redo for each in (undone, again)] == [False, True]


def test_students_removed_or_archived_come_back_as_they_were(scene: Scene) -> None:
    scene.write_students([child(1), child(2)])
    first = scene.run()
    scene.edit("000001", mname="Ray")
    full = content(scene)
    undone = undo(scene, first)
    again = undo(scene, undone)
    assert content(scene) == full
    assert {key: row[:2] for key, row in rows(scene, again).items()} == {
        "000001": ("updated", "undo-unarchives"),
        "000002": ("created", "undo-returns"),
    }
    undo(scene, again)
    with scene.scope():
        assert [row.archived_at is None for row in Student.objects.all()] == [False]


def test_one_who_was_added_again_meanwhile_does_not_come_back_twice(scene: Scene) -> None:
    scene.write_students([child(1)])
    undone = undo(scene, scene.run())
    scene.run()
    again = undo(scene, undone)
    assert rows(scene, again)["000001"][:2] == ("skipped", "undo-came-back")
    assert list(scene.students()) == ["000001"]
