"""Notices on the pages, what is kept in Settings > General, and holds decided in parts on the page of a run."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import override_settings
from django.utils import timezone

from people import District
from scene import child
from yellowbus.enroll.students import catalog_of
from yellowbus.runs import asking, notices, purging
from yellowbus.runs.models import Due, Hold, Run
from yellowbus.setup import policies
from yellowbus.setup.models import AuditEvent
from yellowbus.setup.policies import Kept

PHONE = "students.phone"
NEW = "(480) 555-0999"


@pytest.fixture
def failing(district: District) -> District:
    district.ready()
    district.students_file.unlink()
    district.run()
    notices.notice(timezone.now())
    return district


@pytest.fixture
def held(district: District) -> Run:
    district.ready()
    district.write_students([child(n) for n in range(40)])
    district.run()
    district.write_students([child(n, phone=NEW) if n < 30 else child(n) for n in range(40)])
    return district.run()


def page(district: District, address: str, role: str = "full") -> str:
    return str(district.client(role).get(address).content.decode())


# --- notices ---


def test_the_dashboard_shows_what_is_open_with_a_link(failing: District) -> None:
    with failing.scope():
        run = Run.objects.get(state="failed")
    shown = page(failing, "/connections/", "limited")
    assert "The import of students of CSV fails. " in shown
    assert f'<a href="/logs/{run.pk}/">What to do' in shown


def test_the_dashboard_is_quiet_when_nothing_is_open(district: District) -> None:
    assert 'id="notices"' not in page(district.ready(), "/connections/")  # type: ignore[arg-type]


def test_the_sandbox_does_not_show_notices_of_production(failing: District) -> None:
    browser = failing.client("full")
    browser.post("/switch/", {"environment": "sandbox"})
    assert [
        "fails." in browser.get(address).content.decode()
        for address in ("/connections/", "/settings/notices/")
    ] == [False, False]


def test_what_is_over_is_listed_as_over(failing: District) -> None:
    failing.write_students([child(1)])
    failing.run(yes=True)
    notices.notice(timezone.now())
    shown = page(failing, "/settings/notices/")
    assert [word in shown for word in ("works again", "over <time", "Open, ")] == [True, True, False]


def test_a_person_chooses_what_is_mailed(district: District) -> None:
    browser = district.client("full")
    before = browser.get("/settings/notices/").content.decode()
    assert re.findall(r'value="(\w+)" checked', before) == ["failed", "held", "paused", "recovered"]
    after = browser.post("/settings/notices/", {"kind": ["late", "failed"]}, follow=True).content.decode()
    assert re.findall(r'value="(\w+)" checked', after) == ["failed", "late"]
    with district.scope():
        assert asking.asks_for(district.people["full"]) == {"failed", "late"}
        assert asking.asks_for(district.people["limited"]) == frozenset()


def test_a_person_may_want_none(district: District) -> None:
    after = district.client("full").post("/settings/notices/", {}, follow=True).content.decode()
    assert re.findall(r'value="(\w+)" checked', after) == []


def test_a_kind_that_is_none_is_refused(district: District) -> None:
    answer = district.client("full").post("/settings/notices/", {"kind": ["no such"]})
    assert (answer.status_code, "There is no kind of notice called no such." in answer.content.decode()) == (
        404,
        True,
    )


def test_the_page_says_that_nothing_is_mailed_without_a_server(district: District) -> None:
    says = "No mail server is named, so nothing is mailed."
    assert says in page(district, "/settings/notices/")
    with override_settings(EMAIL_BACKEND="django.core.mail.backends.console.EmailBackend"):
        assert says not in page(district, "/settings/notices/")


# --- what is kept ---


def test_general_shows_the_dates_that_the_days_mean(district: District) -> None:
    shown = page(district, "/settings/general/")
    with district.scope():
        limit = purging.tonight(district.organization, datetime.now(UTC))
    dates = [f"{day:%B} {day.day}, {day.year}" for day in (limit.values_since, limit.runs_since)]
    assert [f"before {day}" in shown for day in dates] == [True, True]


def test_days_and_the_switch_are_saved_and_audited(district: District) -> None:
    given = {"values_days": 30, "runs_days": 60, "four_eyes": "on", "keep": "1"}
    answer = district.client("full").post("/settings/general/", given, follow=True)
    assert "What is kept is saved." in answer.content.decode()
    with district.scope():
        assert policies.kept() == Kept(30, 60, four_eyes=True)
        assert AuditEvent.objects.filter(verb="policy.set").count() == 1


@pytest.mark.parametrize(
    "given", [{"values_days": 61, "runs_days": 60}, {"values_days": 1, "runs_days": 60}, {}]
)
def test_days_that_make_no_sense_change_nothing(district: District, given: dict[str, int]) -> None:
    answer = district.client("full").post("/settings/general/", {**given, "keep": "1"})
    with district.scope():
        assert (answer.status_code, policies.kept()) == (422, Kept())


def test_the_years_are_left_alone_by_it(district: District) -> None:
    given = {"values_days": 30, "runs_days": 60, "keep": "1"}
    district.client("full").post("/settings/general/", given)
    assert page(district, "/settings/general/").count('name="year" value="2026" checked') == 1


def test_a_run_says_that_its_values_are_deleted(district: District, held: Run) -> None:
    now = datetime.now(UTC)
    with district.scope():
        Due.objects.all().delete()
        Run.objects.filter(pk=held.pk).update(created_at=now - timedelta(days=100))
        purging.purge(district.actor, district.organization, now)
    shown = page(district, f"/logs/{held.pk}/")
    assert ("The values of its records were deleted" in shown, "Nothing to list" in shown) == (True, True)


# --- holds in parts ---


def post(district: District, run: Run, verb: str, **given: Any) -> Any:
    return district.client("full").post(f"/logs/{run.pk}/{verb}/", given, follow=True)


def parts(district: District, run: Run) -> list[tuple[int, str, str]]:
    with district.scope():
        return list(Hold.objects.filter(run=run).order_by("pk").values_list("count", "state", "part"))


def test_the_page_offers_schools_fields_and_single_records(district: District, held: Run) -> None:
    shown = page(district, f"/logs/{held.pk}/")
    assert re.findall(r'<option value="(\d+)">[^<]+\(\d+\)</option>', shown[: shown.index("held-field")]) == [
        "310",
        "320",
    ]
    with district.scope():
        label = catalog_of("students", district.instance.pk).fields[PHONE].label
    assert f'<option value="{PHONE}">{label}</option>' in shown[shown.index("held-field") :]
    assert shown.count('type="checkbox" name="seq"') == 30


def test_one_school_is_dismissed_on_the_page(district: District, held: Run) -> None:
    post(district, held, "dismiss", part="school", school="310", field="")
    assert parts(district, held) == [(15, "waiting", ""), (15, "dismissed", "school 310")]
    shown = page(district, f"/logs/{held.pk}/")
    assert (shown.count("dismissed by a person"), shown.count('type="checkbox" name="seq"')) == (15, 15)


def test_ticked_records_are_released_on_the_page(district: District, held: Run) -> None:
    with district.scope():
        seqs = list(held.changes.filter(held__isnull=False).order_by("seq").values_list("seq", flat=True)[:2])
    answer = post(district, held, "release", part="records", seq=seqs, field=PHONE)
    assert ("The held values are released." in answer.content.decode(), parts(district, held)) == (
        True, [(28, "waiting", ""), (2, "released", "2 records")],
    )  # fmt: skip


@pytest.mark.parametrize("seq", [[], ["no such"], ["9" * 30]], ids=["none", "no number", "too long"])
def test_the_button_without_a_tick_decides_nothing(district: District, held: Run, seq: list[str]) -> None:
    answer = post(district, held, "release", part="records", seq=seq)
    assert (answer.status_code, parts(district, held)) == (422, [(30, "waiting", "")])


def test_where_two_must_look_the_first_one_is_told_and_has_no_button(district: District, held: Run) -> None:
    with district.scope():
        policies.set_kept(district.actor, Kept(four_eyes=True))
        Run.objects.filter(pk=held.pk).update(actor=district.people["full"].user.email)
    shown = page(district, f"/logs/{held.pk}/")
    assert ("You ordered it, and here two must look" in shown, "Release up to" in shown) == (True, False)
    answer = post(district, held, "release", field=PHONE)
    assert (answer.status_code, parts(district, held)) == (422, [(30, "waiting", "")])


def test_limited_sees_no_ticks(district: District, held: Run) -> None:
    assert 'name="seq"' not in page(district, f"/logs/{held.pk}/", "limited")
