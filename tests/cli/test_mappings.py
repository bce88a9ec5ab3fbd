"""Mapping documents in and out, checks, previews and versions."""

import json
from pathlib import Path

import pytest

from scene import STUDENT_RULES, Scene, child, document


@pytest.fixture
def file(scene: Scene, tmp_path: Path) -> Path:
    """A mapping without a grade and with the phone from another column."""
    rules = [rule for rule in STUDENT_RULES if rule["field"] != "students_annual.grade"]
    path = tmp_path / "mapping.json"
    path.write_text(json.dumps(document("students", rules)))
    return path


def test_what_is_shown_can_be_applied_again(yellowbus, scene: Scene, tmp_path: Path) -> None:
    shown = yellowbus("mapping", "show", "CSV", "--json").out
    copy = tmp_path / "copy.json"
    copy.write_text(shown)
    assert yellowbus("mapping", "apply", "CSV", copy, "--json").json["version"] == 1
    assert yellowbus("mapping", "show", "CSV", "--json").out == shown


def test_applying_makes_a_version_and_the_history_tells_it(yellowbus, scene: Scene, file: Path) -> None:
    ended = yellowbus("mapping", "apply", "CSV", file, "--note", "no grades", "--json")
    assert ended.json == {"connection": "CSV", "kind": "students", "version": 2}
    rows = yellowbus("mapping", "history", "CSV", "--json").json
    assert [(row["version"], row["note"]) for row in rows] == [(2, "no grades"), (1, "")]


def test_two_versions_are_compared_in_words(yellowbus, scene: Scene, file: Path) -> None:
    yellowbus("mapping", "apply", "CSV", file)
    assert yellowbus("mapping", "diff", "CSV", 1, 2, "--json").json == ["students_annual.grade: removed"]
    assert yellowbus("mapping", "diff", "CSV", 1, 1).out == "The two versions are the same.\n"
    assert yellowbus("mapping", "diff", "CSV", 1, 9).status == 1


def test_an_earlier_version_is_restored_as_the_next_one(yellowbus, scene: Scene, file: Path) -> None:
    before = yellowbus("mapping", "show", "CSV", "--json").json
    yellowbus("mapping", "apply", "CSV", file)
    assert yellowbus("mapping", "restore", "CSV", 1, "--json").json["version"] == 3
    assert yellowbus("mapping", "show", "CSV", "--json").json == before


def test_a_file_that_is_no_json_changes_nothing(yellowbus, scene: Scene, tmp_path: Path) -> None:
    broken = tmp_path / "broken.json"
    broken.write_text('{"format": 1')
    assert yellowbus("mapping", "apply", "CSV", broken).status == 1
    assert yellowbus("mapping", "apply", "CSV", tmp_path / "none.json").status == 1
    assert yellowbus("mapping", "apply", "CSV").status == 2
    assert len(yellowbus("mapping", "history", "CSV", "--json").json) == 1


def test_a_newer_format_is_refused(yellowbus, scene: Scene, file: Path) -> None:
    file.write_text(json.dumps({"format": 99, "kind": "students"}))
    assert "newer Yellowbus" in yellowbus("mapping", "apply", "CSV", file).err


def test_a_complete_mapping_passes_the_check(yellowbus, scene: Scene) -> None:
    scene.write_students([child(1)])
    assert (yellowbus("mapping", "check", "CSV").status, yellowbus("mapping", "check", "CSV").out) == (
        0, "Version 1 is complete.\n",
    )  # fmt: skip


def test_the_check_names_what_lacks_and_what_the_sis_does_not_have(
    yellowbus, scene: Scene, file: Path
) -> None:
    scene.write_students([child(1)])
    rules = [rule for rule in STUDENT_RULES if rule["field"] != "students.fname"]
    rules += [{"field": "students.email", "type": "direct", "source": "e-mail"}]
    file.write_text(json.dumps(document("students", rules)))
    yellowbus("mapping", "apply", "CSV", file)
    ended = yellowbus("mapping", "check", "CSV", "--json")
    assert (ended.status, [finding["code"] for finding in ended.json]) == (
        1,
        ["required-unmapped", "source-unknown"],
    )
    offline = yellowbus("mapping", "check", "CSV", "--offline", "--json").json
    assert [finding["code"] for finding in offline] == ["required-unmapped"]


def test_a_preview_shows_source_mapped_value_and_problem(yellowbus, scene: Scene) -> None:
    scene.write_students([child(1), child(2, dob="02/30/2015")])
    ended = yellowbus("mapping", "preview", "CSV", "000001", "000002", "000003", "--json")
    assert (ended.status, [(each["student"], each["found"]) for each in ended.json]) == (
        1, [("000001", True), ("000002", True), ("000003", False)],
    )  # fmt: skip
    good, bad = ({field["field"]: field for field in each["fields"]} for each in ended.json[:2])
    assert good["students.dob"] == {
        "field": "students.dob", "source": "dob", "value": "02/02/2015", "mapped": "2015-02-02", "left_alone": False,
        "problems": [],
    }  # fmt: skip
    assert bad["students.dob"]["mapped"] is None
    assert bad["students.dob"]["problems"][0].startswith("Date of Birth expects a date")


def test_a_preview_without_ids_takes_the_examples_of_the_connection(yellowbus, scene: Scene) -> None:
    scene.write_students([child(1)])
    assert yellowbus("mapping", "preview", "CSV").status == 1
    yellowbus("connection", "options", "CSV", "--example", "000001")
    assert [each["student"] for each in yellowbus("mapping", "preview", "CSV", "--json").json] == ["000001"]


def test_a_preview_takes_five_students_at_most(yellowbus, scene: Scene) -> None:
    assert yellowbus("mapping", "preview", "CSV", *range(6)).status == 1


def test_a_preview_writes_nothing(yellowbus, scene: Scene) -> None:
    scene.write_students([child(1)])
    yellowbus("mapping", "preview", "CSV", "000001")
    assert scene.students() == {}


def test_a_sis_without_a_ready_mapping_says_so(yellowbus, scene: Scene) -> None:
    ended = yellowbus("mapping", "apply", "CSV", "--ready")
    assert (ended.status, ended.err.splitlines()[0]) == (
        1,
        "There is no ready students mapping for CSV file.",
    )
