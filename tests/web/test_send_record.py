"""Send Record: choose a student, see each field before it is written, OK, Continue."""

import re

import pytest

from reading import text_of
from scene import YEAR, child
from yellowbus.mapping.model import FieldRule
from yellowbus.runs.importing import drive
from yellowbus.runs.models import Run, State
from yellowbus.setup import drafts, people
from yellowbus.setup import settings as site_settings
from yellowbus.setup.options import Options, write_options


@pytest.fixture
def ready(district):
    """Schools imported; the file has five students, two of them are Student Examples."""
    district.ready()
    district.write_students([child(number) for number in range(5)])
    with district.scope():
        write_options(district.connection, Options(examples=("000003", "000001")))
    return district


def address(district):
    return f"/connections/{district.connection.pk}/send/"


def previewed(district, key="000003", role="limited"):
    """The page of the preview, its work done; and its address."""
    browser = district.client(role)
    where = browser.post(address(district), {"example": "000001", "other": key}).headers["Location"]
    work(district)
    return browser, where


def work(district):
    with district.scope():
        for run in Run.objects.filter(state__in=("queued", "applying")):
            drive.drive(str(run.pk))


def rows_of(page):
    """The rows of the first table as (field, now, after)."""
    table = re.search(r"<tbody>(.*?)</tbody>", page.content.decode(), re.DOTALL)
    found = re.findall(r"<tr>(.*?)</tr>", table[1], re.DOTALL) if table else []
    cells = [
        [
            re.sub(r"<[^>]+>|\s+", " ", cell).strip()
            for cell in re.findall(r"<td.*?>(.*?)</td>", row, re.DOTALL)
        ]
        for row in found
    ]
    return [tuple(" ".join(cell.split()) for cell in row) for row in cells]


def test_the_examples_are_offered_and_another_can_be_named(ready):
    page = ready.client("limited").get(address(ready)).content.decode()
    assert re.findall(r'type="radio" name="example" value="(\w*)"', page) == ["000003", "000001"]
    assert re.search(r'value="000003"[^>]*checked', page)


@pytest.mark.parametrize(
    ("asked", "checked", "typed"),
    [("000001", "000001", ""), ("000004", "000003", "000004"), ("<b>", "000003", "&lt;b&gt;")],
)
def test_the_student_that_the_mapping_shows_is_chosen(ready, asked, checked, typed):
    page = ready.client("limited").get(address(ready), {"example": asked}).content.decode()
    chosen = re.search(r'<input type="radio" name="example" value="(\w*)"[^>]*checked', page)
    other = re.search(r'name="other"(?: value="([^"]*)")?', page)
    assert (chosen and chosen[1], (other and other[1]) or "") == (checked, typed)


def test_without_examples_only_an_id_is_asked_for(district):
    page = district.client("limited").get(address(district)).content.decode()
    assert ('type="radio"' in page, 'name="other"' in page) == (False, True)


def test_who_has_unsaved_changes_is_told_that_they_are_no_part_of_it(ready):
    browser, says = ready.client("full"), "Your unsaved changes of the mapping are no part of this"
    before = says in text_of(browser.get(address(ready)))
    actor = people.actor_of(ready.people["full"])
    with ready.scope():
        drafts.change_rule(actor, ready.connection, "students", FieldRule("students.phone"))
    found = [says in text_of(ready.client(role).get(address(ready))) for role in ("full", "limited")]
    assert (before, found) == (False, [True, False])


def test_nobody_named_is_asked_for_again(ready):
    response = ready.client("limited").post(address(ready), {"other": " "})
    assert (response.status_code, "Enter the student&#x27;s id." in response.content.decode()) == (422, True)


def test_an_example_goes_the_whole_way(ready):
    browser = ready.client("limited")
    where = browser.post(address(ready), {"example": "000003", "other": ""}).headers["Location"]
    assert "Queued" in text_of(browser.get(where))
    work(ready)
    page = browser.get(where)
    assert ("This adds a student to Enroll." in text_of(page), rows_of(page)[:2]) == (
        True,
        [
            ("Student District ID", "(blank)", "+ created 000003"),
            ("First Name", "(blank)", "+ created Given3"),
        ],
    )
    assert (ready.students(), "Enroll has no student with this" in text_of(page)) == ({}, True)
    assert browser.post(where).headers["Location"] == where
    work(ready)
    done = browser.get(where)
    assert "The student was added to Enroll." in text_of(done)
    assert list(ready.students()) == ["000003"]
    record = re.search(r'href="(/logs/[^"]+/\d+/)"', done.content.decode())
    assert record
    assert "Given3 Family3" in text_of(browser.get(record[1]))


def test_only_what_differs_comes_first_and_the_rest_is_folded(ready):
    ready.run()
    ready.write_students([child(3, grade="5")])
    browser, where = previewed(ready)
    page = browser.get(where)
    assert ("This changes a student of Enroll." in text_of(page), rows_of(page)) == (
        True,
        [("Grade", "4", "~ changed 5")],
    )
    assert "The other 9 mapped fields, as they are" in text_of(page)
    assert "Enroll has a student with this Student District ID." in text_of(page)


def test_an_example_that_is_none_is_refused(ready):
    assert ready.client("limited").post(address(ready), {"example": "000004"}).status_code == 422


def test_it_is_logged_as_a_test(ready):
    previewed(ready)
    with ready.scope():
        run = Run.objects.get(kind="students")
    page = ready.client("limited").get("/logs/")
    assert (run.trigger, run.state, text_of(page).count("(test)")) == ("test", State.WAITING, 1)


@pytest.mark.parametrize(
    ("row", "says", "why"),
    [
        (child(3, status="graduated", dob="01/01/1980"), "This record is skipped.", "status"),
        (child(3, dob="31/31/2015"), "This record cannot be used.", "Date of Birth"),
        (child(3, school="nowhere"), "This record cannot be used.", "nowhere"),
    ],
)
def test_what_would_not_be_written_says_why_and_cannot_be_sent(ready, row, says, why):
    ready.write_students([row])
    browser, where = previewed(ready)
    page = browser.get(where)
    assert (says in text_of(page), why in text_of(page), "OK, Continue" in text_of(page)) == (
        True,
        True,
        False,
    )
    assert browser.post(where).status_code == 422
    assert ready.students() == {}


def test_one_whom_enroll_has_as_the_sis_does_needs_no_yes(ready):
    ready.run()
    browser, where = previewed(ready)
    page = text_of(browser.get(where))
    assert ("Enroll has all of this already." in page, "OK, Continue" in page) == (True, False)
    assert "The 10 mapped fields" in page


def test_a_namesake_is_for_a_person_to_decide(ready):
    ready.run()
    ready.write_students([child(3, id="777777")])
    browser, where = previewed(ready, "777777")
    assert "A person must say who this is." in text_of(browser.get(where))


def test_an_unknown_id_is_said_calmly(ready):
    browser, where = previewed(ready, "999999")
    page = text_of(browser.get(where))
    assert ("The SIS has no student with the id 999999." in page, "Send another record" in page) == (
        True,
        True,
    )


@pytest.mark.parametrize(("role", "linked"), [("limited", False), ("full", True)])
def test_when_the_switch_is_off_the_article_is_quoted_and_the_setting_linked(ready, role, linked):
    with ready.scope():
        site_settings.enable_imports(ready.actor, ready.instance.pk, YEAR, on=False)
    browser = ready.client(role)
    browser.post("/switch/", {"year": YEAR})
    page = browser.get(address(ready)).content.decode()
    assert "Organization does not accept Imports at this time" in page
    assert ('href="/settings/general/">Open Settings' in page) is linked
    assert browser.post(address(ready), {"other": "000003"}).status_code == 422


def test_the_switch_turned_off_before_the_yes_stops_it(ready):
    browser, where = previewed(ready)
    with ready.scope():
        site_settings.enable_imports(ready.actor, ready.instance.pk, YEAR, on=False)
    response = browser.post(where)
    assert (response.status_code, "does not accept Imports at this time" in text_of(response)) == (422, True)
    assert ready.students() == {}


def test_while_another_import_moves_its_run_is_linked(ready):
    with ready.scope():
        moving = ready.run(yes=False)
        Run.objects.filter(pk=moving.pk).update(state="reading")
    response = ready.client("limited").post(address(ready), {"other": "000003"})
    assert (response.status_code, f'href="/logs/{moving.pk}/"' in response.content.decode()) == (422, True)


def test_a_student_changed_between_the_preview_and_the_yes_is_left_out(ready):
    ready.run()
    ready.write_students([child(3, grade="5")])
    browser, where = previewed(ready)
    ready.edit("000003", mname="Kept")
    browser.post(where)
    work(ready)
    page = text_of(browser.get(where))
    assert ("This record is skipped. Nothing was written." in page, "OK, Continue" in page) == (True, False)
    assert (ready.students()["000003"]["students_annual.grade"], "changed" in page) == ("4", True)


def test_a_newer_preview_replaces_the_one_that_waits(ready):
    browser, where = previewed(ready)
    previewed(ready, "000001")
    page = text_of(browser.get(where))
    assert ("Nothing of this preview was written." in page, "OK, Continue" in page) == (True, False)
    assert browser.post(where).status_code == 422


def test_without_a_worker_the_page_says_so(ready):
    browser = ready.client("limited")
    where = browser.post(address(ready), {"other": "000003"}).headers["Location"]
    assert "No worker is at work just now." in text_of(browser.get(where))


def test_a_run_that_is_no_test_is_not_shown_here(ready):
    run = ready.run(yes=False)
    assert ready.client("limited").get(f"{address(ready)}{run.pk}/").status_code == 404
