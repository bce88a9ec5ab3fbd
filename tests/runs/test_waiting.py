"""What is due across runs, by cause and in the order to mend it; dismissed with a reason and taken back."""

from typing import Any

import pytest

from scene import STUDENT_RULES, Scene, child, direct
from yellowbus.errors import NeedsAdmin
from yellowbus.runs import waiting
from yellowbus.runs.models import Due
from yellowbus.setup.permissions import Actor, Permission

BAD = "02/30/2015"
WHY = "The school knows."


def causes(scene: Scene) -> list[waiting.Cause]:
    with scene.scope():
        return waiting.causes([scene.connection])


def told(scene: Scene) -> list[tuple[str, str, int, int]]:
    return [(each.code, each.field, each.count, each.alone) for each in causes(scene)]


def key(scene: Scene, code: str) -> str:
    return next(each.key for each in causes(scene) if each.code == code)


def dismiss(scene: Scene, code: str, *, because: str = WHY) -> tuple[int, int]:
    with scene.scope():
        return waiting.dismiss(scene.actor, [scene.connection], key(scene, code), because=because)


def refused(act: Any) -> str:
    with pytest.raises(NeedsAdmin) as error:
        act()
    return error.value.code


@pytest.fixture
def troubled(scene: Scene) -> Scene:
    """Three with a bad birth date, one of them without first name too; two lack it alone; one is of an unknown school."""
    scene.write_students(
        [
            child(1, dob=BAD), child(2, dob=BAD), child(3, dob=BAD, first=""), child(4, first=""), child(5, first=""),
            child(6, school="999"), child(7),
        ]
    )  # fmt: skip
    scene.run()
    return scene


def test_each_cause_is_one_line_and_what_frees_most_comes_first(troubled: Scene) -> None:
    assert told(troubled) == [
        ("school-unknown", "students_annual.school_code", 1, 1),
        ("bad-date", "students.dob", 3, 2),
        ("required-blank", "students.fname", 3, 2),
    ]


def test_schools_come_before_students(scene: Scene) -> None:
    scene.write_students([child(n, dob=BAD) for n in range(1, 5)])
    scene.run()
    scene.write_schools([("School Code", "name", "group", "level", "street"), ("310", "", "", "", "")])
    scene.run("schools")
    assert [each.kind for each in causes(scene)][:1] == ["schools"]
    assert [each.kind for each in causes(scene)][-1:] == ["students"]


def test_causes_are_gathered_from_several_runs(scene: Scene) -> None:
    scene.write_students([child(1, dob=BAD), child(2, dob=BAD)])
    scene.run()
    scene.write_students([child(1, dob=BAD), child(2, dob=BAD), child(3, dob=BAD)])
    scene.run(only=["000003"])
    (cause,) = causes(scene)
    assert (cause.count, cause.alone, "birth" in cause.sentence.lower()) == (3, 3, True)


def test_a_cause_with_many_facts_is_told_by_an_example(scene: Scene) -> None:
    scene.write_students([child(n, school=f"9{n}") for n in range(1, 3)])
    scene.run()
    assert [each.example for each in causes(scene)] == [False, False]
    scene.write_students([child(n, school=f"9{n}") for n in range(1, 6)])
    scene.run()
    assert [(each.example, each.count) for each in causes(scene)] == [(True, 5)]


def test_what_is_held_and_what_waits_to_be_matched_are_causes(scene: Scene) -> None:
    scene.write_students([child(n) for n in range(1, 31)])
    scene.run()
    scene.write_students(
        [
            *(child(n, grade="5") for n in range(1, 31)),
            child(50, first="Given1", last="Family1", dob="02/02/2015"),
        ]
    )
    scene.run()
    assert told(scene) == [
        ("waits-held", "students_annual.grade", 30, 30),
        ("waits-review", "", 1, 1),
    ]


def test_a_partial_record_is_due_and_told(scene: Scene) -> None:
    rules = [rule for rule in STUDENT_RULES if rule["field"] != "students.phone"]
    with scene.scope():
        scene.map("students", [*rules, direct("students.email", "phone")])
    scene.write_students([child(1, phone="not an address")])
    scene.run()
    assert told(scene) == [("value-not-an-email", "students.email", 1, 1)]


def test_a_cause_is_dismissed_with_its_reason_save_for_who_has_another_too(troubled: Scene) -> None:
    assert dismiss(troubled, "bad-date", because="  The school   knows. ") == (2, 1)
    assert told(troubled) == [
        ("school-unknown", "students_annual.school_code", 1, 1),
        ("required-blank", "students.fname", 3, 2),
        ("bad-date", "students.dob", 1, 0),
    ]
    with troubled.scope():
        (group,) = waiting.dismissed([troubled.connection])
        assert (group.count, group.by, group.because) == (2, "operator", WHY)


def test_a_dismissal_stays_while_the_reason_is_the_same_and_ends_with_it(troubled: Scene) -> None:
    dismiss(troubled, "bad-date")
    troubled.run()
    with troubled.scope():
        assert [each.because for each in waiting.dismissed([troubled.connection])] == [WHY]
    troubled.write_students([child(1, school="999"), child(2, dob=BAD)])
    troubled.run()
    with troubled.scope():
        kept = {
            row.key: (row.dismissed_by, row.because)
            for row in Due.objects.filter(key__in=["000001", "000002"])
        }
    assert kept == {"000001": ("", ""), "000002": ("operator", WHY)}


def test_a_dismissal_is_taken_back(troubled: Scene) -> None:
    before = told(troubled)
    dismiss(troubled, "bad-date")
    with troubled.scope():
        (group,) = waiting.dismissed([troubled.connection])
        assert waiting.take_back(troubled.actor, [troubled.connection], group.key) == 2
        assert refused(lambda: waiting.take_back(troubled.actor, [troubled.connection], group.key)) == (
            "dismissal-gone"
        )
    assert told(troubled) == before


def test_nothing_is_dismissed_without_a_reason_or_a_record(troubled: Scene) -> None:
    assert refused(lambda: dismiss(troubled, "bad-date", because="  ")) == "dismiss-without-reason"
    old = key(troubled, "bad-date")
    dismiss(troubled, "bad-date")
    assert refused(lambda: dismiss(troubled, "bad-date")) == "cause-shared"
    troubled.write_students([child(7)])
    troubled.write_students([child(n) for n in range(1, 8)])
    troubled.run()
    with troubled.scope():
        assert refused(
            lambda: waiting.dismiss(troubled.actor, [troubled.connection], old, because=WHY)
        ) == "cause-gone"  # fmt: skip


def test_who_may_not_release_holds_dismisses_nothing(troubled: Scene) -> None:
    may = Actor("Avery (invented)", troubled.organization.pk, frozenset({Permission.VIEW_LOG}))
    with troubled.scope():
        cause = key(troubled, "bad-date")
        assert refused(lambda: waiting.dismiss(may, [troubled.connection], cause, because=WHY)) == (
            "not-permitted"
        )


def test_who_has_a_cause_is_listed(troubled: Scene) -> None:
    with troubled.scope():
        rows = waiting.due_with([troubled.connection], key(troubled, "bad-date"))
        found = waiting.records(troubled.actor, rows)
    assert [(each.key, len(each.problems)) for each in found] == [("000001", 1), ("000002", 1), ("000003", 2)]


def test_a_run_that_waits_or_failed_as_a_whole_stands_before_all(scene: Scene) -> None:
    scene.write_students([child(1)])
    scene.run(yes=False)
    with scene.scope():
        (found,) = waiting.stopped([scene.connection])
    assert (found.kind, found.failed, found.why.code) == ("students", False, "first-run")
    scene.students_file.unlink()
    scene.run()
    with scene.scope():
        assert [each.failed for each in waiting.stopped([scene.connection])] == [True]


def test_another_connection_has_its_own_causes(troubled: Scene) -> None:
    with troubled.scope():
        assert waiting.causes([]) == []
        cause = key(troubled, "bad-date")
        assert waiting.due_with([], cause) == []
