"""The panels of Match Codes and Contact Mapping, as a browser shows them."""

from typing import Any

import pytest

from looking import faults, sign_in
from scene import STUDENT_RULES, child, steps
from yellowbus.runs import scanning
from yellowbus.runs.models import Scan

GRADES = ["4", "PK3", "4", "5", "PK3", "", "12"]


@pytest.fixture
def mapped(district: Any, page: Any, site: str) -> Any:
    """A district whose grades are matched by a table that knows 4 and 6; signed in on its Field Mapping tab."""
    table = {"use": "match-codes", "table": [["4", "4"], ["6", "6"]]}
    others = [rule for rule in STUDENT_RULES if rule["field"] != "students_annual.grade"]
    district.ready()
    with district.scope():
        district.map(
            "students", [*others, steps("students_annual.grade", "grade", table) | {"type": "match-codes"}]
        )
    district.write_students([child(n, grade=grade) for n, grade in enumerate(GRADES)])
    sign_in(page.context, district.people["full"], site)
    page.goto(f"/connections/{district.connection.pk}/mapping/students/fields/")
    return district


def work(district: Any) -> None:
    """What a worker does meanwhile."""
    with district.scope():
        scanning.scan(str(Scan.objects.get().pk))


def test_the_codes_are_read_matched_and_used(page: Any, mapped: Any) -> None:
    page.get_by_role("button", name="Configure Grade", exact=False).first.click()
    panel = page.get_by_role("dialog")
    panel.get_by_role("heading", name="Match Codes: Grade").wait_for()
    panel.get_by_role("button", name="Read the codes now").click()
    panel.get_by_role("button", name="Cancel").wait_for()
    work(mapped)
    panel.get_by_text("3 codes, of 4 records, have no match.").wait_for()
    assert faults(page, "match-codes", whole=False) == []
    panel.get_by_label("Enroll value of PK3").select_option("=PK")
    panel.get_by_role("button", name="Use these codes").click()
    panel.get_by_text("2 codes, of 2 records, have no match.").wait_for()
    assert panel.get_by_label("Enroll value of PK3").input_value() == "=PK"
    assert page.locator("#bar").inner_text().startswith("1 unsaved change.")


def test_a_file_is_looked_at_and_used(page: Any, mapped: Any) -> None:
    page.get_by_role("button", name="Configure Grade", exact=False).first.click()
    panel = page.get_by_role("dialog")
    panel.get_by_text("As a file (CSV)").click()
    file = {"name": "c.csv", "mimeType": "text/csv", "buffer": b"SIS value,Enroll value\n4,5\n4,6\n12,12\nx,77\n"}
    panel.get_by_label("File with the columns", exact=False).set_input_files([file])
    panel.get_by_role("button", name="Look at the file").click()
    panel.get_by_text("The file: 2 lines can be used, 2 cannot").wait_for()
    assert faults(page, "match-codes-file", whole=False) == []
    panel.get_by_role("button", name="Use the 2 lines that can be used").click()
    panel.get_by_label("Enroll value of 12").wait_for()
    assert panel.get_by_label("Enroll value of 4").input_value() == "=5"
