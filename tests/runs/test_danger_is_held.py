"""What looks like an accident waits for a person, field by field; the rest flows."""

import pytest

from scene import STUDENT_RULES, Scene, child, direct
from yellowbus.errors import NeedsAdmin
from yellowbus.runs import outstanding, waiting
from yellowbus.runs.importing import drive, order
from yellowbus.runs.importing.terms import terms_of
from yellowbus.runs.models import Change, Due, Hold, Run, State
from yellowbus.setup import audit
from yellowbus.setup.permissions import LIMITED_ACCESS, Actor

GRADE, SCHOOL, PHONE = "students_annual.grade", "students_annual.school_code", "students.phone"


def overwriting(scene: Scene) -> Scene:
    rules = [rule for rule in STUDENT_RULES if rule["field"] != PHONE]
    with scene.scope():
        scene.map("students", [*rules, direct(PHONE, "phone", overwrite=True)])
    return scene


def night(scene: Scene, changed: int, of: int = 100, *, yes: bool = True, **other: str) -> Run:
    """A night in which `changed` of `of` students have `other` values, after one in which none had."""
    scene.write_students([child(n) for n in range(of)])
    scene.run()
    scene.write_students([child(n, **other) if n < changed else child(n) for n in range(of)])
    return scene.run(yes=yes)


def holds(scene: Scene, run: Run) -> list[tuple[str, str, int, int, str]]:
    with scene.scope():
        rows = Hold.objects.filter(run=run).order_by("rule", "field")
        return list(rows.values_list("rule", "field", "count", "population", "state"))


def totals(run: Run) -> dict[str, int]:
    found: dict[str, int] = {}
    for tally in run.counts.values():
        for outcome, number in tally.items():
            found[outcome] = found.get(outcome, 0) + number
    return found


def test_many_clears_of_a_field_wait(scene: Scene) -> None:
    run = night(overwriting(scene), 11, phone="", grade="5")
    assert holds(scene, run) == [
        ("clears", PHONE, 11, 100, "waiting"),
        ("moves", GRADE, 11, 100, "waiting"),
    ]
    assert totals(run) == {"held": 11, "unchanged": 89}
    assert all(student.get(PHONE) for student in scene.students().values())


@pytest.mark.parametrize(("changed", "of"), [(9, 100), (10, 200)])
def test_few_clears_flow(scene: Scene, changed: int, of: int) -> None:
    run = night(overwriting(scene), changed, of, phone="")
    assert (holds(scene, run), totals(run)) == ([], {"updated": changed, "unchanged": of - changed})


@pytest.mark.parametrize(("changed", "held"), [(10, 0), (11, 11)])
def test_moves_wait_above_ten_percent(scene: Scene, changed: int, held: int) -> None:
    run = night(scene, changed, grade="5")
    assert totals(run).get("held", 0) == held


def test_school_and_grade_count_together_and_wait_together(scene: Scene) -> None:
    scene.write_students([child(n) for n in range(100)])
    scene.run()
    moved = [
        child(n, grade="5") if n < 8 else child(n, school="320") if n < 16 else child(n) for n in range(100)
    ]
    scene.write_students(moved)
    run = scene.run()
    assert holds(scene, run) == [("moves", GRADE, 12, 100, "waiting"), ("moves", SCHOOL, 12, 100, "waiting")]


@pytest.mark.parametrize(("changed", "held"), [(20, 0), (21, 21)])
def test_mass_updates_of_a_field_wait_above_twenty_percent(scene: Scene, changed: int, held: int) -> None:
    run = night(scene, changed, phone="(480) 555-0999")
    assert totals(run).get("held", 0) == held


def test_fewer_than_ten_students_are_never_held(scene: Scene) -> None:
    run = night(scene, 9, of=9, phone="(480) 555-0999", grade="5")
    assert (run.state, totals(run)) == (State.DONE, {"updated": 9})


def test_first_values_are_never_held(scene: Scene) -> None:
    scene.write_students([child(n, phone="") for n in range(50)])
    scene.run()
    scene.write_students([child(n) for n in range(50)])
    assert totals(scene.run()) == {"updated": 50}


def test_only_the_dangerous_field_waits_and_the_rest_of_the_record_flows(scene: Scene) -> None:
    run = night(scene, 30, phone="(480) 555-0999", first="Renamed")
    held = scene.students()["000000"]
    assert (held["students.fname"], held[PHONE]) == ("Given0", "(480) 555-0100")  # both are mass updates
    assert [field for _, field, *_ in holds(scene, run)] == ["students.fname", PHONE]
    scene.write_students(
        [child(n, phone="(480) 555-0999", status="inactive" if n < 5 else "active") for n in range(100)]
    )
    run = scene.run()
    held = scene.students()
    assert [held[f"{n:06}"]["students_annual.sis_enroll_status"] for n in (0, 4, 5)] == ["inactive"] * 2 + [
        "active"
    ]
    assert {student[PHONE] for student in held.values()}.isdisjoint({"(480) 555-0999"})


def test_a_student_whose_every_change_waits_is_not_written(scene: Scene) -> None:
    from yellowbus.enroll.models import Student

    night(scene, 30, phone="(480) 555-0999")
    with scene.scope():
        assert set(Student.objects.filter(instance=scene.instance).values_list("version", flat=True)) == {1}


def test_held_records_stay_due_and_wait_again_the_next_night(scene: Scene) -> None:
    from yellowbus.runs.models import Due

    first = night(scene, 30, phone="(480) 555-0999")
    again = scene.run()
    with scene.scope():
        assert Due.objects.filter(outcome="held").count() == 30
    assert holds(scene, first) == [("updates", PHONE, 30, 100, "replaced")]
    assert holds(scene, again) == [("updates", PHONE, 30, 100, "waiting")]


def release(scene: Scene, run: Run, *fields: str) -> int:
    with scene.scope():
        return order.release(
            scene.actor,
            run.pk,
            fields,
            tables={name: table for name, (table, _) in terms_of(run).tables.items()},
        )


def test_releasing_a_field_of_a_waiting_plan_writes_it_with_the_rest(scene: Scene) -> None:
    run = night(scene, 30, phone="(480) 555-0999", grade="5", yes=False)
    assert totals(run) == {"held": 30, "unchanged": 70}
    assert release(scene, run, PHONE) == 30
    run.refresh_from_db()
    assert totals(run) == {"held": 30, "unchanged": 70}  # the grades still wait
    with scene.scope():
        order.approve(scene.actor, run.pk)
        drive.drive(str(run.pk))
    held = scene.students()["000000"]
    assert (held[PHONE], held[GRADE]) == ("(480) 555-0999", "4")


def test_releasing_every_field_makes_plain_updates_of_held_records(scene: Scene) -> None:
    run = night(scene, 30, phone="(480) 555-0999", grade="5", yes=False)
    release(scene, run, PHONE, GRADE)
    run.refresh_from_db()
    assert totals(run) == {"updated": 30, "unchanged": 70}
    assert {state for *_, state in holds(scene, run)} == {"released"}
    with scene.scope():
        assert set(Change.objects.filter(run=run).values_list("held", flat=True)) == {None}


def test_releasing_a_clear_clears(scene: Scene) -> None:
    run = night(overwriting(scene), 11, phone="", yes=False)
    release(scene, run, PHONE)
    with scene.scope():
        order.approve(scene.actor, run.pk)
        drive.drive(str(run.pk))
    assert sum(PHONE not in student for student in scene.students().values()) == 11


def test_a_field_is_released_only_while_its_plan_waits(scene: Scene) -> None:
    run = night(scene, 30, phone="(480) 555-0999")
    assert run.state == State.DONE
    with pytest.raises(NeedsAdmin) as refused:
        release(scene, run, PHONE)
    assert refused.value.code == "run-not-waiting"


def test_releasing_needs_its_permission(scene: Scene) -> None:
    run = night(scene, 30, phone="(480) 555-0999", yes=False)
    clerk = Actor("clerk", scene.organization.pk, LIMITED_ACCESS)
    with scene.scope(), pytest.raises(NeedsAdmin) as refused:
        order.release(clerk, run.pk, [PHONE], tables={PHONE: "lasting"})
    assert refused.value.code == "not-permitted"


@pytest.mark.parametrize(("ceiling", "held"), [(29, 30), (30, 0), (31, 0)])
def test_a_new_run_releases_as_many_changes_as_a_person_saw(scene: Scene, ceiling: int, held: int) -> None:
    night(scene, 30, phone="(480) 555-0999")
    run = scene.run(released={PHONE: ceiling})
    assert totals(run).get("held", 0) == held
    moved = sum(student[PHONE] == "(480) 555-0999" for student in scene.students().values())
    assert moved == 30 - held


def test_a_name_that_waits_does_not_yet_make_a_namesake(scene: Scene) -> None:
    night(scene, 30, first="Same")
    scene.write_students(
        [
            *(child(n, first="Same") if n < 30 else child(n) for n in range(100)),
            child(500, first="Same", last="Family1", dob="02/02/2015"),
        ]
    )
    run = scene.run()
    with scene.scope():
        assert Change.objects.get(run=run, key="000500").outcome == "created"


# --- dismissed ---


def dismissed(scene: Scene, run: Run, *fields: str) -> int:
    with scene.scope():
        return outstanding.dismiss_holds(scene.actor, run, fields)


def due_by(scene: Scene) -> dict[str, str]:
    """Who dismissed each record that is due, "" for nobody."""
    with scene.scope():
        return dict(Due.objects.filter(connection=scene.connection).values_list("key", "dismissed_by"))


def test_a_dismissed_hold_keeps_what_enroll_has_and_its_records_are_due_no_more(scene: Scene) -> None:
    run = night(overwriting(scene), 11, phone="")
    assert set(due_by(scene).values()) == {""}
    assert dismissed(scene, run, PHONE) == 11
    assert holds(scene, run) == [("clears", PHONE, 11, 100, "dismissed")]
    assert (len(due_by(scene)), set(due_by(scene).values())) == (11, {"operator"})
    with scene.scope():
        (group,) = waiting.dismissed([scene.connection])
        assert (group.count, group.at) == (11, Hold.objects.get(run=run).decided_at)
    assert all(student.get(PHONE) for student in scene.students().values())
    with scene.scope():
        (event,) = audit.events("hold.dismiss")[0]
    assert (event.subject, event.facts) == (str(run.pk), {"fields": [PHONE]})


def test_a_record_that_waits_for_another_hold_too_stays_due(scene: Scene) -> None:
    run = night(overwriting(scene), 11, phone="", grade="5")
    dismissed(scene, run, PHONE)
    assert set(due_by(scene).values()) == {""}
    dismissed(scene, run)
    assert set(due_by(scene).values()) == {"operator"}


def test_a_hold_dismissed_while_the_plan_waits_is_dismissed_when_it_is_applied(scene: Scene) -> None:
    run = night(overwriting(scene), 11, phone="", yes=False)
    dismissed(scene, run)
    with scene.scope():
        order.approve(scene.actor, run.pk)
        drive.drive(str(run.pk))
    assert set(due_by(scene).values()) == {"operator"}
    assert all(student.get(PHONE) for student in scene.students().values())


def test_the_next_night_takes_it_for_dismissed_too_unless_more_would_change(scene: Scene) -> None:
    dismissed(scene, night(overwriting(scene), 11, phone=""))
    again = scene.run()
    assert holds(scene, again) == [("clears", PHONE, 11, 100, "dismissed")]
    scene.write_students([child(n, phone="") if n < 12 else child(n) for n in range(100)])
    more = scene.run()
    assert holds(scene, more) == [("clears", PHONE, 12, 100, "waiting")]
    third = scene.run()
    assert holds(scene, third) == [("clears", PHONE, 12, 100, "waiting")]


def test_a_dismissed_hold_can_still_be_released_by_name(scene: Scene) -> None:
    run = night(overwriting(scene), 11, phone="")
    dismissed(scene, run)
    with scene.scope():
        with pytest.raises(NeedsAdmin) as refused:
            outstanding.release_holds(scene.actor, run)
        again = outstanding.release_holds(scene.actor, run, [PHONE])
        drive.drive(str(again.pk))
    assert refused.value.code == "nothing-held"
    assert sum(PHONE in student for student in scene.students().values()) == 89
    assert due_by(scene) == {}


@pytest.mark.parametrize("fields", [(), ("students.fname",), (PHONE, "students.fname")])
def test_only_what_waits_is_dismissed(scene: Scene, fields: tuple[str, ...]) -> None:
    run = night(overwriting(scene), 11, phone="")
    if not fields:
        dismissed(scene, run)
    with pytest.raises(NeedsAdmin) as refused:
        dismissed(scene, run, *fields)
    assert refused.value.code == "nothing-held"


def test_dismissing_needs_its_permission(scene: Scene) -> None:
    run = night(overwriting(scene), 11, phone="")
    clerk = Actor("clerk", scene.organization.pk, LIMITED_ACCESS)
    with scene.scope(), pytest.raises(NeedsAdmin, match=r"hold\.release"):
        outstanding.dismiss_holds(clerk, run)
