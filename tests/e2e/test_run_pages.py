"""The dashboard, a plan, a run and the way to a new connection, as they look and as they are used."""

from typing import Any

import pytest
from django.test import override_settings

from looking import faults, sign_in
from scene import STUDENT_RULES, child, direct
from yellowbus.runs.importing import drive
from yellowbus.runs.models import Run


@pytest.fixture
def full(district: Any) -> Any:
    """Two imports, the second with something of everything."""
    rules = [rule for rule in STUDENT_RULES if rule["field"] != "students.phone"]
    with district.scope():
        district.map("students", [*rules, direct("students.phone", "phone", overwrite=True)])
    district.ready()
    district.write_students([child(number) for number in range(1, 61)])
    district.run()
    rows = [child(number, phone="", grade="5" if number < 4 else "4") for number in range(1, 63)]
    district.write_students([*rows, child(70, school="nowhere"), child(71, dob="31/31/2015")])
    return district


def test_the_connections(page: Any, full: Any, site: str) -> None:
    full.run()
    sign_in(page.context, full.people["full"], site)
    page.goto("/connections/")
    assert faults(page, "connections") == []
    page.get_by_role("link", name="CSV", exact=True).click()
    assert faults(page, "connection") == []


def test_no_connection_yet(page: Any, district: Any, site: str) -> None:
    sign_in(page.context, district.people["full"], site)
    page.goto("/connections/")
    page.get_by_role("button", name="Sandbox").click()
    page.get_by_text("It takes three steps").wait_for()
    assert faults(page, "connections-empty") == []
    page.goto("/logs/")
    assert faults(page, "logs-empty") == []


def test_a_plan_is_made_looked_at_and_applied(page: Any, full: Any, site: str) -> None:
    """By keyboard, with the work of the import done beside."""
    sign_in(page.context, full.people["full"], site)
    page.goto("/connections/")
    page.get_by_role("button", name="Plan import now of CSV").press("Enter")
    page.get_by_role("heading", name="Queued").wait_for()
    assert faults(page, "run-moving") == []
    with full.scope():
        run = Run.objects.get(kind="students", state="queued")
        drive.drive(str(run.pk))
    page.get_by_role("button", name="Apply").wait_for()
    assert faults(page, "plan") == []
    page.get_by_role("link", name="Failed").press("Enter")
    page.wait_for_url("**outcome=failed")
    page.get_by_role("button", name="Apply").press("Enter")
    page.get_by_text("exactly as it was shown").wait_for()
    with full.scope():
        drive.drive(str(run.pk))
    page.get_by_text("School by school").wait_for()
    assert faults(page, "run") == []
    page.goto(f"/logs/{run.pk}/?outcome=failed")
    page.get_by_role("link", name="Record 000070").click()
    assert faults(page, "record") == []


def test_the_logs(page: Any, full: Any, site: str) -> None:
    full.run()
    sign_in(page.context, full.people["limited"], site)
    page.goto("/logs/")
    assert faults(page, "logs") == []


def test_a_connection_is_added(page: Any, district: Any, site: str) -> None:
    sign_in(page.context, district.people["full"], site)
    page.goto("/connections/")
    page.get_by_role("link", name="Add Sync Connection").click()
    assert faults(page, "add-agree") == []
    page.get_by_role("button", name="Agree").press("Enter")
    page.get_by_label("Name").fill("PowerSchool")
    page.get_by_label("API").select_option("PowerSchool")
    assert faults(page, "add-describe") == []
    page.get_by_role("button", name="Continue").press("Enter")
    page.get_by_role("link", name="Download the Yellowbus Plugin").wait_for()
    assert faults(page, "add-connect") == []
    page.get_by_label("Server address").fill("https://127.0.0.1:9")
    page.get_by_label("Client ID").fill("id")
    page.get_by_label("Client Secret").fill("not-the-right-one")
    page.get_by_role("button", name="Connect").press("Enter")
    page.get_by_role("alert").wait_for()
    assert faults(page, "add-refused") == []


def test_a_file_is_connected(page: Any, district: Any, site: str) -> None:
    district.write_students([child(1)])
    with override_settings(YELLOWBUS_FILES=str(district.folder)):
        sign_in(page.context, district.people["full"], site)
        page.goto("/connections/add/")
        page.get_by_role("button", name="Agree").click()
        page.get_by_label("Name").fill("Files")
        page.get_by_label("API").select_option("CSV file")
        page.get_by_role("button", name="Continue").click()
        page.get_by_label("Students file").fill("students.csv")
        page.get_by_label("Id column").fill("id")
        page.get_by_role("button", name="Connect").click()
        page.get_by_text("What Connect found").wait_for()
        assert faults(page, "connected") == []
