"""Bad files and bad mappings: each has its clear error, says where and what to do, and nothing of it is written."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from scene import HEADER, STUDENT_RULES, Scene, child, direct, document, steps
from yellowbus.errors import NeedsAdmin, YellowbusError
from yellowbus.runs.models import Change, Run, State
from yellowbus.setup import mappings

LATIN = "id,first,last\n000001,Zoë,Núñez\n".encode("latin-1")


def told(run: Run) -> YellowbusError:
    """The error of a run as a person is told of it."""
    return NeedsAdmin(run.error_code, **run.error_facts)


def lines(*rows: tuple[str, ...]) -> bytes:
    return ("\n".join(",".join(row) for row in rows) + "\n").encode()


# The whole file, the code of its error, and what its sentence must name so that the place is found.
FILES: dict[str, tuple[bytes, str, tuple[str, ...]]] = {
    "a repeated heading": (lines((*HEADER, "Grade"), (*child(1), "4")), "file-heading-twice", ("6, 9",)),
    "a heading left blank": (lines((*HEADER, ""), (*child(1), "4")), "file-heading-blank", ("9",)),
    "another encoding": (lines(HEADER, child(1)) + LATIN, "file-not-utf8", ("line 4",)),
    "a NUL byte": (lines(HEADER, child(1)) + b"0000\x0002,x", "file-nul-byte", ("Line 3",)),
    "no rows": (lines(HEADER), "file-without-rows", ()),
    "nothing at all": (b"", "file-empty", ()),
    "another separator": (lines(HEADER, child(1)).replace(b",", b";"), "file-delimiter", ("comma or tab",)),
    "no id column": (lines(HEADER, child(1)).replace(b"id,", b"number,"), "source-fields-lacking", ("id",)),
}


@pytest.mark.parametrize("name", FILES)
def test_a_bad_file_stops_the_run_before_anything_is_written(scene: Scene, name: str) -> None:
    content, code, places = FILES[name]
    scene.write_students([child(1), child(2)])
    scene.run()
    before = scene.students()
    scene.students_file.write_bytes(content)
    run = scene.run()
    error = told(run)
    assert (run.state, run.error_code, run.read) == (State.FAILED, code, 0)
    assert [place for place in places if place not in error.sentence] == []
    assert error.remedy != ""
    assert scene.students() == before
    with scene.scope():
        assert not Change.objects.filter(run=run).exists()


def test_a_file_that_is_not_there_is_named(scene: Scene) -> None:
    scene.students_file.unlink()
    run = scene.run()
    assert (run.state, run.error_code) == (State.FAILED, "file-missing")
    assert str(scene.students_file) in told(run).sentence


# A row that is bad, the code of its problem and the field it is told of.
ROWS: dict[str, tuple[tuple[str, ...], str, str]] = {
    "too few columns": (child(1)[:-2], "row-ragged", ""),
    "too many columns": ((*child(1), "more"), "row-ragged", ""),
    "a day that is not": (child(1, dob="02/30/2015"), "bad-date", "students.dob"),
    "a month that is not": (child(1, dob="13/01/2015"), "bad-date", "students.dob"),
    "another date format": (child(1, dob="2015-02-03"), "bad-date", "students.dob"),
    "no id": (child(1, id=""), "required-blank", "students.student_district_id"),
    "no name": (child(1, last=" "), "required-blank", "students.lname"),
    "an id out of a spreadsheet": (child(1, id="1.23E+05"), "id-number-format", ""),
    "an unknown school": (child(1, school="999"), "school-unknown", "students_annual.school_code"),
}


@pytest.mark.parametrize("name", ROWS)
def test_a_bad_row_fails_alone_and_says_why(scene: Scene, name: str) -> None:
    row, code, field = ROWS[name]
    scene.write_students([row, child(2)])
    run = scene.run()
    assert (run.state, run.read, list(scene.students())) == (State.DONE, 2, ["000002"])
    with scene.scope():
        failed = Change.objects.get(run=run, outcome="failed")
    assert failed.reason == code
    assert [(problem["code"], problem["field"]) for problem in failed.problems] == [(code, field)]


def test_all_that_is_wrong_with_a_row_is_said_at_once(scene: Scene) -> None:
    scene.write_students([child(1, dob="02/30/2015", last="", grade="ZZ")])
    run = scene.run()
    with scene.scope():
        (failed,) = Change.objects.filter(run=run)
    assert sorted((problem["code"], problem["field"]) for problem in failed.problems) == [
        ("bad-date", "students.dob"),
        ("required-blank", "students.lname"),
        ("value-not-a-code", "students_annual.grade"),
    ]


def test_an_unknown_code_leaves_its_field_and_writes_the_rest(scene: Scene) -> None:
    scene.write_students([child(1)])
    scene.run()
    scene.write_students([child(1, grade="ZZ", phone="(480) 555-0199")])
    run = scene.run()
    held = scene.students()["000001"]
    assert (held["students_annual.grade"], held["students.phone"]) == ("4", "(480) 555-0199")
    with scene.scope():
        change = Change.objects.get(run=run)
    assert (change.outcome, change.reason, change.problems[0]["warning"]) == (
        "updated",
        "value-not-a-code",
        True,
    )


def test_a_code_that_its_table_does_not_list_is_told_as_the_mapping_says(scene: Scene) -> None:
    rules = [rule for rule in STUDENT_RULES if rule["field"] != "students_annual.grade"]
    table = {"use": "match-codes", "table": [["4", "4"]]}
    with scene.scope():
        scene.map(
            "students", [*rules, steps("students_annual.grade", "grade", table) | {"type": "match-codes"}]
        )
    scene.write_students([child(1, grade="Fifth")])
    run = scene.run()
    with scene.scope():
        change = Change.objects.get(run=run)
    assert [problem["code"] for problem in change.problems] == ["unmatched-code"]
    assert "students_annual.grade" not in scene.students()["000001"]


def test_two_students_with_one_id_are_told_of_both(scene: Scene) -> None:
    scene.write_students([child(1), child(2, id="000001"), child(3)])
    run = scene.run()
    with scene.scope():
        failed = Change.objects.filter(run=run, outcome="failed").values_list("key", "reason")
        assert list(failed) == [("000001", "repeated-differing")] * 2
    assert list(scene.students()) == ["000003"]


# A mapping document, and what must be named of what is wrong with it.
DOCUMENTS: dict[str, tuple[dict[str, Any], str, tuple[str, ...]]] = {
    "from a newer version": (
        document("students", STUDENT_RULES) | {"format": 2},
        "mapping-newer",
        ("format 2",),
    ),
    "with an unknown key": (
        document("students", [direct("students.fname", "first", surprise=1)]),
        "mapping-unknown-key",
        ("document.rules[0]", "surprise"),
    ),
    "with an unknown step": (
        document("students", [steps("students.fname", "first", {"use": "guess"})]),
        "mapping-wrong-value",
        ("document.rules[0].steps[0]",),
    ),
    "with an unknown Mapping Type": (
        document("students", [{"field": "students.fname", "type": "magic"}]),
        "mapping-wrong-value",
        ("document.rules[0].type",),
    ),
    "of another kind": (document("teachers", STUDENT_RULES), "mapping-wrong-value", ("document.kind",)),
    "without a format": ({"kind": "students"}, "mapping-wrong-value", ("document.format",)),
}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_mapping_document_that_is_not_understood_changes_nothing(scene: Scene, name: str) -> None:
    broken, code, places = DOCUMENTS[name]
    with scene.scope():
        before = mappings.current(scene.connection, "students")
        with pytest.raises(NeedsAdmin) as refused:
            mappings.save(scene.actor, scene.connection, broken)
        assert mappings.current(scene.connection, "students") == before
    error = refused.value
    assert (error.code, [place for place in places if place not in error.sentence]) == (code, [])
    assert "Nothing was changed." in error.sentence
    assert error.remedy != ""


BROKEN_RULES: dict[str, tuple[Callable[[], dict[str, Any]], str]] = {
    "a field mapped twice": (lambda: direct("students.fname", "phone"), "First Name"),
    "Overwrite on who the student is": (
        lambda: direct("students.student_district_id", "id", overwrite=True),
        "Overwrite",
    ),
}


@pytest.mark.parametrize("name", BROKEN_RULES)
def test_a_mapping_that_cannot_work_is_refused_before_anything_is_read(scene: Scene, name: str) -> None:
    make, named = BROKEN_RULES[name]
    rule = make()
    kept = [
        each for each in STUDENT_RULES if name == "a field mapped twice" or each["field"] != rule["field"]
    ]
    with scene.scope():
        scene.map("students", [*kept, rule])
        before = Run.objects.count()
    scene.students_file.unlink()  # reading it would be another error
    with pytest.raises(NeedsAdmin) as refused:
        scene.run()
    assert (refused.value.code, named in refused.value.sentence) == ("mapping-not-ready", True)
    with scene.scope():
        assert Run.objects.count() == before


def test_a_field_that_enroll_does_not_have_is_refused_with_those_it_has(scene: Scene) -> None:
    with scene.scope(), pytest.raises(NeedsAdmin) as refused:
        scene.map("students", [*STUDENT_RULES, direct("students.phones", "phone")])
    assert (refused.value.code, "students.phone" in str(refused.value)) == ("field-unknown", True)


def test_no_error_of_a_run_holds_a_personal_value(
    scene: Scene, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    canary = {"first": "Canaryname", "last": "Canaryfamily", "phone": "(480) 555-7777"}
    scene.write_students([child(1, **canary, dob="02/30/2015"), child(2, **canary, school="999")])
    run = scene.run()
    scene.write_students([child(1, **canary)[:-1]], header=child(9, **canary))
    failed = scene.run()
    printed = capsys.readouterr()
    everything = printed.out + printed.err + str(run.counts) + str(failed.error_facts) + str(told(failed))
    assert [word for word in ("Canary", "555-7777") if word in everything] == []
