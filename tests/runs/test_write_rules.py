"""When a mapped value may replace what Enroll holds, and what a blank does."""

import pytest

from scene import STUDENT_RULES, Scene, child, direct

PHONE = "students.phone"


def with_phone(**how: object) -> list[dict[str, object]]:
    return [*(rule for rule in STUDENT_RULES if rule["field"] != PHONE), direct(PHONE, "phone", **how)]


def phone_after(scene: Scene, first: str, second: str, **how: object) -> str | None:
    """What Enroll holds after a night with `first` and a night with `second`."""
    with scene.scope():
        scene.map("students", with_phone(**how))
    for phone in (first, second):
        scene.write_students([child(1, phone=phone)])
        scene.run()
    return scene.students()["000001"].get(PHONE)


OLD, NEW = "(480) 555-0101", "(480) 555-0102"


@pytest.mark.parametrize(
    ("rule", "kept"),
    [("always", NEW), ("if-blank", OLD), ("on-create", OLD), ("never", None)],
)
def test_a_write_rule_says_whether_a_later_value_replaces_the_first(
    scene: Scene, rule: str, kept: str | None
) -> None:
    assert phone_after(scene, OLD, NEW, write_rule=rule) == kept


@pytest.mark.parametrize(
    ("rule", "filled"),
    [("always", NEW), ("if-blank", NEW), ("on-create", None), ("never", None)],
)
def test_a_write_rule_says_whether_a_blank_is_filled_later(
    scene: Scene, rule: str, filled: str | None
) -> None:
    assert phone_after(scene, "", NEW, write_rule=rule) == filled


def test_a_blank_leaves_the_value_of_enroll_alone(scene: Scene) -> None:
    assert phone_after(scene, OLD, "") == OLD


def test_a_blank_clears_the_value_where_overwrite_is_set(scene: Scene) -> None:
    assert phone_after(scene, OLD, "", overwrite=True) is None


def test_a_field_that_is_not_mapped_stays_as_a_person_entered_it(scene: Scene) -> None:
    scene.write_students([child(1)])
    scene.run()
    scene.edit("000001", mname="Ray")
    scene.write_students([child(1, grade="5")])
    scene.run()
    held = scene.students()["000001"]
    assert (held["students.mname"], held["students_annual.grade"]) == ("Ray", "5")


def test_what_a_person_changed_in_enroll_is_written_again_the_next_night(scene: Scene) -> None:
    scene.write_students([child(1)])
    scene.run()
    scene.edit("000001", phone="(480) 555-0199")
    run = scene.run()
    assert run.counts == {"310": {"updated": 1}}
    assert scene.students()["000001"][PHONE] == OLD


def test_a_later_day_gives_no_child_a_new_entry_date(scene: Scene) -> None:
    from datetime import datetime, timedelta, timezone

    scene.write_students([child(1)])
    entered = scene.run().today
    later = datetime.combine(entered, datetime.min.time(), timezone(timedelta(hours=-8))) + timedelta(days=9)
    scene.write_students([child(1, grade="5")])
    run = scene.run(now=later)
    assert run.today > entered
    assert scene.students()["000001"]["students_annual.sis_entrydate"] == entered.isoformat()


def test_the_years_of_a_student_stand_side_by_side(scene: Scene) -> None:
    from yellowbus.enroll import years
    from yellowbus.enroll.models import Student

    scene.write_students([child(1)])
    scene.run()
    scene.write_students([child(1, grade="5")])
    with scene.scope():
        years.enable_imports(scene.instance.pk, 2027)
        scene.run(year=2027)
        held = Student.objects.get(instance=scene.instance)
    assert {year: values["grade"] for year, values in held.annual.items()} == {"2026": "4", "2027": "5"}
