"""Suggest mappings, as it looks, and from the button to Save."""

import re
from typing import Any

from looking import faults, sign_in

HEADER = (
    "id", "Stu Last", "Stu First", "DOB (mm/dd/yyyy)", "Gr", "Sch", "Sex", "Hm Ph", "P1 First", "P1 Last", "P1 Cell",
    "Gdn 2 Email", "Notes",
)  # fmt: skip
ROWS = (
    ("000001", "Abara", "Uche", "02/03/2014", "5", "310", "M", "972-555-0101", "Ada", "Abara", "972-555-0110", "", ""),
    ("000002", "Bloom", "Nora", "05/06/2015", "4", "320", "F", "972-555-0102", "Hal", "Bloom", "", "h@example.com", ""),
)  # fmt: skip


def test_from_the_button_to_the_saved_version(page: Any, district: Any, site: str) -> None:
    district.write_students(ROWS, header=HEADER)
    with district.scope():
        district.map("students", ())
    sign_in(page.context, district.people["full"], site)
    page.goto(f"/connections/{district.connection.pk}/mapping/students/fields/")
    page.get_by_role("link", name="Suggest mappings").click()
    page.get_by_role("button", name="Accept all 14").wait_for()
    assert faults(page, "suggestions") == []
    page.get_by_label("Choose Date of Birth").check()
    page.get_by_label("Choose Last Name", exact=True).check()
    page.get_by_role("button", name="Accept chosen").click()
    page.get_by_text("2 suggestions are accepted, and not saved yet.").wait_for()
    page.get_by_role("button", name=re.compile("Save as version")).click()
    page.get_by_text(re.compile("Version [0-9] is saved")).wait_for()
    page.get_by_role("link", name="Suggest mappings").click()
    page.get_by_role("button", name="Accept all 12").click()
    page.get_by_text("12 suggestions are accepted").wait_for()
    page.get_by_role("link", name="Suggest mappings").click()
    page.get_by_text("Nothing more is suggested.").wait_for()
    assert faults(page, "suggestions-none") == []
