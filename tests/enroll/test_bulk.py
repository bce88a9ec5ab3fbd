"""Many rows at once: what is written, what is left alone, and what is read back."""

import json
from typing import Any

import pytest

from yellowbus.enroll import bulk
from yellowbus.enroll.bulk import Source
from yellowbus.enroll.models import Instance, School, Student

YEAR = 2026
MARK, OTHER_MARK = bytes(range(16)), bytes(16)


def changes(*rows: dict[str, Any]) -> Source:
    """A relation of changes in the order given; what a row does not say is blank."""
    plain = [{"writes": True, "version": 1, **row, "position": number} for number, row in enumerate(rows, 1)]
    return Source(
        "SELECT position, writes, student_id, outcome, version, lasting, annual, custom, match_key, mark::bytea AS mark"
        " FROM jsonb_to_recordset(%(rows)s::jsonb) AS row (position bigint, writes boolean, student_id bigint,"
        " outcome text, version bigint, lasting jsonb, annual jsonb, custom jsonb, match_key text, mark text)",
        {"rows": json.dumps(plain)},
    )


def write(
    instance: Instance, *rows: dict[str, Any], kind: str = "students", year: int = YEAR
) -> tuple[Any, list[int]]:
    return bulk.write(kind, instance.pk, changes(*rows), year=year)


def hexed(mark: bytes) -> str:
    return "\\x" + mark.hex()


def student(instance: Instance, **values: Any) -> Student:
    lasting = {"student_district_id": "000001", "fname": "Ana", "phone": "1"}
    return Student.objects.create(
        instance=instance, **{"lasting": lasting, "annual": {"2026": {"grade": "4"}}, "mark": MARK} | values
    )


def fresh(row: Student) -> Student:
    return Student.objects.get(pk=row.pk)


def test_a_new_student_stands_whole(instance: Instance) -> None:
    (row,) = bulk.reserve_ids("students", 1)
    new = {
        "student_id": row, "outcome": "created", "lasting": {"student_district_id": "7", "fname": "Ana"},
        "annual": {"grade": "4"}, "custom": {"bus": "12"}, "match_key": "ana||", "mark": hexed(MARK),
    }  # fmt: skip
    assert write(instance, new) == (1, [])
    made = Student.objects.get(pk=row)
    assert (made.lasting, made.annual, made.custom, made.version, bytes(made.mark), made.district_id) == (
        {"student_district_id": "7", "fname": "Ana"}, {"2026": {"grade": "4"}}, {"bus": "12"}, 1, MARK, "7",
    )  # fmt: skip


def test_ids_are_reserved_once(instance: Instance) -> None:
    first, second = bulk.reserve_ids("students", 3), bulk.reserve_ids("students", 3)
    assert len({*first, *second}) == 6
    assert bulk.reserve_ids("schools", 0) == []


def test_a_change_touches_its_fields_alone_and_raises_the_version(instance: Instance) -> None:
    row = student(instance)
    change = {
        "student_id": row.pk,
        "outcome": "updated",
        "lasting": {"phone": "2"},
        "mark": hexed(OTHER_MARK),
    }
    assert write(instance, change) == (1, [])
    after = fresh(row)
    assert after.lasting == {"student_district_id": "000001", "fname": "Ana", "phone": "2"}
    assert (after.annual, after.version, bytes(after.mark)) == ({"2026": {"grade": "4"}}, 2, OTHER_MARK)


def test_null_clears_a_value(instance: Instance) -> None:
    row = student(instance)
    write(
        instance,
        {"student_id": row.pk, "outcome": "updated", "lasting": {"phone": None}, "annual": {"grade": None}},
    )
    assert (fresh(row).lasting, fresh(row).annual) == (
        {"student_district_id": "000001", "fname": "Ana"},
        {"2026": {}},
    )


def test_another_year_stands_beside_this_one(instance: Instance) -> None:
    row = student(instance)
    write(instance, {"student_id": row.pk, "outcome": "updated", "annual": {"grade": "5"}}, year=2027)
    assert fresh(row).annual == {"2026": {"grade": "4"}, "2027": {"grade": "5"}}


def test_a_confirmed_student_gets_the_mark_and_keeps_its_version(instance: Instance) -> None:
    row = student(instance)
    changed_at = fresh(row).changed_at
    write(instance, {"student_id": row.pk, "outcome": "unchanged", "mark": hexed(OTHER_MARK)})
    assert (fresh(row).version, bytes(fresh(row).mark), fresh(row).changed_at) == (1, OTHER_MARK, changed_at)


def test_a_held_student_loses_the_mark(instance: Instance) -> None:
    row = student(instance)
    write(instance, {"student_id": row.pk, "outcome": "held", "lasting": {"phone": "2"}})
    assert (fresh(row).mark, fresh(row).lasting["phone"]) == (None, "2")


def test_a_student_whose_version_moved_is_left_alone_and_named(instance: Instance) -> None:
    moved, still = student(instance, version=3), student(instance, lasting={"student_district_id": "2"})
    rows = [{"student_id": row.pk, "outcome": "updated", "lasting": {"phone": "2"}} for row in (moved, still)]
    assert write(instance, *rows) == (2, [moved.pk])
    assert (fresh(moved).lasting["phone"], fresh(still).lasting["phone"]) == ("1", "2")


def test_a_student_who_exists_by_now_is_not_made_again(instance: Instance) -> None:
    student(instance)
    (row,) = bulk.reserve_ids("students", 1)
    new = {"student_id": row, "outcome": "created", "lasting": {"student_district_id": "000001"}}
    assert write(instance, new) == (1, [row])
    assert Student.objects.count() == 1


def test_a_row_that_is_not_to_be_carried_out_only_moves_the_position(instance: Instance) -> None:
    row = student(instance)
    rows = [{"student_id": row.pk, "outcome": "updated", "lasting": {"phone": "2"}, "writes": False}]
    assert (write(instance, *rows), fresh(row).version) == ((1, []), 1)
    assert write(instance) == (None, [])


def test_no_student_of_another_instance_is_written(instance: Instance) -> None:
    other = Instance.objects.create(organization=instance.organization, environment="sandbox")
    row = student(other)
    assert write(instance, {"student_id": row.pk, "outcome": "updated", "lasting": {"phone": "2"}}) == (
        1,
        [row.pk],
    )
    assert fresh(row).lasting["phone"] == "1"


def test_schools_are_written_by_their_code(instance: Instance) -> None:
    (row,) = bulk.reserve_ids("schools", 1)
    new = {"student_id": row, "outcome": "created", "lasting": {"school_code": "310", "name": "Cedar Ridge"}}
    write(instance, new, kind="schools")
    write(instance, {"student_id": row, "outcome": "updated", "lasting": {"name": "Cedar"}}, kind="schools")
    made = School.objects.get(pk=row)
    assert (made.school_code, made.name, made.version) == ("310", "Cedar", 2)


def test_what_is_held_comes_by_catalog_name(instance: Instance) -> None:
    row = student(instance, custom={"bus": "12"}, annual={"2026": {"grade": "4"}, "2025": {"grade": "3"}})
    found = bulk.held_by_key("students", instance.pk, ["000001", "unknown"], year=YEAR)
    assert list(found) == ["000001"]
    assert (found["000001"].id, found["000001"].values) == (row.pk, {
        "students.student_district_id": "000001", "students.fname": "Ana", "students.phone": "1",
        "students_annual.grade": "4", "custom.bus": "12",
    })  # fmt: skip
    assert bulk.held_by_id("students", instance.pk, [row.pk], year=YEAR) == {row.pk: found["000001"]}


def test_namesakes_are_found_by_their_match_key_archived_ones_too(instance: Instance) -> None:
    from django.utils import timezone

    one = student(instance, match_key="ana|vega|2015-01-02")
    other = student(instance, match_key="ana|vega|2015-01-02", lasting={}, archived_at=timezone.now())
    found = bulk.namesakes(instance.pk, ["ana|vega|2015-01-02", "nobody"], year=YEAR)
    assert {key: [(held.id, held.archived) for held in rows] for key, rows in found.items()} == {
        "ana|vega|2015-01-02": [(one.pk, False), (other.pk, True)]
    }


def test_values_held_are_counted_in_their_table_and_year(instance: Instance) -> None:
    student(instance)
    student(
        instance, lasting={"student_district_id": "2"}, annual={"2025": {"grade": "4"}}, custom={"bus": "12"}
    )
    fields = ["students.phone", "students_annual.grade", "custom.bus", "students.mname"]
    assert list(bulk.holding("students", instance.pk, fields, year=YEAR).values()) == [1, 1, 1, 0]


@pytest.mark.parametrize(
    ("schools", "expected"), [(["310"], {"310": 2}), (["320", "330"], {"320": 1}), ([], {})]
)
def test_students_are_counted_by_school_without_archived_ones(
    instance: Instance, schools: list[str], expected: dict[str, int]
) -> None:
    from django.utils import timezone

    for number, (school, archived) in enumerate(
        [("310", False), ("310", False), ("320", False), ("310", True)]
    ):
        student(
            instance,
            lasting={"student_district_id": str(number)},
            annual={"2026": {"school_code": school}, "2025": {"school_code": "330"}},
            archived_at=timezone.now() if archived else None,
        )
    assert bulk.by_school(instance.pk, YEAR, schools) == expected
