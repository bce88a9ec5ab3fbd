"""An unknown code is one line whatever the number of students; added once, only they are imported again."""

from dataclasses import replace
from typing import Any

import pytest

from scene import STUDENT_RULES, Scene, child, direct, steps
from yellowbus.errors import NeedsAdmin
from yellowbus.mapping.match_codes import table_of
from yellowbus.mapping.targets import rule_at, with_rule_at
from yellowbus.runs import unknown_codes
from yellowbus.runs.importing import drive
from yellowbus.runs.models import Due, Run
from yellowbus.runs.unknown_codes import Unknown
from yellowbus.setup import drafts, mappings
from yellowbus.setup.permissions import Actor, Permission

GRADE, STATUS = "students_annual.grade", "students_annual.sis_enroll_status"
OTHERS = tuple(rule for rule in STUDENT_RULES if rule["field"] != GRADE)


def table(*lines: tuple[str, str], **more: Any) -> Any:
    return steps(GRADE, "grade", {"use": "match-codes", "table": [list(line) for line in lines], **more})


@pytest.fixture
def coded(scene: Scene) -> Scene:
    """Grades by a table that knows 4 alone."""
    with scene.scope():
        scene.map("students", [*OTHERS, table(("4", "4"))])
    return scene


def unknown(scene: Scene) -> list[Unknown]:
    with scene.scope():
        return unknown_codes.unknown(scene.actor, [scene.connection])


def lines(scene: Scene) -> list[tuple[str, str, int, str | None]]:
    return [(each.field, each.code, each.count, each.added) for each in unknown(scene)]


def add(
    scene: Scene, code: str = "04", value: str = "4", *, actor: Actor | None = None
) -> unknown_codes.Added:
    with scene.scope():
        return unknown_codes.add(actor or scene.actor, scene.connection, "students", {(GRADE, code): value})


def finished(scene: Scene, run: Run | None) -> Run:
    assert run is not None
    with scene.scope():
        drive.drive(str(run.pk))
        run.refresh_from_db()
    return run


def grades(scene: Scene) -> dict[str, str | None]:
    return {key: values.get(GRADE) for key, values in scene.students().items()}


def test_a_code_of_300_students_is_one_line_and_only_they_are_imported_again(coded: Scene) -> None:
    rows = [child(n, grade="04" if n <= 300 else "4") for n in range(1, 341)]
    coded.write_students(rows)
    first = coded.run()
    assert lines(coded) == [(GRADE, "04", 300, None)]
    before = mappings_of(coded)
    added = add(coded)
    assert (added.records, mappings_of(coded) - before) == (300, 1)
    assert lines(coded) == [(GRADE, "04", 300, "4")]  # added, and its students not yet imported again
    again = finished(coded, added.run)
    assert (again.trigger, again.read, sum(sum(each.values()) for each in again.counts.values())) == (
        "retry", 300, 300,
    )  # fmt: skip
    assert again.only == [f"{n:06}" for n in range(1, 301)]
    assert (lines(coded), set(grades(coded).values()), len(grades(coded))) == ([], {"4"}, 340)
    assert first.read == 340
    with coded.scope():
        assert Due.objects.count() == 0


def mappings_of(scene: Scene) -> int:
    with scene.scope():
        return len(mappings.history(scene.connection, "students"))


def test_a_code_is_one_line_however_it_is_written(coded: Scene) -> None:
    coded.write_students([child(1, grade="kg"), child(2, grade="KG "), child(3, grade="PS")])
    coded.run()
    assert lines(coded) == [(GRADE, "KG", 2, None), (GRADE, "PS", 1, None)]


def test_what_is_added_twice_stays_as_it_was_first(coded: Scene) -> None:
    coded.write_students([child(1, grade="04")])
    coded.run()
    add(coded)
    again = add(coded, value="5")
    with coded.scope():
        rule = rule_at(mappings.mapping_of(again.version), GRADE)
    assert rule is not None
    step = table_of(rule)
    assert step is not None
    assert step.table == (("4", "4"), ("04", "4"))


def test_a_field_without_a_table_gets_one_that_leaves_all_others(scene: Scene) -> None:
    scene.write_students([child(1, status="enrolled"), child(2)])
    scene.run()
    assert lines(scene) == [(STATUS, "enrolled", 1, None)]
    with scene.scope():
        added = unknown_codes.add(scene.actor, scene.connection, "students", {(STATUS, "enrolled"): "active"})
    finished(scene, added.run)
    scene.run()
    assert {key: each[STATUS] for key, each in scene.students().items()} == {
        "000001": "active",
        "000002": "active",
    }
    assert lines(scene) == []


def test_only_values_that_the_field_takes_are_added(coded: Scene) -> None:
    coded.write_students([child(1, grade="04")])
    coded.run()
    with pytest.raises(NeedsAdmin) as refused:
        add(coded, value="fourth")
    assert (refused.value.code, mappings_of(coded)) == ("codes-target-not-taken", 2)


def test_nobody_loses_what_is_not_saved(coded: Scene) -> None:
    coded.write_students([child(1, grade="04")])
    coded.run()
    other = Actor("Avery (invented)", coded.organization.pk, coded.actor.permissions)

    def drop_phone(mapping: Any) -> Any:
        return replace(mapping, rules=tuple(rule for rule in mapping.rules if rule.field != "students.phone"))

    def with_five(mapping: Any) -> Any:
        rule = rule_at(mapping, GRADE)
        assert rule is not None
        return with_rule_at(mapping, GRADE, unknown_codes._with_code(rule, "05", "5"))

    with coded.scope():
        drafts.change(coded.actor, coded.connection, "students", drop_phone)
        drafts.change(other, coded.connection, "students", with_five)
    added = add(coded)
    with coded.scope():
        mine = drafts.look(coded.actor, coded.connection, "students")
        assert (mine.base, drafts.changed(mine)) == (
            added.version.number,
            frozenset({"students.phone"}),
        )
        theirs = drafts.keep_mine(other, coded.connection, "students")
        rule = rule_at(theirs.mapping, GRADE)
        assert rule is not None
        assert {code: unknown_codes.becomes(rule, code) for code in ("4", "05", "04")} == {
            "4": "4", "05": "5", "04": "4",
        }  # fmt: skip


def test_codes_are_kept_where_no_run_can_be_ordered_now(coded: Scene) -> None:
    coded.write_students([child(1, grade="04"), child(2)])
    coded.run()
    without = coded.actor.permissions - {Permission.RUN_IMPORTS}
    added = add(coded, actor=Actor("Avery (invented)", coded.organization.pk, without))
    assert (added.run, added.refused and added.refused.code) == (None, "not-permitted")
    coded.run()
    assert grades(coded)["000001"] == "4"


def test_who_may_not_change_mappings_adds_nothing(coded: Scene) -> None:
    coded.write_students([child(1, grade="04")])
    coded.run()
    with pytest.raises(NeedsAdmin) as refused:
        add(
            coded, actor=Actor("Avery (invented)", coded.organization.pk, frozenset({Permission.RUN_IMPORTS}))
        )
    assert (refused.value.code, lines(coded)) == ("not-permitted", [(GRADE, "04", 1, None)])


def test_a_dismissed_record_is_in_no_line(coded: Scene) -> None:
    coded.write_students([child(1, grade="04")])
    coded.run()
    with coded.scope():
        Due.objects.update(dismissed_by="operator")
    assert lines(coded) == []


def test_the_choices_are_the_values_of_the_field(coded: Scene) -> None:
    coded.write_students([child(1, grade="04")])
    coded.run()
    (line,) = unknown(coded)
    assert (("4", "4") in [(value, value) for value, _ in line.choices], line.label) == (True, "Grade")


def test_a_direct_field_of_free_text_has_no_unknown_codes(scene: Scene) -> None:
    with scene.scope():
        scene.map("students", [*STUDENT_RULES[:-1], direct("students.email", "phone")])
    scene.write_students([child(1, phone="no address")])
    scene.run()
    assert lines(scene) == []
