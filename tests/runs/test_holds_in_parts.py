"""Held values are released or dismissed by school and by record; the counts stay right, and two look where two must."""

from typing import Any

import pytest

from scene import Scene, child
from yellowbus.errors import NeedsAdmin
from yellowbus.runs import holding, outstanding
from yellowbus.runs.importing import drive, order
from yellowbus.runs.models import Change, Due, Hold, Run, StayPut
from yellowbus.setup import audit, policies
from yellowbus.setup.permissions import FULL_ACCESS, LIMITED_ACCESS, Actor
from yellowbus.setup.policies import Kept

PHONE, NAME = "students.phone", "students.fname"
NEW = "(480) 555-0999"
OF = 40


@pytest.fixture
def first(scene: Scene) -> Scene:
    scene.write_students([child(n) for n in range(OF)])
    scene.run()
    return scene


def night(scene: Scene, changed: int = 30, **other: str) -> Run:
    """A night that was applied except for what it held."""
    values = other or {"phone": NEW}
    scene.write_students([child(n, **values) if n < changed else child(n) for n in range(OF)])
    return scene.run()


def plan(scene: Scene, changed: int = 30) -> Run:
    """The same, as a plan that waits."""
    scene.write_students([child(n, phone=NEW) if n < changed else child(n) for n in range(OF)])
    return scene.run(yes=False)


def holds(scene: Scene, run: Run) -> list[tuple[str, int, str, str]]:
    with scene.scope():
        rows = Hold.objects.filter(run=run).order_by("field", "pk")
        return list(rows.values_list("field", "count", "state", "part"))


def waiting(scene: Scene, run: Run, field: str = PHONE) -> int:
    """How many rows of the run wait with this field."""
    with scene.scope():
        return Change.objects.filter(run=run, held__has_key=field).exclude(decided__has_key=field).count()


def totals(run: Run) -> dict[str, int]:
    found: dict[str, int] = {}
    for tally in run.counts.values():
        for outcome, number in tally.items():
            found[outcome] = found.get(outcome, 0) + number
    return found


def release(scene: Scene, run: Run, *fields: str, actor: Actor | None = None, **part: Any) -> Run:
    with scene.scope():
        follow = holding.release_part(actor or scene.actor, run, holding.part_of(run, **part), fields)
        drive.drive(str(follow.pk))
        follow.refresh_from_db()
    return follow


def dismiss(scene: Scene, run: Run, *fields: str, **part: Any) -> int:
    with scene.scope():
        return holding.dismiss_part(scene.actor, run, holding.part_of(run, **part), fields)


def changed(scene: Scene) -> int:
    """How many students of Enroll have the new phone."""
    return sum(student.get(PHONE) == NEW for student in scene.students().values())


# --- a plan that waits ---


def test_one_school_of_a_waiting_plan_is_released_and_joins_it(first: Scene) -> None:
    run = plan(first)
    release(first, run, school="310")
    assert holds(first, run) == [(PHONE, 15, "waiting", ""), (PHONE, 15, "released", "school 310")]
    assert (waiting(first, run), totals(run)) == (15, {"updated": 15, "held": 15, "unchanged": 10})
    with first.scope():
        order.approve(first.actor, run.pk)
    drive.drive(str(run.pk))
    assert changed(first) == 15
    assert {n for n, row in first.students().items() if row[PHONE] == NEW} == {
        f"{n:06}" for n in range(1, 30, 2)
    }


def test_single_records_of_a_waiting_plan_are_released(first: Scene) -> None:
    run = plan(first)
    release(first, run, keys=["000003", "000004"])
    assert holds(first, run) == [(PHONE, 28, "waiting", ""), (PHONE, 2, "released", "2 records")]
    assert (waiting(first, run), totals(run)["updated"]) == (28, 2)


def test_a_field_released_after_a_part_of_it_releases_the_rest(first: Scene) -> None:
    run = plan(first)
    release(first, run, school="310")
    with first.scope():
        outstanding.release_holds(first.actor, run, [PHONE])
        run.refresh_from_db()
    assert totals(run) == {"updated": 30, "unchanged": 10}
    assert [state for *_, state, _ in holds(first, run)] == ["released", "released"]


def test_a_field_released_after_a_part_of_it_was_dismissed_leaves_that_part(first: Scene) -> None:
    run = plan(first)
    dismiss(first, run, keys=["000000"])
    with first.scope():
        outstanding.release_holds(first.actor, run)
        order.approve(first.actor, run.pk)
    drive.drive(str(run.pk))
    assert (changed(first), first.students()["000000"][PHONE]) == (29, "(480) 555-0100")


def test_one_field_of_a_record_is_released_and_its_other_one_waits(first: Scene) -> None:
    first.write_students([child(n, phone=NEW, first="Renamed") if n < 30 else child(n) for n in range(OF)])
    run = first.run(yes=False)
    release(first, run, PHONE, keys=["000001"])
    assert (waiting(first, run, PHONE), waiting(first, run, NAME)) == (29, 30)
    assert totals(run)["held"] == 30  # the record still waits with its name


# --- after the run ended ---


def test_one_school_is_released_after_the_run_ended_by_a_run_of_its_records(first: Scene) -> None:
    run = night(first)
    follow = release(first, run, school="320")
    assert (follow.pk != run.pk, follow.read, totals(follow)) == (True, 15, {"updated": 15})
    assert (changed(first), waiting(first, run)) == (15, 15)
    with first.scope():
        assert Due.objects.filter(dismissed_by="").count() == 15


def test_more_than_was_shown_is_not_let_through(first: Scene) -> None:
    run = night(first)
    first.write_students([child(n, phone=NEW, first="Renamed") if n < 30 else child(n) for n in range(OF)])
    follow = release(first, run, PHONE, school="320")
    assert holds(first, follow) == [(NAME, 15, "waiting", "")]
    assert changed(first) == 15


def test_what_was_released_is_not_taken_up_again_with_the_rest(first: Scene) -> None:
    run = night(first)
    release(first, run, keys=["000002"])
    with first.scope():
        rest = outstanding.release_holds(first.actor, run)
    drive.drive(str(rest.pk))
    with first.scope():
        rest.refresh_from_db()
    assert (rest.read, changed(first)) == (29, 30)


# --- dismissing ---


def test_a_record_dismissed_is_due_no_more_and_stays_as_it_is_every_night(first: Scene) -> None:
    run = night(first)
    assert dismiss(first, run, keys=["000001", "000002"]) == 2
    assert holds(first, run) == [(PHONE, 28, "waiting", ""), (PHONE, 2, "dismissed", "2 records")]
    with first.scope():
        assert Due.objects.filter(dismissed_by="").count() == 28
        assert StayPut.objects.count() == 2
        outstanding.release_holds(first.actor, run)
        follow = Run.objects.get(trigger="retry")
    drive.drive(str(follow.pk))
    first.run()
    assert (changed(first), first.students()["000001"][PHONE]) == (28, "(480) 555-0101")


def test_a_dismissed_value_flows_again_when_the_sis_has_another_one(first: Scene) -> None:
    run = night(first)
    dismiss(first, run, keys=["000001"])
    first.write_students([child(n, phone="(480) 555-0777") if n == 1 else child(n) for n in range(OF)])
    first.run()
    assert first.students()["000001"][PHONE] == "(480) 555-0777"
    with first.scope():
        assert StayPut.objects.count() == 0


def test_a_school_dismissed_leaves_the_other_one_waiting(first: Scene) -> None:
    run = night(first)
    assert (dismiss(first, run, school="310"), waiting(first, run)) == (15, 15)
    with first.scope():
        assert set(Due.objects.filter(dismissed_by="").values_list("key", flat=True)) == {
            f"{n:06}" for n in range(0, 30, 2)
        }


def test_the_rest_dismissed_as_a_whole_stays_dismissed_the_next_night(first: Scene) -> None:
    run = night(first)
    dismiss(first, run, keys=["000001"])
    with first.scope():
        outstanding.dismiss_holds(first.actor, run)
    again = night(first)
    assert holds(first, again) == [(PHONE, 29, "dismissed", "")]


def test_records_dismissed_singly_may_be_released_after_all(first: Scene) -> None:
    run = night(first)
    dismiss(first, run, keys=["000001", "000002"])
    follow = release(first, run, keys=["000001"])
    assert (totals(follow), first.students()["000001"][PHONE]) == ({"updated": 1}, NEW)
    assert holds(first, run) == [
        (PHONE, 28, "waiting", ""),
        (PHONE, 1, "dismissed", "2 records"),
        (PHONE, 1, "released", "1 record"),
    ]
    with first.scope():
        assert list(StayPut.objects.values_list("field", flat=True)) == [PHONE]


@pytest.mark.parametrize(
    "part", [{"keys": ["000039"]}, {"school": "no such"}, {"keys": ["no such"]}, {}], ids=str
)
def test_a_part_in_which_nothing_waits_is_refused(first: Scene, part: dict[str, Any]) -> None:
    run = night(first)
    for act in (release, dismiss):
        with pytest.raises(NeedsAdmin) as refused:
            act(first, run, **part)
        assert refused.value.code == "hold-part-none"
    assert holds(first, run) == [(PHONE, 30, "waiting", "")]


def test_the_same_record_is_decided_once(first: Scene) -> None:
    run = night(first)
    dismiss(first, run, keys=["000001"])
    with pytest.raises(NeedsAdmin):
        dismiss(first, run, keys=["000001"])
    assert holds(first, run) == [(PHONE, 29, "waiting", ""), (PHONE, 1, "dismissed", "1 record")]


def test_clears_and_other_changes_of_a_field_are_counted_each_in_their_hold(scene: Scene) -> None:
    from scene import STUDENT_RULES, direct

    with scene.scope():
        rules = [rule for rule in STUDENT_RULES if rule["field"] != PHONE]
        scene.map("students", [*rules, direct(PHONE, "phone", overwrite=True)])
    scene.write_students([child(n) for n in range(OF)])
    scene.run()
    scene.write_students(
        [child(n, phone="") if n < 12 else child(n, phone=NEW) if n < 30 else child(n) for n in range(OF)]
    )
    run = scene.run()
    with scene.scope():
        assert sorted(Hold.objects.values_list("rule", "count")) == [("clears", 12), ("updates", 18)]
    dismiss(scene, run, keys=["000001", "000002", "000020"])
    with scene.scope():
        assert sorted(Hold.objects.values_list("rule", "state", "count")) == [
            ("clears", "dismissed", 2), ("clears", "waiting", 10),
            ("updates", "dismissed", 1), ("updates", "waiting", 17),
        ]  # fmt: skip


def test_it_is_audited_without_a_value(first: Scene) -> None:
    run = night(first)
    dismiss(first, run, keys=["000001"])
    release(first, run, school="320")
    with first.scope():
        events, _ = audit.events("hold.")
        assert [(event.verb, event.facts) for event in events] == [
            ("hold.release", {"fields": [PHONE], "part": "school 320", "values": 15}),
            ("hold.dismiss", {"fields": [PHONE], "part": "1 record", "values": 1}),
        ]


def test_who_may_not_release_may_not_release_a_part(first: Scene) -> None:
    run = night(first)
    limited = Actor("someone", first.organization.pk, LIMITED_ACCESS)
    with first.scope():
        part = holding.part_of(run, school="310")
        for verb in (holding.release_part, holding.dismiss_part):
            with pytest.raises(NeedsAdmin) as refused:
                verb(limited, run, part)
            assert refused.value.code == "not-permitted"


# --- two pairs of eyes ---


def second(scene: Scene) -> Actor:
    return Actor("second@lakeview.example", scene.organization.pk, FULL_ACCESS)


@pytest.fixture
def two(first: Scene) -> Scene:
    with first.scope():
        policies.set_kept(first.actor, Kept(four_eyes=True))
    return first


def test_who_saved_the_mapping_does_not_release_what_it_holds(two: Scene) -> None:
    run = night(two)
    with two.scope():
        Run.objects.update(actor="schedule")
        run.refresh_from_db()
        with pytest.raises(NeedsAdmin) as whole:
            outstanding.release_holds(two.actor, run)
        with pytest.raises(NeedsAdmin) as part:
            holding.release_part(two.actor, run, holding.part_of(run, school="310"))
    assert [refused.value.code for refused in (whole, part)] == ["four-eyes"] * 2
    assert [refused.value.facts["did"] for refused in (whole, part)] == ["saved its mapping"] * 2
    assert (holds(two, run), changed(two)) == ([(PHONE, 30, "waiting", "")], 0)


def test_who_ordered_the_run_does_not_either(two: Scene) -> None:
    run = night(two)
    with two.scope():
        Run.objects.update(actor=second(two).name)
        run.refresh_from_db()
        with pytest.raises(NeedsAdmin) as refused:
            outstanding.release_holds(second(two), run)
    assert refused.value.facts["did"] == "ordered it"


def test_another_one_releases_and_anyone_dismisses(two: Scene) -> None:
    run = night(two)
    release(two, run, actor=second(two), school="310")
    assert (dismiss(two, run, school="320"), changed(two)) == (15, 15)


def test_it_is_off_until_an_administrator_turns_it_on(first: Scene) -> None:
    run = night(first)
    release(first, run, school="310")
    assert changed(first) == 15
