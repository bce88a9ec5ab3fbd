"""Plan, import and runs: what is written, what is said, and the exit status."""

import csv
import json
from pathlib import Path

import pytest

from scene import YEAR, Scene, child
from yellowbus.enroll import years
from yellowbus.runs.models import Run


def ids(scene: Scene) -> list[str]:
    return list(scene.students())


def test_a_plan_writes_nothing_and_ends_with_0(yellowbus, scene: Scene) -> None:
    scene.write_students([child(n) for n in range(3)])
    ended = yellowbus("plan", "CSV", "--json", "--changes", 1)
    assert (ended.status, ids(scene)) == (0, [])
    assert ended.json["counts"] == {"created": 3}
    assert ended.json["state"] == "Waits for a person"
    (first,) = ended.json["changes"]
    assert (first["id"], first["name"], first["changes"]["students.fname"]) == (
        "000000",
        "Given0 Family0",
        {"before": None, "after": "Given0"},
    )


def test_a_plan_is_told_in_sentences(yellowbus, scene: Scene) -> None:
    scene.write_students([child(n) for n in range(2)])
    told = yellowbus("plan", "CSV").out.splitlines()
    assert told[:2] == ["This import creates 2 students.", "+ 000000 Given0 Family0, 10 values"]


def test_the_whole_plan_goes_into_a_csv_file(yellowbus, scene: Scene, tmp_path: Path) -> None:
    scene.write_students([child(n) for n in range(3)])
    file = tmp_path / "plan.csv"
    yellowbus("plan", "CSV", "--csv", file)
    rows = list(csv.DictReader(file.read_text("utf-8-sig").splitlines()))
    assert {row["District ID"] for row in rows} == {"000000", "000001", "000002"}
    assert [row["After"] for row in rows if row["Field"] == "students.fname"] == [
        "Given0",
        "Given1",
        "Given2",
    ]


def test_a_first_import_waits_and_ends_with_3(yellowbus, scene: Scene) -> None:
    scene.write_students([child(1)])
    ended = yellowbus("import", "CSV")
    assert (ended.status, ids(scene)) == (3, [])
    assert "yellowbus runs approve" in ended.out


def test_an_approved_plan_is_applied(yellowbus, scene: Scene) -> None:
    scene.write_students([child(1)])
    run = yellowbus("import", "CSV", "--json").json["id"]
    ended = yellowbus("runs", "approve", run[:8], "--json")
    assert (ended.status, ended.json["status"], ids(scene)) == (0, "Succeeded", ["000001"])


def test_an_import_with_yes_goes_through_and_counts_every_school(yellowbus, scene: Scene) -> None:
    scene.write_students([child(n) for n in range(5)])
    ended = yellowbus("import", "CSV", "--yes", "--json")
    assert ended.status == 0
    assert ended.json["schools"] == [
        {"school": "310 Cedar Ridge", "sis": 2, "enroll": 2, "differences": {}, "unexplained": 0},
        {"school": "320 Oak Hill", "sis": 3, "enroll": 3, "differences": {}, "unexplained": 0},
    ]


def test_schools_are_spoken_of_as_schools(yellowbus, scene: Scene) -> None:
    assert yellowbus("import", "CSV", "--kind", "schools", "--yes").out.startswith(
        "This import left 2 schools as they were."
    )


def test_imports_that_are_off_are_refused_with_the_remedy(yellowbus, scene: Scene) -> None:
    with scene.scope():
        years.enable_imports(scene.instance.pk, YEAR, on=False)
        before = Run.objects.count()
        named, unnamed = yellowbus("import", "CSV", "--year", YEAR), yellowbus("import", "CSV")
        assert (named.status, unnamed.status, Run.objects.count()) == (1, 1, before)
    for ended in (named, unnamed):
        assert ended.err.startswith("Organization does not accept Imports at this time")
        assert "Enable Sync Import for Year" in ended.err


def test_a_connection_that_is_none_is_named_with_those_there_are(yellowbus, scene: Scene) -> None:
    ended = yellowbus("import", "Nobody")
    assert (ended.status, ended.err) == (
        1, "There is no connection named Nobody. Known: CSV.\nCheck the spelling, or add it.\n",
    )  # fmt: skip


def test_a_failed_run_ends_with_1_and_says_why(yellowbus, scene: Scene) -> None:
    scene.students_file.unlink()
    ended = yellowbus("import", "CSV", "--yes", "--json")
    assert (ended.status, ended.json["status"], ended.json["error"]["code"]) == (1, "Failed", "file-missing")


def test_a_run_that_failed_is_resumed(yellowbus, scene: Scene) -> None:
    scene.students_file.unlink()
    run = yellowbus("import", "CSV", "--yes", "--json").json["id"]
    scene.write_students([child(1)])
    assert (yellowbus("runs", "resume", run).status, ids(scene)) == (0, ["000001"])


def test_a_read_that_shrank_waits_even_with_yes(yellowbus, scene: Scene) -> None:
    scene.write_students([child(n) for n in range(60)])
    yellowbus("import", "CSV", "--yes")
    scene.write_students([child(n) for n in range(40)])
    ended = yellowbus("import", "CSV", "--yes")
    assert ended.status == 3
    assert "over 10 percent fewer" in ended.out


def test_a_dangerous_plan_ends_with_3(yellowbus, scene: Scene) -> None:
    scene.write_students([child(n) for n in range(40)])
    yellowbus("import", "CSV", "--yes")
    scene.write_students([child(n, phone="(480) 555-0199") for n in range(40)])
    ended = yellowbus("plan", "CSV", "--json")
    assert (ended.status, [hold["field"] for hold in ended.json["holds"]]) == (3, ["students.phone"])


@pytest.mark.parametrize("moment", ["waiting", "ended"])
def test_held_changes_are_released(yellowbus, scene: Scene, moment: str) -> None:
    scene.write_students([child(n) for n in range(40)])
    yellowbus("import", "CSV", "--yes")
    scene.write_students([child(n, phone="(480) 555-0199") for n in range(40)])
    run = yellowbus("plan", "CSV", "--json").json["id"]
    if moment == "waiting":
        assert yellowbus("runs", "release", run).status == 0
        yellowbus("runs", "approve", run)
    else:
        yellowbus("runs", "approve", run)
        assert {row["students.phone"] for row in scene.students().values()} != {"(480) 555-0199"}
        assert yellowbus("runs", "release", run, "students.phone").status == 0
    assert {row["students.phone"] for row in scene.students().values()} == {"(480) 555-0199"}
    assert yellowbus("runs", "release", run).status == 1


def test_held_changes_are_dismissed(yellowbus, scene: Scene) -> None:
    scene.write_students([child(n) for n in range(40)])
    yellowbus("import", "CSV", "--yes")
    scene.write_students([child(n, phone="(480) 555-0199") for n in range(40)])
    run = yellowbus("import", "CSV", "--yes", "--json").json["id"]
    ended = yellowbus("runs", "dismiss", run, "students.phone", "--json")
    assert (ended.status, ended.json["dismissed"]) == (0, 40)
    assert {row["students.phone"] for row in scene.students().values()} != {"(480) 555-0199"}
    assert yellowbus("due", "list", "--json").json == []
    assert yellowbus("runs", "dismiss", run).status == 1


def test_a_cancelled_plan_cannot_be_approved(yellowbus, scene: Scene) -> None:
    scene.write_students([child(1)])
    run = yellowbus("import", "CSV", "--json").json["id"]
    assert yellowbus("runs", "cancel", run).status == 0
    assert (yellowbus("runs", "approve", run).status, ids(scene)) == (1, [])


def test_only_what_is_due_is_tried_again(yellowbus, scene: Scene) -> None:
    scene.write_students([child(1), child(2, dob="02/30/2015")])
    run = yellowbus("import", "CSV", "--yes", "--json").json["id"]
    scene.write_students([child(1, grade="5"), child(2)])
    again = yellowbus("runs", "retry", run, "--json")
    assert (again.status, again.json["trigger"], again.json["counts"]) == (0, "retry", {"created": 1})
    assert scene.students()["000001"]["students_annual.grade"] == "4"
    assert yellowbus("runs", "retry", run).status == 1


def test_the_list_of_runs_is_the_newest_first(yellowbus, scene: Scene) -> None:
    scene.write_students([child(1)])
    yellowbus("import", "CSV", "--yes")
    rows = yellowbus("runs", "list", "--json").json
    assert [(row["kind"], row["status"]) for row in rows] == [
        ("students", "Succeeded"),
        ("schools", "Succeeded"),
    ]
    assert len(yellowbus("runs", "list", "--limit", 1, "--json").json) == 1


def test_a_run_is_shown_by_the_beginning_of_its_id(yellowbus, scene: Scene) -> None:
    scene.write_students([child(1)])
    run = yellowbus("import", "CSV", "--yes", "--json").json["id"]
    assert yellowbus("runs", "show", run[:8], "--json").json["id"] == run
    assert yellowbus("runs", "show", "zzzz").status == 1


def test_the_log_tells_each_record_with_reason_and_remedy(yellowbus, scene: Scene) -> None:
    scene.write_students([child(1), child(2, dob="02/30/2015"), child(3, school="999")])
    run = yellowbus("import", "CSV", "--yes", "--json").json["id"]
    lines = {line["key"]: line for line in yellowbus("runs", "log", run, "--json").json}
    assert [(key, lines[key]["status"], lines[key]["reason"]) for key in sorted(lines)] == [
        ("000001", "Succeeded", ""),
        ("000002", "Failed", "bad-date"),
        ("000003", "Failed", "school-unknown"),
    ]
    assert lines["000002"]["sentence"].startswith("Date of Birth expects a date written MM/DD/YYYY")
    assert lines["000003"]["remedy"].startswith("Import the schools")


def test_the_log_as_csv_holds_only_the_outcome_asked_for(yellowbus, scene: Scene) -> None:
    scene.write_students([child(1), child(2, dob="02/30/2015")])
    run = yellowbus("import", "CSV", "--yes", "--json").json["id"]
    rows = list(
        csv.DictReader(yellowbus("runs", "log", run, "--outcome", "failed", "--csv").out.splitlines())
    )
    assert [(row["Id"], row["Status"]) for row in rows] == [("000002", "Failed")]


def test_a_log_without_lines_is_an_empty_list(yellowbus, scene: Scene) -> None:
    scene.write_students([child(1)])
    run = yellowbus("import", "CSV", "--yes", "--json").json["id"]
    assert json.loads(yellowbus("runs", "log", run, "--outcome", "failed", "--json").out) == []


def test_what_is_due_is_listed_with_its_reason_and_dismissed(yellowbus, scene: Scene) -> None:
    scene.write_students([child(1), child(2, dob="02/30/2015")])
    yellowbus("import", "CSV", "--yes")
    (line,) = yellowbus("due", "list", "--json").json
    assert (line["key"], line["outcome"]) == ("000002", "failed")
    assert "Date of Birth expects a date written MM/DD/YYYY" in line["sentence"]
    assert yellowbus("due", "dismiss", "CSV", "000001").status == 1
    assert yellowbus("due", "dismiss", "CSV", "000002").status == 0
    assert yellowbus("due", "list", "--json").json == []
    assert [row["dismissed_by"] for row in yellowbus("due", "list", "--dismissed", "--json").json] == [
        "operator"
    ]


def namesake(scene: Scene, yellowbus) -> dict[str, object]:
    """Enroll knows 000001; another record of the same name and birth date waits for a person."""
    scene.write_students([child(1)])
    yellowbus("import", "CSV", "--yes")
    scene.write_students([child(1), child(1, id="900001")])
    yellowbus("import", "CSV", "--yes")
    (review,) = yellowbus("reviews", "list", "--json").json
    return review


def test_a_possible_match_is_listed_with_whom_it_may_be(yellowbus, scene: Scene) -> None:
    review = namesake(scene, yellowbus)
    (candidate,) = review["candidates"]
    assert (review["key"], candidate["district_id"], candidate["name"]) == (
        "900001",
        "000001",
        "Given1 Family1",
    )
    assert candidate["reason"].startswith("Same first name")


def test_a_decision_is_kept_and_the_next_run_goes_by_it(yellowbus, scene: Scene) -> None:
    namesake(scene, yellowbus)
    assert yellowbus("decide", "CSV", "900001", "--new").status == 0
    yellowbus("import", "CSV", "--yes")
    assert ids(scene) == ["000001", "900001"]
    assert yellowbus("reviews", "list", "--json").json == []


def test_reasons_stand_with_their_weight(yellowbus, scene: Scene) -> None:
    (candidate,) = namesake(scene, yellowbus)["candidates"]
    reasons = {each["words"]: each["weight"] for each in candidate["reasons"]}
    assert (reasons["Same birth date"], candidate["weight"]) == (12, sum(reasons.values()))
    assert "Same birth date +12" in " ".join(yellowbus("reviews", "list").out.split())


def test_a_decision_is_taken_back(yellowbus, scene: Scene) -> None:
    namesake(scene, yellowbus)
    yellowbus("decide", "CSV", "900001", "--new")
    assert yellowbus("reviews", "take-back", "CSV", "900001").status == 0
    yellowbus("import", "CSV", "--yes")
    assert ids(scene) == ["000001"]
    assert yellowbus("reviews", "take-back", "CSV", "900001").status == 1


def test_an_administrator_lets_certain_links_be_made(yellowbus, scene: Scene) -> None:
    assert yellowbus("connection", "options", "CSV", "--json").json["links_certain"] is False
    assert yellowbus("connection", "options", "CSV", "--link-certain", "--json").json["links_certain"] is True
    assert (
        yellowbus("connection", "options", "CSV", "--status", "any", "--json").json["links_certain"] is True
    )


def test_a_decision_names_one_who_is_there(yellowbus, scene: Scene) -> None:
    namesake(scene, yellowbus)
    assert yellowbus("decide", "CSV", "900001", "--student", 987654321).status == 1
    assert yellowbus("decide", "CSV", "000001", "--new").status == 1
    assert yellowbus("decide", "CSV", "900001").status == 2
