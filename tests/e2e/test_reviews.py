"""Who is who, worked through by keyboard."""

import time
from typing import Any

from looking import faults, sign_in
from review_scene import waiting
from yellowbus.runs.models import Decision

SAMPLE = 60


def test_records_are_decided_by_keyboard_faster_than_one_a_second(
    page: Any, district: Any, site: str
) -> None:
    """Two of three are the first candidate, the others new; one is taken back on the way."""
    students = waiting(district, SAMPLE)
    sign_in(page.context, district.people["full"], site)
    page.goto(f"/connections/{district.connection.pk}/who/")
    page.get_by_text(f"{SAMPLE} of {SAMPLE} records wait for you.").wait_for()
    assert faults(page, "who-is-who") == []
    page.keyboard.press("1")
    page.get_by_role("button", name="Undo that").wait_for()
    page.keyboard.press("u")
    page.get_by_text(f"{SAMPLE} of {SAMPLE} records wait for you.").wait_for()
    began = time.monotonic()
    for number in range(SAMPLE):
        page.keyboard.press("n" if number % 3 == 2 else "1")
        if number % 10 == 9:  # a person looks up now and then; keys pressed meanwhile wait their turn
            page.get_by_text(f"{SAMPLE - number - 1} of {SAMPLE} records wait").wait_for()
    page.get_by_text("Every record is decided.").wait_for()
    rate = SAMPLE / (time.monotonic() - began)
    assert faults(page, "who-is-who-done", whole=False) == []
    assert page.locator("tr[data-row]").count() == 0
    with district.scope():
        said = dict(Decision.objects.values_list("key", "student_id"))
    assert said == {
        f"{500_000 + number:06}": None if number % 3 == 2 else student
        for number, student in enumerate(students)
    }
    assert rate > 1
