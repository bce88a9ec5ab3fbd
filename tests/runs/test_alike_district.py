"""A whole invented district through an import: who is asked about, who is linked, and that nothing else is touched."""

import pytest

from planning.likeness.invented import District, district
from scene import STUDENT_RULES, YEAR, Scene, child, direct
from yellowbus.enroll.models import Student
from yellowbus.planning.match import match_key
from yellowbus.runs.models import Change
from yellowbus.setup.options import Options, set_options

SIZE = 300
FIRST = 1_000_000  # the number of the first incoming record


@pytest.fixture
def invented() -> District:
    return district(SIZE, 7)


def office(scene: Scene, invented: District) -> dict[int, int]:
    """Enroll knows the district's children, the file has its records; {number of a known child: student}."""
    with scene.scope():
        scene.map("students", (*STUDENT_RULES, direct("students_annual.guardian1_phone_mobile", "phone")))
        students = {number: _known(scene, values) for number, values in invented.known.items()}
    scene.write_students([_row(number, values) for number, values in invented.incoming.items()])
    return students


def _known(scene: Scene, values: dict[str, str]) -> int:
    tables: dict[str, dict[str, str]] = {"students": {}, "students_annual": {}}
    for name, value in values.items():
        table, _, column = name.partition(".")
        tables[table][column] = value
    return Student.objects.create(
        instance=scene.instance, lasting=tables["students"], annual={str(YEAR): tables["students_annual"]},
        match_key=match_key(values),
    ).pk  # fmt: skip


def _row(number: int, values: dict[str, str]) -> tuple[str, ...]:
    year, _, rest = values.get("students.dob", "").partition("-")
    return child(
        number - FIRST,
        first=values["students.fname"], last=values["students.lname"],
        dob=f"{rest.replace('-', '/')}/{year}" if year else "",
        phone=values.get("students_annual.guardian1_phone_mobile", ""),
    )  # fmt: skip


def rows(scene: Scene, **which: str) -> list[tuple[int, str, int | None]]:
    """Of the run's rows the number of the record, the outcome and the student."""
    found = Change.objects.filter(run__kind="students", **which).values_list("key", "outcome", "student_id")
    return [(int(key) + FIRST, outcome, student) for key, outcome, student in found]


def test_without_the_administrator_s_word_no_known_child_is_touched(scene: Scene, invented: District) -> None:
    students = office(scene, invented)
    with scene.scope():
        before = list(Student.objects.filter(pk__in=students.values()).order_by("pk").values())
        scene.run()
        assert list(Student.objects.filter(pk__in=students.values()).order_by("pk").values()) == before
        assert {outcome for _, outcome, student in rows(scene) if student in students.values()} == set()


def test_every_known_child_that_comes_with_a_birth_date_is_asked_about(
    scene: Scene, invented: District
) -> None:
    students = office(scene, invented)
    scene.run()
    with scene.scope():
        asked = {
            int(row.key) + FIRST: [problem["facts"]["student"] for problem in row.problems]
            for row in Change.objects.filter(run__kind="students", outcome="review")
        }
    known = [
        number
        for number, who in invented.truth.items()
        if who and "students.dob" in invented.incoming[number]
    ]
    first = [number for number in known if asked.get(number, [None])[0] == students[invented.truth[number]]]
    assert len(first) / len(known) > 0.98


def test_what_is_linked_is_the_right_child(scene: Scene, invented: District) -> None:
    students = office(scene, invented)
    with scene.scope():
        set_options(scene.actor, scene.connection, Options(links_certain=True))
        scene.run()
        linked = rows(scene, basis="likeness")
    assert len(linked) > SIZE * 0.6 * 0.5
    assert [
        number for number, _, student in linked if students.get(invented.truth[number] or 0) != student
    ] == []
