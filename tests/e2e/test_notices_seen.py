"""What a browser shows of notices, and of holds decided in parts."""

from typing import Any

from django.utils import timezone

from looking import faults, sign_in
from scene import child
from yellowbus.runs import notices
from yellowbus.runs.models import Hold

NEW = "(480) 555-0999"


def test_notices_and_held_values_in_parts(page: Any, site: str, district: Any) -> None:
    district.ready()
    district.write_students([child(n) for n in range(40)])
    district.run()
    district.write_students([child(n, phone=NEW) if n < 14 else child(n) for n in range(40)])
    held = district.run()
    notices.notice(timezone.now())
    sign_in(page.context, district.people["full"], site)
    complained = []
    page.goto(f"{site}/connections/")
    complained += faults(page, "connections-notices")
    page.goto(f"{site}/settings/notices/")
    complained += faults(page, "notices")
    page.goto(f"{site}/logs/{held.pk}/")
    page.get_by_label("School", exact=True).first.select_option("310")
    page.get_by_role("button", name="Dismiss for this school").click()
    page.wait_for_url(f"{site}/logs/{held.pk}/")
    complained += faults(page, "run-held-parts")
    page.locator("input[name=seq]").first.check()
    page.get_by_role("button", name="Release the chosen").click()
    page.wait_for_load_state()
    with district.scope():
        rows = Hold.objects.filter(run=held).order_by("pk").values_list("count", "state", "part")
        assert list(rows) == [(6, "waiting", ""), (7, "dismissed", "school 310"), (1, "released", "1 record")]
    assert complained == []
