"""Suggest mappings in the browser: what is listed, what accepting does, and that nothing is saved before Save."""

import pytest

from reading import text_of
from scene import STUDENT_RULES
from yellowbus.setup import mappings, suggesting
from yellowbus.setup.models import MappingDraft
from yellowbus.setup.options import Options, set_options

HEADER = ("id", "Stu Last", "Stu First", "DOB (mm/dd/yyyy)", "Gr", "Sch", "Notes")
ROWS = (
    ("000001", "Abara", "Uche", "02/03/2014", "5", "310", "new"),
    ("000002", "Bloom", "Nora", "05/06/2015", "4", "320", ""),
)


def address(district, end="suggestions/"):
    return f"/connections/{district.connection.pk}/mapping/students/{end}"


@pytest.fixture
def browser(district):
    """At a file whose headings are abbreviated, with nothing mapped; the SIS has been asked."""
    district.write_students(ROWS, header=HEADER)
    with district.scope():
        district.map("students", ())
    opened = district.client("full")
    assert opened.post(address(district, "suggestions/read/")).status_code == 302
    return opened


def draft(district):
    """What is mapped in the person's unsaved changes: Enroll field and source."""
    with district.scope():
        document = MappingDraft.objects.get(connection=district.connection).document
    return [(rule["field"], rule["source"]) for rule in document["rules"]]


def newest(district):
    with district.scope():
        return mappings.current(district.connection, "students").number


def test_before_the_sis_was_asked_the_page_asks_it_and_shows_nothing(district):
    district.write_students(ROWS, header=HEADER)
    html = district.client("full").get(address(district)).content.decode()
    assert ('hx-post="read/"' in html, "Stu Last" in html) == (True, False)


def test_each_suggestion_shows_its_source_an_example_and_the_reason(district, browser):
    told = text_of(browser.get(address(district)))
    assert "8 suggestions" in told
    assert "02/03/2014 2014-02-03 Heading and values fit. Dates are read as MM/DD/YYYY." in told
    assert "The connection names this column: Id column." in told


def test_the_chosen_example_is_shown_where_there_is_one(district, browser):
    with district.scope():
        set_options(district.actor, district.connection, Options(examples=("000002",)))
    browser.post(address(district, "fields/read/"))
    told = text_of(browser.get(address(district)))
    assert ("05/06/2015 2015-05-06" in told, "02/03/2014" in told) == (True, False)


def test_accepting_some_changes_the_draft_and_saves_nothing(district, browser):
    before = newest(district)
    response = browser.post(address(district), {"field": ["students.dob", "students.lname"]}, follow=True)
    assert response.redirect_chain == [(address(district, "fields/") + "?show=changed", 302)]
    assert "2 suggestions are accepted, and not saved yet." in text_of(response)
    assert draft(district) == [("students.dob", "DOB (mm/dd/yyyy)"), ("students.lname", "Stu Last")]
    assert newest(district) == before


def test_accepting_all_and_saving_makes_a_version_that_imports(district, browser):
    before = newest(district)
    browser.post(address(district), {"all": "1"})
    browser.post(address(district, "fields/save/"))
    assert newest(district) == before + 1
    with district.scope():
        mapping = mappings.mapping_of(mappings.current(district.connection, "students"))
    assert {rule.field for rule in mapping.rules} >= {rule["field"] for rule in STUDENT_RULES[:6]}
    assert "Nothing more is suggested." in text_of(browser.get(address(district)))


def test_accepting_none_is_told(district, browser):
    response = browser.post(address(district), {})
    assert (response.status_code, "No suggestion is chosen" in text_of(response)) == (422, True)


def test_what_is_no_longer_suggested_is_told_and_the_ticks_stay(district, browser):
    response = browser.post(address(district), {"field": ["students.dob", "students.email"]})
    assert (response.status_code, "Nothing is suggested for students.email" in text_of(response)) == (
        422,
        True,
    )
    assert 'value="students.dob" aria-label="Choose Date of Birth" checked' in response.content.decode()


def test_what_the_draft_maps_is_not_suggested_again(district, browser):
    browser.post(address(district), {"field": "students.dob"})
    assert "students.dob" not in text_of(browser.get(address(district)))


def test_a_heading_like_a_script_is_shown_as_text(district):
    heading = "<script>alert(1)</script> Stu Last"
    district.write_students(ROWS, header=("id", "Last Name", "Stu First", "DOB", "Gr", "Sch", heading))
    with district.scope():
        district.map("students", ())
    browser = district.client("full")
    browser.post(address(district, "suggestions/read/"))
    assert "<script>alert" not in browser.get(address(district)).content.decode()


def test_a_file_that_is_gone_is_told(district):
    district.students_file.unlink()
    browser = district.client("full")
    browser.post(address(district, "suggestions/read/"))
    response = browser.get(address(district))
    assert (response.status_code, "Nothing can be suggested" in text_of(response)) == (422, True)


def test_the_field_mapping_tab_leads_there(district):
    html = district.client("full").get(address(district, "fields/")).content.decode()
    assert f'href="{address(district)}"' in html


def test_reading_asks_the_sis_only_for_what_is_not_known(district, browser):
    from django.utils import timezone

    with district.scope():
        assert suggesting.unread(district.connection, "students", now=timezone.now()) is False
        assert suggesting.unread(district.connection, "schools", now=timezone.now()) is True
