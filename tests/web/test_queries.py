"""A list costs the same queries for one row and for thirty."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from people import District
from yellowbus.enroll.models import School, Student
from yellowbus.setup import audit
from yellowbus.setup.models import Assignment, Connection

LISTS = [
    "/students/",
    "/settings/schools/",
    "/settings/users/",
    "/settings/audit/",
    "/settings/sync-service/",
]


def grow(district, to):
    """More of everything that a list shows, until there are about `to` of each."""
    with district.scope():
        for number in range(to):
            code = f"{to}-{number}"
            school = School.objects.create(
                instance=district.instance, values={"school_code": code, "name": f"School {code}"}
            )
            Student.objects.create(
                instance=district.instance,
                lasting={"student_district_id": code, "lname": "L", "fname": code},
                annual={"2026": {"school_code": code, "grade": "4"}},
            )
            served = Connection.objects.create(
                organization=district.organization, instance=district.instance, name=code, system="flatfile"
            )
            Assignment.objects.create(connection=served, school=school)
            audit.note(district.actor, "test.grow", code)
            district.person("Registrar", name=code)


@pytest.mark.parametrize("path", LISTS)
def test_a_list_of_thirty_costs_what_a_list_of_one_costs(district, path):
    browser, counts = district.client("full"), []
    grow(district, 1)
    browser.get(path)
    for to in (0, 30):
        grow(district, to)
        with CaptureQueriesContext(
            connection,
        ) as asked:
            assert browser.get(path).status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1]
    assert counts[0] <= 16


def test_one_more_page_of_a_long_list(db, plain, tmp_path):
    district = District(tmp_path)
    with district.scope():
        Student.objects.bulk_create(
            Student(
                instance=district.instance, lasting={"student_district_id": f"{n:04}", "lname": f"L{n:04}"}
            )
            for n in range(120)
        )
    page = district.client("full").get("/students/?page=3").content.decode()
    assert ("of 120" in page, "Page 3 of 3" in page, 'rel="next"' in page) == (True, True, False)


@pytest.mark.parametrize("page", ["0", "-1", "x", "99999999999999", "3", "²"])
def test_a_page_that_is_not_there_is_calm(district, page):
    assert district.client("full").get("/students/", {"page": page}).status_code == 200
