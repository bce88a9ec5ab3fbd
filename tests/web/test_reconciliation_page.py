"""Reconciliation: a line a school, both lists, what differs; narrowed, downloaded, dismissed with a reason."""

import csv
import io
import re
from typing import Any

import pytest

from people import District
from reading import text_of
from scene import child
from yellowbus.runs.models import Difference

BAD = "02/30/2015"


@pytest.fixture
def district(db: None, plain: None, tmp_path: Any) -> District:
    """One gone, one that fails and one left out by the filter."""
    made = District(tmp_path).ready()
    made.write_students([child(1), child(2)])
    made.run()
    made.write_students([child(1), child(3, dob=BAD), child(4, status="graduated", dob="05/05/1990")])
    made.run()
    return made


def page_of(district: District, role: str = "full", **asked: str) -> str:
    response = district.client(role).get("/reconciliation/", asked)
    assert response.status_code == 200
    return str(response.content.decode())


def ids(page: str) -> list[str]:
    return re.findall(r'data-label="Student">.*?<span class="id">(.*?)</span>', page, re.DOTALL)


def test_both_lists_and_a_line_a_school(district: District) -> None:
    page = page_of(district, "limited")
    said = text_of(district.client("limited").get("/reconciliation/"))
    assert ids(page) == ["000002", "000003"]
    for words in (
        "310 Cedar Ridge: SIS 2 = Enroll 1 + 1 named difference (1 failed)",
        "In the SIS and not in Enroll",
        "In Enroll and not in the SIS",
        "The last full import did not bring this student.",
        "Given2 Family2",
    ):
        assert words in said


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"side": "sis"}, ["000003"]),
        ({"side": "enroll"}, ["000002"]),
        ({"show": "left-out"}, ["000004"]),
        ({"show": "dismissed"}, []),
        ({"school": "310"}, ["000003"]),
        (
            {"side": "no such", "show": "no such", "school": "no such", "connection": "x"},
            ["000002", "000003"],
        ),
    ],
)
def test_the_lists_are_narrowed(district: District, asked: dict[str, str], found: list[str]) -> None:
    assert ids(page_of(district, **asked)) == found


def test_the_lists_are_a_file(district: District) -> None:
    response = district.client("limited").get("/reconciliation/file/", {"side": "enroll"})
    text = b"".join(response.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    ((connection, side, key, name, *_),) = list(csv.reader(io.StringIO(text)))[1:]
    assert (connection, side, key, name) == (
        "CSV",
        "In Enroll and not in the SIS",
        "000002",
        "Given2 Family2",
    )


def test_a_difference_is_dismissed_with_its_reason_and_listed_again(district: District) -> None:
    browser = district.client("full")
    with district.scope():
        chosen = Difference.objects.get(key="000002").pk
    empty = browser.post("/reconciliation/dismiss/", {"chosen": chosen, "because": ""})
    assert empty.status_code == 422
    kept = {"chosen": chosen, "because": "Moved away.", "query": "side=enroll"}
    response = browser.post("/reconciliation/dismiss/", kept)
    assert response.headers["Location"] == "/reconciliation/?side=enroll"
    assert ids(page_of(district)) == ["000003"]
    shown = page_of(district, show="dismissed")
    assert ("Moved away." in shown, f"Dismissed by {district.people['full'].user.email}" in shown) == (
        True,
        True,
    )
    browser.post("/reconciliation/dismiss/", {"chosen": chosen, "back": "1"})
    assert ids(page_of(district)) == ["000002", "000003"]
    assert browser.post("/reconciliation/dismiss/", {"chosen": chosen, "back": "1"}).status_code == 404


def test_limited_access_dismisses_nothing(district: District) -> None:
    assert 'name="chosen"' not in page_of(district, "limited")
    assert district.client("limited").post("/reconciliation/dismiss/", {"chosen": "1"}).status_code == 403


def test_before_the_first_import_the_page_says_so(db: None, plain: None, tmp_path: Any) -> None:
    assert "Nothing was imported into this site yet." in page_of(District(tmp_path))
