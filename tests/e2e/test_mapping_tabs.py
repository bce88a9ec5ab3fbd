"""Configure and History of Configure Mapping, as they look and as they are used by keyboard."""

import json
from typing import Any

import pytest

from looking import faults, sign_in
from scene import STUDENT_RULES, child, direct, document
from yellowbus.enroll.models import CustomField
from yellowbus.setup import connections, mappings
from yellowbus.setup.models import Connection
from yellowbus.setup.options import read_options


@pytest.fixture
def mapped(district: Any) -> Any:
    """Three versions, and a connection of the same kind to the Sandbox."""
    district.ready()
    district.write_students([child(number) for number in range(1, 41)])
    district.run()
    with district.scope():
        CustomField.objects.create(instance=district.instance, key="bus", label="Bus Route")
        fewer = document("students", STUDENT_RULES[:-1])
        mappings.save(district.actor, district.connection, fewer, note="No phones for now")
        district.map("students", [*STUDENT_RULES, direct("custom.bus", "phone")])
        file = district.folder / "sandbox.csv"
        file.write_text("id,first,last,dob,school,grade,status\n", "utf-8")
        given = {"students_file": str(file), "schools_file": str(district.schools_file), "id_column": "id"}
        connections.add(
            district.actor, district.sandbox.pk, name="CSV Sandbox", system="flatfile", credentials=given
        )
    return district


def open_tab(page: Any, district: Any, site: str, tab: str, connection: Any = None) -> None:
    sign_in(page.context, district.people["full"], site)
    page.goto(f"/connections/{(connection or district.connection).pk}/mapping/students/{tab}/")


def test_the_configure_tab_by_keyboard(page: Any, mapped: Any, site: str) -> None:
    open_tab(page, mapped, site, "configure")
    assert faults(page, "mapping-configure-empty") == []
    page.get_by_label("Student Example 1").fill("000003")
    page.get_by_label("Student Example 2").fill("999999")
    page.get_by_label("All students, the non-active").press("Space")
    page.get_by_role("button", name="Save", exact=True).press("Enter")
    page.get_by_text("Given3 Family3").wait_for()
    page.get_by_text("The SIS has no student with this id.").wait_for()
    assert faults(page, "mapping-configure") == []
    with mapped.scope():
        kept = read_options(Connection.objects.get(pk=mapped.connection.pk))
    assert (kept.examples, kept.admission.statuses) == (("000003", "999999"), frozenset())
    page.get_by_label("Student Example 3").fill("999999")
    page.get_by_role("button", name="Save", exact=True).press("Enter")
    page.get_by_role("heading", name="2 things need attention.").wait_for()
    assert faults(page, "mapping-configure-refused") == []


def test_versions_are_compared_and_restored_by_keyboard(page: Any, mapped: Any, site: str) -> None:
    open_tab(page, mapped, site, "history")
    assert faults(page, "mapping-history") == []
    page.get_by_role("link", name="What changed in version 2").press("Enter")
    page.get_by_text("From version 1 to version 2").wait_for()
    page.get_by_text("Student Phone: removed").wait_for()
    assert faults(page, "mapping-compared") == []
    page.get_by_role("button", name="Restore version 2").press("Enter")
    page.get_by_text("Version 2 is restored: version 4 has its document.").wait_for()
    page.locator("main summary", has_text="Field Codes").press("Enter")
    with page.expect_download() as download:
        page.get_by_role("link", name="Enroll codes and custom fields").press("Enter")
    assert download.value.suggested_filename == "field-codes-enroll.csv"


def test_a_mapping_goes_from_production_to_sandbox(page: Any, mapped: Any, site: str) -> None:
    with mapped.scope():
        target = Connection.objects.get(name="CSV Sandbox")
    sign_in(page.context, mapped.people["full"], site)
    page.goto("/connections/")
    page.get_by_role("button", name="Sandbox").click()
    page.goto(f"/connections/{target.pk}/mapping/students/history/")
    assert faults(page, "mapping-history-empty") == []
    page.get_by_role("button", name="Preview the copy").press("Enter")
    page.get_by_text("Left out (2)").wait_for()
    assert faults(page, "mapping-copy") == []
    page.get_by_role("button", name="Save as version 1").press("Enter")
    page.get_by_text("Version 1 is saved.").wait_for()


def test_a_file_is_uploaded(page: Any, mapped: Any, site: str) -> None:
    open_tab(page, mapped, site, "history")
    given = json.dumps(document("students", STUDENT_RULES[:-2])).encode()
    page.get_by_label("File", exact=True).set_input_files(
        {"name": "mine.json", "mimeType": "application/json", "buffer": given}
    )
    page.get_by_role("button", name="Preview the file").press("Enter")
    page.get_by_text("From the file mine.json").wait_for()
    page.get_by_label("Note for the history").fill("As agreed")
    page.get_by_role("button", name="Save as version 4").press("Enter")
    page.get_by_text("From the file mine.json. As agreed").wait_for()
