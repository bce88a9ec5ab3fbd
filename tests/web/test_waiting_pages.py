"""What Waits and Unknown Codes: causes with their remedy, dismissed with a reason; a code added where it is met."""

import re
from typing import Any

import pytest

from people import District
from reading import text_of
from scene import STUDENT_RULES, child, steps
from yellowbus.runs.importing import drive
from yellowbus.runs.models import Due, Run
from yellowbus.setup import mappings

BAD = "02/30/2015"
GRADE = "students_annual.grade"


@pytest.fixture
def district(db: None, plain: None, tmp_path: Any) -> District:
    """Two with a bad birth date, three with a grade that the table does not know."""
    made = District(tmp_path).ready()
    table = steps(GRADE, "grade", {"use": "match-codes", "table": [["4", "4"]]})
    with made.scope():
        made.map("students", [*(rule for rule in STUDENT_RULES if rule["field"] != GRADE), table])
    made.write_students(
        [*(child(n, dob=BAD) for n in (1, 2)), *(child(n, grade="4th <b>") for n in (3, 4, 5)), child(6)]
    )
    made.run()
    return made


def waits(district: District, role: str = "full", address: str = "/waiting/") -> str:
    response = district.client(role).get(address)
    assert response.status_code == 200
    return str(response.content.decode())


def cause_of(page: str, words: str) -> str:
    """The key of the cause whose line has these words."""
    item = next(each for each in page.split('<section class="panel"') if words in each)
    found = re.search(r'name="cause" value="([0-9a-f]+)"', item)
    assert found
    return found[1]


def test_causes_stand_in_the_order_to_mend_with_remedy_and_link(district: District) -> None:
    page = waits(district)
    said = text_of(district.client("full").get("/waiting/"))
    assert said.index("3 students") < said.index("2 students")
    for words in (
        "Match Codes table does not list",
        "Mending it frees all of them",
        "Correct the date in the SIS",
    ):
        assert words in said
    assert f"/waiting/codes/?connection={district.connection.pk}" in page
    assert f"/connections/{district.connection.pk}/mapping/students/fields/" in page


def test_limited_access_sees_the_causes_and_dismisses_none(district: District) -> None:
    page = waits(district, "limited")
    assert ("2 students" in page, "/waiting/dismiss/" in page) == (True, False)
    assert district.client("limited").post("/waiting/dismiss/").status_code == 403


def test_a_cause_is_dismissed_with_its_reason_and_taken_back(district: District) -> None:
    browser = district.client("full")
    cause = cause_of(waits(district), "expects a date")
    nameless = browser.post("/waiting/dismiss/", {"cause": cause, "because": " "})
    assert (nameless.status_code, "kept with its reason" in nameless.content.decode()) == (422, True)
    browser.post("/waiting/dismiss/", {"cause": cause, "because": "The school knows."})
    page = waits(district)
    assert (
        "The school knows." in page,
        district.people["full"].user.email in page,
        "2 students" in page,
    ) == (True, True, False)
    back = re.search(r'action="(/waiting/\d+/back/)"', page)
    assert back
    browser.post(back[1])
    assert "2 students" in waits(district)


def test_who_has_a_cause_is_listed_with_the_record(district: District) -> None:
    cause = cause_of(waits(district), "expects a date")
    page = waits(district, "limited", f"/waiting/records/?cause={cause}")
    assert re.findall(r'<span class="id">(\d+)</span>', page) == ["000001", "000002"]
    assert len(re.findall(r'href="/logs/[0-9a-f-]+/\d+/"', page)) == 2


def test_an_unknown_code_is_one_line_with_its_number_and_who(district: District) -> None:
    page = waits(district, address="/waiting/codes/")
    assert (page.count('<td data-label="SIS code">'), "4th &lt;b&gt;" in page) == (1, True)
    who = re.search(r'href="(/waiting/records/\?connection=[^"]+)"', page)
    assert who
    listed = waits(district, address=who[1].replace("&amp;", "&"))
    assert re.findall(r'<span class="id">(\d+)</span>', listed) == ["000003", "000004", "000005"]


def test_a_code_is_added_there_and_only_its_students_are_imported_again(district: District) -> None:
    browser = district.client("full")
    where = f"/waiting/codes/{district.connection.pk}/students/"
    response = browser.post(where, {f"to:{GRADE}|4th <b>": "=4", f"to:{GRADE}|other": ""})
    with district.scope():
        run = Run.objects.get(trigger="retry")
        assert response.headers["Location"] == f"/logs/{run.pk}/"
        assert run.only == ["000003", "000004", "000005"]
        assert mappings.current(district.connection, "students").author == district.people["full"].user.email
        added = waits(district, address="/waiting/codes/")
        assert ("Added" in added, "Not yet chosen" in added) == (True, False)
        drive.drive(str(run.pk))
        assert sorted(Due.objects.values_list("key", flat=True)) == ["000001", "000002"]
    assert "know every code" in waits(district, address="/waiting/codes/")


def test_what_cannot_be_added_is_said(district: District) -> None:
    browser = district.client("full")
    where = f"/waiting/codes/{district.connection.pk}/students/"
    for given, said in (
        ({}, "No Enroll value was chosen"),
        ({f"to:{GRADE}|4th <b>": "=nope"}, "is not a value"),
    ):
        response = browser.post(where, given)
        assert (response.status_code, said in response.content.decode()) == (422, True)
    assert browser.post("/waiting/codes/0/students/", {}).status_code == 404


def test_who_may_not_change_mappings_sees_the_codes_alone(district: District) -> None:
    page = waits(district, "limited", "/waiting/codes/")
    assert ("4th &lt;b&gt;" in page, "</option>" in page.partition("SIS code")[2]) == (True, False)
    where = f"/waiting/codes/{district.connection.pk}/students/"
    assert district.client("limited").post(where, {f"to:{GRADE}|4th <b>": "=4"}).status_code == 403


def test_without_anything_due_the_page_is_calm(db: None, plain: None, tmp_path: Any) -> None:
    quiet = District(tmp_path)
    assert "Nothing is due." in waits(quiet)
    assert quiet.client("full").get("/waiting/records/").status_code == 404
