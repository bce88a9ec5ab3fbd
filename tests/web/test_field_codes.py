"""Field Codes: files of both sides' codes and fields."""

import csv
import io

import pytest

from reading import text_of
from yellowbus.enroll.models import CustomField


@pytest.fixture
def named(district):
    with district.scope():
        CustomField.objects.create(instance=district.instance, key="bus", label="=Bus Route")
    return district


def address(district, what):
    return f"/connections/{district.connection.pk}/field-codes/{what}/"


def rows_of(district, what):
    response = district.client("full").get(address(district, what))
    assert response["Content-Disposition"] == f'attachment; filename="field-codes-{what}.csv"'
    return list(csv.reader(io.StringIO(response.getvalue().decode("utf-8-sig"))))


def test_enroll_codes_hold_the_sets_of_the_article_and_the_custom_fields(named):
    heading, *rows = rows_of(named, "enroll")
    assert heading == ["Side", "Set", "Code", "Label"]
    assert {"state", "country", "language", "race", "ethnicity", "custom"} <= {row[1] for row in rows}
    assert [row for row in rows if row[1] == "custom"] == [["enroll", "custom", "custom.bus", "'=Bus Route"]]


def test_the_fields_of_enroll_say_of_which_set_their_codes_are(named):
    heading, *rows = rows_of(named, "enroll-fields")
    by_name = {row[3]: row for row in rows}
    assert heading == ["Side", "Kind", "Group", "Field", "Label", "Type", "Set of codes"]
    assert by_name["students_annual.grade"][4:] == ["Grade", "code", "grade"]
    assert ("custom.bus" in by_name, "schools.school_code" in by_name) == (True, True)


def test_the_fields_of_the_sis_are_asked_of_it_now(named):
    _, *rows = rows_of(named, "sis-fields")
    assert [row[3] for row in rows if row[1] == "students"][:3] == ["id", "first", "last"]


def test_what_the_sis_cannot_tell_is_a_page_and_no_file(named):
    named.students_file.unlink()
    response = named.client("full").get(address(named, "sis-fields"))
    assert (response.status_code, "Content-Disposition" in response.headers) == (422, False)
    assert "file" in text_of(response)


def test_no_other_file_is_there(named):
    assert named.client("full").get(address(named, "secrets")).status_code == 404
