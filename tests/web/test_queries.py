"""A list costs the same queries for one row and for thirty."""

from datetime import time

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from people import District
from scene import STUDENT_RULES, child, direct
from yellowbus.enroll.models import CustomField, School, Student
from yellowbus.runs.models import Run, SeenCodes
from yellowbus.setup import audit, mappings
from yellowbus.setup.models import Assignment, Connection, MappingVersion, Schedule
from yellowbus.setup.options import Options, write_options

LISTS = [
    "/connections/",
    "/logs/",
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
            mapping = MappingVersion.objects.create(connection=served, kind="students", number=1, document={})
            Run.objects.create(
                connection=served, kind="students", trigger="user", actor="x", mapping=mapping, school_year=2026,
                today=timezone.now().date(), state="done",
            )  # fmt: skip
            Schedule.objects.create(connection=served, kind="students", at=time(2), year=2026, enabled=True)
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
    assert counts[0] <= 15


def test_a_run_of_thirty_costs_what_a_run_of_one_costs(district):
    browser, counts = district.client("full"), []
    district.ready()
    for to in (1, 1, 30):
        district.write_students([child(number, school="nowhere") for number in range(1, to + 1)])
        run = district.run()
        with CaptureQueriesContext(connection) as asked:
            page = browser.get(f"/logs/{run.pk}/").content.decode()
        assert page.count('data-label="Record"') == to
        counts.append(len(asked))
    assert counts[1] == counts[2]
    assert counts[1] <= 28


@pytest.mark.parametrize("path", ["/waiting/", "/waiting/codes/", "/reconciliation/"])
def test_what_waits_and_differs_costs_for_thirty_what_it_costs_for_one(district, path):
    browser, counts = district.client("full"), []
    district.ready()
    for to in (1, 1, 30):
        rows = [child(number, dob="02/30/2015", status=f"s{number}") for number in range(1, to + 1)]
        district.write_students(rows)
        district.run()
        with CaptureQueriesContext(connection) as asked:
            assert browser.get(path).status_code == 200
        counts.append(len(asked))
    assert counts[1] == counts[2]
    assert counts[1] <= 29


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


@pytest.mark.parametrize("panel", ["match-codes/students_annual.grade", "contacts/guardian"])
def test_a_panel_of_many_codes_and_contacts_costs_what_one_of_few_costs(district, panel):
    browser, counts = district.client("full"), []
    where = f"/connections/{district.connection.pk}/mapping/students/fields/panel/{panel}/"
    for many in (1, 1, 4):
        slots = [
            {"slot": f"guardian{number + 1}", "id_field": "id", "relationship_field": "rel"}
            for number in range(many)
        ]
        seen = {
            "counts": {str(number): 1 for number in range(many * 50)},
            "blank": 0,
            "others": 0,
            "at": timezone.now(),
        }
        with district.scope():
            document = mappings.current(district.connection, "students").document
            mappings.save(district.actor, district.connection, {**document, "contact_slots": slots})
            for field in ("grade", "rel"):
                SeenCodes.objects.update_or_create(
                    connection=district.connection, kind="students", field=field, defaults=seen
                )
        with CaptureQueriesContext(connection) as asked:
            assert browser.get(where).status_code == 200
        counts.append(len(asked))
    assert counts[1] == counts[2]
    assert counts[1] <= 25


def test_the_field_mapping_tab_of_many_fields_costs_what_one_of_few_costs(district):
    browser, counts = district.client("full"), []
    where = f"/connections/{district.connection.pk}/mapping/students/fields/"
    for to in (1, 1, 30):
        fields = [f"own_{number}" for number in range(to)]
        with district.scope():
            CustomField.objects.all().delete()
            for key in fields:
                CustomField.objects.create(instance=district.instance, key=key, label=key)
            district.map("students", [*STUDENT_RULES, *(direct(f"custom.{key}", "phone") for key in fields)])
        browser.get(where)
        with CaptureQueriesContext(connection) as asked:
            page = browser.get(where).content.decode()
        assert page.count('id="f-custom.') == to
        counts.append(len(asked))
    assert counts[1] == counts[2]
    assert counts[1] <= 21


@pytest.mark.parametrize("path", ["mapping/students/configure/", "send/"])
def test_five_examples_by_name_cost_what_one_costs(district, path):
    browser, counts = district.client("full"), []
    where = f"/connections/{district.connection.pk}"
    district.write_students([child(number) for number in range(5)])
    for to in (1, 5):
        with district.scope():
            write_options(
                district.connection, Options(examples=tuple(f"{number:06}" for number in range(to)))
            )
        browser.post(f"{where}/mapping/students/configure/examples/")
        with CaptureQueriesContext(connection) as asked:
            page = browser.get(f"{where}/{path}").content.decode()
        assert [f"Given{number} Family{number}" in page for number in range(5)] == [n < to for n in range(5)]
        counts.append(len(asked))
    assert counts[0] == counts[1]
