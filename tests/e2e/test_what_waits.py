"""What Waits, Unknown Codes and Reconciliation as they look and as they are used by keyboard."""

from typing import Any

import pytest

from looking import faults, sign_in
from scene import STUDENT_RULES, child, steps
from yellowbus.runs.importing import drive
from yellowbus.runs.models import Run

GRADE = "students_annual.grade"


@pytest.fixture
def troubled(district: Any) -> Any:
    """A night with something of everything: bad dates, unknown codes and schools, moves that are held, one gone."""
    rules = [rule for rule in STUDENT_RULES if rule["field"] != GRADE]
    codes = steps(GRADE, "grade", {"use": "match-codes", "table": [["4", "4"], ["5", "5"]]})
    with district.scope():
        district.map("students", [*rules, codes])
    district.ready()
    district.write_students([child(number) for number in range(1, 61)])
    district.run()
    district.write_students(
        [
            *(child(number, grade="5") for number in range(1, 31)),
            *(child(number, grade="04") for number in range(31, 51)),
            *(child(number, dob="31/31/2015") for number in range(51, 58)),
            *(child(number, school="nowhere") for number in (58, 59)),
            *(child(number, grade="KG", dob="31/31/2015") for number in (70, 71)),
            child(72, status="graduated", dob="05/05/1990"),
        ]
    )
    district.run()
    return district


def test_a_cause_is_dismissed(page: Any, troubled: Any, site: str) -> None:
    sign_in(page.context, troubled.people["full"], site)
    page.goto("/waiting/")
    assert faults(page, "waiting") == []
    page.get_by_text("Dismiss cause").last.press("Enter")
    page.get_by_label("may stay as").last.fill("The school knows.")
    page.keyboard.press("Enter")
    page.get_by_text("dismissed.").wait_for()
    page.get_by_text("Dismissed (1)").click()
    assert faults(page, "waiting-dismissed") == []


def test_a_code_is_added(page: Any, troubled: Any, site: str) -> None:
    sign_in(page.context, troubled.people["full"], site)
    page.goto("/waiting/codes/")
    assert faults(page, "unknown-codes") == []
    page.get_by_label("Grade 04 stands for").select_option("=4")
    page.get_by_role("button", name="Add the chosen codes").press("Enter")
    page.get_by_text("knows the codes").wait_for()
    with troubled.scope():
        run = Run.objects.get(trigger="retry")
        assert len(run.only) == 20
        drive.drive(str(run.pk))
    page.goto("/waiting/codes/")
    assert page.get_by_label("Grade 04 stands for").count() == 0


def test_who_has_a_cause(page: Any, troubled: Any, site: str) -> None:
    sign_in(page.context, troubled.people["limited"], site)
    page.goto("/waiting/")
    page.get_by_role("link", name="Who has cause 1").click()
    assert faults(page, "waiting-records") == []


def test_a_difference_is_dismissed(page: Any, troubled: Any, site: str) -> None:
    sign_in(page.context, troubled.people["full"], site)
    page.goto("/reconciliation/")
    assert faults(page, "reconciliation") == []
    page.goto("/reconciliation/?side=enroll")
    page.get_by_role("checkbox", name="000060").check()
    page.get_by_label("Reason").fill("Moved away.")
    page.get_by_role("button", name="Dismiss those ticked").press("Enter")
    page.get_by_text("1 difference dismissed.").wait_for()
    page.goto("/reconciliation/?show=dismissed")
    page.get_by_text("Moved away.").wait_for()
