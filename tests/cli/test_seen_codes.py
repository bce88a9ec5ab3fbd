"""The codes the SIS really has, from the command line, before any schedule."""

from pathlib import Path
from typing import Any

import pytest

from scene import STUDENT_RULES, Scene, child, direct, steps
from yellowbus.runs import scanning

TABLE = {"use": "match-codes", "table": [["4", "4"], ["6", "6"]]}


@pytest.fixture
def scene(db: None, tmp_path: Path) -> Scene:
    made = Scene(tmp_path).ready()
    others = [rule for rule in STUDENT_RULES if rule["field"] != "students_annual.grade"]
    matched = steps("students_annual.grade", "grade", TABLE) | {"type": "match-codes"}
    with made.scope():
        made.map("students", [*others, matched])
    made.write_students([child(n, grade=grade) for n, grade in enumerate(["4", "PK3", "PK3", "5", "", "4"])])
    return made


def test_the_codes_are_read_and_shown_unmatched_first(yellowbus: Any, scene: Scene) -> None:
    ended = yellowbus("mapping", "scan", "CSV")
    assert (ended.status, ended.out) == (
        0, 'Read 6 records: codes of 1 field.\nLook at them: yellowbus mapping codes "CSV"\n',
    )  # fmt: skip
    shown = yellowbus("mapping", "codes", "CSV", "--field", "students_annual.grade", "--json")
    assert (shown.status, shown.json) == (
        1,
        [
            {"code": "PK3", "records": 2, "enroll": None},
            {"code": "5", "records": 1, "enroll": None},
            {"code": "4", "records": 2, "enroll": "4"},
            {"code": "6", "records": 0, "enroll": "6"},
        ],
    )


def test_a_person_reads_the_same_in_a_table(yellowbus: Any, scene: Scene) -> None:
    yellowbus("mapping", "scan", "CSV")
    told = yellowbus("mapping", "codes", "CSV", "--field", "Students_Annual.grade").out.split("\n")
    assert [line.split() for line in told[:3]] == [
        ["SIS", "code", "Records", "Enroll", "value"],
        ["PK3", "2", "!", "no", "match"],
        ["5", "1", "!", "no", "match"],
    ]
    assert told[5] == "Blank: 1."


def test_without_a_field_every_matched_field_has_a_line(yellowbus: Any, scene: Scene) -> None:
    assert "not yet" in yellowbus("mapping", "codes", "CSV").out
    yellowbus("mapping", "scan", "CSV")
    ended = yellowbus("mapping", "codes", "CSV", "--json")
    (row,) = ended.json
    assert row.pop("read_at")
    assert (ended.status, row) == (
        1,
        {"field": "students_annual.grade", "source": "grade", "codes": 3, "unmatched": 2, "records_unmatched": 3},
    )  # fmt: skip


def test_when_all_is_matched_the_status_is_0(yellowbus: Any, scene: Scene) -> None:
    scene.write_students([child(1)])
    yellowbus("mapping", "scan", "CSV")
    assert yellowbus("mapping", "codes", "CSV").status == 0
    assert yellowbus("mapping", "codes", "CSV", "--field", "students_annual.grade").status == 0


def test_any_source_field_can_be_read(yellowbus: Any, scene: Scene) -> None:
    assert yellowbus("mapping", "codes", "CSV", "--field", "school").status == 1
    yellowbus("mapping", "scan", "CSV", "--field", "school", "--field", "status")
    shown = yellowbus("mapping", "codes", "CSV", "--field", "school", "--json")
    assert shown.json == [{"code": "310", "records": 3}, {"code": "320", "records": 3}]


def test_a_field_that_has_not_been_read_is_told_with_the_command_that_reads_it(
    yellowbus: Any, scene: Scene
) -> None:
    ended = yellowbus("mapping", "codes", "CSV", "--field", "school", "--json")
    assert ended.json["error"]["code"] == "codes-not-read"
    assert "yellowbus mapping scan CSV" in ended.json["error"]["remedy"]


def test_a_scan_that_fails_says_why(yellowbus: Any, scene: Scene) -> None:
    ended = yellowbus("mapping", "scan", "CSV", "--field", "house", "--json")
    assert (ended.status, ended.json["state"], ended.json["error"]["code"]) == (
        1, "failed", "scan-fields-lacking",
    )  # fmt: skip


def test_a_scan_under_way_can_be_cancelled(yellowbus: Any, scene: Scene) -> None:
    assert yellowbus("mapping", "scan", "CSV", "--cancel").out == "No scan is under way.\n"
    with scene.scope():
        scanning.order(scene.actor, scene.connection, "students", year=2026)
    assert yellowbus("mapping", "scan", "CSV").status == 1
    assert yellowbus("mapping", "scan", "CSV", "--cancel").out == "Cancelled.\n"
    assert yellowbus("mapping", "scan", "CSV").status == 0


def test_schools_have_codes_too(yellowbus: Any, scene: Scene) -> None:
    yellowbus("mapping", "scan", "CSV", "--kind", "schools", "--field", "level")
    shown = yellowbus("mapping", "codes", "CSV", "--kind", "schools", "--field", "level", "--json")
    assert [row["code"] for row in shown.json] == ["Elementary", "High"]


def test_without_match_codes_it_says_so(yellowbus: Any, scene: Scene) -> None:
    with scene.scope():
        scene.map("students", [direct("students.fname", "first")])
    ended = yellowbus("mapping", "codes", "CSV")
    assert (ended.status, ended.out) == (0, "No field is mapped with Match Codes.\n")
    assert yellowbus("mapping", "scan", "CSV").status == 1
