"""Who is who: records beside the students they may be."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from reading import text_of
from review_scene import first, known, last, record, waiting
from yellowbus.runs.models import Change, Decision
from yellowbus.setup.models import AuditEvent

HTMX = {"HX-Request": "true"}


@pytest.fixture
def students(district):
    """Three records wait."""
    return waiting(district, 3)


def address(district, verb=""):
    return f"/connections/{district.connection.pk}/who/{verb}"


def key(number):
    return f"{500_000 + number:06}"


def said(district):
    with district.scope():
        return dict(Decision.objects.values_list("key", "student_id"))


def shown(page):
    """The record that the page asks about."""
    asked = r'name="key" value="(\d+)">\s*<div class="table compared">'
    found = re.search(asked, page.content.decode())
    return found[1] if found else None


def test_the_record_and_its_candidate_stand_side_by_side_with_the_reasons(district, students):
    page = text_of(district.client("full").get(address(district)))
    assert f"{first(0)} {last(0)}" in page
    assert "+7 Day and month of the birth date are exchanged" in page
    assert "+9 Same household: phone number" in page
    assert "3 of 3 records wait for you." in page


def test_accents_are_said_with_the_names(district):
    waiting(district, 0)
    known(district, 1, fname="José")
    district.write_students([record(1, first="Jose")])
    district.run()
    assert "+7 Same first name: José is written Jose" in text_of(
        district.client("full").get(address(district))
    )


def test_the_right_candidate_comes_first(district):
    waiting(district, 0)
    elsewhere = known(district, 1, lname="Other")
    rosa = known(district, 1)
    district.write_students([record(1, dob="03/04/2015")])
    district.run()
    page = district.client("full").get(address(district)).content.decode()
    offered = re.findall(r'name="student" value="(\d+)" data-key="(\d)"', page)
    assert offered == [(str(rosa), "1"), (str(elsewhere), "2")]


def test_a_decision_leads_to_the_next_record(district, students):
    browser = district.client("full")
    page = browser.post(address(district, "decide/"), {"key": key(0), "student": students[0]}, headers=HTMX)
    assert (page.status_code, shown(page)) == (200, key(1))
    assert f"{key(0)} is student {students[0]}. 2 of 3 records wait for you." in text_of(page)
    assert said(district) == {key(0): students[0]}
    with district.scope():
        assert AuditEvent.objects.filter(verb="match.decide").count() == 1


def test_a_new_student_is_said_with_n(district, students):
    browser = district.client("full")
    browser.post(address(district, "decide/"), {"key": key(1), "student": "new"}, headers=HTMX)
    assert said(district) == {key(1): None}


def test_nothing_chosen_is_not_taken_for_a_new_student(district, students):
    assert (
        district.client("full").post(address(district, "decide/"), {"key": key(1)}, headers=HTMX).status_code
        == 404
    )
    assert said(district) == {}


def test_a_skipped_record_comes_again_at_the_end(district, students):
    browser = district.client("full")
    assert shown(browser.get(address(district), {"after": key(0)}, headers=HTMX)) == key(1)
    assert shown(browser.get(address(district), {"after": key(2)}, headers=HTMX)) == key(0)


def test_a_decision_is_taken_back_and_its_record_shown_again(district, students):
    browser = district.client("full")
    browser.post(address(district, "decide/"), {"key": key(1), "student": "new"}, headers=HTMX)
    page = browser.post(address(district, "take-back/"), {"key": key(1)}, headers=HTMX)
    assert (shown(page), said(district)) == (key(1), {})
    assert browser.post(address(district, "take-back/"), {"key": key(1)}, headers=HTMX).status_code == 404


def test_several_are_decided_at_once(district, students):
    browser = district.client("full")
    browser.post(address(district, "several/"), {"key": [key(0), key(2)], "they": "first"})
    assert said(district) == {key(0): students[0], key(2): students[2]}
    browser.post(address(district, "several/"), {"key": [key(1), "no such record"], "they": "new"})
    assert said(district) == {key(0): students[0], key(1): None, key(2): students[2]}


def test_decisions_hold_the_next_night_and_are_shown(district, students):
    browser = district.client("full")
    browser.post(address(district, "decide/"), {"key": key(0), "student": students[0]})
    browser.post(address(district, "decide/"), {"key": key(1), "student": "new"})
    district.run()
    with district.scope():
        outcomes = dict(
            Change.objects.filter(run__created_at__gte=_newest(district)).values_list("key", "outcome")
        )
    assert outcomes == {key(0): "updated", key(1): "created", key(2): "review"}
    page = text_of(browser.get(address(district)))
    assert "1 of 1 record waits for you." in page
    assert "What was said (2)" in page
    district.run()
    assert said(district) == {key(0): students[0], key(1): None}


def _newest(district):
    from yellowbus.runs.models import Run

    return Run.objects.order_by("-created_at").first().created_at


def test_who_may_only_look_is_offered_no_decision(district, students):
    browser = district.client("limited")
    page = browser.get(address(district)).content.decode()
    assert 'data-key="1"' not in page
    assert "People with Sync Service Full Access decide." in page
    for verb in ("decide/", "take-back/", "several/"):
        assert (
            browser.post(
                address(district, verb), {"key": key(0), "student": students[0], "they": "first"}
            ).status_code
            == 403
        )
    assert said(district) == {}


def test_a_student_of_nobody_here_is_refused(district, students):
    browser = district.client("full")
    assert (
        browser.post(address(district, "decide/"), {"key": key(0), "student": 987654321}).status_code == 404
    )
    assert (
        browser.post(address(district, "decide/"), {"key": "nobody", "student": students[0]}).status_code
        == 404
    )


def test_many_reviews_cost_no_more_queries_than_a_few(district, students):
    browser = district.client("full")
    browser.get(address(district))
    counts = []
    for more in (3, 12):
        for number in range(3, 3 + more):
            known(district, number)
        district.write_students([record(number) for number in range(3 + more)])
        district.run()
        with CaptureQueriesContext(connection) as asked:
            browser.get(address(district))
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_nothing_waits(district):
    waiting(district, 0)
    assert "No record waits." in text_of(district.client("full").get(address(district)))
