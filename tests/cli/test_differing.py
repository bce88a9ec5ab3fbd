"""What waits by cause, unknown codes and reconciliation, on the command line."""

import csv
import io
from collections.abc import Callable
from typing import Any

import pytest

from scene import STUDENT_RULES, Scene, child, steps
from yellowbus.runs.models import Run

GRADE = "students_annual.grade"
BAD = "02/30/2015"


@pytest.fixture
def troubled(scene: Scene) -> Scene:
    """Two with a bad birth date, one with an unknown grade, one gone."""
    table = steps(GRADE, "grade", {"use": "match-codes", "table": [["4", "4"]]})
    with scene.scope():
        scene.map("students", [*(rule for rule in STUDENT_RULES if rule["field"] != GRADE), table])
    scene.write_students([child(9)])
    scene.run()
    scene.write_students([child(1, dob=BAD), child(2, dob=BAD), child(3, grade="04"), child(4)])
    scene.run()
    return scene


Yellowbus = Callable[..., Any]


def test_causes_are_listed_dismissed_and_taken_back(yellowbus: Yellowbus, troubled: Scene) -> None:
    assert troubled.connection.name == "CSV"
    causes = yellowbus("due", "causes", "--json").json["causes"]
    assert [(each["code"], each["count"]) for each in causes] == [("bad-date", 2), ("unmatched-code", 1)]
    assert (
        "2 records dismissed."
        in yellowbus("due", "dismiss-cause", causes[0]["key"][:8], "--because", "The school knows.").out
    )
    (group,) = yellowbus("due", "causes", "--dismissed", "--json").json
    assert (group["count"], group["because"]) == (2, "The school knows.")
    assert yellowbus("due", "take-back", group["key"], "--json").json == {"due": 2}
    assert yellowbus("due", "dismiss-cause", causes[0]["key"]).status == 1


def test_a_code_is_added_and_its_records_alone_are_imported(yellowbus: Yellowbus, troubled: Scene) -> None:
    listed = yellowbus("unknown-codes", "list", "--json")
    assert [(each["field"], each["code"], each["count"]) for each in listed.json] == [(GRADE, "04", 1)]
    assert listed.status == 1
    assert yellowbus("unknown-codes", "add", "CSV", GRADE, "04", "nope").status == 1
    assert yellowbus("unknown-codes", "add", "CSV", GRADE, "04", "4").status == 0
    with troubled.scope():
        assert Run.objects.get(trigger="retry").only == ["000003"]
    assert (yellowbus("unknown-codes", "list").status, troubled.students()["000003"][GRADE]) == (0, "4")


def test_reconcile_tells_schools_and_students(yellowbus: Yellowbus, troubled: Scene) -> None:
    with troubled.scope():
        assert Run.objects.count() == 3
    answer = yellowbus("reconcile", "--json")
    found = [(each["side"], each["id"], each["outcome"]) for each in answer.json["differences"]]
    assert found == [
        ("enroll", "000009", "missing"),
        ("sis", "000001", "failed"),
        ("sis", "000002", "failed"),
    ]
    assert (answer.status, [each["unexplained"] for each in answer.json["schools"]]) == (1, [0, 0])
    assert "310 Cedar Ridge: SIS 2 = Enroll 2" in yellowbus("reconcile").out


def test_a_difference_is_dismissed_on_the_command_line(yellowbus: Yellowbus, troubled: Scene) -> None:
    assert troubled.students().keys() >= {"000009"}
    (first, *_) = yellowbus("reconcile", "--json").json["differences"]
    assert yellowbus("reconcile", "--dismiss", first["pk"]).status == 1
    done = yellowbus("reconcile", "--dismiss", first["pk"], "--because", "Moved away.", "--json").json
    assert done == {"dismissed": 1, "taken_back": 0}
    rows = list(csv.reader(io.StringIO(yellowbus("reconcile", "--dismissed", "--csv").out)))
    assert [(row[2], row[11]) for row in rows[1:]] == [("000009", "Moved away.")]
    assert yellowbus("reconcile", "--take-back", first["pk"]).status == 0
