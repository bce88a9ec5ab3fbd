"""The dashboard, a connection's page, its schedule and Plan import now."""

import re
from datetime import date, time, timedelta

import pytest

from reading import text_of
from scene import YEAR, child
from yellowbus.runs import history
from yellowbus.runs.history import Night
from yellowbus.runs.models import Run
from yellowbus.setup.models import Connection, Schedule
from yellowbus.web.connections import picture


def test_an_empty_site_says_the_three_steps(district):
    browser = district.client("full")
    browser.post("/switch/", {"environment": "sandbox"})
    page = browser.get("/connections/")
    assert (
        page.content.decode().count("<li>Add Sync"),
        "No connection of Sandbox yet." in text_of(page),
    ) == (
        1,
        True,
    )


def test_a_card_reads_like_a_sentence(district):
    district.ready()
    district.write_students([child(1), child(2), child(3, school="nowhere")])
    run = district.run()
    page = district.client("full").get("/connections/")
    said = text_of(page)
    assert [
        word in said
        for word in (
            "CSV CSV file Production", "Last import of students: just now , Partial Sync.", "30 nights",
            "Schedule Import: Students. Off.", "Plan import now",
        )
    ] == [True] * 5  # fmt: skip
    links = re.findall(rf"/logs/{run.pk}/\?outcome=(\w+)", page.content.decode())
    assert links == ["created", "updated", "held", "failed"]


def test_a_card_says_what_refused(district):
    district.ready()
    district.students_file.unlink()
    district.run()
    said = text_of(district.client("full").get("/connections/"))
    assert "Failed" in said
    assert "What to do" in said


def test_the_nights_are_told_apart_by_shape(district):
    first = date(2026, 9, 1)
    nights = [
        Night(first), Night(first + timedelta(1), 1, 8), Night(first + timedelta(2), 1, 0, failed=True),
        Night(first + timedelta(3), 1), Night(first + timedelta(4), 2, 4),
    ]  # fmt: skip
    drawn = picture(nights)
    assert [(bar.kind, bar.height) for bar in drawn.bars] == [
        ("none", 2), ("changes", 24), ("failed", 2), ("quiet", 2), ("changes", 12),
    ]  # fmt: skip
    assert drawn.says == "5 nights: 4 with an import, 1 of them failed, at most 8 changes."
    assert [bar.says for bar in drawn.bars[:3]] == [
        "Sep 1: no import", "Sep 2: 8 changes", "Sep 3: failed",
    ]  # fmt: skip


def test_nights_count_what_was_written_day_by_day(district):
    district.ready()
    district.write_students([child(1), child(2)])
    today = district.run().today
    with district.scope():
        Run.objects.filter(kind="schools").update(today=today - timedelta(days=29), state="failed")
        found = history.nights([district.connection], until=today)[district.connection.pk]
    assert (len(found), found[0], found[1], found[-1]) == (
        30,
        Night(today - timedelta(29), 1, 2, failed=True),
        Night(today - timedelta(28)),
        Night(today, 1, 2),
    )


@pytest.mark.parametrize(
    ("come_from", "back_to"),
    [("", ""), ("settings", "/settings/sync-service/"), ("cards", "/connections/"), ("elsewhere", "")],
)
def test_the_slider_is_set(district, come_from, back_to):
    district.ready()
    key = district.connection.pk
    given = {"enabled": "on", "at": "03:15", "year": str(YEAR), "from": come_from}
    browser = district.client("full")
    response = browser.post(f"/connections/{key}/schedule/", given)
    assert response.headers["Location"] == (back_to or f"/connections/{key}/")
    with district.scope():
        kept = Schedule.objects.get()
        assert (kept.at, kept.year, kept.enabled) == (time(3, 15), YEAR, True)
    assert "at 03:15" in text_of(browser.get(response.headers["Location"]))
    browser.post(f"/connections/{key}/schedule/", {"at": "03:15", "year": str(YEAR)})
    with district.scope():
        kept.refresh_from_db()
        assert kept.enabled is False


def test_the_slider_stands_on_the_card_of_who_may_set_it(district):
    found = {
        role: 'aria-label="Schedule Import: Students of CSV"'
        in district.client(role).get("/connections/").content.decode()
        for role in ("full", "limited")
    }
    assert found == {"full": True, "limited": False}


def test_in_sandbox_the_slider_says_that_it_switches_itself_off(district):
    says = "In Sandbox it switches itself off after one import."
    browser = district.client("full")
    with district.scope():
        Connection.objects.filter(pk=district.connection.pk).update(instance=district.sandbox)
    browser.post("/switch/", {"environment": "sandbox"})
    page = text_of(browser.get("/connections/"))
    assert (says in page, "CSV" in page) == (True, True)


def test_a_schedule_that_could_not_work_is_refused_and_kept_as_typed(district):
    key = district.connection.pk
    given = {"enabled": "on", "at": "04:30", "year": str(YEAR)}
    response = district.client("full").post(f"/connections/{key}/schedule/", given)
    page = response.content.decode()
    assert (response.status_code, "No school is assigned to CSV" in page, 'value="04:30"' in page) == (
        422,
        True,
        True,
    )
    with district.scope():
        assert Schedule.objects.count() == 0


@pytest.mark.parametrize("wrong", [{"at": "25:99"}, {"year": "1999"}, {"year": "x"}])
def test_a_time_that_cannot_be_read_changes_nothing(district, wrong):
    district.ready()
    given = {"enabled": "on", "at": "04:30", "year": str(YEAR)} | wrong
    response = district.client("full").post(f"/connections/{district.connection.pk}/schedule/", given)
    assert (response.status_code, "The schedule stays as it was." in response.content.decode()) == (422, True)


def test_plan_import_now_leads_to_the_run(district):
    district.ready()
    browser = district.client("limited")
    browser.post("/switch/", {"year": str(YEAR)})
    response = browser.post(f"/connections/{district.connection.pk}/plan/")
    with district.scope():
        run = Run.objects.get(kind="students")
    assert (response.headers["Location"], run.state, run.approved_by) == (f"/logs/{run.pk}/", "queued", "")


def test_plan_import_now_is_refused_while_the_year_takes_no_imports(district):
    browser = district.client("full")
    browser.post("/settings/general/", {})
    response = browser.post(f"/connections/{district.connection.pk}/plan/")
    assert response.status_code == 422
    assert "Organization does not accept Imports at this time" in response.content.decode()


def test_a_connection_in_use_is_not_archived(district):
    district.ready()
    response = district.client("full").post(f"/connections/{district.connection.pk}/archive/")
    assert (response.status_code, "CSV is in use: 2 schools" in text_of(response)) == (422, True)


def test_a_connection_is_not_archived_under_a_running_import(district):
    key, browser = district.connection.pk, district.client("full")
    browser.post(f"/connections/{key}/plan/", {"kind": "schools"})
    response = browser.post(f"/connections/{key}/archive/")
    assert (response.status_code, "is under way, so it was not archived" in text_of(response)) == (422, True)


def test_a_connection_is_archived_and_its_logs_stay(district):
    run = district.run("schools")
    browser, key = district.client("full"), district.connection.pk
    assert browser.post(f"/connections/{key}/archive/").headers["Location"] == "/connections/"
    assert [browser.get(path).status_code for path in (f"/connections/{key}/", f"/logs/{run.pk}/")] == [
        404,
        200,
    ]
    with district.scope():
        assert Connection.objects.get(pk=key).archived_at is not None


def test_limited_access_sees_no_button_that_it_may_not_press(district):
    district.ready()
    page = district.client("limited").get(f"/connections/{district.connection.pk}/").content.decode()
    assert [word in page for word in ("/schedule/", "/archive/", "Replace credentials", "/plan/")] == [
        False, False, False, True,
    ]  # fmt: skip
    assert page.count("People with Sync Service Full Access") == 2
