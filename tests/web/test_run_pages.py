"""Sync Logs, the page of a run, of a record, and what is done to a run there."""

import csv
import io
import re
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from reading import text_of
from scene import STUDENT_RULES, YEAR, child, direct
from yellowbus.records import Record
from yellowbus.runs import history, log
from yellowbus.runs.detail import Line, record, source_fields
from yellowbus.runs.history import Asked
from yellowbus.runs.importing import drive
from yellowbus.runs.models import Change, Run, State
from yellowbus.runs.packed import pack
from yellowbus.setup.permissions import Actor, Permission
from yellowbus.web.logs import Filter
from yellowbus.web.place import Place


def clearing(district):
    """Ready, and a blank phone of the SIS clears the one of Enroll."""
    rules = [rule for rule in STUDENT_RULES if rule["field"] != "students.phone"]
    with district.scope():
        district.map("students", [*rules, direct("students.phone", "phone", overwrite=True)])
    district.ready()


@pytest.fixture
def imported(district):
    """Three students in Enroll; then one changes, one is new, one is of an unknown school."""
    clearing(district)
    district.write_students([child(1), child(2), child(3, phone="")])
    district.run()
    district.write_students(
        [child(1, grade="5"), child(2, phone=""), child(3), child(4), child(5, school="nowhere")]
    )
    return district


def rows_of(page):
    return re.findall(
        r'data-label="Record">.*?<span class="id">(\d+)</span>', page.content.decode(), re.DOTALL
    )


def test_the_plan_is_a_sentence_and_the_button_names_its_effect(imported):
    run = imported.run(yes=False)
    page = imported.client("limited").get(f"/logs/{run.pk}/")
    heading = re.search(r"<h1>(.*?)</h1>", page.content.decode(), re.DOTALL)
    assert heading
    assert heading[1].startswith("This import creates 1 student, changes 3")
    assert ("Apply 4 changes" in text_of(page), rows_of(page)) == (
        True,
        ["000001", "000002", "000003", "000004", "000005"],
    )


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"outcome": "created"}, ["000004"]),
        ({"outcome": "updated"}, ["000001", "000002", "000003"]),
        ({"field": "students_annual.grade"}, ["000001", "000004"]),
        ({"kind": "clear"}, ["000002"]),
        ({"kind": "fill"}, ["000003", "000004"]),
        ({"kind": "change"}, ["000001"]),
        ({"kind": "wait"}, []),
        ({"school": "320"}, ["000002", "000004"]),
        ({"text": "000003"}, ["000003"]),
        ({"grade": "4"}, ["000001", "000002", "000003", "000004"]),
        ({"grade": "5"}, ["000001"]),
        ({"grade": "5", "outcome": "created"}, []),
        ({"grade": "no such"}, ["000001", "000002", "000003", "000004", "000005"]),
        ({"school": "320", "outcome": "created"}, ["000004"]),
        ({"kind": "no such", "outcome": ""}, ["000001", "000002", "000003", "000004", "000005"]),
    ],
)
def test_the_rows_are_narrowed(imported, asked, found):
    run = imported.run(yes=False)
    assert rows_of(imported.client("limited").get(f"/logs/{run.pk}/", asked)) == found


def test_schools_are_not_narrowed_by_grade(imported):
    run = imported.run("schools", yes=False)
    page = imported.client("limited").get(f"/logs/{run.pk}/", {"grade": "4"}).content.decode()
    assert ('name="grade"' in page, 'name="field"' in page) == (False, True)


def test_a_row_shows_each_field_before_and_after(imported):
    run = imported.run(yes=False)
    page = imported.client("limited").get(f"/logs/{run.pk}/", {"text": "000001"}).content.decode()
    assert re.findall(r"<del>(.*?)</del>.*?<ins>(.*?)</ins>", page) == [("4", "5")]


def test_apply_applies_exactly_the_plan(imported):
    run = imported.run(yes=False)
    browser = imported.client("limited")
    response = browser.post(f"/logs/{run.pk}/apply/")
    assert response.headers["Location"] == f"/logs/{run.pk}/"
    with imported.scope():
        drive.drive(str(run.pk))
    page = browser.get(f"/logs/{run.pk}/")
    assert imported.students()["000001"]["students_annual.grade"] == "5"
    assert ("created 1" in text_of(page), "School by school" in text_of(page)) == (True, True)
    assert "310 Cedar Ridge: SIS 2 = Enroll 2" in text_of(page)


def test_a_run_is_cancelled_once(imported):
    run = imported.run(yes=False)
    browser = imported.client("limited")
    first, second = (browser.post(f"/logs/{run.pk}/cancel/") for _ in range(2))
    assert (first.status_code, second.status_code) == (302, 422)
    with imported.scope():
        assert Run.objects.get(pk=run.pk).state == State.CANCELLED


def test_what_is_due_is_taken_up_again(imported):
    run = imported.run()
    response = imported.client("limited").post(f"/logs/{run.pk}/retry/")
    with imported.scope():
        again = Run.objects.exclude(pk=run.pk).get(trigger="retry")
    assert (response.headers["Location"], again.only) == (f"/logs/{again.pk}/", ["000005"])


def test_a_failed_run_goes_on(imported):
    imported.students_file.rename(imported.folder / "away.csv")
    run = imported.run()
    browser = imported.client("limited")
    assert "Go on where it stopped" in text_of(browser.get(f"/logs/{run.pk}/"))
    (imported.folder / "away.csv").rename(imported.students_file)
    browser.post(f"/logs/{run.pk}/resume/")
    with imported.scope():
        drive.drive(str(run.pk))
        assert Run.objects.get(pk=run.pk).state == State.DONE


@pytest.fixture
def held(district):
    """A plan that would blank the phone of nearly everyone."""
    clearing(district)
    district.write_students([child(number) for number in range(1, 61)])
    district.run()
    district.write_students([child(number, phone="") for number in range(1, 61)])
    return district.run(yes=False)


def test_who_may_releases_held_values(district, held):
    limited, full = district.client("limited"), district.client("full")
    assert ("Release up to 60" in text_of(limited.get(f"/logs/{held.pk}/"))) is False
    assert "Release up to 60" in text_of(full.get(f"/logs/{held.pk}/"))
    assert "Student Phone would be cleared for 60 of the 60" in text_of(full.get(f"/logs/{held.pk}/"))
    assert "Apply 0 changes" in text_of(full.get(f"/logs/{held.pk}/"))
    assert len(rows_of(full.get(f"/logs/{held.pk}/", {"kind": "wait"}))) == 50
    assert limited.post(f"/logs/{held.pk}/release/", {"field": "students.phone"}).status_code == 403
    assert full.post(f"/logs/{held.pk}/release/", {"field": "students.phone"}).status_code == 302
    with district.scope():
        assert [(hold.field, hold.state) for hold in log.holds(held)] == [("students.phone", "released")]


def test_who_may_dismisses_held_values_and_may_think_again(district, held):
    full = district.client("full")
    assert "Dismiss students.phone" in text_of(full.get(f"/logs/{held.pk}/"))
    assert (
        district.client("limited").post(f"/logs/{held.pk}/dismiss/", {"field": "students.phone"}).status_code
        == 403
    )
    page = full.post(f"/logs/{held.pk}/dismiss/", {"field": "students.phone"}, follow=True)
    words = text_of(page)
    assert (
        "The held values are dismissed." in words,
        "Dismissed by" in words,
        "Dismiss students" in words,
    ) == (
        True,
        True,
        False,
    )
    assert "Release up to 60" in words
    assert full.post(f"/logs/{held.pk}/dismiss/", {"field": "students.phone"}).status_code == 422
    full.post(f"/logs/{held.pk}/release/", {"field": "students.phone"})
    with district.scope():
        assert [hold.state for hold in log.holds(held)] == ["released"]


def test_progress_follows_the_run_and_asks_for_the_page_at_its_end(imported):
    browser = imported.client("limited")
    run = imported.run(yes=False)
    done = browser.get(f"/logs/{run.pk}/progress/")
    with imported.scope():
        now = timezone.now()
        Run.objects.filter(pk=run.pk).update(
            state="reading", read=100, total=400, planned_at=None, started_at=now - timedelta(seconds=10)
        )
    moving = browser.get(f"/logs/{run.pk}/progress/")
    assert (done.headers.get("HX-Refresh"), done.content.strip()) == ("true", b"")
    assert ("HX-Refresh" in moving.headers, "100 of 400" in text_of(moving)) == (False, True)
    assert re.search(r"About (29|30|31) seconds of reading left", text_of(moving))


def test_the_plan_is_downloaded_row_by_row(imported):
    run = imported.run(yes=False)
    response = imported.client("limited").get(f"/logs/{run.pk}/file/")
    found = list(csv.reader(io.StringIO(response.getvalue().decode("utf-8-sig"))))
    assert [row[1] for row in found if row[4] == "students_annual.grade"] == ["000001", "000004"]
    assert response.headers["Content-Disposition"] == f'attachment; filename="import-{str(run.pk)[:8]}.csv"'


def test_a_record_says_cause_remedy_and_what_the_sis_sent(imported):
    run = imported.run()
    with imported.scope():
        seq = Change.objects.get(run=run, key="000005").seq
    page = imported.client("limited").get(f"/logs/{run.pk}/{seq}/")
    assert [word in text_of(page) for word in ("Why", "As the SIS sent it", "Family5", "nowhere")] == [
        True
    ] * 4
    assert imported.client("limited").get(f"/logs/{run.pk}/999999/").status_code == 404


def test_a_record_without_the_right_to_see_it_is_only_its_cause(imported):
    run = imported.run()
    with imported.scope():
        seq = Change.objects.get(run=run, key="000005").seq
        row = record(run, seq, source=False)
    assert (row.name, row.lines, row.source, row.problems[0].sentence != "") == ("", (), (), True)


def test_what_the_sis_had_is_told_flat():
    record = Record({"id": "7", "name": "Ana", "old": None}, [{"phone": "1"}, {"phone": None}])
    assert source_fields(pack(record, {})) == [("id", "7"), ("name", "Ana"), ("phone, contact 1", "1")]
    assert source_fields(b"7,Ana") == [("Record as sent", "7,Ana")]


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        (Line("x", None, "1"), "created"), (Line("x", "1", "2"), "updated"), (Line("x", "1", None), "cleared"),
        (Line("x", "1", None, held=True), "held"),
    ],
)  # fmt: skip
def test_a_line_has_its_mark(line, kind):
    assert line.kind == kind


# --- the list ---


@pytest.fixture
def many(district):
    """A run of every state, and done ones of every outcome."""
    run = district.run("schools")
    with district.scope():
        counts = [
            {},
            {"created": 2},
            {"failed": 2},
            {"failed": 1, "unchanged": 1},
            {"held": 1},
            {"review": 2},
        ]
        made = [("done", {"310": each}) for each in counts]
        made += [(state, {}) for state in State.values if state != "done"]
        for number, (state, each) in enumerate(made):
            run.pk, run.state, run.counts, run.kind = None, state, each, f"k{number}"
            run.save(force_insert=True)
    return district


@pytest.mark.parametrize("status", history.STATUSES)
def test_the_filter_finds_what_the_status_says(many, status):
    with many.scope():
        found, total = history.runs(
            many.instance.pk, Asked(status=status), zone=timezone.get_current_timezone()
        )
        every = [run for run in Run.objects.all() if log.status(run) == status]
    assert (sorted(str(run.pk) for run in found), total) == (sorted(str(run.pk) for run in every), len(every))
    assert total > 0


def test_the_list_is_narrowed_by_day_and_connection(many):
    browser = many.client("limited")
    today = timezone.now().astimezone(ZoneInfo(many.organization.time_zone)).date()
    asked = [
        {}, {"since": today.isoformat()}, {"until": (today - timedelta(1)).isoformat()}, {"since": "x"},
        {"connection": many.connection.pk}, {"connection": "999999"}, {"status": "Failed", "since": today},
    ]  # fmt: skip
    said = [
        int(re.search(r"(\d+) runs?", text_of(browser.get("/logs/", each)))[1])  # type: ignore[index]
        for each in asked
        if each.get("until") is None
    ]
    assert said == [15, 15, 15, 15, 15, 4]
    assert "No run matches." in text_of(browser.get("/logs/", asked[2]))


def test_the_list_is_narrowed_to_the_runs_that_say_something_of_a_student(imported):
    changed, other = imported.run(), imported.run("schools")
    browser = imported.client("limited")
    asked = {"000004": 1, "000001": 2, "000005": 1, "000002": 2, "999999": 0, "Given1": 0}
    found = {
        key: browser.get("/logs/", {"student": key}).content.decode().count('data-label="Started"')
        for key in asked
    }
    assert found == asked
    page = browser.get("/logs/", {"student": "000004"}).content.decode()
    assert (str(changed.pk) in page, str(other.pk) in page) == (True, False)


@pytest.mark.parametrize("may_see", [True, False])
def test_only_who_may_view_students_may_look_for_one(district, may_see):
    permissions = {Permission.VIEW_LOG} | ({Permission.VIEW_STUDENTS} if may_see else set())
    place = Place(
        actor=Actor("reader", district.organization.pk, frozenset(permissions)),
        member=district.people["limited"],
        environment="production",
        instance=district.instance.pk,
        year=YEAR,
        environments=("production",),
        years=(YEAR,),
        belongs=(),
    )
    with district.scope():
        assert (Filter({"student": "1"}, place).asked == Asked(student="1")) is may_see


def test_the_list_is_downloaded_as_it_is_narrowed(many):
    response = many.client("limited").get("/logs/file/", {"status": "Failed"})
    heading, *rows = csv.reader(io.StringIO(response.getvalue().decode("utf-8-sig")))
    assert (heading[:3], len(rows), {row[5] for row in rows}) == (
        ["Connection", "Kind", "Started by"],
        4,
        {"Failed"},
    )


def test_an_empty_log_says_what_makes_the_first_run(district):
    assert "makes the first run" in text_of(district.client("limited").get("/logs/"))
