"""Send Record as it looks, and as it goes by keyboard alone."""

from typing import Any

import pytest

from looking import faults, sign_in
from scene import child
from yellowbus.runs.importing import drive
from yellowbus.runs.models import Run
from yellowbus.setup.options import Options, write_options


@pytest.fixture
def ready(district: Any) -> Any:
    """Two Student Examples: one whom Enroll knows with another grade, and one whom it does not."""
    district.ready()
    district.write_students([child(1)])
    district.run()
    district.write_students([child(1, grade="5", phone=""), child(2), child(3, dob="31/31/2015")])
    with district.scope():
        write_options(district.connection, Options(examples=("000001", "000002")))
    return district


def work(district: Any) -> None:
    with district.scope():
        for run in Run.objects.filter(state__in=("queued", "applying")):
            drive.drive(str(run.pk))


def test_a_record_is_sent_by_keyboard(page: Any, ready: Any, site: str) -> None:
    sign_in(page.context, ready.people["full"], site)
    page.goto(f"/connections/{ready.connection.pk}/send/")
    assert faults(page, "send-record") == []
    page.get_by_label("000001").focus()
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Queued").wait_for()
    assert faults(page, "send-record-moving") == []
    work(ready)
    page.get_by_text("This changes a student of Enroll.").wait_for()
    assert faults(page, "send-record-preview") == []
    page.locator("main summary").press("Enter")
    page.get_by_text("The SIS has no value.").first.wait_for()
    page.get_by_role("button", name="OK, Continue").press("Enter")
    page.get_by_role("heading", name="Applying").wait_for()
    work(ready)
    page.get_by_text("The student of Enroll was changed.").wait_for()
    assert faults(page, "send-record-sent") == []
    page.get_by_role("link", name="open the record").press("Enter")
    page.get_by_role("heading", name="Given1 Family1").wait_for()


def test_what_cannot_be_sent_says_why(page: Any, ready: Any, site: str) -> None:
    sign_in(page.context, ready.people["full"], site)
    page.goto(f"/connections/{ready.connection.pk}/send/?example=000003")
    page.get_by_role("button", name="Preview this record").click()
    page.get_by_role("heading", name="Queued").wait_for()
    work(ready)
    page.get_by_text("This record cannot be used.").wait_for()
    assert faults(page, "send-record-refused") == []
